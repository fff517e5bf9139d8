import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Root } from 'protobufjs';
import { afterEach, describe, expect, test } from 'vitest';
import { type Receiver, type ReceiverOptions, startReceiver } from './server.ts';

type Entry = Parameters<ReceiverOptions['append']>[0];

let receivers: Receiver[] = [];
afterEach(async () => {
  for (const receiver of receivers) await receiver.close();
  receivers = [];
});

async function start(
  options: Partial<ReceiverOptions> = {},
): Promise<{ receiver: Receiver; entries: Entry[] }> {
  const entries: Entry[] = [];
  const receiver = await startReceiver({
    port: 0,
    append: async (entry) => entries.push(entry),
    now: () => 1_750_000_000_000,
    ...options,
  });
  receivers.push(receiver);
  return { receiver, entries };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function exchange(
  receiver: Receiver,
  options: RequestOptions,
  send: (request: ClientRequest) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port: receiver.port, host: '127.0.0.1', ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) });
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    send(request);
  });
}

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/x-protobuf';

function post(
  receiver: Receiver,
  body: string | Buffer,
  headers: Record<string, string> = {},
  path = '/v1/traces',
): Promise<Answer> {
  const options = { method: 'POST', path, headers: { 'content-type': JSON_TYPE, ...headers } };
  return exchange(receiver, options, (request) => request.end(body));
}

const SPAN = { traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef', name: 'x' };
const traces = (...spans: unknown[]): string =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const logs = (...logRecords: unknown[]): string =>
  JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });

/** Two spans, the second with a trace id of 3 bytes. */
const PROTOBUF_TRACES = Buffer.from(
  `0a2d122b121c0a10${'01'.repeat(16)}1208${'02'.repeat(8)}120b0a03010203${'1204'}${'02'.repeat(4)}`,
  'hex',
);

const schema = Root.fromJSON({
  nested: {
    Status: { fields: { code: { type: 'int32', id: 1 }, message: { type: 'string', id: 2 } } },
    Partial: { fields: { rejected: { type: 'int64', id: 1 }, message: { type: 'string', id: 2 } } },
    Answer: { fields: { partialSuccess: { type: 'Partial', id: 1 } } },
  },
});
const decode = (type: string, body: Buffer): Record<string, unknown> =>
  schema.lookupType(type).toObject(schema.lookupType(type).decode(body), { longs: Number });

describe('what is accepted', () => {
  test('JSON spans and logs, with the bytes as they came', async () => {
    const { receiver, entries } = await start();
    const body = traces(SPAN, SPAN);
    const answer = await post(receiver, body);
    expect([answer.status, answer.headers['content-type'], answer.body.toString()]).toEqual([
      200,
      JSON_TYPE,
      '{}',
    ]);
    await post(receiver, logs({ body: { stringValue: 'x' } }), {}, '/v1/logs');
    expect(entries).toEqual([
      {
        signal: 'spans',
        encoding: 'json',
        body: Buffer.from(body),
        receivedAt: 1_750_000_000_000,
        counted: 2,
      },
      expect.objectContaining({ signal: 'logs', encoding: 'json', counted: 1 }),
    ]);
  });

  test('protobuf, answered in protobuf, an empty message when all is well', async () => {
    const { receiver, entries } = await start();
    const good = Buffer.from(PROTOBUF_TRACES.subarray(0, 34));
    good[1] = 32;
    good[3] = 30;
    const answer = await post(receiver, good, { 'content-type': PROTOBUF_TYPE });
    expect([answer.status, answer.headers['content-type'], answer.body.length]).toEqual([
      200,
      PROTOBUF_TYPE,
      0,
    ]);
    expect(entries[0]).toMatchObject({ encoding: 'protobuf', counted: 1 });
  });

  test('gzip is stored decompressed', async () => {
    const { receiver, entries } = await start();
    const answer = await post(receiver, gzipSync(traces(SPAN)), { 'content-encoding': 'gzip' });
    expect(answer.status).toBe(200);
    expect(entries[0]!.body.toString()).toBe(traces(SPAN));
  });

  test.each([
    ['an empty protobuf body', '', PROTOBUF_TYPE],
    ['an empty JSON object', '{}', JSON_TYPE],
    ['an empty list', '{"resourceSpans":[]}', `${JSON_TYPE}; charset=utf-8`],
  ])('%s is a fine request without items', async (_, body, type) => {
    const { receiver, entries } = await start();
    expect((await post(receiver, body, { 'content-type': type })).status).toBe(200);
    expect(entries).toEqual([]);
  });

  test('bad items are counted as rejected, and appended with the rest', async () => {
    const { receiver, entries } = await start();
    const json = await post(receiver, traces(SPAN, { ...SPAN, spanId: 'abc' }, null));
    expect(JSON.parse(json.body.toString())).toEqual({
      partialSuccess: { rejectedSpans: '2', errorMessage: '2 of 3 spans: span id of 3 hex digits' },
    });
    const protobuf = await post(receiver, PROTOBUF_TRACES, { 'content-type': PROTOBUF_TYPE });
    expect(decode('Answer', protobuf.body)).toEqual({
      partialSuccess: { rejected: 1, message: '1 of 2 spans: trace id of 3 bytes' },
    });
    expect(entries.map((entry) => entry.counted)).toEqual([3, 2]);
    expect(receiver.stats()).toMatchObject({
      items: { spans: 5 },
      rejected: { spans: 3 },
      responses: { 200: 2 },
    });
  });
});

