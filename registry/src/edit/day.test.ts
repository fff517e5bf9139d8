import { expect, test } from 'vitest';
import { dayIn } from './day.ts';

test.each([
  ['UTC', '2026-03-31'],
  ['Asia/Tokyo', '2026-04-01'],
  ['America/New_York', '2026-03-31'],
  ['Atlantis/Capital', '2026-03-31'],
])('the day of an instant in %s', (zone, day) => {
  expect(dayIn(zone, Date.parse('2026-03-31T16:30:00Z'))).toBe(day);
});
