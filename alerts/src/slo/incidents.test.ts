import { expect, test } from 'vitest';
import { evaluateRule, type Instance } from '../evaluate/index.ts';
import { dropOf, usualOf } from './drop.ts';
import { slowOf } from './slow.ts';
import { BURN_LEVELS, burnOf, burnThreshold, thresholdAbove } from './thresholds.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const OBJECTIVE = 90;
const TIMING = {
  page: { pending: 120, keepFiring: 600 },
  ticket: { pending: 600, keepFiring: 3_600 },
} as const;

/** Tasks at even distances; the bad ones among them evenly spread, too. */
interface Incident {
  readonly perDay: number;
  readonly lasts: number;
  /** Share of failures before, while it lasts and after. */
  readonly share: (isOn: boolean) => number;
  /** No task begins while it lasts. */
  readonly silent?: boolean;
}

const BEGINS = 5 * DAY;
const AFTER = 6 * DAY;

/** Evaluated every ten minutes, so coarse are the times: seconds from the beginning to when the alert fires and ends; null when it does not. */
function replay(severity: 'page' | 'ticket', { perDay, lasts, share, silent }: Incident) {
  const events: { time: number; good: number; total: number }[] = [];
  let owed = 0;
  for (let time = 0; time < BEGINS + lasts + AFTER; time += DAY / perDay) {
    const isOn = time >= BEGINS && time < BEGINS + lasts;
    if (isOn && silent) continue;
    owed += share(isOn);
    const isBad = owed >= 1;
    if (isBad) owed -= 1;
    events.push({ time, good: isBad ? 0 : 1, total: 1 });
  }
  events.reverse();
  const levels = BURN_LEVELS.filter((level) => level.severity === severity);
  const rule = { above: 1, timing: TIMING[severity], noData: 'ok' } as const;
  let known: readonly Instance[] = [];
  let fires: number | null = null;
  let ends: number | null = null;
  let newest = events.length;
  for (let now = BEGINS - DAY; now < BEGINS + lasts + AFTER; now += 10 * MINUTE) {
    while (newest > 0 && events[newest - 1]!.time <= now) newest--;
    const seen: { at: number; good: number; total: number }[] = [];
    for (let i = newest; i < events.length; i++) {
      const at = now - events[i]!.time;
      if (at > 28 * DAY) break;
      seen.push({ at, good: events[i]!.good, total: 1 });
    }
    const usual = usualOf(1 - OBJECTIVE / 100, seen);
    const burn = Math.max(
      ...levels.map((level) => {
        const threshold = burnThreshold(level, OBJECTIVE, 28 * DAY)!;
        return burnOf(level, thresholdAbove(level, threshold, usual, 28 * DAY), seen);
      }),
      (severity === 'page' ? dropOf : slowOf)(1 - OBJECTIVE / 100, seen),
    );
    known = evaluateRule(rule, known, [{ labels: { agent: 'a' }, value: burn }], now * 1_000);
    const state = known[0]?.state;
    if (state === 'firing') fires ??= now - BEGINS;
    if (fires !== null && (state === undefined || state === 'normal')) ends ??= now - BEGINS;
  }
  return { fires, ends };
}

const drop =
  (before: number, during: number) =>
  (isOn: boolean): number =>
    isOn ? during : before;

const INCIDENTS: Readonly<Record<string, Incident & { readonly page: boolean; readonly ticket: boolean }>> = {
  'everything fails for six hours, 200 a day': {
    perDay: 200,
    lasts: 6 * HOUR,
    share: drop(0.08, 1),
    page: true,
    ticket: true,
  },
  'everything fails for two days, 10 a day': {
    perDay: 10,
    lasts: 2 * DAY,
    share: drop(0.08, 1),
    page: true,
    ticket: true,
  },
  'success drops from 92 % to 60 %, 2,000 a day': {
    perDay: 2_000,
    lasts: DAY,
    share: drop(0.08, 0.4),
    page: true,
    ticket: true,
  },
  'success drops from 92 % to 60 %, 200 a day': {
    perDay: 200,
    lasts: 2 * DAY,
    share: drop(0.08, 0.4),
    page: true,
    ticket: true,
  },
  'a slow burn over two days, 500 a day': {
    perDay: 500,
    lasts: 2 * DAY,
    share: drop(0.08, 0.2),
    page: false,
    ticket: true,
  },
  'one failure of 5 a day': { perDay: 5, lasts: 4 * HOUR, share: drop(0, 1), page: false, ticket: false },
  'no traffic for two days': {
    perDay: 200,
    lasts: 2 * DAY,
    share: drop(0.08, 0),
    silent: true,
    page: false,
    ticket: false,
  },
  'nothing happens': { perDay: 500, lasts: DAY, share: drop(0.08, 0.08), page: false, ticket: false },
};

const hours = (seconds: number | null): string =>
  seconds === null ? 'never' : `${(seconds / HOUR).toFixed(1)} h`;

test('incidents of an agent with an objective of 90 %: who is called, when, and that it ends', () => {
  const table: Record<string, string>[] = [];
  const called: Record<string, unknown> = {};
  for (const [name, incident] of Object.entries(INCIDENTS)) {
    const [page, ticket] = [replay('page', incident), replay('ticket', incident)];
    table.push({
      incident: name,
      'pages after': hours(page.fires),
      'page ends': hours(page.ends),
      'tickets after': hours(ticket.fires),
      'ticket ends': hours(ticket.ends),
    });
    called[name] = { page: page.fires !== null, ticket: ticket.fires !== null };
    for (const { fires, ends } of [page, ticket]) {
      if (fires === null) continue;
      expect({ name, before: fires < 0 }).toEqual({ name, before: false });
      expect({ name, ends: ends !== null }).toEqual({ name, ends: true });
    }
  }
  console.table(table);
  expect(called).toEqual(
    Object.fromEntries(Object.entries(INCIDENTS).map(([name, { page, ticket }]) => [name, { page, ticket }])),
  );
}, 60_000);
