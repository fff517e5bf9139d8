import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBlock } from './block.ts';
import { openEmbedded, type Store } from './client.ts';
import {
  dateTime64,
  dateTimeMs,
  float64,
  label,
  list,
  money,
  nullable,
  text,
  uint8,
  uint32,
  uint64,
} from './native.ts';

let dir: string;
let store: Store;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-test-'));
  store = openEmbedded(join(dir, 'db'));
  await store.command('CREATE DATABASE agentops');
  await store.command(
    `CREATE TABLE agentops.every (
      n UInt32, t String, l LowCardinality(String), plain String, u8 UInt8, u32 UInt32, u64 UInt64, f Float64,
      at DateTime64(9, 'UTC'), ms DateTime64(3, 'UTC'), m Nullable(Decimal(38, 12)), s Nullable(Float64),
      texts Array(String)
    ) ENGINE = MergeTree ORDER BY n`,
  );
});
afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

const block = createBlock('every', {
  n: uint32(),
  t: text(),
  l: label(),
  // A label sent to a column of plain text: the engine converts it.
  plain: label(),
  u8: uint8(),
  u32: uint32(),
  u64: uint64(),
  f: float64(),
  at: dateTime64(),
  ms: dateTimeMs(),
  m: money(),
  s: nullable(float64()),
  texts: list(text()),
});

interface Row {
  readonly t: string;
  readonly l: string;
  readonly u8: number;
  readonly u32: number;
  readonly u64: number;
  readonly f: number;
  readonly at: bigint;
  readonly ms: number;
  readonly m: bigint | number | null;
  readonly s: number | null;
  readonly texts: readonly string[];
}

async function throughTheEngine(rows: readonly Row[]): Promise<Record<string, unknown>[]> {
  await store.command('TRUNCATE TABLE agentops.every');
  const c = block.columns;
  for (const each of rows) {
    const row = block.add();
    c.n.set(row, row);
    c.t.set(row, each.t);
    c.l.set(row, each.l);
    c.plain.set(row, each.l);
    c.u8.set(row, each.u8);
    c.u32.set(row, each.u32);
    c.u64.set(row, each.u64);
    c.f.set(row, each.f);
    c.at.set(row, each.at);
    c.ms.set(row, each.ms);
    c.m.set(row, each.m);
    c.s.set(row, each.s);
    c.texts.set(row, each.texts);
  }
  const encoded = block.take();
  await store.insert(encoded);
  // The next rows stand where these stood.
  encoded.release();
  return store.query(
    `SELECT t, l, plain, u8, u32, u64, f, toString(toUnixTimestamp64Nano(at)) AS at,
       toString(toUnixTimestamp64Milli(ms)) AS ms, m, s, texts FROM agentops.every ORDER BY n`,
  );
}

/** As the engine's JSON says it: 64-bit integers and decimals in quotes. */
function written(row: Row): Record<string, unknown> {
  const { t, l, u8, u32, u64, f, at, ms, m, s, texts } = row;
  return { t, l, plain: l, u8, u32, u64: `${u64}`, f, at: `${at}`, ms: `${ms}`, m: decimal(m), s, texts };
}

function decimal(units: bigint | number | null): string | null {
  if (units === null) return null;
  const value = BigInt(units);
  const digits = (value < 0n ? -value : value).toString().padStart(13, '0');
  const fraction = digits.slice(-12).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -12)}${fraction === '' ? '' : `.${fraction}`}`;
}

const words = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  { weight: 4, arbitrary: fc.string({ maxLength: 40 }) },
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('経費精算', 'ü'.repeat(70), 'x'.repeat(127), 'x'.repeat(128), 'y'.repeat(20_000)),
);
const row: fc.Arbitrary<Row> = fc.record({
  t: words,
  l: words,
  u8: fc.nat(255),
  u32: fc.nat(2 ** 32 - 1),
  u64: fc.nat(Number.MAX_SAFE_INTEGER),
  f: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n)),
  at: fc.bigInt({ min: 0n, max: 2n ** 62n }),
  ms: fc.nat(4_102_444_800_000),
  m: fc.oneof(fc.constant(null), fc.maxSafeInteger(), fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n })),
  s: fc.oneof(fc.constant(null), fc.nat(1000)),
  texts: fc.array(words, { maxLength: 3 }),
});

test('what is set comes out of the engine as it went in, block after block', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 200 }), async (rows) => {
      expect(await throughTheEngine(rows)).toEqual(rows.map(written));
    }),
    { numRuns: 40 },
  );
}, 60_000);

const EMPTY: Row = {
  t: '',
  l: '',
  u8: 0,
  u32: 0,
  u64: 0,
  f: 0,
  at: 0n,
  ms: 0,
  m: null,
  s: null,
  texts: [],
};

test.each([1, 255, 256, 65_535, 70_000])(
  '%i distinct labels, and gaps of any length between texts',
  async (n) => {
    const rows = Array.from({ length: n }, (_, i) => ({
      ...EMPTY,
      l: `label ${i}`,
      t: i % 97 === 0 || i % 5000 > 4990 ? `text ${i}` : '',
    }));
    expect(await throughTheEngine(rows)).toEqual(rows.map(written));
  },
  60_000,
);

test('a column that nobody sets is full of defaults', async () => {
  expect(await throughTheEngine([EMPTY, EMPTY])).toEqual([written(EMPTY), written(EMPTY)]);
});
