import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceRecord } from '../model.ts';
import { bodies, describeStreamSource, drain } from './contract.case.ts';
import { type FileSource, type FileSourceOptions, openFileSource } from './file.ts';

let dir: string;
let opened: FileSource[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'file-source-'));
});
afterEach(async () => {
  for (const source of opened) await source.close();
  opened = [];
  await rm(dir, { recursive: true });
});

const NOW = 1_750_000_000_000;

async function start(
  content: Buffer | string,
  options: Partial<FileSourceOptions> = {},
): Promise<FileSource> {
  const path = join(dir, 'input');
  await writeFile(path, content);
  const source = await openFileSource(path, { dataDir: join(dir, 'data'), now: NOW, ...options });
  opened.push(source);
  return source;
}

async function read(
  content: Buffer | string,
  options: Partial<FileSourceOptions> = {},
): Promise<SourceRecord[]> {
  return (await drain(await start(content, options))).flatMap((chunk) => chunk.records);
}

const SPAN = {
  traceId: '0123456789abcdef0123456789abcdef',
  spanId: '0123456789abcdef',
  name: 'a "{quoted}"',
};
const TRACES = { resourceSpans: [{ scopeSpans: [{ spans: [SPAN, SPAN] }] }] };
const LOGS = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] }] };
const TRACES_LINE = JSON.stringify(TRACES);
const LOGS_LINE = JSON.stringify(LOGS);

const len = (field: number, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([field * 8 + 2, body.length]), body]);
};
const SPAN_BYTES = Buffer.concat([
  len(1, Buffer.alloc(16, 1)),
  len(2, Buffer.alloc(8, 2)),
  Buffer.from([0x39, 1, 2, 3, 4, 5, 6, 7, 8]),
]);
const LOG_BYTES = Buffer.from([0x09, 1, 2, 3, 4, 5, 6, 7, 8]);
const protobufRequest = (...items: Buffer[]): Buffer =>
  len(1, len(1), len(2, ...items.map((item) => len(2, item))));
const delimited = (body: Buffer): Buffer => {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(body.length);
  return Buffer.concat([prefix, body]);
};

describeStreamSource('a file', async () => {
  const home = await mkdtemp(join(tmpdir(), 'file-contract-'));
  const path = join(home, 'input.jsonl');
  const sources: FileSource[] = [];
  async function begin(): Promise<FileSource> {
    const source = await openFileSource(path, { dataDir: home, now: NOW + sources.length });
    sources.push(source);
    return source;
  }
  return {
    bounded: true,
    async open(texts) {
      await writeFile(path, texts.map((text) => `${text}\n`).join(''));
      return begin();
    },
    // A killed process closes nothing: the one before stays as it is.
    reopen: begin,
    async dispose() {
      for (const source of sources) await source.close();
      await rm(home, { recursive: true });
    },
  };
});

describe('forms', () => {
  const pretty = JSON.stringify(TRACES, null, 2);
  test.each<[string, Buffer | string, [string, string, number][]]>([
    [
      'JSON Lines',
      `${TRACES_LINE}\n${LOGS_LINE}\n`,
      [
        ['spans', 'json', 2],
        ['logs', 'json', 1],
      ],
    ],
    [
      'no line feed at the end, empty lines, CRLF',
      `\n${TRACES_LINE}\r\n\r\n${LOGS_LINE}`,
      [
        ['spans', 'json', 2],
        ['logs', 'json', 1],
      ],
    ],
    ['a byte order mark', `\ufeff${TRACES_LINE}\n`, [['spans', 'json', 2]]],
    ['a printed document', pretty, [['spans', 'json', 2]]],
    [
      'several printed documents',
      `${pretty}\n${pretty}\n`,
      [
        ['spans', 'json', 2],
        ['spans', 'json', 2],
      ],
    ],
    ['one protobuf request', protobufRequest(SPAN_BYTES, SPAN_BYTES), [['spans', 'protobuf', 2]]],
    ['protobuf logs', protobufRequest(LOG_BYTES), [['logs', 'protobuf', 1]]],
    [
      'protobuf behind lengths',
      Buffer.concat([
        delimited(protobufRequest(SPAN_BYTES)),
        delimited(protobufRequest(LOG_BYTES, LOG_BYTES)),
      ]),
      [
        ['spans', 'protobuf', 1],
        ['logs', 'protobuf', 2],
      ],
    ],
    ['nothing', '', []],
  ])('%s, plain and gzipped', async (_, content, expected) => {
    for (const input of [content, gzipSync(content)]) {
      const records = await read(input);
      expect(records.map((r) => [r.signal, r.encoding, r.counted])).toEqual(expected);
      expect(records.every((r) => r.fault === undefined)).toBe(true);
    }
  });

  test('gzip of several members is one stream', async () => {
    const content = Buffer.concat([gzipSync(`${TRACES_LINE}\n`), gzipSync(`${LOGS_LINE}\n`)]);
    expect(await read(content)).toHaveLength(2);
  });
});

