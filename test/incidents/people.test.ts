import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine } from '../tools/chain.ts';
import { chance } from '../tools/otlp.ts';
import { request, stream, work } from './work.ts';
import { company, createWorld, DAY, HOUR, MINUTE, MONDAY, type World } from './world.ts';

/** What the registry does not allow, and what waits for people. */
let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

const world = async (): Promise<World> => createWorld(await engine.database(), company(), MONDAY);

test('a stranger, a tool that nobody declared, a payment that nobody approved: security is told, and a day later it ends', async () => {
  const { send, watch } = await world();
  const random = chance(21);
  const at = MONDAY + 2 * HOUR;
  const range = { from: MONDAY, to: MONDAY + 8 * HOUR, perDay: 48 };
  send(stream({ agent: 'it-helpdesk', reads: ['search_knowledge'] }, range, () => 0.05, random));
  send(work({ agent: 'travel-planner', at, outcome: 'success' }, random));
  send(work({ agent: 'it-helpdesk', at: at + HOUR, outcome: 'success', reads: ['delete_account'] }, random));
  for (const [hours, isApproved] of [
    [3, true],
    [4, false],
  ] as const) {
    const pays = { tool: 'pay_claim', yen: 120_000, isApproved };
    send(work({ agent: 'expense-reimbursement', at: at + hours * HOUR, outcome: 'success', pays }, random));
  }
  const told = await watch({
    from: MONDAY,
    to: MONDAY + 34 * HOUR,
    every: HOUR,
    alerts: ['unregistered-agent', 'undeclared-use', 'unapproved-call'],
  });
  expect(told).toEqual([
    {
      alert: 'unregistered-agent',
      severity: 'ticket',
      about: 'unregistered:travel-planner',
      told: 'security-desk',
      fires: 3 * 60,
      ends: 27 * 60,
    },
    {
      alert: 'undeclared-use',
      severity: 'ticket',
      about: 'it-helpdesk',
      told: 'security-desk',
      fires: 4 * 60,
      ends: 28 * 60,
    },
    {
      alert: 'unapproved-call',
      severity: 'page',
      about: 'expense-reimbursement',
      told: 'security-desk',
      fires: 6 * 60,
      ends: 31 * 60,
    },
  ]);
}, 120_000);

test('a request waits beyond its SLA: the reviewers are told, until somebody decides', async () => {
  const { send, watch } = await world();
  const random = chance(22);
  const agent = 'customer-support';
  // One that is answered in time, and one that is not.
  send(request({ agent, at: MONDAY + HOUR, slaSeconds: 1_800, decidedAt: MONDAY + 85 * MINUTE }, random));
  send(request({ agent, at: MONDAY + 2 * HOUR, slaSeconds: 1_800, decidedAt: MONDAY + 4 * HOUR }, random));
  const told = await watch({
    from: MONDAY,
    to: MONDAY + 5 * HOUR,
    every: 5 * MINUTE,
    alerts: ['approval-overdue'],
  });
  expect(told).toEqual([
    {
      alert: 'approval-overdue',
      severity: 'page',
      about: agent,
      told: 'care-reviews',
      fires: 160,
      ends: 245,
    },
  ]);
}, 120_000);

test('a task dearer than one may be: the owner is told, for an hour', async () => {
  const { send, watch } = await world();
  const random = chance(23);
  const agent = 'expense-reimbursement';
  const model = { provider: 'openai', name: 'gpt-4o-2024-08-06', input: 2_000 };
  send(stream({ agent, model }, { from: MONDAY, to: MONDAY + 6 * HOUR, perDay: 96 }, () => 0, random));
  // $0.75: ¥114; a task of this agent may cost ¥60.
  const dear = { ...model, input: 300_000 };
  send(work({ agent, at: MONDAY + 2 * HOUR + MINUTE, outcome: 'success', model: dear }, random));
  const told = await watch({
    from: MONDAY,
    to: MONDAY + 5 * HOUR,
    every: 30 * MINUTE,
    alerts: ['budget-hard', 'budget-soft'],
  });
  expect(told).toEqual([
    {
      alert: 'budget-hard',
      severity: 'page',
      about: agent,
      told: 'finance-owners',
      fires: 150,
      ends: 210,
    },
  ]);
}, 120_000);

test('short circles call nobody, whatever they waste; the third within a quarter of an hour does', async () => {
  const { send, watch } = await world();
  const random = chance(24);
  const agent = 'it-helpdesk';
  const calls = { tool: 'search_knowledge', times: 14, secondsApart: 3 };
  const circle = (minute: number): void =>
    send(work({ agent, at: MONDAY + minute * MINUTE, outcome: 'success', calls }, random));
  send(stream({ agent }, { from: MONDAY - HOUR, to: MONDAY + DAY / 8, perDay: 240 }, () => 0.05, random));
  for (const minute of [10, 40, 70, 120, 123, 126]) circle(minute);
  const told = await watch({
    from: MONDAY,
    to: MONDAY + 3 * HOUR,
    every: 3 * MINUTE,
    alerts: ['loop-in-progress'],
  });
  expect(told).toMatchObject([{ alert: 'loop-in-progress', about: agent, told: 'sre-pager', fires: 126 }]);
  expect(told[0]!.ends).toBeLessThanOrEqual(150);
}, 120_000);
