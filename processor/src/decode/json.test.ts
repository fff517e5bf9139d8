import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Signal } from '../model.ts';
import { transcodeJson } from './json.ts';
import { logRequest, TYPES, traceRequest } from './otlp.case.ts';

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
    expect(bad[0]!.reason).toMatch(/^attributes\.value\.[\w.]*\.…\w+ is nested deeper than 64$/);
    expect(bad[0]!.reason.length).toBeLessThan(200);
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