describe('what is broken', () => {
  const long = JSON.stringify({ resourceSpans: [], pad: 'x'.repeat(3000) });
  test.each<[string, Buffer | string, string[]]>([
    ['a line cut short', `${TRACES_LINE.slice(0, 80)}\n${TRACES_LINE}\n`, ['not OTLP JSON: bad string', '']],
    ['no JSON', `hello\n${TRACES_LINE}\nworld\n`, ['not OTLP JSON', '', 'not OTLP JSON']],
    ['a line beyond the limit', `${TRACES_LINE}\n${long}\n${TRACES_LINE}\n`, ['', 'more than 1000', '']],
    ['metrics', `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{}]}]}]}\n${TRACES_LINE}`, ['metrics', '']],
    [
      'a length beyond the limit',
      Buffer.concat([delimited(Buffer.alloc(2000)), delimited(protobufRequest(SPAN_BYTES))]),
      ['more than 1000', ''],
    ],
    ['a request cut short', delimited(protobufRequest(SPAN_BYTES)).subarray(0, 30), ['file ends inside']],
    ['a length cut short', Buffer.from([0, 0]), ['file ends inside a length']],
    ['protobuf that is none', Buffer.from([0x0a, 0x05, 0x0a]), ['not OTLP protobuf']],
    ['a gzip cut short', gzipSync(`${TRACES_LINE}\n`.repeat(50)).subarray(0, -9), ['unexpected end of file']],
  ])('%s is reported and costs nothing else', async (_, content, faults) => {
    const records = await read(content, { maxRecordBytes: 1000 });
    const actual = records.map((r) => r.fault ?? '').slice(-faults.length);
    expect(actual).toHaveLength(faults.length);
    faults.forEach((fault, i) => {
      if (fault === '') expect(actual[i]).toBe('');
      else expect(actual[i]).toContain(fault);
    });
    for (const record of records) if (record.fault !== undefined) expect(record.counted).toBe(0);
  });
});

describe('passes', () => {
  const content = `${TRACES_LINE}\n${LOGS_LINE}\n${TRACES_LINE}\n`;

  async function finish(source: FileSource): Promise<void> {
    for (const chunk of await drain(source)) await source.commit(chunk.source, chunk.next);
    await source.close();
  }

  test('the same content is a new pass once the last one was finished', async () => {
    const first = await start(content);
    expect(first.name).toMatch(/^file:[0-9a-f]{16}:1$/);
    await finish(first);
    const second = await start(content, { now: NOW + 5 });
    expect([second.pass, second.name]).toEqual([2, first.name.replace(/1$/, '2')]);
    expect((await drain(second))[0]!.records[0]!.receivedAt).toBe(NOW + 5);
  });

  test('a pass that broke off goes on, at its own time', async () => {
    const first = await start(content);
    const chunk = (await first.poll({ maxBytes: 1, waitMs: 0 }))!;
    await first.commit(chunk.source, chunk.next);
    const second = await start(content, { now: NOW + 5 });
    expect(second.name).toBe(first.name);
    const records = (await drain(second)).flatMap((c) => c.records);
    expect(records.map((r) => [r.offset, r.receivedAt])).toEqual([
      [1, NOW],
      [2, NOW],
    ]);
  });

  test('an empty file finishes its pass', async () => {
    await finish(await start(''));
    expect((await start('')).pass).toBe(2);
  });

  test('another content is another source', async () => {
    const names = [(await start(content)).name, (await start(`${content} `)).name];
    expect(names[0]).not.toBe(names[1]);
  });

  test('tells how far it is', async () => {
    const source = await start(content);
    expect(source.progress()).toEqual({ read: 0, total: content.length });
    await drain(source);
    expect(source.progress()).toEqual({ read: content.length, total: content.length });
    expect(bodies(await drain(source))).toEqual([]);
  });
});