describe('what is refused', () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  const ok = traces(SPAN);
  interface Case {
    readonly body?: string | Buffer;
    readonly headers?: Record<string, string>;
    readonly path?: string;
    readonly status: number;
    readonly code: number;
    readonly options?: Partial<ReceiverOptions>;
    readonly expectHeaders?: Record<string, string>;
  }
  const full = { append: () => Promise.reject(new Error('the log is full')), limits: { retryAfterS: 7 } };
  const small = { limits: { maxBodyBytes: 1000 } };
  test.each<[string, Case]>([
    ['JSON that is none', { body: '{"resourceSpans":[', status: 400, code: 3 }],
    ['JSON with a wrong structure', { body: '{"resourceSpans":{}}', status: 400, code: 3 }],
    ['JSON nested too deep', { body: `{"x":${deep}}`, status: 400, code: 3 }],
    [
      'protobuf that is none',
      { body: 'hello', headers: { 'content-type': PROTOBUF_TYPE }, status: 400, code: 3 },
    ],
    ['gzip that is none', { headers: { 'content-encoding': 'gzip' }, status: 400, code: 3 }],
    [
      'gzip cut short',
      { body: gzipSync(ok).subarray(0, -9), headers: { 'content-encoding': 'gzip' }, status: 400, code: 3 },
    ],
    [
      'no token',
      {
        options: { token: 's3cret' },
        status: 401,
        code: 16,
        expectHeaders: { 'www-authenticate': 'Bearer' },
      },
    ],
    [
      'a wrong token',
      { options: { token: 's3cret' }, headers: { authorization: 'Bearer s3cre' }, status: 401, code: 16 },
    ],
    ['a web page', { headers: { origin: 'http://localhost:3000' }, status: 403, code: 7 }],
    ['a foreign name for loopback', { headers: { host: 'evil.example:4318' }, status: 403, code: 7 }],
    ['metrics', { path: '/v1/metrics', status: 404, code: 12 }],
    ['another path', { path: '/', status: 404, code: 12 }],
    [
      'a body above the limit',
      { body: traces(SPAN, 'x'.repeat(1000)), options: small, status: 413, code: 8 },
    ],
    ['another media type', { headers: { 'content-type': 'text/plain' }, status: 415, code: 3 }],
    ['another compression', { headers: { 'content-encoding': 'br' }, status: 415, code: 3 }],
    [
      'what cannot be kept now',
      { options: full, status: 503, code: 14, expectHeaders: { 'retry-after': '7' } },
    ],
    [
      'more than fits into memory',
      {
        options: { limits: { maxInFlightBytes: 10 } },
        status: 503,
        code: 14,
        expectHeaders: { 'retry-after': '2' },
      },
    ],
  ])('%s', async (_, { body = ok, headers = {}, path, status, code, options = {}, expectHeaders = {} }) => {
    const { receiver, entries } = await start(options);
    const answer = await post(receiver, body, headers, path);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(expectHeaders);
    const isProtobuf = headers['content-type'] === PROTOBUF_TYPE;
    const told = isProtobuf ? decode('Status', answer.body) : JSON.parse(answer.body.toString());
    expect(told).toEqual({ code, message: expect.stringMatching(/./) });
    expect(answer.headers['content-type']).toBe(isProtobuf ? PROTOBUF_TYPE : JSON_TYPE);
    expect(entries).toEqual([]);
    expect(receiver.stats().inFlightBytes).toBe(0);
  });

  test('another method', async () => {
    const { receiver } = await start();
    const answer = await exchange(receiver, { path: '/v1/traces' }, (request) => request.end());
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
  });

  test('a gzip bomb, at the limit and not after it', async () => {
    const { receiver } = await start({ limits: { maxBodyBytes: 100_000 } });
    const before = process.memoryUsage().rss;
    const bomb = gzipSync(Buffer.alloc(100_000_000));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post(receiver, bomb, { 'content-encoding': 'gzip' })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(20).fill(413));
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
    expect((await post(receiver, ok)).status).toBe(200);
  });

  test('a large body still reads its answer', async () => {
    const { receiver } = await start({ token: 's3cret' });
    expect((await post(receiver, Buffer.alloc(5_000_000, 0x20))).status).toBe(401);
  });
});

