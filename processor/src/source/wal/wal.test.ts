import { mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bodies, describeStreamSource, drain } from '../contract.case.ts';
import { HEADER_BYTES } from './frame.ts';
import { openWal, type Wal, type WalEntry, type WalOptions } from './wal.ts';
import { WalFullError } from './writer.ts';

let dir: string;
let open_: Wal[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wal-'));
});
afterEach(async () => {
  for (const wal of open_) await wal.close();
  open_ = [];
  await rm(dir, { recursive: true });
});

async function start(options: WalOptions = {}): Promise<Wal> {
  const wal = await openWal(dir, options);
  open_.push(wal);
  return wal;
}

function entry(text: string, counted = 1): WalEntry {
  return {
    signal: 'spans',
    encoding: 'json',
    body: Buffer.from(text),
    receivedAt: 1_750_000_000_000,
    counted,
  };
}

async function fill(wal: Wal, count: number, size = 100): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => wal.append(entry(`${i}`.padEnd(size, '.')))));
}

async function segmentFiles(): Promise<string[]> {
  return (await readdir(dir)).filter((name) => name.endsWith('.wal')).sort();
}

describeStreamSource('the write-ahead log', async () => {
  const home = await mkdtemp(join(tmpdir(), 'wal-contract-'));
  let wal: Wal;
  return {
    bounded: false,
    async open(texts) {
      wal = await openWal(home, { segmentBytes: 900 });
      for (const text of texts) await wal.append(entry(text));
      return wal.source();
    },
    async reopen() {
      await wal.close();
      wal = await openWal(home, { segmentBytes: 900 });
      return wal.source();
    },
    async dispose() {
      await wal.close();
      await rm(home, { recursive: true });
    },
  };
});

