import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createChain } from './chain/chain.ts';
import { createKnownTraces } from './chain/known-traces.ts';
import type { SourceRecord, StreamSource } from './model.ts';
import { createPipeline } from './pipeline.ts';
import { createTimeline } from './registry/facts.ts';
import type { StepPage } from './steps/page.ts';
import { openEmbedded, type Store } from './store/client.ts';
import { createLoader } from './store/loader.ts';
import { migrate } from './store/migrate.ts';

const NOW = 1_795_100_000_000;

let dir: string;
let store: Store;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-pipeline-'));
  store = openEmbedded(join(dir, 'db'));
  await migrate(store, { retentionDays: 0, timeZone: 'UTC', currency: 'USD' });
});
afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

/** A request with one agent span of that name. */
function record(offset: number, name: string): SourceRecord {
  const time = `${NOW}000000`;
  const span = {
    traceId: String(offset + 1).padStart(32, '0'),
    spanId: String(offset + 1).padStart(16, '0'),
    name,
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes: [{ key: 'gen_ai.operation.name', value: { stringValue: 'invoke_agent' } }],
  };
  return {
    offset,
    signal: 'spans',
    encoding: 'json',
    body: Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })),
    receivedAt: NOW,
    counted: 1,
  };
}

function sourceOf(records: readonly SourceRecord[]): StreamSource {
  let delivered = false;
  return {
    get exhausted() {
      return delivered;
    },
    async poll() {
      if (delivered) return null;
      delivered = true;
      return { source: 'test', records, next: records.length };
    },
    async commit() {},
    async close() {},
  };
}

test('a record that our own code stumbles over is a dead letter with the reason; its neighbours are stored', async () => {
  const chain = createChain({ timeline: createTimeline(), known: createKnownTraces() });
  const { normalizer } = chain.reader;
  const stumbling = Object.create(normalizer, {
    write: {
      value: (page: StepPage) => {
        const row = normalizer.write(page);
        if (page.labels.texts[page.names[row]!]!.includes('poison')) throw new TypeError('cannot read this');
        return row;
      },
    },
  });
  await createPipeline({
    source: sourceOf([record(0, 'fine'), record(1, 'poison'), record(2, 'fine as well')]),
    ...chain,
    reader: { ...chain.reader, normalizer: stumbling },
    loader: createLoader(store),
    store,
  }).run();
  expect(await store.query('SELECT name FROM agentops.run_steps ORDER BY name')).toEqual([
    { name: 'fine' },
    { name: 'fine as well' },
  ]);
  expect(await store.query('SELECT source_offset, reason FROM agentops.dead_letters FINAL')).toEqual([
    { source_offset: '1', reason: 'internal error: cannot read this' },
  ]);
  expect(await store.query('SELECT sum(abs(balance)) AS off FROM agentops.conservation')).toEqual([
    { off: '0' },
  ]);
});

test('sets of many traces are read back in questions that fit into a URL of ClickHouse', async () => {
  const records = Array.from({ length: 25_000 }, (_, offset) => record(offset, 'again'));
  const asked: (readonly string[])[] = [];
  const everything = { add: () => {}, mayHold: () => true };
  await createPipeline({
    source: sourceOf(records),
    ...createChain({ timeline: createTimeline(), known: everything }),
    loader: {
      known: async () => {},
      async load(ids) {
        asked.push(ids);
        return [];
      },
    },
    store: { ...store, insert: async () => {} },
  }).run();
  expect(new Set(asked.flat()).size).toBe(records.length);
  const urls = asked.map((ids) => encodeURIComponent(`[${ids.map((id) => `'${id}'`).join(',')}]`).length);
  expect(Math.max(...urls)).toBeLessThan(2 ** 20);
});
