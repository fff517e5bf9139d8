import { afterAll, beforeAll, expect, test } from 'vitest';
import { stream } from '../incidents/work.ts';
import { company, createWorld, DAY, HOUR, MONDAY } from '../incidents/world.ts';
import { type Engine, openEngine } from '../tools/chain.ts';
import { chance } from '../tools/otlp.ts';
import { harmOf } from './harm.ts';
import type { Disturbance } from './incident.ts';

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

test('the harm is what failed meanwhile, beside what the objective allows in the 28 days before', async () => {
  const store = await engine.database();
  const { send, watch } = await createWorld(store, company(), MONDAY);
  const agent = 'it-helpdesk';
  const as = (failing: number, from: number, to: number, seed: number): void =>
    send(stream({ agent }, { from, to, perDay: 48 }, () => failing, chance(seed)));
  as(0, MONDAY - 2 * DAY, MONDAY, 51);
  as(1, MONDAY, MONDAY + 4 * HOUR, 52);
  as(0, MONDAY + 5 * HOUR, MONDAY + 8 * HOUR, 53);
  await watch({ from: MONDAY + DAY, to: MONDAY + DAY, every: DAY, alerts: ['slo-burn-ticket'] });
  const incident: Disturbance = {
    kind: 'everything fails',
    about: 'helpdesk',
    from: MONDAY,
    to: MONDAY + 4 * HOUR,
    objective: 'task_success',
    misses: ['task_success'],
    changes: [{ agent: 'helpdesk', from: MONDAY, to: MONDAY + 4 * HOUR, profile: {} }],
  };
  const harm = await harmOf(store, incident, (name) => `it-${name}`);
  // 48 tasks a day are two an hour; the objective is 85 %.
  expect(harm).toEqual({ bad: 8, total: 8, budget: expect.closeTo(96 * 0.15, 6) });
  const { objective: _, ...free } = incident;
  expect(await harmOf(store, free, (name) => name)).toBeNull();
});
