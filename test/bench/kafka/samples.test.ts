import { expect, test } from 'vitest';
import { rateOf, type Sample } from './samples.ts';

/** `perSecond` spans from `start` on, up to `total`, seen every tenth of a second; half a CPU busy meanwhile. */
function worker(start: number, perSecond: number, total: number): Sample[] {
  return Array.from({ length: 200 }, (_, i) => {
    const at = i / 10;
    const busy = Math.min(Math.max(0, at - start), total / perSecond);
    return { at, spans: Math.round(busy * perSecond), cpu: busy / 2, resident: i };
  });
}

test('a rate is that of the time between the first fifth and the end', () => {
  const { perSecond, perCpuSecond, peak } = rateOf([worker(3, 1_000, 5_000)], 5_000);
  expect(peak).toBe(199);
  expect(perSecond).toBeCloseTo(1_000);
  expect(perCpuSecond).toBeCloseTo(2_000);
});

test('of two only the time counts in which both worked', () => {
  const { perSecond, perCpuSecond } = rateOf([worker(1, 1_000, 5_000), worker(2, 1_000, 5_000)], 10_000);
  expect(perSecond).toBeCloseTo(2_000);
  expect(perCpuSecond).toBeCloseTo(2_000);
});
