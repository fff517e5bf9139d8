import { error, type Finding, type Path, warning } from '../diagnostic.ts';
import type { Agent } from '../schema/agent.ts';
import type { Organisation } from '../schema/organisation.ts';
import { checkAmounts } from './money.ts';
import { knownDepartment, knownTeam } from './references.ts';

/** An agent's budgets: somebody answers for each, and nobody trusts what nothing enforces. */
export function* checkBudgets(agent: Agent): Generator<Finding> {
  const seen = new Set<string>();
  for (const [index, budget] of agent.budgets.entries()) {
    const at: Path = ['budgets', index];
    if (agent.stage === 'retired') yield error('retired', at, 'a retired agent has a budget', 'remove it');
    if (budget.owner === undefined) yield noOwner(at, `the budget per ${budget.per}`);
    if (seen.has(budget.per)) {
      yield error('duplicate', at, `there is a budget per ${budget.per} already`, 'keep one of them');
    }
    seen.add(budget.per);
    if (budget.on_breach === 'alert') continue;
    yield warning(
      'not-enforced',
      [...at, 'on_breach'],
      `on_breach: ${budget.on_breach} is not enforced yet: the budget alerts only`,
      'keep it if it is what was agreed, but do not rely on it',
    );
    if (agent.telemetry !== 'complete') {
      yield warning(
        'sampled',
        [...at, 'on_breach'],
        `telemetry is ${agent.telemetry}: what is spent may be more than what is seen`,
        'send every span and say telemetry: complete, or let the budget alert only',
      );
    }
  }
}

/** What a budget says of the organisation: the team that answers for it, and its currencies. */
export function* checkBudgetReferences(agent: Agent, organisation: Organisation): Generator<Finding> {
  for (const [index, budget] of agent.budgets.entries()) {
    yield* knownTeam(['budgets', index, 'owner'], budget.owner, organisation);
    yield* checkAmounts(budget, ['budgets', index], organisation);
  }
}

/** Budgets of departments and users. */
export function* checkOrganisationBudgets(organisation: Organisation): Generator<Finding> {
  const seen = new Set<string>();
  for (const [index, budget] of organisation.budgets.entries()) {
    const at: Path = ['budgets', index];
    if (budget.owner === undefined) yield noOwner(at, 'this budget');
    yield* knownTeam([...at, 'owner'], budget.owner, organisation);
    yield* knownDepartment([...at, 'department'], budget.department, organisation);
    if ((budget.department === undefined) === (budget.user === undefined)) {
      yield error(
        'budget-scope',
        at,
        budget.user === undefined ? 'the budget is nobody’s' : 'the budget is of a department and of a user',
        'name a department or a user',
      );
    }
    const key = JSON.stringify([budget.department ?? null, budget.user ?? null, budget.per]);
    if (seen.has(key)) {
      const whose = budget.department ?? budget.user ?? 'nobody';
      yield error('duplicate', at, `${whose} has a budget per ${budget.per} already`, 'keep one of them');
    }
    seen.add(key);
    yield* checkAmounts(budget, at, organisation);
  }
}

function noOwner(at: Path, which: string): Finding {
  return error(
    'budget-without-owner',
    at,
    `nobody answers for ${which}`,
    'add owner: a team that decides when it is spent',
  );
}
