import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine } from '../tools/chain.ts';
import { chance } from '../tools/otlp.ts';
import { stream, work } from './work.ts';
import { type Call, company, createWorld, DAY, HOUR, MINUTE, MONDAY, type World } from './world.ts';

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

const world = async (registry = company()): Promise<World> =>
  createWorld(await engine.database(), registry, MONDAY);
const pages = (calls: readonly Call[]): readonly Call[] =>
  calls.filter(({ severity }) => severity === 'page');
const OBJECTIVES = ['slo-burn-page', 'slo-burn-ticket'];
/** 90 % of its tasks are to succeed, and 92 % do. */
const EXPENSES = 'expense-reimbursement';

test('an agent starts to loop: the operator is called while it runs, and it ends with the loop', async () => {
  const { send, watch } = await world();
  const calls = { tool: 'search_knowledge', times: 30, secondsApart: 20 };
  const random = chance(11);
  const agent = 'it-helpdesk';
  send(stream({ agent }, { from: MONDAY - HOUR, to: MONDAY + 2 * HOUR, perDay: 480 }, () => 0.05, random));
  send(work({ agent, at: MONDAY + 30 * MINUTE, outcome: 'success', calls }, random));
  const told = await watch({
    from: MONDAY,
    to: MONDAY + 90 * MINUTE,
    every: 5 * MINUTE,
    phases: [15, 20, 25, 30].map((minute) => MONDAY + minute * MINUTE),
    alerts: ['loop-in-progress', ...OBJECTIVES],
  });
  expect(told).toEqual([
    { alert: 'loop-in-progress', severity: 'page', about: agent, told: 'sre-pager', fires: 25, ends: 40 },
  ]);
}, 120_000);

test('a department overspends; its budget is raised in mid-month, and the page ends', async () => {
  const registry = company();
  const { send, watch, publish } = await world(registry);
  const random = chance(12);
  const dear = { provider: 'openai', name: 'gpt-4o-2024-08-06', input: 400_000 };
  const spending = { agent: 'marketing-copy', department: 'marketing', model: dear };
  // $1 a task: ¥150. The hard amount of the department's month, ¥60,000, is passed after 396 of them.
  send(stream(spending, { from: MONDAY, to: MONDAY + DAY, perDay: 600 }, () => 0, random));
  const alerts = ['budget-hard', 'budget-soft'];
  const before = await watch({ from: MONDAY, to: MONDAY + 20 * HOUR, every: HOUR, alerts });
  const department = before.filter(({ about }) => about === 'marketing');
  expect(department).toEqual([
    {
      alert: 'budget-soft',
      severity: 'ticket',
      about: 'marketing',
      told: 'marketing-owners',
      fires: 11 * 60,
      ends: null,
    },
    {
      alert: 'budget-hard',
      severity: 'page',
      about: 'marketing',
      told: 'marketing-owners',
      fires: 16 * 60,
      ends: null,
    },
  ]);
  const raised = structuredClone(registry);
  const budget = raised.organisation.budgets.find(
    (one) => 'department' in one && one.department === 'marketing',
  )!;
  Object.assign(budget, { soft: '150000 JPY', hard: '200000 JPY' });
  await publish(raised, MONDAY + 22 * HOUR);
  const after = await watch({ from: MONDAY + 21 * HOUR, to: MONDAY + 24 * HOUR, every: HOUR, alerts });
  const [page] = after.filter(({ about, alert }) => about === 'marketing' && alert === 'budget-hard');
  expect(page).toMatchObject({ fires: 21 * 60, ends: 22 * 60 });
}, 120_000);

test('success drops from 92 % to 60 % at 200 tasks a day: a page within hours, and it ends', async () => {
  const { send, watch } = await world();
  const ends = MONDAY + 2 * DAY;
  const failing = (at: number): number => (at >= MONDAY && at < ends ? 0.4 : 0.08);
  const range = { from: MONDAY - 4 * DAY, to: ends + DAY, perDay: 200 };
  send(stream({ agent: EXPENSES }, range, failing, chance(13)));
  const told = await watch({ from: MONDAY - DAY, to: ends + DAY, every: HOUR, alerts: OBJECTIVES });
  expect(new Set(told.map(({ about }) => about))).toEqual(new Set([EXPENSES]));
  const [page] = pages(told);
  expect(page).toMatchObject({ alert: 'slo-burn-page', told: 'sre-pager' });
  for (const { fires, ends: end } of told) {
    expect(fires).toBeGreaterThan(0);
    expect(end).not.toBeNull();
  }
  expect(page!.fires).toBeLessThanOrEqual(8 * 60);
}, 120_000);

