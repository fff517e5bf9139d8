import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BURN_LEVELS, burnOf, burnThreshold, wilsonLow } from './thresholds.ts';

const WINDOW_S = 28 * 86_400;
const OBJECTIVES = [70, 75, 90, 95, 99, 99.9];
const DAY = 86_400;
describe('burn rates at the low objectives and the low traffic of agents', () => {
  test('one failure calls nobody, and neither does silence', () => {
    for (const level of BURN_LEVELS) {
      for (const objective of OBJECTIVES) {
        const threshold = burnThreshold(level, objective, WINDOW_S)!;
        const one = Array.from({ length: 200 }, (_, i) => ({
          at: i * 4 * 3_600,
          good: i === 0 ? 0 : 1,
          total: 1,
        }));
        expect(burnOf(level, threshold, one)).toBe(0);
        expect(burnOf(level, threshold, [])).toBe(0);
        expect(burnOf(level, threshold, one.slice(0, 1))).toBe(0);
      }
    }
  });

  test('a threshold lies between what is allowed and what a total failure shows', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 30, max: 99.99, noNaN: true }),
        fc.integer({ min: 1, max: 90 }),
        (objective, days) => {
          for (const level of BURN_LEVELS) {
            const threshold = burnThreshold(level, objective, days * DAY);
            const most = wilsonLow(level.longEvents, level.longEvents);
            if (threshold === null) {
              if (objective > 40) return false;
              continue;
            }
            const every = Array.from({ length: 100 }, () => ({ at: 0, good: 0, total: 1 }));
            if (
              !(threshold < most && threshold >= 1 - objective / 100 && burnOf(level, threshold, every) > 1)
            )
              return false;
          }
          return true;
        },
      ),
    );
  });

  test('an objective so low that no rule could fire is refused', () => {
    expect(burnThreshold(BURN_LEVELS[0]!, 20, WINDOW_S)).toBeNull();
  });

  test('more failures never burn less', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 12, maxLength: 80 }), fc.nat(79), (list, which) => {
        const events = list.map((good, i) => ({ at: i * 60, good: good ? 1 : 0, total: 1 }));
        const worse = events.map((event, i) => (i === which % list.length ? { ...event, good: 0 } : event));
        return BURN_LEVELS.every((level) => burnOf(level, 0.3, worse) >= burnOf(level, 0.3, events) - 1e-12);
      }),
    );
  });
});
