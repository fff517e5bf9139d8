import { createMaintainer, publishRegistry, type Store } from '@agentops/processor';
import { loadRegistry, readRegistryFiles } from '@agentops/registry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testFile } from '../servers/tools.ts';
import { type Engine, EXACT, openEngine, records, run, SCHEMA } from '../tools/chain.ts';
import { type FleetSpan, makeFleet, requests } from '../tools/fleet.ts';
import { memorySource } from '../tools/memory-source.ts';
import { type Attributes, chance, span } from '../tools/otlp.ts';

let engine: Engine;
let fleet: FleetSpan[];
beforeAll(() => {
  engine = openEngine();
  fleet = makeFleet(chance(1), 66);
});
afterAll(() => engine.close());

const rows = async (store: Store, sql: string): Promise<string[]> =>
  (await store.text(sql.replaceAll('{}', store.database), 'JSONEachRow')).trim().split('\n');

/** The rollups say what the views work out from all rows, to the last digit. */
async function expectInStep(store: Store): Promise<void> {
  const tasks = 'ORDER BY task_id, environment';
  expect(await rows(store, `SELECT * EXCEPT (offences) FROM {}.tasks ${tasks}`)).toEqual(
    await rows(store, `SELECT * FROM {}.task_outcomes ${tasks}`),
  );
  const same = async (kept: string, exact: string): Promise<void> =>
    expect(await rows(store, `SELECT * FROM {}.${kept} ORDER BY ALL`)).toEqual(
      await rows(store, `SELECT * FROM {}.${exact} ORDER BY ALL`),
    );
  await same('reviews', 'approvals');
  await same('balance', 'conservation');
  await same('policy_checks', 'step_policy');
  await same('scores', 'evaluation_scores');
  expect(await rows(store, 'SELECT task_id, offences FROM {}.tasks WHERE offences > 0 ORDER BY ALL')).toEqual(
    await rows(store, 'SELECT * FROM {}.task_offences ORDER BY ALL'),
  );
  expect(
    await rows(store, 'SELECT trace_id, span_id, kind FROM {}.superseded_charges FINAL ORDER BY ALL'),
  ).toEqual(
    await rows(
      store,
      `SELECT trace_id, span_id, kind FROM {}.cost_entries WHERE state = 'superseded' ORDER BY ALL`,
    ),
  );
  const total = (from: string): string =>
    `SELECT at, kind, agent, department, user_id, model, state, sum(e.calls) AS n, sum(e.input_tokens) AS input,
       sum(e.cost) AS money, sum(e.unpriced_calls) AS unpriced
     FROM {}.${from} AS e GROUP BY ALL ORDER BY ALL`;
  expect(await rows(store, total('cost_totals'))).toEqual(await rows(store, total('cost_15m')));
  const quarter = (time: string): string => `toStartOfFifteenMinutes(toDateTime(${time}, 'UTC'))`;
  const equal = async (kept: string, exact: string): Promise<void> =>
    expect(await rows(store, `${kept} ORDER BY ALL`)).toEqual(await rows(store, `${exact} ORDER BY ALL`));
  await equal(
    'SELECT * FROM {}.task_totals',
    `SELECT ${quarter('t.ended_at')} AS at, agent, agents, environment, stage, registered, task_type, department, owner_department,
       outcome, outcome_source, count() AS tasks, countIf(planned_interventions > 0) AS planned_tasks,
       countIf(unplanned_interventions > 0) AS unplanned_tasks, sum(t.model_calls) AS model_calls, sum(t.tool_calls) AS tool_calls,
       count(t.cost) AS costed_tasks, sum(t.cost) AS cost, sum(t.unpriced_calls) AS unpriced_calls,
       sumIf(length(run_ids), sampled_share < 1 OR telemetry = 'sampled') AS sampled_runs, max(t.ended_at) AS last_at,
       argMax(t.run_ids[-1], (t.ended_at, t.run_ids[-1])) AS last_run_id, sum(t.tool_errors) AS tool_errors,
       countIf(t.cost > 0 AND t.unpriced_calls = 0) AS whole_costs,
       sum(toInt64(round(1000000 * log(multiIf(t.cost > 0 AND t.unpriced_calls = 0, toFloat64(assumeNotNull(t.cost)), 1.))))) AS log_cost,
       sum(toInt64(round(1000000 * log(1 + t.tool_calls)))) AS log_tool_calls,
       sum(toInt64(round(1000000 * log(1 + t.duration_ms)))) AS log_duration
     FROM {}.task_outcomes AS t
     GROUP BY at, agent, agents, environment, stage, registered, task_type, department, owner_department, outcome, outcome_source`,
  );
  await equal(
    `SELECT at, agent, environment, tool, effect, risk, sum(t.calls) AS calls, sum(t.errors) AS errors,
       arrayMap(q -> toUInt64(q), quantilesDDMerge(0.01, 0.5, 0.95)(t.durations)) AS durations, max(t.last_at) AS last_at
     FROM {}.tool_totals AS t GROUP BY ALL`,
    `SELECT ${quarter('started_at')} AS at, agent, environment, tool, effect, risk, count() AS calls, countIf(status = 'error') AS errors,
       arrayMap(q -> toUInt64(q), quantilesDD(0.01, 0.5, 0.95)(duration_ms)) AS durations, max(started_at) AS last_at
     FROM {}.run_steps WHERE kind = 'tool' GROUP BY ALL`,
  );
  await equal(
    `SELECT at, decided_at, agent, slo, sli, environment, measure, events, judged, round(good, 6) AS good, total,
       round(bad_shares, 6) AS bad_shares, first_at FROM {}.slo_totals`,
    `SELECT ${quarter('e.at')} AS at, ${quarter('e.decided_at')} AS decided_at, agent, slo, sli, environment, measure, count() AS events,
       countIf(e.total > 0) AS judged, round(sum(e.good), 6) AS good, sum(e.total) AS total,
       round(sumIf((e.total - e.good) / e.total, e.total > 0), 6) AS bad_shares, min(e.at) AS first_at
     FROM {}.slo_events AS e GROUP BY at, decided_at, agent, slo, sli, environment, measure`,
  );
  await equal(
    'SELECT day, agent, environment, tasks, judged_by_two, disagreed FROM {}.verdict_disagreement',
    `SELECT day, agent, environment, count() AS tasks, countIf(twice) AS judged_by_two, countIf(twice AND differs) AS disagreed
     FROM {}.judged_tasks GROUP BY day, agent, environment`,
  );
  const exactly = 'SELECT trace_id, agent, kind, subject, run_id, first_seen, last_seen, count FROM {}';
  await equal(`${exactly}.violation_states FINAL`, `${exactly}.trace_violations`);
  const sums = (time: string, calls: string, from: string): string =>
    `SELECT ${time} AS quarter, trace_id, task_id, kind, agent, department, user_id, model, state, ${calls} AS calls, sum(input_tokens) AS input,
       sum(output_tokens) AS output, sum(cost) AS cost FROM {}.${from}
     GROUP BY quarter, trace_id, task_id, kind, agent, department, user_id, model, state ORDER BY ALL`;
  expect(await rows(store, sums('at', 'sum(calls)', 'cost_15m'))).toEqual(
    await rows(store, sums("toStartOfFifteenMinutes(toDateTime(at, 'UTC'))", 'count()', 'cost_entries')),
  );
}

