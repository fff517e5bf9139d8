/** The forecast as its view describes it, computed plainly: days by Intl, the quantile by integration. */

export interface Entry {
  /** Ms since the epoch. */
  readonly at: number;
  readonly cents: number;
}

export interface Forecast {
  readonly spent: number;
  readonly days: number;
  readonly forecast: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Ms; null when it will not be, or nobody can say. */
  readonly exhausted: number | null;
}

const DAY = 86_400_000;
const QUARTER = 900_000;

export function forecast(
  entries: readonly Entry[],
  now: number,
  timeZone: string,
  limit: number | null,
): Forecast {
  const dayOf = dayIn(timeZone);
  const today = dayOf(now);
  const month = today.slice(0, 7);
  const seen = entries.filter(({ at }) => quarterOf(at) <= now);
  const sum = (wanted: (day: string) => boolean): number =>
    seen.reduce((total, { at, cents }) => (wanted(dayOf(at)) ? total + cents : total), 0) / 100;

  const spent = sum((day) => day.startsWith(month));
  const complete = sum((day) => day.startsWith(month) && day < today);
  const oldest = [...seen.map(({ at }) => dayOf(at))].sort()[0] ?? today;
  const begin = [plus(oldest, 1), plus(today, -28)].sort().at(-1)!;
  const past: { weekday: number; cost: number }[] = [];
  for (let day = begin; day < today; day = plus(day, 1)) {
    past.push({ weekday: weekdayOf(day), cost: sum((other) => other === day) });
  }
  const of = (weekday: number): number[] => past.filter((p) => p.weekday === weekday).map((p) => p.cost);
  const mean = (weekday: number): number => {
    const costs = of(weekday);
    return costs.reduce((a, b) => a + b, 0) / costs.length;
  };
  const rest: string[] = [];
  for (let day = today; day.startsWith(month); day = plus(day, 1)) rest.push(day);

  const budget = spentAt(seen, limit, month, dayOf);
  if (past.length < 14)
    return { spent, days: past.length, forecast: null, low: null, high: null, exhausted: budget };

  const freedom = past.length - 7;
  const variance = past.reduce((total, p) => total + (p.cost - mean(p.weekday)) ** 2, 0) / freedom;
  let spread = rest.length;
  for (let weekday = 0; weekday < 7; weekday++) {
    const coming = rest.filter((day) => weekdayOf(day) === weekday).length;
    spread += coming ** 2 / Math.max(1, of(weekday).length);
  }
  const half = studentQuantile(freedom) * Math.sqrt(variance * spread);
  const middle = complete + rest.reduce((total, day) => total + mean(weekdayOf(day)), 0);

  let exhausted = budget;
  if (limit !== null && budget === null) {
    let before = complete;
    for (const day of rest) {
      const own = mean(weekdayOf(day));
      const after = before + (day === today ? Math.max(own, spent - complete) : own);
      if (after > limit) {
        const [from, to] = [midnight(day, dayOf), midnight(plus(day, 1), dayOf)];
        exhausted = Math.max(now, from + ((to - from) * (limit - before)) / (after - before));
        break;
      }
      before = after;
    }
  }
  return {
    spent,
    days: past.length,
    forecast: Math.max(spent, middle),
    low: Math.max(spent, middle - half),
    high: Math.max(spent, middle + half),
    exhausted,
  };
}

/** The quarter of an hour in which the month's entries passed the limit. */
function spentAt(
  seen: readonly Entry[],
  limit: number | null,
  month: string,
  dayOf: (at: number) => string,
): number | null {
  if (limit === null) return null;
  let cents = 0;
  for (const entry of [...seen].sort((a, b) => a.at - b.at)) {
    if (!dayOf(entry.at).startsWith(month)) continue;
    cents += entry.cents;
    if (cents / 100 > limit) return Math.floor(entry.at / QUARTER) * QUARTER;
  }
  return null;
}

export function dayIn(timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (at) => format.format(at);
}

function plus(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
}

function weekdayOf(day: string): number {
  return new Date(day).getUTCDay();
}

/** The first ms of a day. */
function midnight(day: string, dayOf: (at: number) => string): number {
  let low = Date.parse(day) - DAY;
  let high = Date.parse(day) + DAY;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (dayOf(middle) < day) low = middle;
    else high = middle;
  }
  return high;
}

const quantiles = new Map<number, number>();

function studentQuantile(freedom: number): number {
  const known = quantiles.get(freedom) ?? invertStudent(freedom);
  quantiles.set(freedom, known);
  return known;
}

/** The 97.5 % quantile of Student's distribution: its density integrated (Simpson), its integral inverted (bisection). */
function invertStudent(freedom: number): number {
  const density = (x: number): number => (1 + (x * x) / freedom) ** (-(freedom + 1) / 2);
  const integral = (to: number, steps = 2000): number => {
    const h = to / steps;
    let total = density(0) + density(to);
    for (let i = 1; i < steps; i++) total += density(i * h) * (i % 2 === 1 ? 4 : 2);
    return (total * h) / 3;
  };
  const whole = 2 * integral(400, 200_000);
  let low = 0;
  let high = 40;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (integral(middle) / whole < 0.475) low = middle;
    else high = middle;
  }
  return low;
}

/** Start of the quarter of an hour of a time, ms: charges are counted by these. */
export function quarterOf(at: number): number {
  return at - (at % QUARTER);
}