describe('appending', () => {
  test.each(['never', 'interval', 'always'] as const)(
    'gives offsets in order under fsync %s',
    async (fsync) => {
      const wal = await start({ fsync });
      expect(await fill(wal, 50)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    },
  );

  test('writes requests that come together in one go', async () => {
    const wal = await start({ fsync: 'always' });
    await fill(wal, 200);
    expect(wal.stats()).toMatchObject({ appended: 200, writes: 1, fsyncs: 1 });
  });

  test('keeps signal, encoding, time, count and bytes', async () => {
    const wal = await start();
    const body = Buffer.from([0, 255, 10, 13, 0x9f, 0x57, 0x52, 0x31]);
    const full: WalEntry = {
      signal: 'logs',
      encoding: 'protobuf',
      body,
      receivedAt: 1_750_000_000_123,
      counted: 70_000,
    };
    await wal.append(full);
    const [chunk] = await drain(wal.source());
    expect(chunk).toEqual({ source: 'otlp', next: 1, records: [{ ...full, offset: 0 }] });
  });

  test('wakes a reader that waits', async () => {
    const wal = await start();
    const polled = wal.source().poll({ maxBytes: 1000, waitMs: 30_000 });
    await wal.append(entry('late'));
    expect(bodies([(await polled)!])).toEqual(['late']);
  });

  test('refuses what does not fit, and takes it once there is room', async () => {
    const wal = await start({ maxBytes: 4_000, retentionMs: 0 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, () => wal.append(entry('x'.repeat(164)))),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(20);
    expect(refused[0]!.reason).toBeInstanceOf(WalFullError);
    const source = wal.source();
    const delivered = await drain(source);
    expect(bodies(delivered)).toHaveLength(20);
    await source.commit('otlp', delivered.at(-1)!.next);
    expect(await wal.append(entry('x'.repeat(164)))).toBe(20);
  });
});

describe('opening again', () => {
  test('offsets go on, also when their segments are gone', async () => {
    let wal = await start({ segmentBytes: 500, retentionMs: 0 });
    for (let i = 0; i < 20; i++) await fill(wal, 1);
    const source = wal.source();
    await source.commit('otlp', (await drain(source)).at(-1)!.next);
    expect((await segmentFiles()).length).toBe(1);
    await wal.close();
    wal = await start();
    expect(wal.stats()).toMatchObject({ nextOffset: 20, committed: 20 });
    expect(await wal.append(entry('next'))).toBe(20);
    expect(bodies(await drain(wal.source()))).toEqual(['next']);
  });

  test('keeps committed segments for the time asked for', async () => {
    let time = 1_750_000_000_000;
    const wal = await start({ segmentBytes: 500, retentionMs: 1_000, now: () => time });
    for (let i = 0; i < 10; i++) await fill(wal, 1);
    const source = wal.source();
    const { next } = (await drain(source)).at(-1)!;
    const before = (await segmentFiles()).length;
    await source.commit('otlp', next - 1);
    expect((await segmentFiles()).length).toBe(before);
    time += 2_000;
    await source.commit('otlp', next);
    expect((await segmentFiles()).length).toBe(1);
  });

  test.each(Array.from({ length: 12 }, (_, i) => i * 12 + 1))(
    'cuts a torn tail of %i bytes off, and only that',
    async (kept) => {
      let wal = await start();
      await fill(wal, 5);
      await wal.close();
      const path = join(dir, (await segmentFiles())[0]!);
      const record = HEADER_BYTES + 100;
      const all = await readFile(path);
      await writeFile(path, Buffer.concat([all, all.subarray(0, Math.min(kept, record - 1))]));
      wal = await start();
      expect(wal.stats()).toMatchObject({ nextOffset: 5, tornBytes: Math.min(kept, record - 1) });
      await wal.append(entry('after'));
      const records = (await drain(wal.source())).flatMap((chunk) => chunk.records);
      expect(records.map((r) => r.offset)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(records.every((r) => r.fault === undefined)).toBe(true);
    },
  );

  test('a commit file that cannot be read delivers everything again', async () => {
    let wal = await start();
    await fill(wal, 3);
    const source = wal.source();
    await source.commit('otlp', (await drain(source)).at(-1)!.next);
    await wal.close();
    await writeFile(join(dir, 'committed'), 'deadbeef {"next":3}\n');
    wal = await start();
    expect(bodies(await drain(wal.source()))).toHaveLength(3);
  });

  test('does not hand out an offset again after the machine went down', async () => {
    let wal = await start();
    await fill(wal, 3);
    await wal.close();
    const lock = (await readdir(dir)).find((name) => name.startsWith('lock.'))!;
    await writeFile(
      join(dir, lock),
      JSON.stringify({ pid: 1, started: '1', boot: 'an earlier one', note: '' }),
    );
    await truncate(join(dir, (await segmentFiles())[0]!), (HEADER_BYTES + 100) * 2);
    wal = await start();
    expect(wal.stats()).toMatchObject({ bootChanged: true, end: 2, committed: 0 });
    const source = wal.source();
    await source.commit('otlp', (await source.poll({ maxBytes: 1e6, waitMs: 0 }))!.next);
    // Nothing waits, although the next offset is far ahead.
    expect(wal.stats()).toMatchObject({ end: 2, committed: 2 });
    expect(await wal.append(entry('new'))).toBeGreaterThan(1_000_000);
    expect(bodies(await drain(wal.source()))).toEqual(['new']);
  });
});

describe('damage', () => {
  const record = HEADER_BYTES + 100;

  /** Overwrites bytes of the only segment. */
  async function damage(at: number, bytes: Buffer): Promise<void> {
    const file = await open(join(dir, (await segmentFiles())[0]!), 'r+');
    await file.write(bytes, 0, bytes.length, at);
    await file.close();
  }

  test.each([
    ['a body', record * 2 + HEADER_BYTES + 50, 'x', 'checksum'],
    ['a header', record * 2 + 9, '\xff\xff', 'header'],
    ['the very first header', 3, 'x', 'header'],
    ['a length', record * 2 + 4, '\xff\xff\xff\xff', 'header'],
  ])('in %s costs that record and is reported', async (_, at, bytes, reason) => {
    let wal = await start();
    await fill(wal, 6);
    await wal.close();
    await damage(at, Buffer.from(bytes, 'latin1'));
    wal = await start();
    const records = (await drain(wal.source(), 150)).flatMap((chunk) => chunk.records);
    expect(records.map((r) => r.offset)).toEqual([0, 1, 2, 3, 4, 5]);
    const hit = Math.floor(at / record);
    expect(records.map((r) => (r.fault ?? '') !== '')).toEqual([0, 1, 2, 3, 4, 5].map((i) => i === hit));
    expect(records[hit]!.fault).toContain(reason);
  });

  test('over several records is one report, and the rest goes on', async () => {
    let wal = await start();
    await fill(wal, 6);
    await wal.close();
    await damage(record + 10, Buffer.alloc(record * 2));
    wal = await start();
    const records = (await drain(wal.source())).flatMap((chunk) => chunk.records);
    expect(records.filter((r) => r.fault !== undefined)).toHaveLength(1);
    expect(records.filter((r) => r.fault === undefined).map((r) => r.offset)).toEqual([0, 4, 5]);
  });
});

test('one directory, one process', async () => {
  await start({ note: 'http://localhost:9999' });
  await expect(openWal(dir)).rejects.toThrow(`in use by process ${process.pid} (http://localhost:9999)`);
});
