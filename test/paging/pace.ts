import type { AlertDefinition, Instance } from '@agentops/alerts';
import { HOUR, MINUTE } from '../incidents/world.ts';

/** How often rules are asked: what is measured in minutes more often than what rests on hours or days. */
const OFTEN_MS: Readonly<Record<string, number>> = {
  'loop-in-progress': 3 * MINUTE,
  'telemetry-stale': 5 * MINUTE,
  'silent-agent': 15 * MINUTE,
  'approval-overdue': 10 * MINUTE,
};
const EVERY_MS = { page: 30 * MINUTE, ticket: 2 * HOUR, info: 2 * HOUR } as const;

/** When a rule may be above its threshold, ms since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * ms from `now` to when a rule is asked again. Where it may fire soon, it is asked when it may, as an evaluator would; where
 * nothing is pending and nothing fires, it is not asked before the next of `spans`, as it would only say that all is well.
 */
export function stepOf(
  { id, severity, timing }: AlertDefinition,
  instances: readonly Instance[],
  now: number,
  spans?: readonly Span[],
): number {
  const usual = OFTEN_MS[id] ?? EVERY_MS[severity];
  const waits = instances.some(({ state }) => state === 'pending');
  if (waits) return Math.min(usual, timing.pending * 1_000);
  if (spans === undefined || instances.length > 0) return usual;
  const begins = Math.min(...spans.filter(({ to }) => to > now).map(({ from }) => from));
  return Math.max(1, Math.ceil((begins - now) / usual)) * usual;
}

/** Silence becomes telemetry-stale after half an hour, counted in whole minutes. */
const SILENT_MS = 28 * MINUTE;

/** When nothing has arrived for that long; `arrivals` in order, ms since the epoch. */
export function silences(arrivals: readonly number[], end: number): Span[] {
  return arrivals
    .map((at, i) => ({ from: at + SILENT_MS, to: arrivals[i + 1] ?? end }))
    .filter(({ from, to }) => from < to);
}

/** loop-in-progress looks so far back. */
const LOOP_MS = 15 * MINUTE;

/** When circles that ended at these times can be seen, and when more of them may be known: ms since the epoch. */
export function loopSpans(ends: readonly number[], loadedUntil: number): Span[] {
  return [
    ...ends.map((end) => ({ from: end, to: end + LOOP_MS + MINUTE })),
    { from: loadedUntil, to: Number.POSITIVE_INFINITY },
  ];
}
