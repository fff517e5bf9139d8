import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BURN_LEVELS, type BurnEvent, burnOf, burnThreshold, wilsonLow } from './thresholds.ts';

const WINDOW_S = 28 * 86_400;
const OBJECTIVES = [70, 75, 90, 95, 99, 99.9];
const DAY = 86_400;
const MINUTE = 60;

/** Tasks of the last `days`, evenly, newest first; a share of them fails, another since `since` seconds ago. */
function stream(
  perDay: number,
  days: number,
  before: number,
  during: number,
  since: number,
  random: () => number,
): BurnEvent[] {
  const gap = DAY / perDay;
  return Array.from({ length: Math.max(80, Math.ceil(perDay * days)) }, (_, i) => {
    const at = (i + 0.5) * gap;
    const bad = random() < (at < since ? during : before);
    return { at, good: bad ? 0 : 1, total: 1 };
  });
}

function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Seconds after its beginning at which a severity fires first; null when it does not within `most`. */
function firesAfter(
  severity: 'page' | 'ticket',
  objective: number,
  perDay: number,
  failing: number,
  most: number,
): number | null {
  const levels = BURN_LEVELS.filter((level) => level.severity === severity);
  const days = Math.max(...levels.map(({ longS }) => longS)) / DAY;
  for (let since = 2 * MINUTE; since <= most; since *= 1.1) {
    const events = stream(perDay, days, 0, failing, since, randomOf(7));
    const fires = levels.some((level) => {
      const threshold = burnThreshold(level, objective, WINDOW_S);
      return threshold !== null && burnOf(level, threshold, events) > 1;
    });
    if (fires) return since;
  }
  return null;
}

function duration(seconds: number | null): string {
  if (seconds === null) return 'never';
  if (seconds < 2 * 3_600) return `${Math.round(seconds / 60)} min`;
  return seconds < 3 * DAY ? `${(seconds / 3_600).toFixed(1)} h` : `${(seconds / DAY).toFixed(1)} d`;
}

describe('burn rates at the low objectives and the low traffic of agents', () => {
  test('total failure pages at every objective, the baseline never', () => {
    const table: Record<string, string>[] = [];
    for (const objective of OBJECTIVES) {
      for (const perDay of [5, 50, 5_000]) {
        const total = firesAfter('page', objective, perDay, 1, 7 * DAY);
        const half = firesAfter('page', objective, perDay, 0.5, 3 * DAY);
        const halfTicket = firesAfter('ticket', objective, perDay, 0.5, 14 * DAY);
        table.push({
          objective: `${objective} %`,
          'tasks a day': String(perDay),
          'total failure pages after': duration(total),
          'half failing pages after': duration(half),
          'half failing tickets after': duration(halfTicket),
        });
        expect({ objective, perDay, pages: total !== null }).toEqual({ objective, perDay, pages: true });
        // The objective just held: nobody gets up, whatever the dice say.
        const allowed = 1 - objective / 100;
        for (let seed = 1; seed <= 40; seed++) {
          const events = stream(perDay, 0.3, allowed, allowed, WINDOW_S, randomOf(seed * 7_919));
          for (const level of BURN_LEVELS.filter(({ severity }) => severity === 'page')) {
            const threshold = burnThreshold(level, objective, WINDOW_S)!;
            for (const from of [0, 7, 19, 30]) {
              const shifted = events
                .slice(from)
                .map((event) => ({ ...event, at: event.at - events[from]!.at }));
              expect(burnOf(level, threshold, shifted)).toBeLessThanOrEqual(1);
            }
          }
        }
      }
    }
    console.table(table);
  }, 60_000);

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
