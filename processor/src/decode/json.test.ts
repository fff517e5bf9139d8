import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import Long from 'long';
import protobuf, { type Type } from 'protobufjs';
import { describe, expect, test } from 'vitest';
import type { Signal } from '../model.ts';
import { transcodeJson } from './json.ts';

// The test runner's resolve conditions hide it from protobufjs, which would read 64-bit integers as doubles.
protobuf.util.Long = Long;
protobuf.configure();

/** opentelemetry-proto v1, the messages that spans and log records are made of. */
const { root } = protobuf.parse(`syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3;
  double double_value = 4; ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4;
  uint32 dropped_attributes_count = 5; fixed32 flags = 6; }
message Status { string message = 2; int32 code = 3; }
message Span { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
  int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
  uint32 dropped_attributes_count = 10; repeated Event events = 11; uint32 dropped_events_count = 12;
  repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15; fixed32 flags = 16; }
message LogRecord { fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7; fixed32 flags = 8; bytes trace_id = 9;
  bytes span_id = 10; fixed64 observed_time_unix_nano = 11; string event_name = 12; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message Traces { repeated ResourceSpans resource_spans = 1; }
message Logs { repeated ResourceLogs resource_logs = 1; }`);
const TYPES: Record<Signal, Type> = { spans: root.lookupType('Traces'), logs: root.lookupType('Logs') };

/** protobufjs's reading of a body, in the form that OTLP JSON has: hex ids, 64-bit integers as text. */
function decode(signal: Signal, body: Uint8Array): unknown {
  const plain = TYPES[signal].toObject(TYPES[signal].decode(body), {
    longs: String,
    bytes: String,
    json: true,
  });
  return JSON.parse(JSON.stringify(plain), (key, value) =>
    /(?:trace|span)Id$/i.test(key) ? Buffer.from(value, 'base64').toString('hex') : value,
  );
}

/** The same request as protobufjs writes it: fields of default value do not come back from either. */
const reference = (signal: Signal, value: object): unknown => {
  const type = TYPES[signal];
  const bytes = JSON.parse(JSON.stringify(value), (key, inner) =>
    /(?:trace|span)Id$/i.test(key) ? Buffer.from(inner, 'hex').toString('base64') : inner,
  );
  return decode(signal, type.encode(type.fromObject(bytes)).finish());
};

const transcode = (signal: Signal, value: unknown): ReturnType<typeof transcodeJson> =>
  transcodeJson(signal, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
const traces = (...spans: unknown[]): unknown => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const SPAN = { traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef', name: 'x' };
/** The spans of a request with one scope. */
function spansOf(body: Uint8Array): unknown[] {
  type Request = { resourceSpans: [{ scopeSpans: [{ spans?: unknown[] }] }] };
  return (decode('spans', body) as Request).resourceSpans[0].scopeSpans[0].spans ?? [];
}

const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((raw) => Buffer.from(raw).toString('hex'));
const text = fc.oneof(
  { arbitrary: fc.string({ unit: 'grapheme' }), weight: 5 },
  fc.string({ minLength: 120, maxLength: 140 }),
);
const time = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const uint32 = fc.nat(2 ** 31 - 1);
const { value: anyValue } = fc.letrec<{ value: object; list: object[]; pairs: object[] }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ stringValue: text }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) }),
    fc.record({
      doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n)),
    }),
    fc.record({
      bytesValue: fc.uint8Array({ minLength: 1 }).map((raw) => Buffer.from(raw).toString('base64')),
    }),
    fc.record({ arrayValue: fc.record({ values: tie('list') }) }),
    fc.record({ kvlistValue: fc.record({ values: tie('pairs') }) }),
  ),
  list: fc.array(tie('value'), { minLength: 1, maxLength: 4 }),
  pairs: fc.array(fc.record({ key: text, value: tie('value') }), { minLength: 1, maxLength: 4 }),
}));
const attributes = fc.array(fc.record({ key: text, value: anyValue }), { minLength: 1, maxLength: 5 });
const event = fc.record({ timeUnixNano: time, name: text, attributes, droppedAttributesCount: uint32 });
const link = fc.record({ traceId: hex(16), spanId: hex(8), traceState: text, attributes, flags: uint32 });
const span = fc.record(
  {
    traceId: hex(16),
    spanId: hex(8),
    parentSpanId: hex(8),
    traceState: text,
    name: text,
    kind: fc.nat(5),
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes,
    droppedAttributesCount: uint32,
    events: fc.array(event, { minLength: 1, maxLength: 3 }),
    droppedEventsCount: uint32,
    links: fc.array(link, { minLength: 1, maxLength: 2 }),
    droppedLinksCount: uint32,
    status: fc.record({ code: fc.nat(2), message: text }),
    flags: uint32,
  },
  { requiredKeys: ['traceId', 'spanId'] },
);
const log = fc.record(
  {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: fc.nat(24),
    severityText: text,
    body: anyValue,
    attributes,
    traceId: hex(16),
    spanId: hex(8),
    flags: uint32,
    eventName: text,
  },
  { requiredKeys: ['severityText'] },
);
const resource = fc.record({ attributes, droppedAttributesCount: uint32 });
const scope = fc.record({ name: text, version: text, attributes });
const items = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { minLength: 1, maxLength: 4 });
const traceRequest = fc.record({
  resourceSpans: items(fc.record({ resource, scopeSpans: items(fc.record({ scope, spans: items(span) })) })),
});
const logRequest = fc.record({
  resourceLogs: items(
    fc.record({ resource, scopeLogs: items(fc.record({ scope, logRecords: items(log) })) }),
  ),
});