/** Feeds a fleet in pieces, in an order of its own, with duplicates; `after` each of them something is done. */
async function feed(store: Store, seed: number, pieces: number, after: () => Promise<void>): Promise<void> {
  const random = chance(seed);
  const shuffled = random.shuffle([...fleet, ...fleet.filter(() => random.next() < 0.3)]);
  const list = records(requests(shuffled, random, 7));
  const size = Math.ceil(list.length / pieces);
  for (let at = 0; at < list.length; at += size) {
    await run(store, memorySource(list.slice(0, at + size), { sizes: [5], from: at }));
    await after();
  }
}

test('after every piece of a fleet in disorder: late roots, duplicates, conflicts, approvals, shared charges', async () => {
  const store = await engine.database();
  const maintainer = createMaintainer(store, SCHEMA, EXACT);
  await holdToObjectives(store, 0);
  await feed(store, 2, 5, async () => {
    await maintainer.round();
    await expectInStep(store);
  });
  expect((await rows(store, 'SELECT * FROM {}.tasks')).length).toBeGreaterThan(60);
  expect((await rows(store, 'SELECT DISTINCT slo FROM {}.slo_totals')).length).toBeGreaterThan(2);
  // Nothing came in: nothing is counted anew.
  expect(await maintainer.round()).toMatchObject({ traces: 0 });
  // A bound that changes is held against what is long past, too.
  await holdToObjectives(store, 1);
  await maintainer.round();
  await expectInStep(store);
}, 240_000);

/** Publishes a registry in which every agent of the fleet has objectives. */
async function holdToObjectives(store: Store, most: number): Promise<void> {
  const { document } = loadRegistry(readRegistryFiles(testFile('../registry/company')));
  const [agent] = document!.agents;
  const window = '28d';
  const slos = [
    { sli: 'task_success', objective: 90, window },
    { sli: 'tool_success', objective: 90, window },
    { sli: 'tool_calls_per_task', objective: 90, at_most: most, window },
    { sli: 'reviewer_response', objective: 90, window },
  ] as const;
  const fleetAgents = ['support', 'planner', 'researcher'].flatMap((name) => [name, `unregistered:${name}`]);
  const agents = fleetAgents.map((id) => ({ ...agent!, id, slos: [...slos] }));
  await publishRegistry(store, { ...document!, agents }, BigInt(1 + most));
}

