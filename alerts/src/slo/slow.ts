import { evidence, sum } from './drop.ts';
import { type BurnEvent, badShare } from './thresholds.ts';

/**
 * A slow burn, found by the events of the days that it has lasted: Page's cumulative sum (1954) of the log-likelihood ratio
 * between "as much fails as the objective allows" and "the odds of a failure are twice as high". The windows of the burn levels
 * are one day or three: what began two days ago is thinned by the good day before, and their interval holds for one look
 * while a rule looks all day.
 */
export const SLOW = {
  /** Times the odds that the objective allows. */
  odds: 2,
  /** How far back it looks, seconds. */
  withinS: 3 * 86_400,
  /** Bad events among them: fewer call nobody. */
  leastBad: 5,
  /** Times what tickets, that it counts at most: however bad it was, what has been mended is soon forgotten. */
  most: 1.25,
  /**
   * By Lorden (1971) it fires by chance at most so often in 28 days where exactly as much fails as is allowed; by
   * slow.test.ts it adds hardly any to the one or two tickets of the windows.
   */
  falseTickets: 20,
  /** Events of 28 days that an agent has at least, for that. */
  leastEvents: 500,
} as const;

/** The reference of the SQL in `rules.ts`: the evidence over what tickets, above 1 it fires. `events` of the last 28 days, newest first. */
export function slowOf(allowed: number, events: readonly BurnEvent[]): number {
  return slowFrom(allowed, events.filter(({ at }) => at < SLOW.withinS).map(badShare), events.length);
}

/** The same for the shares of each event of these days that are bad, newest first; `events`: how many there were in 28 days. */
export function slowFrom(allowed: number, shares: readonly number[], events: number): number {
  if (sum(shares) < SLOW.leastBad) return 0;
  const { bad, good } = evidence(allowed, SLOW.odds);
  const tickets = Math.log(Math.max(events, SLOW.leastEvents) / SLOW.falseTickets);
  return shares.reduceRight(
    (so, share) => Math.min(SLOW.most, Math.max(0, so + (share * bad + (1 - share) * good) / tickets)),
    0,
  );
}
