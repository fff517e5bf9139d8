import { checkAlerting } from './check/alerting.ts';
import { checkApprovals } from './check/approvals.ts';
import { checkBudgetReferences, checkBudgets } from './check/budgets.ts';
import { checkOverlaps, checkTools } from './check/match.ts';
import { checkAgentMoney } from './check/money.ts';
import { checkObjectives } from './check/objectives.ts';
import { checkOrganisation } from './check/organisation.ts';
import { checkPeople } from './check/people.ts';
import { checkReferences } from './check/references.ts';
import { checkStop, checkUpdated } from './check/stop.ts';
import type { Diagnostic, Finding } from './diagnostic.ts';
import { loadRegistry, type RegistryFiles } from './load.ts';
import { place } from './parse.ts';
import type { Agent } from './schema/agent.ts';
import type { Organisation } from './schema/organisation.ts';

/**
 * Every problem of a registry at once: the form of each file, then what the readable files say of themselves and of
 * each other. A file that cannot be read hides nothing of the others, and a wrong value nothing of its file. `now`: ms since the epoch.
 */
export function checkRegistry(files: RegistryFiles, now: number): Diagnostic[] {
  const { organisation, agents, salvaged, diagnostics } = loadRegistry(files);
  const found = [...diagnostics];
  if (organisation !== null) {
    const all = [...agents, ...salvaged].map(({ value }) => value);
    for (const finding of [
      ...checkOrganisation(organisation.value),
      ...checkAlerting(organisation.value, all),
    ])
      found.push(place(finding, organisation.source));
  }
  for (const { value, source } of agents) {
    for (const finding of checkEntry(value, organisation?.value ?? null, now)) {
      found.push(place(finding, source));
    }
  }
  for (const { value, source, as } of salvaged) {
    for (const finding of checkEntry(value, organisation?.value ?? null, now)) {
      if (as.concerns(finding)) found.push(place({ ...finding, path: as.original(finding.path) }, source));
    }
  }
  return [...found, ...checkOverlaps(agents)];
}

function* checkEntry(agent: Agent, organisation: Organisation | null, now: number): Generator<Finding> {
  yield* checkAgent(agent, now);
  yield* checkPeople(agent, organisation?.teams ?? []);
  if (organisation !== null) yield* checkAgentWithin(agent, organisation);
}

/** What an agent's file says of itself. */
function* checkAgent(agent: Agent, now: number): Generator<Finding> {
  yield* checkTools(agent);
  yield* checkObjectives(agent);
  yield* checkBudgets(agent);
  yield* checkApprovals(agent);
  yield* checkStop(agent, now);
  yield* checkUpdated(agent, now);
}

/** What an agent's file says of the organisation. */
function* checkAgentWithin(agent: Agent, organisation: Organisation): Generator<Finding> {
  yield* checkReferences(agent, organisation);
  yield* checkBudgetReferences(agent, organisation);
  yield* checkAgentMoney(agent, organisation);
}
