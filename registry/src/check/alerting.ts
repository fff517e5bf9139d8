import { error, type Finding, type Path, warning } from '../diagnostic.ts';
import { instead } from '../nearest.ts';
import type { Agent } from '../schema/agent.ts';
import { DOMAINS, MAPPED_LABELS, type MappedLabel, OWN_LABELS, SEVERITIES } from '../schema/alerting.ts';
import type { Organisation } from '../schema/organisation.ts';
import { knownChannel, knownTeam } from './references.ts';

type Who = Pick<Agent, 'id' | 'owner' | 'operator'>;

/** How alerts find people: labels that can be told back, windows that are times, channels with an address. */
export function* checkAlerting(organisation: Organisation, agents: readonly Who[]): Generator<Finding> {
  yield* knownTeam(['platform'], organisation.platform, organisation);
  yield* knownChannel(['alerting', 'watchdog'], organisation.alerting?.watchdog, organisation);
  yield* checkChannels(organisation);
  yield* checkCodeOwners(organisation, agents);
  yield* checkLabels(organisation, agents);
  yield* checkMaintenance(organisation, agents);
}

function* checkChannels({ channels }: Organisation): Generator<Finding> {
  for (const [index, { id, type, url }] of channels.entries()) {
    if (url !== undefined || (type !== 'jira' && type !== 'alertmanager')) continue;
    yield warning(
      'channel-address',
      ['channels', index, 'type'],
      `nobody has said where the ${type} of ${id} is`,
      'add url: its address, without a secret',
    );
  }
}

/** One team without a name in CODEOWNERS: a change of the entry would ask the other role only. */
function* checkCodeOwners({ teams }: Organisation, agents: readonly Who[]): Generator<Finding> {
  if (teams.every(({ code_owner }) => code_owner === undefined)) return;
  for (const [index, { id, code_owner }] of teams.entries()) {
    const theirs = agents.filter(({ owner, operator }) => owner === id || operator === id);
    if (code_owner !== undefined || theirs.length === 0) continue;
    yield warning(
      'code-owner',
      ['teams', index],
      `${id} has no code_owner: a change of ${theirs.map((agent) => agent.id).join(', ')} asks nobody of it`,
      'add code_owner: @organisation/team',
    );
  }
}

function* checkLabels(organisation: Organisation, agents: readonly Who[]): Generator<Finding> {
  const mapped = organisation.alerting?.labels ?? {};
  const taken = new Map<string, string>(OWN_LABELS.map((name) => [name, 'a label of ours']));
  for (const label of MAPPED_LABELS) if (mapped[label]?.name === undefined) taken.set(label, label);
  for (const label of MAPPED_LABELS) {
    const { name, values } = mapped[label] ?? {};
    const at: Path = ['alerting', 'labels', label];
    if (name !== undefined) {
      const other = taken.get(name);
      if (other !== undefined && name !== label) {
        yield error(
          'label-mapping',
          [...at, 'name'],
          `${name} is the name of ${other} already`,
          'take another name, or map that one too',
        );
      }
      taken.set(name, label);
    }
    yield* checkValues(label, values ?? {}, [...at, 'values'], knownValues(label, organisation, agents));
  }
}

/** Values must be told back from theirs: an alert that a webhook tells of is found by them. */
function* checkValues(
  label: MappedLabel,
  values: Readonly<Record<string, string>>,
  at: Path,
  known: readonly string[] | null,
): Generator<Finding> {
  const given = new Map<string, string>();
  for (const [value, their] of Object.entries(values)) {
    if (known !== null && !known.includes(value)) {
      yield error(
        'label-mapping',
        [...at, value],
        `${label} is never ${value}`,
        instead(value, known) ?? `known values: ${known.join(', ')}`,
      );
    }
    const other =
      given.get(their) ?? (known?.includes(their) && values[their] === undefined ? their : undefined);
    if (other !== undefined && other !== value) {
      yield error(
        'label-mapping',
        [...at, value],
        `${value} and ${other} would both be ${their}: nobody could tell which`,
        'give each a value of its own',
      );
    }
    given.set(their, value);
  }
}

/** Every value that a label takes; null where telemetry decides. */
function knownValues(
  label: MappedLabel,
  { departments, teams }: Organisation,
  agents: readonly Who[],
): readonly string[] | null {
  if (label === 'severity') return SEVERITIES;
  if (label === 'domain') return DOMAINS;
  if (label === 'department') return departments.map(({ id }) => id);
  if (label === 'owner' || label === 'operator') return teams.map(({ id }) => id);
  return label === 'agent' ? agents.map(({ id }) => id) : null;
}

function* checkMaintenance({ alerting }: Organisation, agents: readonly Who[]): Generator<Finding> {
  const seen = new Set<string>();
  for (const [index, { id, days, date, from, to, agents: of = [] }] of (
    alerting?.maintenance ?? []
  ).entries()) {
    const at: Path = ['alerting', 'maintenance', index];
    if (seen.has(id)) {
      yield error('duplicate-id', [...at, 'id'], `maintenance has ${id} twice`, 'give each an id of its own');
    }
    seen.add(id);
    if ((days === undefined) === (date === undefined)) {
      yield error(
        'maintenance',
        at,
        days === undefined ? `${id} is at no time` : `${id} is on days of the week and on a date`,
        'name days, or a date',
      );
    }
    if (from === to) {
      yield error(
        'maintenance',
        [...at, 'to'],
        `from ${from} to ${to} is no time at all`,
        'let to be later than from, or smaller: then it ends on the next day',
      );
    }
    for (const [place, agent] of of.entries()) {
      const known = agents.map((one) => one.id);
      if (known.includes(agent)) continue;
      yield error(
        'maintenance',
        [...at, 'agents', place],
        `there is no agent ${agent}`,
        instead(agent, known) ?? 'name an agent of the registry, or leave agents out for all',
      );
    }
  }
}
