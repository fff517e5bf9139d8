import { type BurnEvent, badShare, type Share, wilsonLow } from './thresholds.ts';

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
  /** Older events that there must be: of an agent of which less is known nobody can say what is usual. */
  leastBefore: 60,
  /** z of the upper end of what was measured in those: few of them may look better than the usual is. */
  z: 1,
  /** False pages that may be expected of all events of 28 days, where the usual goes on. */
  falsePages: 0.03,
  /** Events of 28 days that an agent has at least, for that: one that begins is judged no more rashly. */
  leastEvents: 500,
  /** How far back it looks, seconds: who has no events has nothing that drops. */
  withinS: 3 * 86_400,
} as const;

/**
 * The share of bad events that is usual, in [0, 1]: what is allowed, or the upper end of what was measured where that is
 * more; 1 where too little was measured, as nothing drops from there.
 */
export function usualBad(allowed: number, { bad, total }: Share): number {
  return total < DROP.leastBefore ? 1 : Math.max(allowed, 1 - wilsonLow(total - bad, total, DROP.z));
}

/** What a bad and a good event say for odds of a failure that are so many times the usual ones, in nats. */
export function evidence(usual: number, odds: number): { readonly bad: number; readonly good: number } {
  const share = (odds * usual) / (1 - usual + odds * usual);
  return { bad: Math.log(share / usual), good: Math.log((1 - share) / (1 - usual)) };
}

/**
 * The reference of the SQL in `rules.ts`: the evidence of a drop over what pages, above 1 it fires. `events` of the last 28
 * days, newest first.
 */
export function dropOf(allowed: number, events: readonly BurnEvent[]): number {
  const latest = events
    .slice(0, DROP.latest)
    .filter(({ at }) => at < DROP.withinS)
    .map(badShare);
  return dropFrom(usualOf(allowed, events), latest, events.length);
}

/** `usualBad` of events of the last 28 days, newest first: by those before the latest. */
export function usualOf(allowed: number, events: readonly BurnEvent[]): number {
  const older = events.slice(DROP.latest).map(badShare);
  return usualBad(allowed, { bad: sum(older), total: older.length });
}

/**
 * The same for a usual share of bad events in [0, 1]; `latest`: the shares of each of the latest events that are bad, newest
 * first; `events`: how many there were in 28 days. By Lorden (1971) a sum above ln(n ÷ a) is reached by chance at most a
 * times in n events.
 */
export function dropFrom(usual: number, latest: readonly number[], events: number): number {
  const isMended = sum(latest.slice(0, DROP.mended)) <= Math.floor(DROP.mended * usual);
  if (usual >= 1 || isMended || sum(latest) < DROP.leastBad) return 0;
  const { bad, good } = evidence(usual, DROP.odds);
  let so = 0;
  let most = 0;
  for (const share of latest) {
    so += share * bad + (1 - share) * good;
    most = Math.max(most, so);
  }
  return most / Math.log(Math.max(events, DROP.leastEvents) / DROP.falsePages);
}

export const sum = (list: readonly number[]): number => list.reduce((all, one) => all + one, 0);

/** What is allowed where nobody has set an objective, in [0, 1]: only an agent's own weeks before say what is usual. */
export const LEAST_USUAL = 0.01;
