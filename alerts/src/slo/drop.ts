import type { BurnEvent } from './thresholds.ts';

/**
 * A sudden drop of what usually succeeds, found as soon as the last judged events allow: Page's cumulative sum (1954) of
 * the log-likelihood ratio between "as usual" and "the odds of a failure are eight times as high", over the latest events.
 */
export const DROP = {
  /** Times the usual odds of a failure. */
  odds: 8,
  /** Latest events that it looks at: what ends is forgotten, and a slow burn never adds up. */
  latest: 60,
  /** Bad ones among them: fewer call nobody. */
  leastBad: 6,
  /** Among so many of the latest no more bad ones than usual: it has been mended. */
  mended: 12,
  /** Older events from which on the usual is what was measured, where that is worse than what the objective allows. */
  leastBefore: 60,
  /** False pages that may be expected of all events of 28 days, where the usual goes on. */
  falsePages: 0.03,
  /** Events of 28 days that an agent has at least, for that: one that begins is judged no more rashly. */
  leastEvents: 500,
  /** How far back it looks, seconds: who has no events has nothing that drops. */
  withinS: 3 * 86_400,
} as const;

/** The share of bad events that is usual: what is allowed, or what was measured where that is more; both in [0, 1]. */
export function usualBad(allowed: number, before: { readonly bad: number; readonly total: number }): number {
  return before.total < DROP.leastBefore ? allowed : Math.max(allowed, before.bad / before.total);
}

/** What a bad and a good event say for a drop, in nats. */
export function evidence(usual: number): { readonly bad: number; readonly good: number } {
  const share = (DROP.odds * usual) / (1 - usual + DROP.odds * usual);
  return { bad: Math.log(share / usual), good: Math.log((1 - share) / (1 - usual)) };
}

/**
 * The reference of the SQL in `rules.ts`: the evidence of a drop over what pages, above 1 it fires. `events` of the last 28
 * days, newest first. By Lorden (1971) a sum above ln(n ÷ a) is reached by chance at most a times in n events.
 */
export function dropOf(allowed: number, events: readonly BurnEvent[]): number {
  const shares = events.map(({ good, total }) => (total - good) / total);
  const sum = (list: readonly number[]): number => list.reduce((all, one) => all + one, 0);
  const older = shares.slice(DROP.latest);
  const usual = usualBad(allowed, { bad: sum(older), total: older.length });
  const latest = shares.slice(0, DROP.latest).filter((_, i) => events[i]!.at < DROP.withinS);
  const isMended = sum(latest.slice(0, DROP.mended)) <= Math.floor(DROP.mended * usual);
  if (usual >= 1 || isMended || sum(latest) < DROP.leastBad) return 0;
  const { bad, good } = evidence(usual);
  let so = 0;
  let most = 0;
  for (const share of latest) {
    so += share * bad + (1 - share) * good;
    most = Math.max(most, so);
  }
  return most / Math.log(Math.max(events.length, DROP.leastEvents) / DROP.falsePages);
}

/** Of an agent whose usual is so good that nothing is left to compare with, in [0, 1]. */
export const LEAST_USUAL = 0.01;

/** As `dropOf`, where nobody has set an objective: against the agent's own weeks before, and 0 until there are enough. */
export function measuredDropOf(events: readonly BurnEvent[]): number {
  return events.length < DROP.latest + DROP.leastBefore ? 0 : dropOf(LEAST_USUAL, events);
}
