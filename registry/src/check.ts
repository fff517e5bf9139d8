import type { Diagnostic } from './diagnostic.ts';
import { globsOverlap } from './glob.ts';
import { type LoadedRegistry, loadRegistry, type RegistryFiles, report, type SourceFile } from './load.ts';
import type { Agent } from './schema/agent.ts';
import { parseMoney } from './schema/common.ts';
import type { Organisation } from './schema/organisation.ts';

/** A `stop` that was not tried within this time does not count. */
const STOP_TRIED_WITHIN_DAYS = 90;
const DAY_MS = 86_400_000;

/** Every problem of a registry at once: its form, then what its parts say of each other. `now`: ms since the epoch. */
export function checkRegistry(files: RegistryFiles, now: number): Diagnostic[] {
  const loaded = loadRegistry(files);
  const diagnostics = [...loaded.diagnostics];
  if (loaded.document === null || loaded.organisationFile === null) return diagnostics;
  const { organisation, agents } = loaded.document;
  diagnostics.push(...checkOrganisation(organisation, loaded.organisationFile));
  for (const agent of agents) {
    const source = loaded.agentFiles.get(agent.id)!;
    diagnostics.push(
      ...checkReferences(agent, organisation, source),
      ...checkPeople(agent, organisation, source),
      ...checkObjectives(agent, source),
      ...checkBudgets(agent, organisation, source),
      ...checkApprovals(agent, source),
      ...checkStop(agent, source, now),
    );
  }
  diagnostics.push(...checkOverlaps(loaded));
  return diagnostics;
}

function checkOrganisation(organisation: Organisation, source: SourceFile): Diagnostic[] {
  const out: Diagnostic[] = [];
  try {
    new Intl.DateTimeFormat('en', { timeZone: organisation.time_zone });
  } catch {
    out.push(
      report(
        source,
        ['time_zone'],
        'time-zone',
        `${organisation.time_zone} is no time zone`,
        'use an IANA name such as Asia/Tokyo',
      ),
    );
  }
  for (const list of ['departments', 'teams', 'channels'] as const) {
    const seen = new Set<string>();
    organisation[list].forEach((entry, index) => {
      if (seen.has(entry.id)) {
        out.push(
          report(
            source,
            [list, index, 'id'],
            'duplicate-id',
            `${list} has ${entry.id} twice`,
            'give each an id of its own',
          ),
        );
      }
      seen.add(entry.id);
    });
  }
  organisation.budgets.forEach((budget, index) => {
    const at = ['budgets', index];
    if (budget.owner === undefined) {
      out.push(
        report(
          source,
          at,
          'budget-without-owner',
          'nobody answers for this budget',
          'add owner: a team that decides when it is spent',
        ),
      );
    }
    if (
      budget.department !== undefined &&
      !organisation.departments.some((d) => d.id === budget.department)
    ) {
      out.push(
        report(
          source,
          [...at, 'department'],
          'unknown-department',
          `there is no department ${budget.department}`,
          `declare it under departments, or use one of: ${organisation.departments.map((d) => d.id).join(', ')}`,
        ),
      );
    }
    out.push(...checkAmounts(budget, organisation, source, at));
  });
  return out;
}

function checkReferences(agent: Agent, organisation: Organisation, source: SourceFile): Diagnostic[] {
  const out: Diagnostic[] = [];
  const teams = organisation.teams.map((team) => team.id);
  const channels = organisation.channels.map((channel) => channel.id);
  const department = organisation.departments.find((entry) => entry.id === agent.department);
  const known = (
    path: (string | number)[],
    value: string | undefined,
    all: string[],
    code: 'unknown-team' | 'unknown-channel',
  ): void => {
    if (value === undefined || all.includes(value)) return;
    const what = code === 'unknown-team' ? 'team' : 'channel';
    out.push(
      report(
        source,
        path,
        code,
        `there is no ${what} ${value}`,
        `declare it in organisation.yaml, or use one of: ${all.join(', ')}`,
      ),
    );
  };
  if (department === undefined) {
    out.push(
      report(
        source,
        ['department'],
        'unknown-department',
        `there is no department ${agent.department}`,
        `declare it in organisation.yaml, or use one of: ${organisation.departments.map((d) => d.id).join(', ')}`,
      ),
    );
  } else if (agent.cost_center !== undefined && !department.cost_centers.includes(agent.cost_center)) {
    out.push(
      report(
        source,
        ['cost_center'],
        'unknown-cost-center',
        `${agent.department} has no cost center ${agent.cost_center}`,
        `declare it with the department, or use one of: ${department.cost_centers.join(', ')}`,
      ),
    );
  }
  known(['owner'], agent.owner, teams, 'unknown-team');
  known(['operator'], agent.operator, teams, 'unknown-team');
  known(['team'], agent.team, teams, 'unknown-team');
  agent.reviewers.forEach((reviewer, index) => {
    known(['reviewers', index, 'team'], reviewer.team, teams, 'unknown-team');
    known(['reviewers', index, 'channel'], reviewer.channel, channels, 'unknown-channel');
  });
  agent.stop?.who.forEach((team, index) => {
    known(['stop', 'who', index], team, teams, 'unknown-team');
  });
  for (const domain of ['reviewers', 'business', 'security'] as const) {
    known(['escalation', domain], agent.escalation[domain], channels, 'unknown-channel');
  }
  return out;
}

