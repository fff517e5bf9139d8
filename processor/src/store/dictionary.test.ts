import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBlock } from './block.ts';
import { openEmbedded, type Store } from './client.ts';
import { createSequence, LABEL_TYPE } from './dictionary.ts';
import { uint32, type ValueColumn } from './native.ts';

let dir: string;
let store: Store;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-test-'));
  store = openEmbedded(join(dir, 'db'));
  await store.command('CREATE DATABASE agentops');
  await store.command(
    'CREATE TABLE agentops.sequences (n UInt32, plain String, l LowCardinality(String)) ENGINE = MergeTree ORDER BY n',
  );
});
afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

function sequence(): ValueColumn<string> {
  const keys = createSequence();
  const numbers: number[] = [];
  return {
    type: LABEL_TYPE,
    set(row, text) {
      numbers[row] = keys.numberOf(text);
    },
    flush(out, rows) {
      keys.flush(
        out,
        Uint32Array.from({ length: rows }, (_, row) => numbers[row] ?? 0),
      );
      numbers.length = 0;
    },
  };
}

const block = createBlock('sequences', { n: uint32(), plain: sequence(), l: sequence() });

test.each([5, 1000, 90_000])('of %i texts those that come again are what they were', async (count) => {
  await store.command('TRUNCATE TABLE agentops.sequences');
  const texts = Array.from({ length: count }, (_, i) => ['', 'a', 'b', 'a', `text ${i % 1000}`, 'a'][i % 6]!);
  for (const text of texts) {
    const row = block.add();
    block.columns.n.set(row, row);
    block.columns.plain.set(row, text);
    block.columns.l.set(row, text);
  }
  await store.insert(block.take());
  const rows = await store.query('SELECT plain, l FROM agentops.sequences ORDER BY n');
  expect(rows).toEqual(texts.map((text) => ({ plain: text, l: text })));
  const [found] = await store.query<{ rows: number }>(
    "SELECT toUInt32(count()) AS rows FROM agentops.sequences WHERE l = 'a'",
  );
  expect(found!.rows).toBe(texts.filter((text) => text === 'a').length);
});
