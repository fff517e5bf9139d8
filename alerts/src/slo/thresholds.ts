/** z of a one-sided interval that holds in 97.5 of 100 cases. */
export const Z = 1.959963984540054;

/**
 * Multi-window, multi-burn-rate alerts (The Site Reliability Workbook, chapter 5), for agents: each window holds at least
 * so many of the last judged events, whatever time that takes, and the long one is judged by the lower end of its
 * interval.
 */
export interface BurnLevel {
  readonly id: string;
  readonly severity: 'page' | 'ticket';
  readonly longS: number;
  readonly shortS: number;
  /** Share of the error budget that is gone when it fires at once. */
  readonly budget: number;
  /** Events that the windows hold at least. */
  readonly longEvents: number;
  readonly shortEvents: number;
  /** Bad ones among them: a single failure calls nobody. */
  readonly leastBad: number;
  /** Where the usual factor cannot be reached: how far between what is allowed and what a total failure shows. */
  readonly reach: number;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;

export const BURN_LEVELS: readonly BurnLevel[] = [
  {
    id: '1h',
    severity: 'page',
    longS: HOUR,
    shortS: 300,
    budget: 0.02,
    longEvents: 10,
    shortEvents: 4,
    leastBad: 4,
    reach: 0.5,
  },
  {
    id: '6h',
    severity: 'page',
    longS: 6 * HOUR,
    shortS: 1_800,
    budget: 0.05,
    longEvents: 25,
    shortEvents: 8,
    leastBad: 6,
    reach: 0.3,
  },
  {
    id: '1d',
    severity: 'ticket',
    longS: DAY,
    shortS: 2 * HOUR,
    budget: 0.1,
    longEvents: 30,
    shortEvents: 8,
    leastBad: 5,
    reach: 0.2,
  },
  {
    id: '3d',
    severity: 'ticket',
    longS: 3 * DAY,
    shortS: 6 * HOUR,
    budget: 0.1,
    longEvents: 60,
    shortEvents: 10,
    leastBad: 5,
    reach: 0.12,
  },
];

/** Lower end of Wilson's interval (1927) of a share of `total` events. */
export function wilsonLow(bad: number, total: number, z = Z): number {
  if (total <= 0) return 0;
  const share = bad / total;
  const zz = z * z;
  const middle = share + zz / (2 * total);
  const half = z * Math.sqrt((share * (1 - share)) / total + zz / (4 * total * total));
  return Math.max(0, (middle - half) / (1 + zz / total));
}

/**
 * The error ratio above which a level fires: budget × window ÷ long window, times what the objective allows; no more than
 * what a total failure shows at the least number of events, so that it always can. null: not even that exceeds what is
 * allowed by enough, and the rule could never fire.
 */
export function burnThreshold(level: BurnLevel, objective: number, windowS: number): number | null {
  const allowed = 1 - objective / 100;
  const most = wilsonLow(level.longEvents, level.longEvents);
  if (most <= allowed || allowed + level.reach * (most - allowed) >= most - 0.02) return null;
  return factored(level, allowed, windowS);
}

/**
 * The same for an agent of which a share `usual` of the events is bad anyhow, in [0, 1]; 1: nobody knows. A page is for what
 * is new: what has missed its objective for weeks is for a ticket, and must not lie so near to the threshold of a page
 * that chance passes it.
 */
export function thresholdAbove(level: BurnLevel, threshold: number, usual: number, windowS: number): number {
  return level.severity === 'page' && usual < 1
    ? Math.max(threshold, factored(level, usual, windowS))
    : threshold;
}

/** Budget × window ÷ long window times a share, no more than can be reached. */
function factored(level: BurnLevel, share: number, windowS: number): number {
  const most = wilsonLow(level.longEvents, level.longEvents);
  const factor = Math.max(1, (level.budget * windowS) / level.longS);
  return Math.min(factor * share, share + level.reach * (most - share));
}

/** What a level sees of a stream of events, newest first: `at` in seconds before now. */
export interface BurnEvent {
  readonly at: number;
  readonly good: number;
  readonly total: number;
}

/** The share of an event that is bad. */
export const badShare = ({ good, total }: BurnEvent): number => (total - good) / total;

/** Bad events among some; of tool calls a task is many. */
export interface Share {
  readonly bad: number;
  readonly total: number;
}

/** The reference of the SQL in `rules.ts`: how far above its threshold a level stands; above 1 it fires. */
export function burnOf(level: BurnLevel, threshold: number, events: readonly BurnEvent[]): number {
  const sum = (seconds: number, least: number): Share => {
    let bad = 0;
    let total = 0;
    events.forEach((event, i) => {
      if (event.at >= seconds && i >= least) return;
      bad += event.total - event.good;
      total += event.total;
    });
    return { bad, total };
  };
  const long = sum(level.longS, level.longEvents);
  const short = sum(level.shortS, level.shortEvents);
  return burnFrom(level, threshold, long, short);
}

/** The same for what the two windows hold. */
export function burnFrom(level: BurnLevel, threshold: number, long: Share, short: Share): number {
  if (long.total < level.longEvents || long.bad < level.leastBad || short.total === 0) return 0;
  return Math.min(wilsonLow(long.bad, long.total), short.bad / short.total) / threshold;
}
