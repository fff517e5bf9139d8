import { describe, expect, test } from 'vitest';
import { findDrift } from './drift.ts';
import { DAY, NOW, registry, seen } from './observed.case.ts';
import { activeMs } from './working-hours.ts';

const drift = (...args: Parameters<typeof findDrift>): string[] =>
  findDrift(...args).map(({ kind, agent, subject }) => `${kind} ${agent} ${subject}`);

describe('the registry against telemetry', () => {
  test('what is declared and seen is no drift, whatever the store called the agent', () => {
    const document = registry({
      bot: 'models: [gpt-4o*]\ntools: [{ name: look, effect: read, resource: shelf }]\nversion: "2"\n',
    });
    const own = (agent: string) => [
      seen(agent, 'run', '', { service: 'bot' }),
      seen(agent, 'delegate', 'unregistered:helper', { service: 'bot' }),
      seen('unregistered:helper', 'tool', 'look', { service: 'bot' }),
      seen(agent, 'tool', 'look', { service: 'bot' }),
      seen(agent, 'model', 'gpt-4o-2024', { service: 'bot' }),
      seen(agent, 'version', '2', { service: 'bot' }),
      seen(agent, 'data', 'shelf', { service: 'bot', effect: 'read' }),
    ];
    expect(drift(document, own('bot'), NOW)).toEqual([]);
    expect(drift(document, own('unregistered:bot'), NOW)).toEqual([]);
    expect(drift(document, own('unregistered:some name'), NOW)).toEqual([]);
  });

  test('agents: without an entry, retired and at work, declared and gone', () => {
    const document = registry({ old: 'stage: retired\n', gone: '', rested: 'stage: retired\n' });
    const found = findDrift(
      document,
      [
        seen('unregistered:scraper', 'run', '', { service: 'notebook', count: 3 }),
        seen('unregistered:scraper', 'tool', 'fetch', { service: 'notebook', count: 9 }),
        seen('old', 'run'),
        seen('old', 'tool', 'whatever'),
      ],
      NOW,
    );
    expect(found).toMatchObject([
      { kind: 'unregistered_agent', agent: 'scraper', subject: 'notebook', count: 3, last: NOW - 1000 },
      { kind: 'retired_agent', agent: 'old', count: 1 },
      { kind: 'stale_agent', agent: 'gone', count: 0, first: null, last: null },
    ]);
  });

  test('tools and models: undeclared, and declared for nothing', () => {
    const document = registry({ bot: 'models: [gpt-4o*, claude*]\ntools: [{ name: look, effect: read }]\n' });
    const observations = [seen('bot', 'run'), seen('bot', 'tool', 'push'), seen('bot', 'model', 'gpt-4o')];
    expect(drift(document, [...observations, seen('bot', 'model', 'o3')], NOW)).toEqual([
      'undeclared_tool bot push',
      'undeclared_model bot o3',
      'stale_tool bot look',
      'stale_model bot claude*',
    ]);
  });

  test('a version that was replaced is none; one that runs beside the declared, or instead of it, is', () => {
    const document = registry({ bot: 'version: "2"\n' });
    const version = (name: string, first: number, last: number) =>
      seen('bot', 'version', name, { first: NOW - first * DAY, last: NOW - last * DAY });
    const run = seen('bot', 'run');
    expect(drift(document, [run, version('1', 9, 5), version('2', 4, 0)], NOW)).toEqual([]);
    expect(drift(document, [run, version('1', 9, 3), version('2', 4, 0)], NOW)).toEqual([
      'undeclared_version bot 1',
    ]);
    expect(drift(document, [run, version('3', 1, 0)], NOW)).toEqual(['undeclared_version bot 3']);
    expect(drift(registry({ bot: '' }), [run, version('3', 1, 0)], NOW)).toEqual([]);
  });

  test('data: to be read, to be changed, with a tool', () => {
    const document = registry({
      bot: 'data: { read: [mail], write: [orders] }\ntools: [{ name: pay, effect: external, resource: bank }]\n',
    });
    const touched = (name: string, effect: string) => seen('bot', 'data', name, { effect });
    expect(
      drift(
        document,
        [
          ...[seen('bot', 'run'), seen('bot', 'tool', 'pay')],
          ...[touched('mail', 'read'), touched('orders', 'read'), touched('orders', 'write')],
          ...[touched('bank', 'external'), touched('mail', 'write'), touched('wages', '')],
        ],
        NOW,
      ),
    ).toEqual(['undeclared_data bot mail', 'undeclared_data bot wages']);
  });

  test('silence is longer than the agent is expected to be silent, in its hours', () => {
    // In Tokyo it is Monday, 21 o'clock: the last three working hours ended at 18.
    const last = NOW - 6 * 3_600_000;
    const silent = (expects: string) =>
      drift(registry({ bot: `expects: ${expects}\n` }), [seen('bot', 'run', '', { last })], NOW);
    expect(silent('{ calendar: always, every: 5h }')).toEqual(['silent_agent bot bot']);
    expect(silent('{ calendar: always, every: 7h }')).toEqual([]);
    expect(silent('{ calendar: working-hours, every: 2h }')).toEqual(['silent_agent bot bot']);
    expect(silent('{ calendar: working-hours, every: 3h }')).toEqual([]);
  });
});

test('a week has five working days of nine hours, also where clocks change', () => {
  const week = 7 * DAY;
  for (const zone of ['Asia/Tokyo', 'UTC', 'America/New_York']) {
    for (const from of ['2026-11-20T03:10:00Z', '2026-10-30T23:00:00Z']) {
      const at = Date.parse(from);
      const hours = activeMs('working-hours', at, at + week, zone) / 3_600_000;
      expect(Math.abs(hours - 45)).toBeLessThanOrEqual(0.25);
    }
  }
  expect(activeMs('always', 5, 12, 'UTC')).toBe(7);
  expect(activeMs('always', 12, 5, 'UTC')).toBe(0);
});
