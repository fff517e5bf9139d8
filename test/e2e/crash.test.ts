import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dump, type Engine, expectBalance, openEngine, records, run } from '../tools/chain.ts';
import { type FleetSpan, isForeign, makeFleet, requests } from '../tools/fleet.ts';
import { Killed, memorySource, mortalStore } from '../tools/memory-source.ts';
import { attributes, type Chance, chance } from '../tools/otlp.ts';

/** Traces of the fleet, and how often its processor dies: `CHAOS_KILLS=1000 CHAOS_SEED=7` takes minutes. */
const TRACES = 40;
const KILLS = Number(process.env['CHAOS_KILLS'] ?? 40);
const SEED = Number(process.env['CHAOS_SEED'] ?? 21);

let engine: Engine;
let expected: Record<string, string[]>;
let list: ReturnType<typeof records>;

/**
 * Children first, roots last, so that nearly every chunk changes what is a run, an orphan or a task. Foreign spans
 * come last of all: they are held in memory only until one of ours hangs on them.
 */
function worstOrder(fleet: readonly FleetSpan[], random: Chance): FleetSpan[] {
  const ours = fleet.filter((item) => !isForeign(item));
  const isRoot = (item: FleetSpan): boolean => item.span.parentSpanId === undefined;
  return [
    ...random.shuffle(ours.filter((item) => !isRoot(item))),
    ...random.shuffle(ours.filter(isRoot)),
    ...fleet.filter(isForeign).reverse(),
  ];
}

/** Logs about some of our spans: a score in the span's own trace, and a person's verdict on its task. */
function judgements(fleet: readonly FleetSpan[]): object[] {
  const ours = fleet.filter((item) => !isForeign(item));
  return ours.flatMap(({ span }) => {
    const at = { timeUnixNano: String(BigInt(span.endTimeUnixNano) + 3_600_000_000_000n) };
    const task = span.attributes.find(({ key }) => key === 'agentops.task.id')?.value as
      | { stringValue: string }
      | undefined;
    const score = {
      ...at,
      traceId: span.traceId,
      spanId: span.spanId,
      eventName: 'gen_ai.evaluation.result',
      attributes: attributes({ 'gen_ai.evaluation.name': 'tone', 'gen_ai.evaluation.score.value': 0.25 }),
    };
    const verdict = {
      ...at,
      eventName: 'agentops.task.outcome',
      attributes: attributes({
        'agentops.task.id': task?.stringValue ?? '',
        'agentops.task.outcome': 'failure',
        'agentops.task.outcome.source': 'human',
      }),
    };
    const logRecords = [...(span.spanId < '2' ? [score] : []), ...(task === undefined ? [] : [verdict])];
    const resource = { attributes: attributes({ 'service.name': 'judge' }) };
    return logRecords.length === 0 ? [] : [{ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }];
  });
}

/** Both lists, each in its order, evenly mixed. */
function interleave<T>(one: readonly T[], other: readonly T[]): T[] {
  const placed = [one, other].flatMap((list) => list.map((item, i) => ({ item, at: i / list.length })));
  return placed.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

beforeAll(async () => {
  engine = openEngine();
  const random = chance(SEED);
  const fleet = worstOrder(makeFleet(random, TRACES), random);
  const again = random.shuffle(fleet.filter((item) => !isForeign(item))).slice(0, 60);
  list = records(interleave(requests([...fleet, ...again], random, 12), judgements(fleet)));
  const store = await engine.database();
  await run(store, memorySource(list, { sizes: [list.length] }));
  expected = await dump(store);
  expect(expected['evaluations']!.length).toBeGreaterThan(10);
  expect(expected['task_outcomes']!.some((row) => row.includes('"outcome_source":"human"'))).toBe(true);
  await expectBalance(store);
}, 120_000);

afterAll(() => engine.close());

describe('a kill loses nothing and counts nothing twice', () => {
  test('between any two inserts of a chunk, again and again, with other chunks after it', async () => {
    const store = await engine.database();
    const random = chance(SEED + 1);
    const deaths = new Map<string, number>();
    let committed = 0;
    for (let kills = 0; committed < list.length; ) {
      const sizes = [1 + random.int(6), 1 + random.int(6)];
      const source = memorySource(list, { sizes, from: committed });
      const inserts = kills < KILLS ? random.int(12) : Number.POSITIVE_INFINITY;
      try {
        await run(mortalStore(store, inserts), source);
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        kills++;
        deaths.set(error.message, (deaths.get(error.message) ?? 0) + 1);
      }
      committed = source.committed;
    }
    // Every table has been the first one missing.
    expect([...deaths.keys()].length).toBeGreaterThanOrEqual(5);
    expect(await dump(store)).toEqual(expected);
    await expectBalance(store);
  }, 300_000);

  test('while it reads', async () => {
    const store = await engine.database();
    let committed = 0;
    while (committed < list.length) {
      const source = memorySource(list, { sizes: [7], from: committed, killAfter: 3 });
      await run(store, source).catch((error) => {
        if (!(error instanceof Killed)) throw error;
      });
      expect(source.committed).toBeGreaterThan(committed);
      committed = source.committed;
    }
    expect(await dump(store)).toEqual(expected);
    await expectBalance(store);
  }, 120_000);
});

test('sets that are pushed out of memory after every chunk come back whole', async () => {
  const store = await engine.database();
  await run(store, memorySource(list, { sizes: [3] }), { maxItems: 5, maxHeld: 100_000 });
  expect(await dump(store)).toEqual(expected);
  await expectBalance(store);
}, 120_000);