describe('access', () => {
  test.each(['Bearer s3cret', 'bearer s3cret'])('lets %s in', async (authorization) => {
    const { receiver } = await start({ token: 's3cret' });
    expect((await post(receiver, traces(SPAN), { authorization })).status).toBe(200);
  });

  test.each(['localhost', 'localhost:4318', '127.0.0.1', '[::1]:4318', 'otel.internal:4318'])(
    'answers to the name %s',
    async (host) => {
      const { receiver } = await start({ allowedHosts: ['otel.internal'] });
      expect((await post(receiver, traces(SPAN), { host })).status).toBe(200);
    },
  );

  test('an open address needs a token', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toThrow('only with a token');
    await expect(start({ token: '' })).rejects.toThrow('empty');
    const { receiver } = await start({ host: '0.0.0.0', token: 's3cret' });
    expect(receiver.port).toBeGreaterThan(0);
  });
});

describe('connections', () => {
  test('what cannot be taken for now is refused with the reason, and taken again afterwards', async () => {
    let trouble: string | null = 'not processing: the disk is gone';
    const { receiver, entries } = await start({ unavailable: () => trouble });
    const refused = await post(receiver, traces(SPAN));
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '2']);
    expect(JSON.parse(refused.body.toString())).toEqual({ code: 14, message: trouble });
    const health = await exchange(receiver, { path: '/healthz' }, (request) => request.end());
    expect([health.status, health.body.toString()]).toEqual([503, `${trouble}\n`]);
    trouble = null;
    expect((await post(receiver, traces(SPAN))).status).toBe(200);
    expect(entries).toHaveLength(1);
  });

  test('healthz needs no token', async () => {
    const { receiver } = await start({ token: 's3cret' });
    const answer = await exchange(receiver, { path: '/healthz' }, (request) => request.end());
    expect([answer.status, answer.body.toString()]).toEqual([200, 'ok\n']);
  });

  test('a client that never finishes is let go', async () => {
    const { receiver, entries } = await start({ limits: { requestTimeoutMs: 200, headersTimeoutMs: 200 } });
    const socket = connect(receiver.port, '127.0.0.1');
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    );
    const heard = await new Promise<string>((resolve, reject) => {
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(heard).toMatch(/^(HTTP\/1.1 408 |$)/);
    expect([entries, receiver.stats().inFlightBytes]).toEqual([[], 0]);
  });

  test('a client that goes away mid-body leaves nothing behind', async () => {
    const { receiver, entries } = await start();
    for (const encoding of ['identity', 'gzip']) {
      const socket = connect(receiver.port, '127.0.0.1');
      const closed = new Promise((resolve) => socket.on('close', resolve));
      const head = `POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-encoding: ${encoding}\r\ncontent-length: 1000\r\n\r\n`;
      socket.write(Buffer.concat([Buffer.from(head), gzipSync('x'.repeat(1000))]), () => socket.destroy());
      await closed;
    }
    expect((await post(receiver, traces(SPAN))).status).toBe(200);
    expect(entries).toHaveLength(1);
    await expect.poll(() => receiver.stats().inFlightBytes).toBe(0);
  });

  test('closing answers what is under way', async () => {
    let store: (() => void) | null = null;
    const arrived = new Promise<void>((resolve) => {
      store = resolve;
    });
    let finish = (): void => {};
    const { receiver } = await start({
      append: () => {
        store!();
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      },
    });
    const answer = post(receiver, traces(SPAN), { connection: 'keep-alive' });
    await arrived;
    const closed = receiver.close();
    finish();
    expect((await answer).status).toBe(200);
    await closed;
    await expect(post(receiver, traces(SPAN))).rejects.toThrow('ECONNREFUSED');
    receivers = [];
  });
});
