import { organisationSchema, type RegistryDocument } from '@agentops/registry';
import { describe, expect, test } from 'vitest';
import { isMuted, timeIntervals, windowNames } from './maintenance.ts';

const registry = (maintenance: readonly object[], time_zone = 'Asia/Tokyo'): RegistryDocument => ({
  organisation: organisationSchema.parse({
    name: 'Kitano',
    time_zone,
    channels: [{ id: 'dog', type: 'webhook', target: 'dog' }],
    alerting: { maintenance, watchdog: 'dog' },
  }),
  agents: [],
});
const NIGHT = { id: 'night', days: ['sat'], from: '22:00', to: '02:00' };
const MOVE = { id: 'move', date: '2026-12-31', from: '23:00', to: '01:00', agents: ['a'] };

test('a window over midnight is two parts, also from a year to the next', () => {
  expect(timeIntervals(registry([NIGHT, MOVE]))).toEqual([
    {
      name: 'agentops-night',
      time_intervals: [
        {
          times: [{ start_time: '22:00', end_time: '24:00' }],
          weekdays: ['saturday'],
          location: 'Asia/Tokyo',
        },
        {
          times: [{ start_time: '00:00', end_time: '02:00' }],
          weekdays: ['sunday'],
          location: 'Asia/Tokyo',
        },
      ],
    },
    {
      name: 'agentops-move',
      time_intervals: [
        {
          times: [{ start_time: '23:00', end_time: '24:00' }],
          years: ['2026'],
          months: ['12'],
          days_of_month: ['31'],
          location: 'Asia/Tokyo',
        },
        {
          times: [{ start_time: '00:00', end_time: '01:00' }],
          years: ['2027'],
          months: ['1'],
          days_of_month: ['1'],
          location: 'Asia/Tokyo',
        },
      ],
    },
  ]);
});

test('until midnight it is one', () => {
  const [{ time_intervals: parts } = { time_intervals: [] }] = timeIntervals(
    registry([{ ...NIGHT, to: '00:00' }]),
  );
  expect(parts.map(({ times }) => times)).toEqual([[{ start_time: '22:00', end_time: '24:00' }]]);
});

describe('whom it silences', () => {
  const both = registry([NIGHT, MOVE]);
  const page = { alert: 'silent-agent', domain: 'operations', agent: 'a' };
  // A Saturday in Tokyo.
  const at = (time: string, day = '2026-11-28'): number => Date.parse(`${day}T${time}:00+09:00`);

  test.each([
    ['21:59', '2026-11-28', false],
    ['22:00', '2026-11-28', true],
    ['01:59', '2026-11-29', true],
    ['02:00', '2026-11-29', false],
    ['23:00', '2026-11-29', false],
  ])('at %s of %s: %s', (time, day, muted) => {
    expect(isMuted(both, page, at(time, day))).toBe(muted);
  });

  test('never security and the watchdog; the pipeline where it is of all', () => {
    const now = at('23:00');
    expect(isMuted(both, { ...page, domain: 'security' }, now)).toBe(false);
    expect(isMuted(both, { ...page, alert: 'watchdog', domain: 'pipeline' }, now)).toBe(false);
    expect(isMuted(both, { ...page, domain: 'pipeline', agent: '' }, now)).toBe(true);
    expect(windowNames(both, 'pipeline', '')).toEqual(['agentops-night']);
  });

  test('one of an agent that agent only', () => {
    const newYear = at('00:30', '2027-01-01');
    expect(isMuted(both, page, newYear)).toBe(true);
    expect(isMuted(both, { ...page, agent: 'b' }, newYear)).toBe(false);
    expect(windowNames(both, 'operations', 'b')).toEqual(['agentops-night']);
  });
});

test('where clocks are set forward, by the clock on the wall', () => {
  const berlin = registry([{ id: 'night', days: ['sun'], from: '01:00', to: '04:00' }], 'Europe/Berlin');
  const page = { alert: 'silent-agent', domain: 'operations', agent: 'a' };
  // 2027-03-28: after 01:59 comes 03:00.
  expect(isMuted(berlin, page, Date.parse('2027-03-28T00:30:00Z'))).toBe(true);
  expect(isMuted(berlin, page, Date.parse('2027-03-28T01:59:00Z'))).toBe(true);
  expect(isMuted(berlin, page, Date.parse('2027-03-28T02:00:00Z'))).toBe(false);
});
