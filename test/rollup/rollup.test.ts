import { createMaintainer, publishRegistry, type Store } from '@agentops/processor';
import { loadRegistry, readRegistryFiles } from '@agentops/registry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testFile } from '../servers/tools.ts';
import { type Engine, EXACT, openEngine, records, run, SCHEMA } from '../tools/chain.ts';
import { type FleetSpan, makeFleet, requests } from '../tools/fleet.ts';
import { memorySource } from '../tools/memory-source.ts';
import { type Attributes, chance, span } from '../tools/otlp.ts';
import { outOfStep } from '../tools/rollups.ts';

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
  expect(await outOfStep(store)).toEqual([]);
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

test('what is merged as soon as it is written leaves no sum where it stood before', async () => {
  const store = await engine.database();
  const maintainer = createMaintainer(merging(store), SCHEMA, EXACT);
  await holdToObjectives(store, 0);
  await feed(store, 5, 4, async () => {
    await maintainer.round();
    await expectInStep(store);
  });
}, 240_000);

/** A store whose engine merges at once what replaces something, as it may at any time. */
function merging(store: Store): Store {
  return {
    ...store,
    async command(sql) {
      await store.command(sql);
      const table = /INSERT INTO (\w+\.(?:task|review|policy|score)_states)/.exec(sql)?.[1];
      if (table !== undefined) await store.command(`OPTIMIZE TABLE ${table} FINAL`);
    },
  };
}

test('requests are late by the hours that the registry has now', async () => {
  const store = await engine.database();
  const maintainer = createMaintainer(store, SCHEMA, EXACT);
  const { document } = loadRegistry(readRegistryFiles(testFile('../registry/company')));
  const { organisation } = document!;
  const publish = (to: string, from: bigint) =>
    publishRegistry(
      store,
      {
        ...document!,
        organisation: {
          ...organisation!,
          channels: organisation!.channels.map((channel) => ({
            ...channel,
            working_hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to },
          })),
        },
      },
      from,
    );
  await publish('24:00', 1n);
  const asked = invocation(AT, AT + 5, {
    'agentops.approval.event': 'requested',
    'agentops.approval.id': 'a-9',
    'agentops.approval.channel': organisation!.channels[0]!.id,
    'agentops.approval.sla_s': 3600,
  });
  await run(store, memorySource(records(requests([asked], chance(1), 10)), { sizes: [1] }));
  await maintainer.round();
  await expectInStep(store);
  await publish('00:10', 2n);
  expect(await maintainer.round()).toMatchObject({ traces: 0 });
  await expectInStep(store);
}, 120_000);

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
