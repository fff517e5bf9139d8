import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DROP, dropOf, measuredDropOf } from './drop.ts';
import type { BurnEvent } from './thresholds.ts';

const DAY = 86_400;

function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Fleet {
  readonly perDay: number;
  readonly tasks: number;
  readonly allowed: number;
  /** Share of failures of the i-th task. */
  readonly failing: (i: number) => number;
}

/** At which tasks the rule begins to fire, asked after each of them. */
function pagesOf({ perDay, tasks, allowed, failing }: Fleet, random: () => number): number[] {
  const list: boolean[] = [];
  const pages: number[] = [];
  let wasOn = false;
  for (let i = 0; i < tasks; i++) {
    const good = random() >= failing(i);
    list.push(good);
    // Only a failure says more for a drop than there was before.
    if (good && !wasOn) continue;
    const events: BurnEvent[] = list
      .slice(-HELD)
      .map((one, at, { length }) => ({ at: ((length - at) * DAY) / perDay, good: one ? 1 : 0, total: 1 }));
    const isOn = dropOf(allowed, events.reverse()) > 1;
    if (isOn && !wasOn) pages.push(i);
    wasOn = isOn;
  }
  return pages;
}

const CASES = [
  { allowed: 0.02, usual: 0.02, during: 0.3 },
  { allowed: 0.1, usual: 0.08, during: 0.4 },
  { allowed: 0.1, usual: 0.1, during: 0.4 },
  { allowed: 0.25, usual: 0.25, during: 0.6 },
  // The objective stands above what was measured.
  { allowed: 0.25, usual: 0.32, during: 0.7 },
] as const;
const SEEDS = 40;
/** Tasks that are looked back on: enough for what is usual. */
const HELD = 300;
const WEEK = 7;

test('a drop pages after some tens of tasks, what is usual hardly ever', () => {
  const table: Record<string, string>[] = [];
  const called: { allowed: number; perDay: number; soon: boolean; falsePages: number; most: number }[] = [];
  for (const { allowed, usual, during } of CASES) {
    for (const perDay of [50, 200]) {
      const begins = 300;
      const needed: number[] = [];
      let falsePages = 0;
      for (let seed = 1; seed <= SEEDS; seed++) {
        const random = randomOf(seed * 7_919 + perDay);
        const quiet = { perDay, tasks: perDay * WEEK, allowed, failing: () => usual };
        falsePages += pagesOf(quiet, random).length;
        const failing = (i: number): number => (i < begins ? usual : during);
        const first = pagesOf({ perDay, tasks: begins + 200, allowed, failing }, random).find(
          (i) => i >= begins,
        );
        needed.push(first === undefined ? Number.POSITIVE_INFINITY : first - begins + 1);
      }
      needed.sort((a, b) => a - b);
      const [median, late] = [needed[SEEDS / 2]!, needed[Math.floor(SEEDS * 0.9)]!];
      table.push({
        objective: `${100 * (1 - allowed)} %`,
        success: `${Math.round(100 * (1 - usual))} → ${Math.round(100 * (1 - during))} %`,
        'tasks a day': String(perDay),
        'pages after tasks (median, 90 %)': `${median}, ${late}`,
        'that is, hours': `${((median * 24) / perDay).toFixed(1)}, ${((late * 24) / perDay).toFixed(1)}`,
        'false pages in 28 days': ((falsePages * 28) / (SEEDS * WEEK)).toFixed(2),
      });
      called.push({ allowed, perDay, soon: median <= 60, falsePages, most: usual > allowed ? 3 : 1 });
    }
  }
  console.table(table);
  for (const { falsePages, most, ...one } of called) {
    expect({ ...one, few: falsePages <= most }).toEqual({ ...one, soon: true, few: true });
  }
}, 120_000);

test('a failure, five failures, and failures that have ended call nobody', () => {
  const of = (bad: (i: number) => boolean): BurnEvent[] =>
    Array.from({ length: 200 }, (_, i) => ({ at: i * 600, good: bad(i) ? 0 : 1, total: 1 }));
  expect(dropOf(0.1, [])).toBe(0);
  expect(
    dropOf(
      0.1,
      of((i) => i === 0),
    ),
  ).toBe(0);
  expect(
    dropOf(
      0.001,
      of((i) => i < DROP.leastBad - 1),
    ),
  ).toBe(0);
  expect(
    dropOf(
      0.001,
      of((i) => i < DROP.leastBad),
    ),
  ).toBeGreaterThan(1);
  expect(
    dropOf(
      0.001,
      of((i) => i >= DROP.mended && i < 2 * DROP.mended),
    ),
  ).toBe(0);
  expect(
    dropOf(
      0.1,
      of((i) => i < 30).map((event) => ({ ...event, at: event.at + DROP.withinS })),
    ),
  ).toBe(0);
});

test('another failure among the latest never says less', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 12, maxLength: DROP.latest }),
      fc.nat(DROP.latest),
      fc.double({ min: 0.001, max: 0.6, noNaN: true }),
      (list, which, allowed) => {
        const events = list.map((good, i) => ({ at: i * 60, good: good ? 1 : 0, total: 1 }));
        const worse = events.map((event, i) => (i === which % list.length ? { ...event, good: 0 } : event));
        return dropOf(allowed, worse) >= dropOf(allowed, events) - 1e-12;
      },
    ),
  );
});

test('without an objective an agent is held against its own weeks before, once there are enough of them', () => {
  const of = (length: number, bad: (i: number) => boolean): BurnEvent[] =>
    Array.from({ length }, (_, i) => ({ at: i * 600, good: bad(i) ? 0 : 1, total: 1 }));
  const dropped = (i: number): boolean => i < 40 || i % 5 === 0;
  expect(measuredDropOf(of(119, dropped))).toBe(0);
  expect(measuredDropOf(of(120, dropped))).toBeGreaterThan(1);
  expect(measuredDropOf(of(300, (i) => i % 5 < 2))).toBeLessThan(1);
});