test('killed at every statement of a round, and two maintainers at a time', async () => {
  const store = await engine.database();
  // Statements of a round; how many there are depends on what it has to count.
  const dies = [0, 2, 3, 5, 6, 7, 8];
  await feed(store, 3, 7, async () => {
    const killed = createMaintainer(mortal(store, dies.shift()!), SCHEMA, EXACT).round();
    await expect(killed).rejects.toThrow('killed');
    const [one, other] = [createMaintainer(store, SCHEMA, EXACT), createMaintainer(store, SCHEMA, EXACT)];
    await Promise.all([one.round(), other.round()]);
  });
  await expectInStep(store);
}, 240_000);

/** The store of a process that dies before its statement `left`, and sends nothing more. */
function mortal(store: Store, left: number): Store {
  return {
    ...store,
    async command(sql) {
      if (left-- <= 0) throw new Error('killed');
      await store.command(sql);
    },
  };
}

const DAY = 86_400_000;
/** Near the time at which the records of these tests are received. */
const AT = 1_795_000_000_000;

/** A run without anything else: agent, its times, and what it says of itself. */
function invocation(start: number, end: number, claims: Attributes): FleetSpan {
  const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'claims', ...claims };
  const ids = { traceId: random.hex(16), spanId: random.hex(8) };
  return { service: 'claims', span: span({ ...ids, name: 'invoke_agent claims', start, end, attributes }) };
}

const random = chance(4);

test('what comes days later changes the task that it is about, and no other', async () => {
  const store = await engine.database();
  const maintainer = createMaintainer(store, SCHEMA, EXACT);
  const at = AT;
  const conversation = { 'gen_ai.conversation.id': 'c-1' };
  const pieces: FleetSpan[][] = [
    [
      invocation(at, at + 5, { 'agentops.task.id': 'claim-1' }),
      invocation(at, at + 5, { 'agentops.task.ref': 'R-2' }),
      invocation(at, at + 5, { 'agentops.task.id': 'claim-3' }),
      invocation(at + 9000, at + 9005, conversation),
    ],
    // The conversation's first run comes last, and had ended waiting: two tasks become one.
    [
      invocation(at, at + 5, {
        ...conversation,
        'agentops.approval.event': 'requested',
        'agentops.approval.id': 'a-1',
      }),
    ],
    [verdict({ 'agentops.task.id': 'claim-1', 'agentops.task.outcome': 'failure' })],
    [verdict({ 'agentops.task.ref': 'R-2', 'agentops.task.outcome': 'success' })],
  ];
  const counted: number[] = [];
  let from = 0;
  for (const piece of pieces) {
    const list = records(requests(piece, chance(1), 10));
    await run(
      store,
      memorySource(
        list.map((record) => ({ ...record, offset: record.offset + from })),
        { sizes: [1] },
      ),
    );
    from += list.length;
    counted.push((await maintainer.round()).traces);
    await expectInStep(store);
  }
  expect(counted).toEqual([4, 1, 1, 1]);
  expect(
    await rows(
      store,
      `SELECT task_ref, outcome FROM {}.tasks WHERE task_ref != '' OR task_id = 'claim-1' ORDER BY ALL`,
    ),
  ).toEqual(['{"task_ref":"","outcome":"failure"}', '{"task_ref":"R-2","outcome":"success"}']);
}, 120_000);

/** Somebody judges in a trace of his own. */
function verdict(claims: Attributes): FleetSpan {
  const now = AT + DAY;
  const attributes = { 'agentops.task.outcome.source': 'system', ...claims };
  const ids = { traceId: random.hex(16), spanId: random.hex(8) };
  return { service: 'claims', span: span({ ...ids, name: 'judge', start: now, end: now, attributes }) };
}

test('a task is abandoned when its time is over, though nothing comes in', async () => {
  const store = await engine.database();
  const maintainer = createMaintainer(store, SCHEMA, EXACT);
  const now = Date.now();
  const begin = now - DAY + 4000;
  const waiting = { 'agentops.approval.event': 'requested', 'agentops.approval.id': 'a-2' };
  const list = records(requests([invocation(begin, begin + 1, waiting)], chance(1), 10));
  await run(
    store,
    memorySource(
      list.map((record) => ({ ...record, receivedAt: now })),
      { sizes: [1] },
    ),
  );
  await maintainer.round();
  expect(await rows(store, 'SELECT outcome FROM {}.tasks')).toEqual(['{"outcome":"open"}']);
  await expect
    .poll(() => rows(store, 'SELECT outcome FROM {}.task_outcomes'), { timeout: 20_000 })
    .toEqual(['{"outcome":"abandoned"}']);
  expect(await maintainer.round()).toMatchObject({ traces: 1 });
  await expectInStep(store);
}, 120_000);