/** Object keys in any order: the order of fields must not matter. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCased(inner),
    ]),
  );
}

describe('held against protobufjs', () => {
  test.each([
    ['spans', traceRequest],
    ['logs', logRequest],
  ] as const)('any %s come out as they went in', (signal, request) => {
    fc.assert(
      fc.property(request as fc.Arbitrary<object>, (value) => {
        const { body, bad } = transcode(signal, value);
        const expected = reference(signal, value);
        expect(bad).toEqual([]);
        expect(decode(signal, body)).toEqual(expected);
        expect(decode(signal, transcode(signal, reversed(value)).body)).toEqual(expected);
        expect(decode(signal, transcode(signal, snakeCased(value)).body)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test("the SDK's JSON becomes the SDK's protobuf", () => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const tracer = provider.getTracer('test', '1.2.3');
    for (let i = 0; i < 5; i++) {
      const open = tracer.startSpan(`span ${i}`, {
        kind: 2,
        attributes: { a: 1, b: [1.5, 2], c: ['x'], d: false, e: 'ü' },
      });
      open.addEvent('happened', { n: 2 ** 40 });
      open.setStatus({ code: 2, message: 'failed' });
      open.end();
    }
    const spans = exporter.getFinishedSpans();
    const { body, bad } = transcodeJson('spans', JsonTraceSerializer.serializeRequest(spans)!);
    expect(bad).toEqual([]);
    expect(decode('spans', body)).toEqual(decode('spans', ProtobufTraceSerializer.serializeRequest(spans)!));
  });
});

/** What is left of doubles after {@link decode}, which goes through JSON. */
const JSON_DOUBLE: Record<string, unknown> = {
  NaN: 'NaN',
  Infinity: 'Infinity',
  '-Infinity': '-Infinity',
  '1.5': 1.5,
};

describe('numbers', () => {
  const big = '1795000006123456789';
  test.each([
    `"${big}"`,
    big,
    '1795000006.123456789e9',
    '"1.795000006123456789e18"',
    '1.795000006123456789E+18',
  ])('the time %s keeps all digits', (written) => {
    const json = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"at:${big}, [${big}] \\"${big}","startTimeUnixNano":${written},
        "attributes":[{"key":"n","value":{"intValue":${written}}},{"key":"d","value":{"doubleValue":0.10000000000000000555}}]}]}]}]}`;
    expect(spansOf(transcode('spans', json).body)[0]).toEqual({
      name: `at:${big}, [${big}] "${big}`,
      startTimeUnixNano: big,
      attributes: [
        { key: 'n', value: { intValue: big } },
        { key: 'd', value: { doubleValue: 0.1 } },
      ],
    });
  });

  test('doubles that JSON has no number for', () => {
    const values = ['NaN', 'Infinity', '-Infinity', '1.5'].map((doubleValue) => ({
      key: 'd',
      value: { doubleValue },
    }));
    const { body } = transcode('spans', traces({ ...SPAN, attributes: values }));
    expect(spansOf(body)).toEqual([
      {
        ...SPAN,
        attributes: values.map(({ value }) => ({
          key: 'd',
          value: { doubleValue: JSON_DOUBLE[value.doubleValue] },
        })),
      },
    ]);
  });
});

describe('leniency', () => {
  test.each<[string, object, object]>([
    [
      'enum names',
      { kind: 'SPAN_KIND_CLIENT', status: { code: 'STATUS_CODE_ERROR' } },
      { kind: 3, status: { code: 2 } },
    ],
    ['ids in upper case', { parentSpanId: 'ABCDEF0123456789' }, { parentSpanId: 'abcdef0123456789' }],
    ['ids of another length', { parentSpanId: 'abcd' }, { parentSpanId: 'abcd' }],
    ['unknown fields', { color: { a: [1] }, __proto__x: 1 }, {}],
    ['null for nothing', { attributes: null, status: null, kind: null }, {}],
    ['an attribute without value', { attributes: [{ key: 'a' }] }, { attributes: [{ key: 'a' }] }],
    [
      'base64 for URLs',
      { attributes: [{ key: 'a', value: { bytesValue: '-_8' } }] },
      { attributes: [{ key: 'a', value: { bytesValue: '+/8=' } }] },
    ],
  ])('takes %s', (_, fields, expected) => {
    const { body, bad } = transcode('spans', traces({ ...SPAN, ...fields }));
    expect(bad).toEqual([]);
    expect(spansOf(body)).toEqual([{ ...SPAN, ...expected }]);
  });

  test('an unpaired surrogate becomes a replacement character', () => {
    const { body } = transcode(
      'spans',
      `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a\\ud800b"}]}]}]}`,
    );
    expect(spansOf(body)).toEqual([{ name: 'a\ufffdb' }]);
  });

  test('a severity by name', () => {
    const body = {
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityNumber: 'SEVERITY_NUMBER_WARN2' }] }] }],
    };
    expect(decode('logs', transcode('logs', body).body)).toEqual({
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityNumber: 14 }] }] }],
    });
  });
});

