import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Judge, judge, randomOf, traffic } from './fixtures/traffic.ts';
import { SLOW, slowOf } from './slow.ts';
import { BURN_LEVELS } from './thresholds.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const BEGINS = 28 * DAY;
const LASTS = 2 * DAY;
/** How long a ticket goes on after it has ended, and between two looks. */
const KEEPS = 12 * HOUR;
const EVERY = 2 * HOUR;

const TICKETS = BURN_LEVELS.filter(({ severity }) => severity === 'ticket');
const windows = ({ burn }: Judge, at: number): number => Math.max(...TICKETS.map((level) => burn(level, at)));
const all = (judged: Judge, at: number): number => Math.max(windows(judged, at), judged.slow(at));
type Rule = typeof all;

/** Share of the two-day burns that a rule finds before a day after their end. */
function found(rule: Rule, cases: readonly Judge[]): number {
  const finds = cases.filter((judged) => {
    for (let at = BEGINS; at <= BEGINS + LASTS + DAY; at += EVERY) if (rule(judged, at) > 1) return true;
    return false;
  });
  return finds.length / cases.length;
}

/** Tickets in 28 days. */
function tickets(rule: Rule, judged: Judge): number {
  let count = 0;
  let until = 0;
  for (let at = BEGINS; at < 2 * BEGINS; at += EVERY) {
    if (rule(judged, at) <= 1) continue;
    if (at > until) count++;
    until = at + KEEPS;
  }
  return count;
}

const CASES = 40;
/** Tasks a day, an objective, and how many times what it allows fails for two days. */
const BURNS = [
  [40, 90, 1.9],
  [50, 90, 1.8],
  [200, 85, 1.4],
  [500, 90, 1.4],
  [1_500, 90, 1.4],
] as const;

test('a burn of two days is found more often than by windows alone, with hardly a ticket more where nothing burns', () => {
  const table: Record<string, string | number>[] = [];
  const mean = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0) / list.length;
  const [foundByWindows, foundByAll, more]: [number[], number[], number[]] = [[], [], []];
  for (const [perDay, objective, times] of BURNS) {
    const allowed = 1 - objective / 100;
    const cases = (failing: (at: number) => number): Judge[] =>
      Array.from({ length: CASES }, (_, i) =>
        judge(traffic(perDay, 56, failing, randomOf(perDay * 1_009 + i * 7_919)), objective),
      );
    const burning = cases((at) => (at >= BEGINS && at < BEGINS + LASTS ? times * allowed : 0.55 * allowed));
    const [usual, edge] = [cases(() => 0.8 * allowed), cases(() => allowed)];
    const of = (rule: Rule, judged: readonly Judge[]): number =>
      mean(judged.map((one) => tickets(rule, one)));
    const row = {
      found: [found(windows, burning), found(all, burning)],
      usual: [of(windows, usual), of(all, usual)],
      edge: [of(windows, edge), of(all, edge)],
    };
    const said = (values: readonly number[]): string => values.map((one) => one.toFixed(2)).join(' → ');
    table.push({
      'tasks a day': perDay,
      objective: `${objective} %`,
      'fails, of what is allowed': `${times} times`,
      'found (windows → all)': said(row.found),
      'tickets in 28 days at 0.8 of it': said(row.usual),
      'exactly at it': said(row.edge),
    });
    foundByWindows.push(row.found[0]!);
    foundByAll.push(row.found[1]!);
    more.push(row.usual[1]! - row.usual[0]!);
    expect(row.usual[1]).toBeLessThanOrEqual(0.3);
  }
  console.table(table);
  expect(mean(foundByAll)).toBeGreaterThan(mean(foundByWindows) + 0.1);
  expect(mean(more)).toBeLessThanOrEqual(0.05);
}, 120_000);

test('few bad events call nobody, more of them never say less, and what is older says nothing', () => {
  const few = Array.from({ length: 200 }, (_, i) => ({
    at: i,
    good: i < SLOW.leastBad - 1 ? 0 : 1,
    total: 1,
  }));
  expect(slowOf(0.01, few)).toBe(0);
  // However bad it was, some tens of good ones end it.
  const mended = (good: number) =>
    Array.from({ length: 200 + good }, (_, at) => ({ at, good: at < good ? 1 : 0, total: 1 }));
  expect(slowOf(0.1, mended(0))).toBe(SLOW.most);
  expect(slowOf(0.1, mended(20))).toBeLessThan(1);
  const old = Array.from({ length: 200 }, (_, i) => ({ at: SLOW.withinS + i, good: 0, total: 1 }));
  expect(slowOf(0.1, old)).toBe(0);
  expect(slowOf(0.1, [])).toBe(0);
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 12, maxLength: 80 }), fc.nat(79), (list, which) => {
      const events = list.map((good, i) => ({ at: i * 60, good: good ? 1 : 0, total: 1 }));
      const worse = events.map((event, i) => (i === which % list.length ? { ...event, good: 0 } : event));
      return slowOf(0.1, worse) >= slowOf(0.1, events) - 1e-12;
    }),
  );
});
