import type { AlertDefinition } from '../catalogue/types.ts';

export type Labels = Readonly<Record<string, string>>;

/** normal: nothing to say. pending: waits whether it lasts. firing. recovering: has ended, goes on firing for a while. */
export const INSTANCE_STATES = ['normal', 'pending', 'firing', 'recovering'] as const;
export type InstanceState = (typeof INSTANCE_STATES)[number];

/** An alert for one set of labels. Times are ms since the epoch. */
export interface Instance {
  readonly labels: Labels;
  readonly state: InstanceState;
  /** When it took this state. */
  readonly since: number;
  /** When it last began to fire; null when it never did. */
  readonly firedAt: number | null;
  /** When that ended; null while it fires. */
  readonly resolvedAt: number | null;
  /** What was last measured; null where nothing was. */
  readonly value: number | null;
  /** How many evaluations in a row had no row for it. */
  readonly missing: number;
}

/** What the query of a rule answers, row by row. */
export interface Measured {
  readonly labels: Labels;
  readonly value: number | null;
}

/** A rule's rows, or why there are none. */
export type Observation = readonly Measured[] | { readonly error: string };

type Rule = Pick<AlertDefinition, 'above' | 'timing' | 'noData'>;

/** An instance without a row for so many evaluations has ended. */
const MISSING_EVALUATIONS = 2;
/** So long it is said again that an alert has ended, ms: whoever was told that it fires may have been away. */
export const RESOLVED_RETENTION_MS = 15 * 60_000;
/** The instance of a rule that has no rows, or whose query fails. */
export const ERROR_LABEL = 'evaluation_error';

/**
 * One evaluation of a rule, as Grafana does it: what is above the threshold is pending until it has lasted, and goes on
 * firing for a while after it has ended; what comes back meanwhile fires at once. What has no row for two evaluations
 * has ended. A number that is none is not above. Where the query fails, every instance stays as it is, and an instance
 * of the failure fires at once (Grafana puts all others into the state of the failure instead).
 * Returns the instances that are not normal, or have only lately become so.
 */
export function evaluateRule(
  rule: Rule,
  before: readonly Instance[],
  seen: Observation,
  now: number,
): readonly Instance[] {
  const failures = before.filter(({ labels }) => ERROR_LABEL in labels);
  const instances = before.filter(({ labels }) => !(ERROR_LABEL in labels));
  if ('error' in seen) {
    const labels = { [ERROR_LABEL]: 'query' };
    return recent([...instances, fire(failures[0] ?? born(labels, now), null, now)], now);
  }
  const ended = failures.map((one) => end(one, null, now));
  const rows = seen.length === 0 ? silence(instances) : seen;
  const known = new Map(instances.map((one) => [instanceKey(one.labels), one]));
  const measured = rows.map(({ labels, value }) => {
    const isAbove = seen.length === 0 ? rule.noData === 'alerting' : value !== null && value > rule.above;
    const key = instanceKey(labels);
    const one = known.get(key) ?? born(labels, now);
    known.delete(key);
    return isAbove ? rise(one, value, rule, now) : fall(one, value, rule, now);
  });
  const missing = [...known.values()].map((one) =>
    one.missing + 1 >= MISSING_EVALUATIONS ? end(one, null, now) : { ...one, missing: one.missing + 1 },
  );
  return recent([...measured, ...missing, ...ended], now);
}

/** Equal for equal labels, in whatever order they stand; one without a value is one that is not there. */
export function instanceKey(labels: Labels): string {
  return JSON.stringify(
    Object.entries(labels)
      .filter(([, value]) => value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** No rows at all: that holds for everyone who is known, else for the rule as a whole. */
function silence(instances: readonly Instance[]): readonly Measured[] {
  return instances.length === 0
    ? [{ labels: {}, value: null }]
    : instances.map(({ labels }) => ({ labels, value: null }));
}

function born(labels: Labels, now: number): Instance {
  return { labels, state: 'normal', since: now, firedAt: null, resolvedAt: null, value: null, missing: 0 };
}

function rise(one: Instance, value: number | null, { timing }: Rule, now: number): Instance {
  const lasts = one.state === 'pending' && now - one.since >= timing.pending * 1_000;
  const isOn = one.state === 'firing' || one.state === 'recovering';
  if (isOn || lasts || timing.pending === 0) return fire(one, value, now);
  if (one.state === 'pending') return { ...one, value, missing: 0 };
  return { ...one, state: 'pending', since: now, value, missing: 0 };
}

function fall(one: Instance, value: number | null, { timing }: Rule, now: number): Instance {
  const keep = timing.keepFiring * 1_000;
  if (one.state === 'firing' && keep > 0)
    return { ...one, state: 'recovering', since: now, value, missing: 0 };
  if (one.state === 'recovering' && now - one.since < keep) return { ...one, value, missing: 0 };
  return end(one, value, now);
}

/** Firing: since now, unless it fires already. */
function fire(one: Instance, value: number | null, now: number): Instance {
  if (one.state === 'firing') return { ...one, value, missing: 0 };
  const firedAt = one.state === 'recovering' ? one.firedAt : now;
  return { ...one, state: 'firing', since: now, firedAt, resolvedAt: null, value, missing: 0 };
}

function end(one: Instance, value: number | null, now: number): Instance {
  const hasFired = one.state === 'firing' || one.state === 'recovering';
  const since = one.state === 'normal' ? one.since : now;
  return { ...one, state: 'normal', since, resolvedAt: hasFired ? now : one.resolvedAt, value, missing: 0 };
}

function recent(instances: readonly Instance[], now: number): readonly Instance[] {
  return instances.filter(
    ({ state, resolvedAt }) =>
      state !== 'normal' || (resolvedAt !== null && now - resolvedAt < RESOLVED_RETENTION_MS),
  );
}
