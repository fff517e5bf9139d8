import { globMatcher } from '../glob.ts';
import type { RegistryDocument } from '../load.ts';
import type { Agent } from '../schema/agent.ts';
import { seconds } from '../schema/common.ts';
import { createMatcher, type Observation, telemetryName } from './observation.ts';
import { activeMs } from './working-hours.ts';

/** Every way in which a registry and telemetry come apart. */
export const DRIFT_KINDS = [
  'unregistered_agent',
  'retired_agent',
  'silent_agent',
  'undeclared_tool',
  'undeclared_model',
  'undeclared_version',
  'undeclared_data',
  'stale_agent',
  'stale_tool',
  'stale_model',
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

export interface Drift {
  readonly kind: DriftKind;
  /** Registry id, or the name that telemetry gives an agent without an entry. */
  readonly agent: string;
  /** What has drifted: a service, tool, model, version, resource; the agent where it is about all of it. */
  readonly subject: string;
  /** How often it was seen, and from when to when (ms since the epoch); 0 and null for what was not seen. */
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
  /** What to do about it. */
  readonly fix: string;
}

/** How often something was seen, and from when to when. */
interface Sighting {
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

/** The registry held against what telemetry shows, in order of kind, agent and subject. `now`: ms since the epoch. */
export function findDrift(
  { agents, organisation }: RegistryDocument,
  observations: readonly Observation[],
  now: number,
): Drift[] {
  const matching = createMatcher(agents);
  const unknown: Observation[] = [];
  const seen = new Map<Agent, Observation[]>(agents.map((agent) => [agent, []]));
  for (const observation of observations) {
    const agent = matching(observation);
    if (agent === null) unknown.push(observation);
    else seen.get(agent)!.push(observation);
  }
  const found = [...unregistered(unknown)];
  for (const [agent, own] of seen) found.push(...driftOf(agent, own, organisation.time_zone, now));
  return found.sort(
    (a, b) =>
      DRIFT_KINDS.indexOf(a.kind) - DRIFT_KINDS.indexOf(b.kind) ||
      compare(a.agent, b.agent) ||
      compare(a.subject, b.subject),
  );
}

function* unregistered(unknown: readonly Observation[]): Generator<Drift> {
  for (const group of grouped(unknown, ({ agent, service }) => `${agent}\0${service}`).values()) {
    const sighting = activity(group);
    if (sighting === null) continue;
    const { agent, service } = group[0]!;
    const name = telemetryName(agent);
    const fix = 'registry adopt writes a first entry; or let a rule of another match it';
    yield { kind: 'unregistered_agent', agent: name, subject: service || name, ...sighting, fix };
  }
}

function* driftOf(agent: Agent, own: readonly Observation[], zone: string, now: number): Generator<Drift> {
  const { id } = agent;
  const active = activity(own);
  if (agent.stage === 'retired') {
    const fix = 'end it, or give it another stage';
    if (active !== null) yield { kind: 'retired_agent', agent: id, subject: id, ...active, fix };
    return;
  }
  if (active === null) {
    yield unseen('stale_agent', id, id, 'retire it, or mend its match rules');
    return;
  }
  if (agent.expects !== undefined) {
    const { calendar, every } = agent.expects;
    if (activeMs(calendar, active.last, now, zone) > seconds(every) * 1000) {
      const fix = `it is expected every ${every} (${calendar}): see whether it still runs`;
      yield { kind: 'silent_agent', agent: id, subject: id, ...active, fix };
    }
  }
  yield* driftOfTools(agent, named(own, 'tool'));
  yield* driftOfModels(agent, named(own, 'model'));
  yield* driftOfVersions(agent, named(own, 'version'));
  yield* driftOfData(agent, own);
}

function* driftOfTools({ id, tools }: Agent, seen: ReadonlyMap<string, Sighting>): Generator<Drift> {
  const declared = new Set(tools.map((tool) => tool.name));
  for (const [subject, sighting] of seen) {
    if (declared.has(subject)) continue;
    const fix = 'declare it with its effect, or take it from the agent';
    yield { kind: 'undeclared_tool', agent: id, subject, ...sighting, fix };
  }
  for (const name of declared) {
    if (!seen.has(name)) yield unseen('stale_tool', id, name, 'remove it from the entry');
  }
}

function* driftOfModels({ id, models }: Agent, seen: ReadonlyMap<string, Sighting>): Generator<Drift> {
  const patterns = models.map((pattern) => ({ pattern, matches: globMatcher(pattern) }));
  for (const [subject, sighting] of seen) {
    if (patterns.some(({ matches }) => matches(subject))) continue;
    const fix = 'declare it under models, or take it from the agent';
    yield { kind: 'undeclared_model', agent: id, subject, ...sighting, fix };
  }
  for (const { pattern, matches } of patterns) {
    if (![...seen.keys()].some(matches)) yield unseen('stale_model', id, pattern, 'remove it from the entry');
  }
}

/** A version that ended before the declared one began was replaced by it; any other runs beside it, or instead of it. */
function* driftOfVersions({ id, version }: Agent, seen: ReadonlyMap<string, Sighting>): Generator<Drift> {
  if (version === undefined) return;
  const begun = seen.get(version)?.first ?? Number.NEGATIVE_INFINITY;
  for (const [subject, sighting] of seen) {
    if (subject === version || sighting.last <= begun) continue;
    const fix = `${version} is declared: agentops registry set ${id} --version …`;
    yield { kind: 'undeclared_version', agent: id, subject, ...sighting, fix };
  }
}

/** A resource is declared under `data`, or with a tool that touches it; to be changed, it must be so as one to change. */
function* driftOfData({ id, data, tools }: Agent, own: readonly Observation[]): Generator<Drift> {
  const changed = new Set(data.write);
  const read = new Set([...data.read, ...data.write]);
  for (const { resource, effect } of tools) {
    if (resource === undefined) continue;
    read.add(resource);
    if (effect !== 'read') changed.add(resource);
  }
  const touched = own.filter(({ what }) => what === 'data');
  const undeclared = touched.filter(({ name, effect }) =>
    effect === 'read' || effect === '' ? !read.has(name) : !changed.has(name),
  );
  for (const [subject, sighting] of named(undeclared, 'data')) {
    const fix = read.has(subject) ? 'it is declared to be read only' : 'declare it under data';
    yield { kind: 'undeclared_data', agent: id, subject, ...sighting, fix };
  }
}

/** Runs that it began; for what only works for others, its calls. */
function activity(own: readonly Observation[]): Sighting | null {
  const runs = own.filter(({ what }) => what === 'run');
  return sum(runs.length > 0 ? runs : own.filter(({ what }) => what === 'tool' || what === 'model'));
}

function named(own: readonly Observation[], what: Observation['what']): Map<string, Sighting> {
  const groups = grouped(
    own.filter((observation) => observation.what === what),
    (observation) => observation.name,
  );
  return new Map([...groups].map(([name, group]) => [name, sum(group)!]));
}

function sum(group: readonly Observation[]): Sighting | null {
  if (group.length === 0) return null;
  return {
    count: group.reduce((total, { count }) => total + count, 0),
    first: Math.min(...group.map(({ first }) => first)),
    last: Math.max(...group.map(({ last }) => last)),
  };
}

function grouped(
  list: readonly Observation[],
  key: (observation: Observation) => string,
): Map<string, Observation[]> {
  const groups = new Map<string, Observation[]>();
  for (const observation of list) {
    const group = groups.get(key(observation));
    if (group === undefined) groups.set(key(observation), [observation]);
    else group.push(observation);
  }
  return groups;
}

function unseen(kind: DriftKind, agent: string, subject: string, fix: string): Drift {
  return { kind, agent, subject, count: 0, first: null, last: null, fix };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
