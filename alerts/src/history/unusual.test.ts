import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomOf } from '../slo/fixtures/traffic.ts';
import { type Days, type Judging, UNUSUAL, unusualOf, unusualTasks } from './unusual.ts';

const DAY = 24;
const MEAN: Judging = { isShare: false, times: 1.5 };
const SHARE: Judging = { isShare: true, times: 1.5 };

interface Agent {
  readonly perDay: number;
  readonly weekends: number;
}
const AGENTS: readonly Agent[] = [
  { perDay: 5, weekends: 1 },
  { perDay: 20, weekends: 0 },
  { perDay: 50, weekends: 0.6 },
  { perDay: 300, weekends: 1 },
];

/** Hours of an agent: tasks in them, the sum of the logarithms of what they take, and how many fail. */
interface Hours {
  readonly tasks: Float64Array;
  readonly logs: Float64Array;
  readonly failed: Float64Array;
}

/** Costs scatter by a factor of two from task to task, and days by a tenth; `factor` by the hour. */
function hoursOf(
  { perDay, weekends }: Agent,
  days: number,
  factor: (hour: number) => number,
  random: () => number,
): Hours {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const all: Hours = {
    tasks: new Float64Array(days * DAY),
    logs: new Float64Array(days * DAY),
    failed: new Float64Array(days * DAY),
  };
  for (let day = 0; day < days; day++) {
    const [rate, drift] = [perDay * (day % 7 >= 5 ? weekends : 1), 0.1 * normal()];
    const count = Math.round(rate * Math.exp(0.12 * normal()));
    for (let i = 0; i < count; i++) {
      // Mostly while people are awake.
      const hour = day * DAY + Math.floor(random() < 0.8 ? 8 + 14 * random() : DAY * random());
      all.tasks[hour]! += 1;
      all.logs[hour]! += Math.log(factor(hour)) + drift + 0.7 * normal();
      if (random() < 0.1 * factor(hour)) all.failed[hour]! += 1;
    }
  }
  return all;
}

/** Sums by days that end at an hour, the latest first. */
function daysAt(hours: Float64Array, end: number): number[] {
  return Array.from({ length: UNUSUAL.days }, (_, day) => {
    let sum = 0;
    for (let hour = end - (day + 1) * DAY; hour < end - day * DAY; hour++) sum += hours[hour] ?? 0;
    return sum;
  });
}

const JUDGES: Readonly<Record<string, (hours: Hours, end: number) => number>> = {
  cost: ({ tasks, logs }, end) => unusualOf({ counts: daysAt(tasks, end), sums: daysAt(logs, end) }, MEAN),
  failures: ({ tasks, failed }, end) =>
    unusualOf({ counts: daysAt(tasks, end), sums: daysAt(failed, end) }, SHARE),
  tasks: ({ tasks }, end) => {
    const { more, fewer } = unusualTasks(daysAt(tasks, end));
    return Math.max(more, fewer);
  },
};
const EVERY = 6;
const MONTHS = 40;
const FACTOR = 2.5;

/** At which hours it begins to be unusual. */
function begins(judge: (end: number) => number, from: number, to: number): number[] {
  const found: number[] = [];
  let wasOn = false;
  for (let end = from; end <= to; end += EVERY) {
    const isOn = judge(end) > 1;
    if (isOn && !wasOn) found.push(end);
    wasOn = isOn;
  }
  return found;
}

test('what is usual hardly ever tickets, a change does within days, at any traffic', () => {
  const table: Record<string, string | number>[] = [];
  const judged: { agent: Agent; name: string; tickets: number; median: number }[] = [];
  const [begin, end] = [UNUSUAL.days * DAY, (UNUSUAL.days + 28) * DAY];
  for (const agent of AGENTS) {
    const quiet = Array.from({ length: MONTHS }, (_, seed) =>
      hoursOf(agent, UNUSUAL.days + 28, () => 1, randomOf(7_919 * seed + agent.perDay)),
    );
    const changed = Array.from({ length: MONTHS }, (_, seed) => {
      const at = begin + DAY * (seed % 5) + 10;
      const hours = hoursOf(
        agent,
        UNUSUAL.days + 21,
        (hour) => (hour < at ? 1 : FACTOR),
        randomOf(104_729 * seed),
      );
      return { at, hours };
    });
    for (const [name, judge] of Object.entries(JUDGES)) {
      const tickets = quiet.flatMap((hours) => begins((at) => judge(hours, at), begin, end)).length;
      const after = changed
        .map(
          ({ at, hours }) =>
            (begins((now) => judge(hours, now), at, at + 14 * DAY)[0] ?? Number.POSITIVE_INFINITY) - at,
        )
        .sort((a, b) => a - b);
      const [median, late] = [after[MONTHS / 2]!, after[Math.floor(MONTHS * 0.9)]!];
      table.push({
        'tasks a day': `${agent.perDay}, weekends × ${agent.weekends}`,
        measure: name,
        'false tickets in 28 days': (tickets / MONTHS).toFixed(3),
        [`× ${FACTOR}: ticket after hours (median, 90 %)`]: name === 'tasks' ? '' : `${median}, ${late}`,
      });
      judged.push({ agent, name, tickets: tickets / MONTHS, median });
    }
  }
  console.table(table);
  for (const { tickets, median, ...one } of judged) {
    expect({ ...one, few: tickets <= 0.1 }).toEqual({ ...one, few: true });
    if (one.name === 'cost') expect({ ...one, soon: median <= 4 * DAY }).toEqual({ ...one, soon: true });
  }
}, 120_000);