/** Owner and operator must differ, and differ in people: a team that watches itself watches nobody. */
function checkPeople(agent: Agent, organisation: Organisation, source: SourceFile): Diagnostic[] {
  const members = (id: string): string[] => organisation.teams.find((team) => team.id === id)?.members ?? [];
  if (agent.owner === agent.operator) {
    return [
      report(
        source,
        ['operator'],
        'owner-operates',
        `${agent.owner} owns and operates the agent`,
        'name an operator team whose people do not own the agent',
      ),
    ];
  }
  const both = members(agent.owner).filter((person) => members(agent.operator).includes(person));
  if (both.length === 0) return [];
  return [
    report(
      source,
      ['operator'],
      'owner-operates',
      `${both.join(', ')} ${both.length === 1 ? 'stands' : 'stand'} in the owner team ${agent.owner} and in the operator team ${agent.operator}`,
      'owner and operator must be different people: change one of the teams',
    ),
  ];
}

function checkObjectives(agent: Agent, source: SourceFile): Diagnostic[] {
  const out: Diagnostic[] = [];
  if (agent.stage === 'production' && !agent.slos.some((slo) => slo.sli === 'task_success')) {
    out.push(
      report(
        source,
        ['slos'],
        'slo-without-objective',
        'a production agent has no objective for task_success',
        'add {sli: task_success, objective: …}; `agentops slo suggest` will propose one from what was measured',
      ),
    );
  }
  agent.slos.forEach((slo, index) => {
    if (agent.stage === 'production' && (slo.objective === undefined || slo.objective === 'measure')) {
      out.push(
        report(
          source,
          ['slos', index],
          'slo-without-objective',
          `${slo.sli} has no objective, and the agent is in production`,
          'set objective to a percentage; only a pilot may say measure',
        ),
      );
    } else if (slo.objective === undefined) {
      out.push(
        report(
          source,
          ['slos', index],
          'slo-without-objective',
          `${slo.sli} has no objective`,
          'set objective to a percentage, or to measure while the agent is a pilot',
        ),
      );
    } else if (slo.objective === 100) {
      out.push(
        report(
          source,
          ['slos', index, 'objective'],
          'slo-without-objective',
          'an objective of 100 % leaves no error budget',
          'set it below 100',
        ),
      );
    }
  });
  return out;
}

function checkBudgets(agent: Agent, organisation: Organisation, source: SourceFile): Diagnostic[] {
  return agent.budgets.flatMap((budget, index) => {
    const at = ['budgets', index];
    const out: Diagnostic[] = [];
    if (budget.owner === undefined) {
      out.push(
        report(
          source,
          at,
          'budget-without-owner',
          `nobody answers for the budget per ${budget.per}`,
          'add owner: a team that decides when it is spent',
        ),
      );
    } else if (!organisation.teams.some((team) => team.id === budget.owner)) {
      out.push(
        report(
          source,
          [...at, 'owner'],
          'unknown-team',
          `there is no team ${budget.owner}`,
          'declare it in organisation.yaml',
        ),
      );
    }
    if (budget.on_breach !== 'alert') {
      out.push(
        report(
          source,
          [...at, 'on_breach'],
          'not-enforced',
          `on_breach: ${budget.on_breach} is not enforced yet: the budget alerts only`,
          'keep it if it is what was agreed, but do not rely on it',
          'warning',
        ),
      );
    }
    if (agent.stage === 'retired') {
      out.push(report(source, at, 'retired', 'a retired agent has a budget', 'remove it'));
    }
    return [...out, ...checkAmounts(budget, organisation, source, at)];
  });
}

function checkAmounts(
  budget: { readonly soft?: string | undefined; readonly hard?: string | undefined },
  organisation: Organisation,
  source: SourceFile,
  at: (string | number)[],
): Diagnostic[] {
  const out: Diagnostic[] = [];
  if (budget.soft === undefined && budget.hard === undefined) {
    out.push(
      report(
        source,
        at,
        'budget-order',
        'the budget has neither a soft nor a hard amount',
        'add at least one',
      ),
    );
  }
  for (const level of ['soft', 'hard'] as const) {
    const amount = budget[level];
    if (amount === undefined) continue;
    const { currency } = parseMoney(amount);
    if (!hasRate(organisation, currency)) {
      out.push(
        report(
          source,
          [...at, level],
          'missing-rate',
          `there is no exchange rate from ${currency} to ${organisation.currency}`,
          'add a dated rate under exchange_rates in organisation.yaml',
        ),
      );
    }
  }
  if (budget.soft !== undefined && budget.hard !== undefined) {
    const soft = parseMoney(budget.soft);
    const hard = parseMoney(budget.hard);
    if (soft.currency === hard.currency && Number(soft.amount) >= Number(hard.amount)) {
      out.push(
        report(
          source,
          [...at, 'soft'],
          'budget-order',
          'the soft amount is not below the hard one',
          'lower soft or raise hard',
        ),
      );
    }
  }
  return out;
}

