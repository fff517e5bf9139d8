import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_JSON_NESTING, walkJson } from './json-walk.ts';
import { countItems, scanRequest } from './scan.ts';

const TRACE_ID = '0123456789abcdef0123456789abcdef';
const SPAN_ID = '0123456789abcdef';
const SPAN = { traceId: TRACE_ID, spanId: SPAN_ID };

const json = (value: unknown): Buffer =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const traces = (...spans: unknown[]): unknown => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const logs = (...logRecords: unknown[]): unknown => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });

describe('JSON', () => {
  test('counts items over all resources and scopes, wherever keys stand', () => {
    const scope = {
      spans: [SPAN, SPAN],
      scope: { name: 'spans', attributes: [{ key: 'spans', value: {} }] },
    };
    const body = {
      extra: { resourceSpans: [{ scopeSpans: [{ spans: [SPAN] }] }] },
      resourceSpans: [
        { scopeSpans: [scope, { spans: [] }, scope], resource: { attributes: [] } },
        { scopeSpans: [scope] },
        {},
      ],
    };
    expect(scanRequest('spans', 'json', json(body))).toEqual({
      signal: 'spans',
      items: 6,
      bad: 0,
      reason: '',
      fault: '',
    });
  });

  test.each([
    [traces(SPAN), 'spans', 1],
    [logs({}, {}), 'logs', 2],
    [
      { resource_spans: [{ scope_spans: [{ spans: [{ trace_id: TRACE_ID, span_id: SPAN_ID }] }] }] },
      'spans',
      1,
    ],
    ['{"\\u0072esourceSpans":[{"scopeSpans":[{"spans":[]}]}]}', 'spans', 0],
    [{ resourceMetrics: [{ scopeMetrics: [{ metrics: [{}] }] }] }, 'metrics', 1],
    [{}, null, 0],
  ] as const)('finds out what %j holds', (body, signal, items) => {
    expect(scanRequest(null, 'json', json(body))).toMatchObject({ signal, items, bad: 0, fault: '' });
  });

  test('another signal than asked for is an unknown field', () => {
    expect(scanRequest('spans', 'json', json(logs({})))).toMatchObject({ items: 0, fault: '' });
  });

  const nested = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}0${'}'.repeat(levels)}`);
  test.each<[unknown, string]>([
    [null, 'not an object'],
    ['text', 'not an object'],
    [[], 'not an object'],
    [{}, 'trace id is missing'],
    [{ traceId: TRACE_ID }, 'span id is missing'],
    [{ ...SPAN, traceId: 'abc' }, 'trace id of 3 hex digits'],
    [{ ...SPAN, spanId: `${SPAN_ID}00` }, 'span id of 18 hex digits'],
    [{ ...SPAN, traceId: 'g'.repeat(32) }, 'trace id is not hexadecimal'],
    [{ ...SPAN, traceId: '0'.repeat(32) }, 'trace id is all zeros'],
    [{ ...SPAN, spanId: 5 }, 'span id is no string'],
    [{ ...SPAN, spanId: [SPAN_ID] }, 'span id is no string'],
    [{ ...SPAN, parentSpanId: 'ab' }, 'parent id of 2 hex digits'],
    [{ ...SPAN, attributes: nested(300) }, 'nested deeper than 256'],
  ])('the span %j is bad, its neighbours are not', (span, reason) => {
    const scan = scanRequest('spans', 'json', json(traces(SPAN, span, SPAN)));
    expect(scan).toEqual({ signal: 'spans', items: 3, bad: 1, reason, fault: '' });
  });

  test.each([
    [SPAN],
    [{ ...SPAN, parentSpanId: '' }],
    [{ ...SPAN, traceId: TRACE_ID.toUpperCase(), x: nested(200) }],
  ])('the span %j is good', (span) => {
    expect(scanRequest('spans', 'json', json(traces(span)))).toMatchObject({ items: 1, bad: 0 });
  });

  test('a log record needs no ids, but whole ones', () => {
    const scan = scanRequest('logs', 'json', json(logs({}, { traceId: '', spanId: '' }, { traceId: 'ab' })));
    expect(scan).toMatchObject({ items: 3, bad: 1, reason: 'trace id of 2 hex digits' });
  });

  test.each([
    '[]',
    '5',
    '{"resourceSpans":{}}',
    '{"resourceSpans":[5]}',
    '{"resourceSpans":[{"scopeSpans":"x"}]}',
  ])('%s is no request', (body) => {
    expect(scanRequest('spans', 'json', json(body)).fault).toMatch(/^not OTLP JSON: .+ at byte \d+$/);
  });

  const silent = { key() {}, open: () => '', close() {}, scalar: () => '' };
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };

  test('takes exactly the texts that JSON.parse takes', () => {
    const broken = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '"', ',', ':', '{', ']', '\\', '0', '-', 'e', '.', 'null', '\\u12', '\n', ' '),
      )
      .map(([text, at, piece]) => {
        const cut = at % (text.length + 1);
        return text.slice(0, cut) + piece + text.slice(cut + (at % 3));
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), broken, fc.string()), (text) => {
        fc.pre(!text.includes('\ufeff'));
        expect(walkJson(Buffer.from(text), silent) === '').toBe(parses(text));
      }),
      { numRuns: 3000 },
    );
  });

  test('bounds the nesting', () => {
    const lists = (n: number): Buffer => Buffer.from('['.repeat(n) + ']'.repeat(n));
    expect(walkJson(lists(MAX_JSON_NESTING), silent)).toBe('');
    expect(walkJson(lists(MAX_JSON_NESTING + 1), silent)).toMatch('nested deeper');
  });
});

describe('protobuf', () => {
  const field = (number: number, content: Buffer | string): Buffer => {
    const bytes = Buffer.from(content as string);
    const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
    return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), bytes]);
  };
  const request = (...items: Buffer[]): Buffer =>
    field(1, Buffer.concat([field(1, ''), field(2, Buffer.concat(items.map((item) => field(2, item))))]));
  const trace = field(1, Buffer.alloc(16, 1));
  const id = field(2, Buffer.alloc(8, 1));
  const start = Buffer.from([0x39, 0, 0, 0, 0, 0, 0, 0, 0]);
  const span = Buffer.concat([trace, id, start]);

  test('counts items over all resources and scopes', () => {
    const body = Buffer.concat([request(span, span), request(), request(span)]);
    expect(scanRequest('spans', 'protobuf', body)).toEqual({
      signal: 'spans',
      items: 3,
      bad: 0,
      reason: '',
      fault: '',
    });
  });

  test.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'trace id of 0 bytes'],
    ['a short trace id', Buffer.concat([field(1, 'abc'), id]), 'trace id of 3 bytes'],
    ['a long span id', Buffer.concat([trace, field(2, Buffer.alloc(9, 1))]), 'span id of 9 bytes'],
    ['a zero trace id', Buffer.concat([field(1, Buffer.alloc(16)), id]), 'trace id is all zeros'],
    ['a zero span id', Buffer.concat([trace, field(2, Buffer.alloc(8))]), 'span id is all zeros'],
    ['a short parent', Buffer.concat([span, field(4, 'abc')]), 'parent span id of 3 bytes'],
    ['a number for an id', Buffer.concat([id, Buffer.from([0x08, 5])]), 'id in field 1 is not bytes'],
    [
      'a field that leaves it',
      Buffer.concat([span, Buffer.from([0x2a, 9, 1])]),
      'field 5 leaves its message',
    ],
    ['a group', Buffer.concat([span, Buffer.from([0x2b])]), 'wire type 3'],
    ['an endless number', Buffer.concat([span, Buffer.alloc(12, 0xff)]), 'number longer than 10 bytes'],
  ])('a span with %s is bad, its neighbours are not', (_, broken, reason) => {
    const scan = scanRequest('spans', 'protobuf', request(span, broken, span));
    expect(scan).toMatchObject({ items: 3, bad: 1, fault: '' });
    expect(scan.reason).toContain(reason);
  });

  test.each<[string, Buffer, string | null]>([
    ['a span', request(span), 'spans'],
    ['a span without times', request(Buffer.concat([trace, id])), 'spans'],
    ['a log record', request(Buffer.from([0x59, 0, 0, 0, 0, 0, 0, 0, 1])), 'logs'],
    ['a metric', request(Buffer.concat([field(1, 'requests'), field(7, '')])), 'metrics'],
    ['no item', request(), null],
  ])('tells %s', (_, body, signal) => {
    expect(scanRequest(null, 'protobuf', body).signal).toBe(signal);
  });

  test('no bytes whatever make it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(), (noise, at) => {
        const body = Buffer.concat([request(span), request(span, span)]);
        Buffer.from(noise).copy(body, at % body.length);
        const scan = scanRequest('spans', 'protobuf', body);
        expect(countItems('spans', 'protobuf', body)).toBe(scan.items);
        expect(scan.items).toBeGreaterThanOrEqual(scan.bad);
        expect(scan.fault === '' || scan.items === 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