const steady = (
  perDay: number,
  log: number,
  days: number = UNUSUAL.days,
): { counts: number[]; sums: number[] } => ({
  counts: Array.from({ length: UNUSUAL.days }, (_, day) => (day < days ? perDay : 0)),
  sums: Array.from({ length: UNUSUAL.days }, (_, day) => (day < days ? perDay * log : 0)),
});
/** As `days`, but one of them takes so many times as much. */
function changed({ counts, sums }: Days, day: number, times: number): Days {
  return { counts, sums: sums.map((sum, i) => (i === day ? sum + counts[i]! * Math.log(times) : sum)) };
}

test('a day that takes twice as much is unusual; odd days of the past change nothing', () => {
  expect(unusualOf(steady(30, 2), MEAN)).toBeCloseTo(1);
  expect(unusualOf(changed(steady(30, 2), 0, 2), MEAN)).toBeCloseTo(2);
  const odd = [3, 9, 17].reduce((days: Days, day) => changed(days, day, 50), steady(30, 2));
  expect(unusualOf(odd, MEAN)).toBeCloseTo(1);
  expect(unusualOf(changed(odd, 0, 2), MEAN)).toBeCloseTo(2);
  // Chance, but hardly worth a word.
  expect(unusualOf(changed(steady(30, 2), 0, 1.4), MEAN)).toBe(1);
});

test('too few tasks, and too little history, say nothing', () => {
  expect(unusualOf(steady(2, 2), MEAN)).toBe(0);
  expect(unusualOf(changed(steady(30, 2, UNUSUAL.leastBlocks), 0, 5), MEAN)).toBe(0);
  expect(unusualOf(changed(steady(30, 2, UNUSUAL.leastBlocks + 1), 0, 5), MEAN)).toBeCloseTo(5);
  // Five tasks a day: four days are one block.
  const slow = [0, 1, 2, 3].reduce((days: Days, day) => changed(days, day, 3), steady(5, 2));
  expect(unusualOf(slow, MEAN)).toBeCloseTo(3);
  expect(unusualOf(changed(steady(5, 2), 0, 3), MEAN)).toBe(1);
  const bad = {
    counts: steady(30, 0).counts,
    sums: steady(30, 0).sums.map((_, day) => (day === 0 ? UNUSUAL.leastBad - 1 : 0)),
  };
  expect(unusualOf(bad, SHARE)).toBe(1);
});

test('what is usual on a day of the week is usual', () => {
  // Mondays take three times as much, and today is one.
  const weekly = [0, 7, 14, 21, 28, 35, 42, 49, 56].reduce(
    (days: Days, day) => changed(days, day, 3),
    steady(30, 2),
  );
  expect(unusualOf(weekly, MEAN)).toBeCloseTo(1);
  // A Tuesday that does so is unusual.
  const shifted = { counts: weekly.counts, sums: [...weekly.sums.slice(3), ...weekly.sums.slice(0, 3)] };
  expect(unusualOf(shifted, MEAN)).toBeCloseTo(1);
  expect(unusualOf(changed(shifted, 0, 3), MEAN)).toBeCloseTo(3);
});

test('a day of four times as many tasks, or of a fourth, is unusual; a day without any is silence', () => {
  const week = [40, 40, 40, 40, 40, 0, 0];
  const tasks = (latest: number, weeks = 9): number[] => [
    latest,
    ...Array.from({ length: 62 }, (_, i) => (i + 1 < weeks * 7 ? week[(i + 1) % 7]! : 0)),
  ];
  expect(unusualTasks(tasks(40))).toEqual({ more: 1, fewer: 1 });
  expect(unusualTasks(tasks(160))).toEqual({ more: 4, fewer: 0.25 });
  expect(unusualTasks(tasks(5))).toEqual({ more: 0.125, fewer: 8 });
  expect(unusualTasks(tasks(0))).toEqual({ more: 0, fewer: 0 });
  expect(unusualTasks(tasks(160, 4))).toEqual({ more: 0, fewer: 0 });
});

test('more of it never says less', () => {
  const day = fc.record({
    count: fc.integer({ min: 0, max: 40 }),
    log: fc.double({ min: -2, max: 4, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(day, { minLength: UNUSUAL.days, maxLength: UNUSUAL.days }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      (list, more) => {
        const counts = list.map(({ count }) => count);
        const sums = list.map(({ count, log }) => count * log);
        // All of the latest block, however many days it has.
        const raised = sums.map((sum, i) => (i < UNUSUAL.mostDays ? sum + counts[i]! * more : sum));
        const first = counts.findIndex(
          (_, i) => counts.slice(0, i + 1).reduce((a, b) => a + b, 0) >= UNUSUAL.leastTasks,
        );
        const inBlock = raised.map((sum, i) => (i <= first ? sum : sums[i]!));
        return unusualOf({ counts, sums: inBlock }, MEAN) >= unusualOf({ counts, sums }, MEAN) - 1e-9;
      },
    ),
  );
});
