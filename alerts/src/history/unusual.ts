/**
 * What is unusual of an agent, held against its own history: no objective is needed. The latest days are one block, and
 * what came before is cut into blocks as long; the median of these says what is usual, and their median absolute deviation
 * how far a block may lie from it by chance (Hampel, 1974): neither is moved by single odd days.
 */
export const UNUSUAL = {
  /** Days that are looked at, the latest ones included. */
  days: 63,
  /** Tasks that the latest days hold: as many days as that takes, up to a week. With fewer nobody can say. */
  leastTasks: 20,
  mostDays: 7,
  /** Tasks that a block of the history holds at least, and how many such blocks there are at least. */
  leastBlockTasks: 10,
  leastBlocks: 8,
  /** So many blocks that begin on the same day of the week say what is usual on it; without them all do. */
  leastSeason: 4,
  /** Deviations that are more than chance: of means, and of shares, whose chance is known. */
  z: 4,
  shareZ: 3.5,
  /** Blocks scatter at least so much, as a share. */
  leastSpread: 0.05,
  /** Failures among the latest: fewer say nothing. */
  leastBad: 5,
  /** Failed tool calls that count of a task, at most: a call is tried three times. */
  mostErrors: 3,
  /** A share below this is as good as none. */
  leastShare: 0.02,
  /** Of the number of tasks: deviations, how often as many as usual or as few, and tasks of a day that there are to speak of. */
  taskZ: 5,
  taskTimes: 3,
  leastDay: 20,
} as const;

/** 1.4826 × the median absolute deviation is the standard deviation, where chance is normal. */
const NORMAL = 1.4826;

/** Sums over days that end now, the latest first, `UNUSUAL.days` of them. */
export interface Days {
  /** What is counted: tasks, or calls. */
  readonly counts: readonly number[];
  /** Sums of the logarithms of what each of them takes; or how many of them are bad. */
  readonly sums: readonly number[];
}

/** How a measure is judged: by means of logarithms, or by shares of bad ones; unusual from `times` the usual on. */
export interface Judging {
  readonly isShare: boolean;
  readonly times: number;
}

/**
 * The reference of the SQL in `rules.ts`: how many times as much as usual, where that is more than chance and more than
 * `times`; else at most 1. 0 where too little is known.
 */
export function unusualOf({ counts, sums }: Days, { isShare, times }: Judging): number {
  const length =
    counts.slice(0, UNUSUAL.mostDays).findIndex((_, i) => sum(counts.slice(0, i + 1)) >= UNUSUAL.leastTasks) +
    1;
  if (length === 0) return 0;
  const blocks = Array.from({ length: Math.floor(UNUSUAL.days / length) }, (_, block) => {
    const part = (list: readonly number[]): number => sum(list.slice(block * length, (block + 1) * length));
    const [count, total] = [part(counts), part(sums)];
    const mean = count === 0 ? 0 : total / count;
    return {
      count,
      total,
      value: isShare ? Math.asin(Math.sqrt(mean)) : mean,
      isSeason: (block * length) % 7 === 0,
    };
  });
  const [latest, ...before] = blocks as [(typeof blocks)[number], ...typeof blocks];
  const history = before.filter(({ count }) => count >= UNUSUAL.leastBlockTasks);
  if (history.length < UNUSUAL.leastBlocks) return 0;
  const season = history.filter(({ isSeason }) => isSeason);
  const all = median(history.map(({ value }) => value));
  const usual = season.length < UNUSUAL.leastSeason ? all : median(season.map(({ value }) => value));
  const scatter = NORMAL * median(history.map(({ value }) => Math.abs(value - all)));
  // A smaller block lies farther off by chance.
  const smaller = Math.sqrt(Math.max(1, median(history.map(({ count }) => count)) / latest.count));
  const least = isShare ? 1 / (2 * Math.sqrt(latest.count)) : UNUSUAL.leastSpread;
  const isMore =
    latest.value - usual > (isShare ? UNUSUAL.shareZ : UNUSUAL.z) * Math.max(scatter * smaller, least);
  const ratio = isShare
    ? latest.total / latest.count / Math.max(UNUSUAL.leastShare, Math.sin(usual) ** 2)
    : Math.exp(latest.value - usual);
  const isEnough = !isShare || latest.total >= UNUSUAL.leastBad;
  return isMore && isEnough && ratio > times ? ratio : Math.min(1, ratio);
}

/**
 * The same of the number of tasks of the latest day, against the same day of the weeks before: how many times as many, or
 * as few. None at all is silence, of which the registry says whether it matters.
 */
export function unusualTasks(tasks: readonly number[]): { readonly more: number; readonly fewer: number } {
  const latest = tasks[0]!;
  const known = tasks.findLastIndex((count) => count > 0);
  const weeks = tasks.filter((_, day) => day > 0 && day % 7 === 0 && day <= known);
  if (weeks.length < UNUSUAL.leastSeason) return { more: 0, fewer: 0 };
  const usual = median(weeks);
  const scatter = NORMAL * median(weeks.map((count) => Math.abs(count - usual)));
  const spread = UNUSUAL.taskZ * Math.max(scatter, Math.sqrt(Math.max(1, usual)));
  const told = (ratio: number, isSo: boolean): number =>
    isSo && ratio > UNUSUAL.taskTimes && Math.max(latest, usual) >= UNUSUAL.leastDay
      ? ratio
      : Math.min(1, ratio);
  return {
    more: told(latest / Math.max(1, usual), latest - usual > spread),
    fewer: latest === 0 ? 0 : told(usual / latest, usual - latest > spread),
  };
}

const sum = (list: readonly number[]): number => list.reduce((all, one) => all + one, 0);

/** The one in the middle, or the mean of the two that are. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