function hasRate(organisation: Organisation, currency: string): boolean {
  return (
    currency === organisation.currency ||
    organisation.exchange_rates.some((rate) => rate.from === currency && rate.to === organisation.currency)
  );
}

function checkApprovals(agent: Agent, source: SourceFile): Diagnostic[] {
  const out: Diagnostic[] = [];
  agent.approvals.forEach((approval, index) => {
    const at = ['approvals', index];
    if (approval.tool !== undefined && !agent.tools.some((tool) => tool.name === approval.tool)) {
      out.push(
        report(
          source,
          [...at, 'tool'],
          'unknown-tool',
          `the agent declares no tool ${approval.tool}`,
          `declare it under tools, or use one of: ${agent.tools.map((tool) => tool.name).join(', ')}`,
        ),
      );
    }
    if (approval.rule === 'threshold' && approval.over === undefined) {
      out.push(
        report(source, at, 'approval-rule', 'a threshold rule needs over: an amount', 'add over: 100000 JPY'),
      );
    }
    if (approval.rule === 'sample' && approval.percent === undefined) {
      out.push(report(source, at, 'approval-rule', 'a sample rule needs percent', 'add percent: 5'));
    }
    if (agent.reviewers.length === 0) {
      out.push(
        report(
          source,
          at,
          'approval-rule',
          'the agent has no reviewers to ask',
          'add reviewers: [{team, channel, sla}]',
        ),
      );
    }
    out.push(
      report(
        source,
        [...at, 'rule'],
        'not-enforced',
        `nothing holds a call back for this ${approval.rule} rule yet: it is checked afterwards only`,
        'make sure that the agent itself asks; violations will show where it did not',
        'warning',
      ),
    );
  });
  const highRisk = agent.tools.filter((tool) => tool.risk === 'high' && tool.effect !== 'read');
  for (const tool of highRisk) {
    if (agent.approvals.some((approval) => approval.tool === undefined || approval.tool === tool.name))
      continue;
    out.push(
      report(
        source,
        ['tools', agent.tools.indexOf(tool)],
        'approval-rule',
        `${tool.name} is of high risk and no approval rule concerns it`,
        'add a rule under approvals, or lower the risk',
        'warning',
      ),
    );
  }
  return out;
}

function checkStop(agent: Agent, source: SourceFile, now: number): Diagnostic[] {
  if (agent.stage !== 'production') return [];
  if (agent.stop === undefined) {
    return [
      report(
        source,
        ['stage'],
        'stop-missing',
        'a production agent has no stop',
        'add stop: {how: command, flag or link, who: [team], last_tried: day}',
      ),
    ];
  }
  const tried = agent.stop.last_tried;
  if (tried === undefined) {
    return [
      report(
        source,
        ['stop'],
        'stop-untried',
        'nobody has tried the stop yet',
        'try it, then set last_tried',
      ),
    ];
  }
  const days = Math.floor((now - Date.parse(tried)) / DAY_MS);
  if (days <= STOP_TRIED_WITHIN_DAYS) return [];
  return [
    report(
      source,
      ['stop', 'last_tried'],
      'stop-untried',
      `the stop was last tried ${days} days ago`,
      `try it again: at least every ${STOP_TRIED_WITHIN_DAYS} days`,
    ),
  ];
}

/** Two agents that claim the same telemetry: whose it is would be chance. */
function checkOverlaps({ document, agentFiles }: LoadedRegistry): Diagnostic[] {
  const out: Diagnostic[] = [];
  const { agents } = document!;
  agents.forEach((a, i) => {
    for (const b of agents.slice(i + 1)) {
      b.match.forEach((theirs, index) => {
        const overlaps = a.match.some(
          (ours) =>
            globsOverlap(ours.service ?? '*', theirs.service ?? '*') &&
            globsOverlap(ours.agent ?? '*', theirs.agent ?? '*') &&
            globsOverlap(ours.namespace ?? '*', theirs.namespace ?? '*'),
        );
        if (!overlaps) return;
        out.push(
          report(
            agentFiles.get(b.id)!,
            ['match', index],
            'overlapping-match',
            `this rule and one of ${a.id} match the same telemetry`,
            'name the agent as well as the service, so that each span has one owner',
          ),
        );
      });
    }
  });
  return out;
}
