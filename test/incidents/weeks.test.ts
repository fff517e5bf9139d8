import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine } from '../tools/chain.ts';
import { chance } from '../tools/otlp.ts';
import { stream, work } from './work.ts';
import { company, createWorld, DAY, HOUR, MINUTE, MONDAY, type World } from './world.ts';

/** What shows only against the weeks before. */
let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

const world = async (): Promise<World> => createWorld(await engine.database(), company(), MONDAY);

test('tasks take more tool calls while success holds: the owner gets a ticket within a day, and it ends', async () => {
  const { send, watch } = await world();
  const agent = 'it-helpdesk';
  const ends = MONDAY + 2 * DAY;
  const few = ['search_knowledge', 'check_device'];
  const many = [
    ...few,
    'search_knowledge',
    'create_ticket',
    'check_device',
    'reset_password',
    'search_knowledge',
  ];
  const as = (reads: readonly string[], from: number, to: number, seed: number): void =>
    send(stream({ agent, reads }, { from, to, perDay: 40 }, () => 0.05, chance(seed)));
  as(few, MONDAY - 14 * DAY, MONDAY, 31);
  as(many, MONDAY, ends, 32);
  as(few, ends, ends + 2 * DAY, 33);
  const told = await watch({
    from: MONDAY - DAY,
    to: ends + 2 * DAY,
    every: 6 * HOUR,
    alerts: ['effort-up', 'unusual'],
  });
  expect(told).toMatchObject([{ alert: 'effort-up', severity: 'ticket', about: agent, told: 'it-owners' }]);
  expect(told[0]!.fires).toBeGreaterThan(0);
  expect(told[0]!.fires).toBeLessThanOrEqual(24 * 60);
  expect(told[0]!.ends).toBeGreaterThan(48 * 60);
}, 120_000);

test('tasks take longer than their bound: a page by the objective, and it ends', async () => {
  const { send, watch } = await world();
  const agent = 'customer-support';
  const ends = MONDAY + 6 * HOUR;
  const as = (seconds: number, from: number, to: number, seed: number): void =>
    send(stream({ agent, seconds }, { from, to, perDay: 200 }, () => 0.1, chance(seed)));
  as(30, MONDAY - 2 * DAY, MONDAY, 34);
  as(420, MONDAY, ends, 35);
  as(30, ends, ends + DAY, 36);
  const told = await watch({
    from: MONDAY - HOUR,
    to: ends + 12 * HOUR,
    every: HOUR,
    alerts: ['slo-burn-page'],
  });
  expect(told).toMatchObject([{ alert: 'slo-burn-page', about: agent, told: 'sre-pager' }]);
  expect(told[0]!.fires).toBeGreaterThan(0);
  expect(told[0]!.fires).toBeLessThanOrEqual(3 * 60);
  expect(told[0]!.ends).not.toBeNull();
}, 120_000);

test('a night as quiet as others is no outage; a noon is, once a dozen minutes with telemetry are missing', async () => {
  const { send, watch } = await world();
  const random = chance(37);
  const agent = 'it-helpdesk';
  /** From 9 to 18 in Tokyo, a task every nine minutes. */
  const day = (begins: number, hours = 9): void =>
    send(stream({ agent }, { from: begins, to: begins + hours * HOUR, perDay: 160 }, () => 0, random));
  for (let week = 3; week >= 1; week--)
    for (const weekday of [0, 1, 2]) day(MONDAY - 7 * week * DAY + weekday * DAY);
  day(MONDAY);
  // On Tuesday something breaks at noon.
  day(MONDAY + DAY, 3);
  day(MONDAY + DAY + 6 * HOUR, 3);
  const told = await watch({
    from: MONDAY + HOUR,
    to: MONDAY + DAY + 9 * HOUR,
    every: 30 * MINUTE,
    phases: [MONDAY + DAY + 3 * HOUR, MONDAY + DAY + 6 * HOUR],
    alerts: ['telemetry-stale'],
  });
  expect(told).toMatchObject([{ alert: 'telemetry-stale', severity: 'page', told: 'sre-pager' }]);
  const broken = (DAY + 3 * HOUR) / MINUTE;
  expect(told[0]!.fires).toBeGreaterThan(broken);
  expect(told[0]!.fires).toBeLessThanOrEqual(broken + 150);
  expect(told[0]!.ends).toBeLessThanOrEqual(broken + 3 * 60 + 30);
}, 120_000);

test('an agent without any objective fails more than it did: its owner gets a ticket', async () => {
  const registry = company();
  Object.assign(registry.agents.find(({ id }) => id === 'code-review')!, { slos: [] });
  const { send, watch } = await createWorld(await engine.database(), registry, MONDAY);
  const agent = 'code-review';
  const failing = (at: number): number => (at >= MONDAY ? 0.7 : 0.2);
  send(stream({ agent }, { from: MONDAY - 12 * DAY, to: MONDAY + DAY, perDay: 40 }, failing, chance(38)));
  send(work({ agent, at: MONDAY + DAY, outcome: 'success' }, chance(39)));
  const told = await watch({
    from: MONDAY - DAY / 2,
    to: MONDAY + DAY,
    every: 3 * HOUR,
    alerts: ['unusual', 'measured-drop'],
  });
  expect(told).toMatchObject([{ alert: 'unusual', severity: 'ticket', about: agent, told: 'it-owners' }]);
  expect(told[0]!.fires).toBeGreaterThan(0);
}, 120_000);