describe('what is wrong', () => {
  const nested = (levels: number): object => {
    let value: object = { stringValue: 'x' };
    for (let i = 1; i < levels; i++) value = { arrayValue: { values: [value] } };
    return value;
  };
  const attribute = (value: unknown): object => ({ attributes: [{ key: 'a', value }] });

  test.each<[unknown, string]>([
    [5, 'is no object'],
    [null, 'is no object'],
    [[SPAN], 'is no object'],
    [{ name: 5 }, 'name is no string'],
    [{ traceId: 'xyz' }, 'traceId is no hexadecimal id'],
    [{ startTimeUnixNano: -1 }, 'startTimeUnixNano is no unsigned 64-bit integer'],
    [{ startTimeUnixNano: '18446744073709551616' }, 'startTimeUnixNano is no unsigned 64-bit integer'],
    [{ endTimeUnixNano: 1.5 }, 'endTimeUnixNano is no unsigned 64-bit integer'],
    [{ kind: 'CLIENT' }, 'kind is no value of its enum'],
    [{ flags: 2 ** 32 }, 'flags is no unsigned 32-bit integer'],
    [{ attributes: {} }, 'attributes is no list'],
    [attribute('bare'), 'attributes.value is no object'],
    [attribute({ intValue: '9223372036854775808' }), 'attributes.value.intValue is no 64-bit integer'],
    [attribute({ intValue: '1e-1' }), 'attributes.value.intValue is no 64-bit integer'],
    [attribute({ boolValue: 'true' }), 'attributes.value.boolValue is no boolean'],
    [attribute({ doubleValue: 'much' }), 'attributes.value.doubleValue is no number'],
    [attribute({ bytesValue: '***' }), 'attributes.value.bytesValue is no base64'],
    [{ events: [{ name: [] }] }, 'events.name is no string'],
    [attribute(nested(65)), 'is nested deeper than 64'],
  ])('%j costs its span only', (broken, reason) => {
    const { body, bad } = transcode('spans', traces(SPAN, broken, SPAN));
    expect(bad).toEqual([{ index: 1, reason: expect.stringContaining(reason) }]);
    expect(spansOf(body)).toEqual([SPAN, SPAN]);
  });

  test('a value of 64 levels is fine, one of 1,000 costs its span', () => {
    expect(transcode('spans', traces({ ...SPAN, ...attribute(nested(64)) })).bad).toEqual([]);
    const { body, bad } = transcode('spans', traces(SPAN, { ...SPAN, ...attribute(nested(1000)) }));
    expect([bad.length, spansOf(body)]).toEqual([1, [SPAN]]);
  });

  test('a resource or scope costs its own items', () => {
    const broken = { attributes: 'x' };
    const request = {
      resourceSpans: [
        { resource: broken, scopeSpans: [{ spans: [SPAN, SPAN] }] },
        { scopeSpans: [{ scope: broken, spans: [SPAN] }, { spans: [SPAN] }] },
      ],
    };
    expect(transcode('spans', request).bad).toEqual([
      { index: 0, reason: 'resource: attributes is no list' },
      { index: 1, reason: 'resource: attributes is no list' },
      { index: 2, reason: 'scope: attributes is no list' },
    ]);
  });

  test.each([
    '',
    '{',
    '[]',
    '5',
    '{"resourceSpans":{}}',
    '{"resourceSpans":[5]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":1}]}]}',
  ])('%j is no request', (body) => {
    expect(() => transcode('spans', body)).toThrow(SyntaxError);
  });

  test('no JSON whatever throws anything else', () => {
    const shaped = fc.oneof(
      fc.jsonValue(),
      fc.jsonValue().map((value) => traces(SPAN, value)),
      fc.jsonValue().map((value) => traces({ ...SPAN, attributes: value })),
      fc
        .tuple(fc.constantFrom('resourceSpans', 'scopeSpans', 'spans', 'events'), fc.jsonValue())
        .map(([key, value]) => ({ [key]: value })),
    );
    fc.assert(
      fc.property(shaped, (value) => {
        try {
          const { body } = transcode('spans', value);
          TYPES.spans.decode(body);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
