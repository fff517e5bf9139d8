import { type DiagnosticCode, error, type Finding, type Path } from '../diagnostic.ts';
import { instead } from '../nearest.ts';
import type { Agent } from '../schema/agent.ts';
import type { Organisation } from '../schema/organisation.ts';

/** Every department, cost center, team and channel that an agent names must be declared by the organisation. */
export function* checkReferences(agent: Agent, organisation: Organisation): Generator<Finding> {
  const department = organisation.departments.find((entry) => entry.id === agent.department);
  yield* knownDepartment(['department'], agent.department, organisation);
  if (department !== undefined && agent.cost_center !== undefined) {
    if (!department.cost_centers.includes(agent.cost_center)) {
      yield error(
        'unknown-cost-center',
        ['cost_center'],
        `${agent.department} has no cost center ${agent.cost_center}`,
        instead(agent.cost_center, department.cost_centers) ?? 'declare it with the department',
      );
    }
  }
  yield* knownTeam(['owner'], agent.owner, organisation);
  yield* knownTeam(['operator'], agent.operator, organisation);
  yield* knownTeam(['team'], agent.team, organisation);
  for (const [index, reviewer] of agent.reviewers.entries()) {
    yield* knownTeam(['reviewers', index, 'team'], reviewer.team, organisation);
    yield* knownChannel(['reviewers', index, 'channel'], reviewer.channel, organisation);
  }
  for (const [index, team] of (agent.stop?.who ?? []).entries()) {
    yield* knownTeam(['stop', 'who', index], team, organisation);
  }
  for (const domain of ['reviewers', 'business', 'security'] as const) {
    yield* knownChannel(['escalation', domain], agent.escalation[domain], organisation);
  }
}

export function knownDepartment(
  path: Path,
  id: string | undefined,
  { departments }: Organisation,
): Finding[] {
  return known('department', 'unknown-department', path, id, departments);
}

export function knownTeam(path: Path, id: string | undefined, { teams }: Organisation): Finding[] {
  return known('team', 'unknown-team', path, id, teams);
}

export function knownChannel(path: Path, id: string | undefined, { channels }: Organisation): Finding[] {
  return known('channel', 'unknown-channel', path, id, channels);
}

function known(
  what: string,
  code: DiagnosticCode,
  path: Path,
  id: string | undefined,
  declared: readonly { readonly id: string }[],
): Finding[] {
  const ids = declared.map((entry) => entry.id);
  if (id === undefined || ids.includes(id)) return [];
  const other = instead(id, ids);
  const declare = `declare it under ${what}s in organisation.yaml`;
  return [error(code, path, `there is no ${what} ${id}`, other === null ? declare : `${declare}; ${other}`)];
}
