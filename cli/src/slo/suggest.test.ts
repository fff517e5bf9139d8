import { BURN_LEVELS, burnThreshold } from '@agentops/alerts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LEAST_JUDGED, suggest } from './suggest.ts';

const WINDOW_S = 28 * 86_400;
const of = (good: number, judged: number) =>
  suggest(
    {
      agent: 'a',
      slo: 'task_success',
      environment: 'production',
      good,
      judged,
      events: judged,
      objective: null,
    },
    WINDOW_S,
  );

test.each([
  [70, 100, 75, 80],
  [73, 100, 75, 80],
  [92, 100, 95, 97],
  [999, 1_000, 99.9, null],
  [1_000, 1_000, 99.9, null],
])('%d good of %d begin at %d %%', (good, judged, first, next) => {
  expect(of(good, judged)).toMatchObject({ first, next, refusal: null });
});

test('the interval is the one that the report shows', () => {
  // Wilson (1927), 70 of 100 at z = 1.96.
  const { value, low, high } = of(70, 100);
  expect([value, low, high].map((percent) => Number(percent!.toFixed(2)))).toEqual([70, 60.42, 78.11]);
});

test('too few events, none, and mostly failures are refused', () => {
  expect(of(LEAST_JUDGED - 1, LEAST_JUDGED - 1)).toMatchObject({
    first: null,
    refusal: '49 judged, 50 are needed',
  });
  expect(of(0, 0)).toMatchObject({ value: null, first: null, refusal: 'nothing could be judged' });
  expect(of(10, 100)).toMatchObject({ first: null, value: 10 });
  expect(of(10, 100).refusal).toContain('mend it');
});

test('what is suggested lies above what was measured, below what comes next, and can be alerted on', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: LEAST_JUDGED, max: 5_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (judged, share) => {
        const { value, low, high, first, next } = of(Math.floor(judged * share), judged);
        expect(low).toBeLessThanOrEqual(value! + 1e-9);
        expect(high).toBeGreaterThanOrEqual(value! - 1e-9);
        if (first === null) return;
        if (first < 99.9) expect(first).toBeGreaterThan(value!);
        if (next !== null) expect(next).toBeGreaterThan(first);
        for (const level of BURN_LEVELS) expect(burnThreshold(level, first, WINDOW_S)).not.toBeNull();
      },
    ),
  );
});
