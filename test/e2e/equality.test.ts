import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dump, type Engine, expectBalance, openEngine, records, run } from '../tools/chain.ts';
import { type FleetSpan, isForeign, makeFleet, requests } from '../tools/fleet.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance } from '../tools/otlp.ts';

const TRACES = 66;

let engine: Engine;
let fleet: FleetSpan[];
let expected: Record<string, string[]>;

beforeAll(async () => {
  engine = openEngine();
  fleet = makeFleet(chance(1), TRACES);
  const store = await engine.database();
  await run(store, memorySource(records(requests(fleet, chance(2), 1000)), { sizes: [1000] }));
  expected = await dump(store);
}, 120_000);

afterAll(() => engine.close());

describe('the same spans give the same tables', () => {
  test('the fleet itself is not trivial', () => {
    expect(expected['task_outcomes']!.length).toBeGreaterThan(TRACES * 0.8);
    expect(expected['approval_events']!.length).toBe(12);
    expect(expected['steps']!.some((row) => row.includes('"kind":"skeleton"'))).toBe(true);
    expect(expected['steps']!.some((row) => row.includes('"inferred":1'))).toBe(true);
    expect(expected['loops']!.length).toBe(6);
  });

  test.each([3, 4, 5, 6])('shuffled, split and duplicated (seed %i)', async (seed) => {
    const random = chance(seed);
    const duplicated = [...fleet, ...fleet.filter(() => random.next() < 0.3)];
    const store = await engine.database();
    await run(store, memorySource(records(requests(random.shuffle(duplicated), random, 7)), { sizes: [5] }));
    expect(await dump(store)).toEqual(expected);
  });

  test('roots last, days later', async () => {
    const isRoot = (item: FleetSpan): boolean => item.span.parentSpanId === undefined;
    const late = [...fleet.filter((item) => !isRoot(item)), ...fleet.filter(isRoot)];
    const store = await engine.database();
    await run(store, memorySource(records(requests(late, chance(7), 20)), { sizes: [3] }));
    expect(await dump(store)).toEqual(expected);
  });

  test('killed at every chunk boundary, before and after its commit', async () => {
    // As in life, what ends first comes first: foreign spans are held in memory only, by design, so one that comes
    // before anything of ours hangs on it would be forgotten by a kill.
    const ordered = [...fleet.filter((item) => !isForeign(item)), ...fleet.filter(isForeign).reverse()];
    const list = records(requests(ordered, chance(8), 25));
    const store = await engine.database();
    for (let at = 0; at < list.length; at += 2) {
      // Stored, killed before the commit: delivered again to a chain that knows nothing.
      await run(store, memorySource(list.slice(0, at + 2), { sizes: [2], from: at }));
      await run(store, memorySource(list.slice(0, at + 2), { sizes: [2], from: at }));
    }
    expect(await dump(store)).toEqual(expected);
    await expectBalance(store);
  });

  test('a duplicate of a span long gone changes nothing but the count of duplicates', async () => {
    const store = await engine.database();
    const list = records([...requests(fleet, chance(9), 50), ...requests(fleet.slice(0, 20), chance(10), 5)]);
    const all = requests(fleet, chance(9), 50).length;
    await run(store, memorySource(list.slice(0, all), { sizes: [10] }));
    await run(store, memorySource(list, { sizes: [10], from: all }));
    expect(await dump(store)).toEqual(expected);
    await expectBalance(store);
  });
});
