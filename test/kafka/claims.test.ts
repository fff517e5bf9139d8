import {
  createChain,
  createKnownTraces,
  createLoader,
  createPipeline,
  createTimeline,
  openAssignment,
  type Position,
  readChunk,
  type SourceRecord,
  type Store,
} from '@agentops/processor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dump, type Engine, openEngine, records, run, SECRET } from '../tools/chain.ts';
import { isForeign, makeFleet, requests } from '../tools/fleet.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance } from '../tools/otlp.ts';

const PARTITION = 'kafka:otlp_spans/0';

let engine: Engine;
let list: SourceRecord[];
let expected: Record<string, string[]>;

beforeAll(async () => {
  engine = openEngine();
  // Roots last: what is a run at first is none any more later.
  const fleet = makeFleet(chance(61), 48).filter((item) => !isForeign(item));
  list = records(requests(fleet.reverse(), chance(62), 6));
  const store = await engine.database();
  await run(store, memorySource(list, { sizes: [list.length] }));
  expected = await dump(store);
}, 120_000);
afterAll(() => engine.close());

/** A processor's chain on a store, with nothing in memory. */
async function chainOn(store: Store): Promise<ReturnType<typeof createChain>> {
  const known = createKnownTraces();
  await createLoader(store).known(known);
  return createChain({ timeline: createTimeline(), known, secret: SECRET });
}

/** The next owner of the partition, who finds it at `position`, works off all of it in chunks of 5 MB. */
async function takeOver(store: Store, position: Position): Promise<void> {
  let stored = 0;
  const assignment = openAssignment(new Map([[PARTITION, position]]), async (positions) => {
    stored = positions.get(PARTITION)!.next;
    return true;
  });
  await assignment.push(PARTITION, 0, list);
  const running = createPipeline({
    source: assignment.source,
    ...(await chainOn(store)),
    loader: createLoader(store),
    store,
    limits: { flushMs: 5, flushBytes: 5 << 20 },
  }).run();
  await expect.poll(() => stored, { timeout: 30_000, interval: 5 }).toBe(list.length);
  assignment.end();
  await running;
}

/**
 * A processor has claimed the first `count` records and folded them; it is given up by the group while its inserts are on
 * their way, and they arrive after another one has taken over and gone on.
 */
async function insertLate(store: Store, count: number, claimed: number): Promise<void> {
  const { reader, folder } = await chainOn(store);
  const late = folder.fold(
    readChunk({ source: PARTITION, records: list.slice(0, count), next: count }, reader),
  );
  await takeOver(store, { next: 0, claimed });
  for (const block of late) await store.insert(block);
}

const CUTS = [0.3, 0.6];

test('rows that arrive when another processor has long gone on change nothing', async () => {
  for (const share of CUTS) {
    const count = Math.floor(list.length * share);
    const store = await engine.database();
    await insertLate(store, count, count);
    expect(await dump(store)).toEqual(expected);
  }
}, 120_000);

test('without the claim they would: runs and loops that have dissolved since come back', async () => {
  const store = await engine.database();
  await insertLate(store, Math.floor(list.length * 0.6), 0);
  expect(await dump(store)).not.toEqual(expected);
});
