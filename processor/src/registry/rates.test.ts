import { expect, test } from 'vitest';
import { startOfDay } from './rates.ts';

test.each([
  ['2026-10-01', 'UTC', '2026-10-01T00:00:00Z'],
  ['2026-10-01', 'Asia/Tokyo', '2026-09-30T15:00:00Z'],
  ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00Z'],
  ['2026-03-09', 'America/New_York', '2026-03-09T04:00:00Z'],
  ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00Z'],
  ['2026-11-02', 'America/New_York', '2026-11-02T05:00:00Z'],
  ['2026-04-06', 'Pacific/Auckland', '2026-04-05T12:00:00Z'],
  ['2026-10-01', 'Nowhere/At_All', '2026-10-01T00:00:00Z'],
])('%s begins in %s at %s', (day, zone, at) => {
  expect(startOfDay(day, zone)).toBe(Date.parse(at));
});