test('a slow burn over two days: nobody gets up, somebody looks', async () => {
  const { send, watch } = await world();
  const ends = MONDAY + 2 * DAY;
  const failing = (at: number): number => (at >= MONDAY && at < ends ? 0.2 : 0.06);
  const range = { from: MONDAY - 4 * DAY, to: ends + DAY, perDay: 200 };
  send(stream({ agent: EXPENSES }, range, failing, chance(14)));
  const told = await watch({ from: MONDAY - DAY, to: ends + DAY, every: HOUR, alerts: OBJECTIVES });
  expect(pages(told)).toEqual([]);
  expect(told.length).toBeGreaterThan(0);
  for (const { fires, ends: end, told: to } of told) {
    expect(to).toBe('finance-owners');
    expect(fires).toBeGreaterThan(0);
    expect(end).not.toBeNull();
  }
}, 120_000);

test('low traffic and one failure calls nobody', async () => {
  const { send, watch } = await world();
  const failing = (at: number): number => (at >= MONDAY && at < MONDAY + 4 * HOUR ? 1 : 0);
  const range = { from: MONDAY - 6 * DAY, to: MONDAY + DAY, perDay: 5 };
  send(stream({ agent: EXPENSES }, range, failing, chance(15)));
  const told = await watch({ from: MONDAY - DAY, to: MONDAY + DAY, every: HOUR, alerts: OBJECTIVES });
  expect(told).toEqual([]);
}, 120_000);

test('an agent without traffic is silent; telemetry that stops altogether is another page, of the pipeline', async () => {
  const { send, watch } = await world();
  const random = chance(16);
  const agent = 'customer-support';
  const back = MONDAY + 4 * HOUR;
  const alerts = ['silent-agent', 'telemetry-stale', ...OBJECTIVES];
  const other = stream(
    { agent: EXPENSES },
    { from: MONDAY - HOUR, to: MONDAY + 2 * HOUR, perDay: 480 },
    () => 0,
    random,
  );
  send(other);
  for (const [from, to] of [
    [MONDAY - HOUR, MONDAY],
    [back, back + HOUR],
  ] as const)
    send(stream({ agent }, { from, to, perDay: 480 }, () => 0, random));
  const told = await watch({
    from: MONDAY,
    to: back + 30 * MINUTE,
    every: 10 * MINUTE,
    phases: [MONDAY, back],
    alerts,
  });
  const called = told.filter(({ about }) => about === agent || about === 'all');
  expect(called).toEqual([
    { alert: 'silent-agent', severity: 'page', about: agent, told: 'sre-pager', fires: 70, ends: 250 },
    { alert: 'telemetry-stale', severity: 'page', about: 'all', told: 'sre-pager', fires: 160, ends: 250 },
  ]);
}, 120_000);

test('a price goes missing: a ticket, which ends a day after the last charge without one', async () => {
  const { send, watch } = await world();
  const random = chance(17);
  const range = { from: MONDAY, to: MONDAY + 6 * HOUR, perDay: 48 };
  const named = (name: string) => ({
    agent: 'code-review',
    model: { provider: 'anthropic', name, input: 2_000 },
  });
  send(stream(named('claude-sonnet-4-20250514'), range, () => 0, random));
  const until = MONDAY + 3 * HOUR;
  send(
    stream(
      named('claude-sonnet-4-not-yet-priced'),
      { ...range, from: until - HOUR, to: until },
      () => 0,
      random,
    ),
  );
  const told = await watch({ from: MONDAY, to: until + 30 * HOUR, every: HOUR, alerts: ['unpriced'] });
  expect(told).toEqual([
    {
      alert: 'unpriced',
      severity: 'ticket',
      about: 'code-review',
      told: 'it-owners',
      fires: 4 * 60,
      ends: 28 * 60,
    },
  ]);
}, 120_000);

test('a pilot without an objective does worse than it did: its owner gets a ticket', async () => {
  const { send, watch } = await world();
  const agent = 'code-review';
  const ends = MONDAY + DAY;
  const failing = (at: number): number => (at >= MONDAY && at < ends ? 0.8 : 0.25);
  send(stream({ agent }, { from: MONDAY - 2 * DAY, to: ends + DAY, perDay: 150 }, failing, chance(18)));
  const alerts = ['measured-drop', ...OBJECTIVES];
  const told = await watch({ from: MONDAY - 6 * HOUR, to: ends + DAY, every: HOUR, alerts });
  expect(told).toMatchObject([
    { alert: 'measured-drop', severity: 'ticket', about: agent, told: 'it-owners' },
  ]);
  expect(told[0]!.fires).toBeGreaterThan(0);
  expect(told[0]!.fires).toBeLessThanOrEqual(12 * 60);
  expect(told[0]!.ends).not.toBeNull();
}, 120_000);
