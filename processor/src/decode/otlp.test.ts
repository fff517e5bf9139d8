import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Signal } from '../model.ts';
import { scanProtobuf } from '../receiver/scan-protobuf.ts';
import { type AttributeList, anyValue, type JsonValue, plainValue } from './attributes.ts';
import { createKeyTable } from './keys.ts';
import { logRequest, TYPES, traceRequest } from './otlp.case.ts';
import { createOtlpDecoder, type OtlpDecoder, readEvent } from './otlp.ts';
import { WireError } from './wire.ts';

/** Cases of each property; `FUZZ_RUNS=100000` searches for an hour, `FUZZ_SEED` repeats a search. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 0);
const SEED = process.env['FUZZ_SEED'];
const fuzz = (runs: number): { numRuns: number; seed?: number } => ({
  numRuns: RUNS || runs,
  ...(SEED !== undefined && { seed: Number(SEED) }),
});

/** Keys beginning so are collected, every second other one is known by name, the rest is nobody's. */
const PREFIX = 'a';

interface Item {
  readonly [field: string]: unknown;
  readonly attributes: readonly (readonly [key: string, value: JsonValue])[];
}

interface Reading {
  readonly items: Item[];
  readonly bad: string[];
  readonly scopes: string[];
}

describe('held against protobufjs', () => {
  test.each(['spans', 'logs'] as const)('any %s are read as they were written', (signal) => {
    fc.assert(
      fc.property(signal === 'spans' ? traceRequest : logRequest, (request) => {
        const body = encode(signal, request);
        const message = TYPES[signal].decode(body) as unknown as ReferenceRequest;
        const keys = knownKeys(message);
        expect(read(decoderOf(keys), keys, signal, body)).toEqual(reference(message, new Set(keys)));
        expect(scanProtobuf(body, signal).items).toBe(itemsOf(message).length);
      }),
      fuzz(40),
    );
  });
});

describe('broken bytes', () => {
  /** Positions and bytes that replace what stood there; the sizes are shares of the body's length. */
  const damage = fc.array(
    fc.record({
      kind: fc.constantFrom('flip', 'set', 'cut', 'insert', 'repeat', 'tag'),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      size: fc.nat(12),
      byte: fc.nat(255),
    }),
    { minLength: 1, maxLength: 4 },
  );

  test.each(['spans', 'logs'] as const)(
    '%s: nothing but WireError, and every item counted once',
    (signal) => {
      fc.assert(
        fc.property(signal === 'spans' ? traceRequest : logRequest, damage, (request, changes) => {
          const whole = encode(signal, request);
          const keys = knownKeys(TYPES[signal].decode(whole) as unknown as ReferenceRequest);
          expectSound(decoderOf(keys), keys, signal, changes.reduce(applyDamage, whole));
        }),
        fuzz(120),
      );
    },
  );

  test('bytes that were never a message', () => {
    const decoder = decoderOf([]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('spans', 'logs'), (body, signal) => {
        expectSound(decoder, [], signal as Signal, Buffer.from(body));
      }),
      fuzz(1000),
    );
  });

  test('a request cut anywhere is as broken as the door says', () => {
    const [request] = fc.sample(traceRequest, { numRuns: 1, seed: 5 });
    const body = encode('spans', request!);
    const decoder = decoderOf([]);
    for (let end = body.length; end > 0; end -= Math.ceil(body.length / 400)) {
      expectSound(decoder, [], 'spans', body.subarray(0, end));
    }
  });

  /** AnyValues whose payload is not what their field says. */
  test.each([
    ['a double without bytes', [0x22, 0x00]],
    ['a double as a number', [0x20, 0x01]],
    ['a whole number as bytes', [0x1a, 0x01, 0x05]],
    ['a text as a number', [0x08, 0x05]],
    ['a field number 0', [0x02, 0x00]],
    ['a list in a list that ends too early', [0x2a, 0x04, 0x0a, 0x7f, 0x22, 0x00]],
    ['a list of such a double', [0x2a, 0x04, 0x0a, 0x02, 0x22, 0x00]],
  ])('%s costs its item, not those around it', (_, value) => {
    const body = (broken: readonly number[]): Buffer =>
      message(
        0x0a,
        message(
          0x12,
          ...[[0x0a, 0x01, 0x73], broken, [0x0a, 0x01, 0x73]].map((bytes) => message(0x12, spanBytes(bytes))),
        ),
      );
    const { items, bad } = read(decoderOf(['key']), ['key'], 'spans', body(value));
    expect(items.map((item) => item.attributes)).toEqual([[['key', 's']], [['key', 's']]]);
    expect(bad).toHaveLength(1);
  });

  test('a value nested too deep costs its item; one in a resource its items; one in a scope nothing', () => {
    let deep: Buffer = Buffer.from([0x0a, 0x01, 0x73]);
    for (let i = 0; i < 1000; i++) deep = message(0x2a, message(0x0a, deep));
    const good = message(0x12, spanBytes([0x0a, 0x01, 0x73]));
    const attribute = keyValue(deep);
    const body = Buffer.concat([
      message(0x0a, message(0x12, message(0x12, spanBytes([...deep])), good)),
      message(0x0a, message(0x0a, message(0x0a, attribute)), message(0x12, good, good)),
      message(0x0a, message(0x12, message(0x0a, message(0x1a, attribute)), good)),
    ]);
    const { items, bad } = read(decoderOf(['key']), ['key'], 'spans', body);
    expect(items).toHaveLength(2);
    expect(bad).toEqual(new Array(3).fill('value nested deeper than 64'));
  });
});

/**
 * Whatever the bytes are: what is thrown is a WireError, every value of what was delivered can be asked for, and the
 * items delivered are those that the door counts (no more than those, if the request breaks off).
 */
function expectSound(decoder: OtlpDecoder, keys: readonly string[], signal: Signal, body: Buffer): void {
  const scan = scanProtobuf(body, signal);
  let seen = 0;
  let broke = false;
  try {
    read(decoder, keys, signal, body, () => seen++);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    broke = true;
  }
  if (scan.fault !== '') return;
  if (broke) expect(seen).toBeLessThanOrEqual(scan.items);
  else expect(seen).toBe(scan.items);
}

function message(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const keyValue = (value: Uint8Array): Buffer =>
  Buffer.concat([message(0x0a, Buffer.from('key')), message(0x12, Buffer.from(value))]);

/** A span with nothing but its ids and one attribute, `key`. */
const spanBytes = (value: readonly number[]): Buffer =>
  Buffer.concat([
    message(0x0a, Buffer.alloc(16, 1)),
    message(0x12, Buffer.alloc(8, 2)),
    message(0x4a, keyValue(Buffer.from(value))),
  ]);

type Damage = { kind: string; at: number; size: number; byte: number };

function applyDamage(body: Buffer, { kind, at, size, byte }: Damage): Buffer {
  const position = Math.floor(at * body.length);
  const before = body.subarray(0, position);
  const after = body.subarray(position);
  switch (kind) {
    case 'flip':
      return Buffer.concat([
        before,
        Buffer.from(after.subarray(0, 1).map((old) => old ^ (1 << (byte & 7)))),
        after.subarray(1),
      ]);
    case 'tag':
      // Another wire type under the same field number, if a tag stands here.
      return Buffer.concat([
        before,
        Buffer.from(after.subarray(0, 1).map((old) => (old & 0xf8) | (byte & 7))),
        after.subarray(1),
      ]);
    case 'set':
      return Buffer.concat([before, Buffer.from([byte]), after.subarray(1)]);
    case 'cut':
      return Buffer.concat([before, after.subarray(size)]);
    case 'insert':
      return Buffer.concat([before, Buffer.alloc(size, byte), after]);
    default:
      return Buffer.concat([before, after.subarray(0, size), after]);
  }
}

function decoderOf(keys: readonly string[]): OtlpDecoder {
  return createOtlpDecoder(createKeyTable(keys, [{ prefix: PREFIX, marks: 1, collect: true }]));
}

function encode(signal: Signal, request: object): Buffer {
  const type = TYPES[signal];
  const plain = JSON.parse(JSON.stringify(request), (key, inner) =>
    /(?:trace|span)Id$/i.test(key) ? Buffer.from(inner, 'hex').toString('base64') : inner,
  );
  return Buffer.from(type.encode(type.fromObject(plain)).finish());
}

/** All that our reader says of a request. */
function read(
  decoder: OtlpDecoder,
  keys: readonly string[],
  signal: Signal,
  body: Buffer,
  each: () => void = () => {},
): Reading {
  const table = createKeyTable(keys);
  const items: Item[] = [];
  const bad: string[] = [];
  const scopes: string[] = [];
  const attributes = (list: AttributeList): Item['attributes'] => {
    const out: [string, JsonValue][] = [];
    for (let i = 0; i < list.count; i++) {
      const value = plainValue(list.buf, list.types[i]!, list.starts[i]!, list.ends[i]!);
      out.push([table.keyOf(list.keys[i]!), value]);
    }
    for (const { key, type, start, end } of list.prefixed)
      out.push([key, plainValue(list.buf, type, start, end)]);
    return out;
  };
  const sink = {
    origin(
      _: Buffer,
      {
        resource,
        scopeName,
        scopeVersion,
      }: { resource: AttributeList; scopeName: string; scopeVersion: string },
    ) {
      scopes.push(JSON.stringify([scopeName, scopeVersion, attributes(resource)]));
    },
    bad(_: Buffer, reason: string) {
      each();
      bad.push(reason.replace(/ at byte \d+$/, ''));
    },
  };
  const count =
    signal === 'spans'
      ? decoder.traces(body, {
          ...sink,
          span(buf, span) {
            items.push({
              traceId: hexAt(buf, span.traceIdAt, 16),
              spanId: hexAt(buf, span.spanIdAt, 8),
              parentSpanId: hexAt(buf, span.parentIdAt, 8),
              traceState: span.traceState,
              name: buf.toString('utf8', span.nameStart, span.nameEnd),
              startedAt: timeAt(buf, span.startAt),
              endedAt: timeAt(buf, span.endAt),
              status: [span.statusCode, buf.toString('utf8', span.messageStart, span.messageEnd)],
              dropped: span.droppedAttributes,
              total: span.attributes.total,
              attributes: attributes(span.attributes),
              events: eventsOf(buf, span.events),
            });
            each();
          },
        })
      : decoder.logs(body, {
          ...sink,
          log(buf, log) {
            items.push({
              traceId: log.traceId,
              spanId: log.spanId,
              time: log.time,
              observedTime: log.observedTime,
              severity: log.severity,
              eventName: log.eventName,
              body: anyValue(buf, log.bodyStart, log.bodyEnd),
              dropped: log.droppedAttributes,
              total: log.attributes.total,
              attributes: attributes(log.attributes),
            });
            each();
          },
        });
  expect(count).toBe(items.length + bad.length);
  return { items, bad, scopes };
}

/** '' and 0 where nothing stands. */
const hexAt = (buf: Buffer, at: number, size: number): string =>
  at < 0 ? '' : buf.toString('hex', at, at + size);
const timeAt = (buf: Buffer, at: number): bigint => (at < 0 ? 0n : buf.readBigUInt64LE(at));

function eventsOf(buf: Buffer, ranges: readonly number[]): unknown[] {
  const out: unknown[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    const pairs: [string, JsonValue][] = [];
    const name = readEvent(buf, ranges[i]!, ranges[i + 1]!, (_, key, start, end) =>
      pairs.push([key, anyValue(buf, start, end)]),
    );
    out.push([name, pairs]);
  }
  return out;
}

/** Messages as protobufjs reads them: 64-bit numbers with a `toString`, bytes as buffers. */
interface ReferenceValue {
  readonly value?: string;
  readonly [field: string]: unknown;
}
type ReferencePair = { readonly key: string; readonly value?: ReferenceValue | null };
interface ReferenceItem {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly attributes: readonly ReferencePair[];
  readonly [field: string]: unknown;
}
interface ReferenceRequest {
  readonly [groups: string]: readonly {
    readonly resource: { readonly attributes: readonly ReferencePair[] };
    readonly [scopes: string]: unknown;
  }[];
}
type ReferenceScope = { readonly scope: { readonly name: string; readonly version: string } } & Record<
  string,
  readonly ReferenceItem[]
>;

function groupsOf(
  message: ReferenceRequest,
): { attributes: readonly ReferencePair[]; scopes: ReferenceScope[] }[] {
  const groups = message['resourceSpans'] ?? message['resourceLogs'] ?? [];
  return groups.map((group) => ({
    attributes: group.resource.attributes,
    scopes: (group['scopeSpans'] ?? group['scopeLogs']) as ReferenceScope[],
  }));
}

const itemsOfScope = (scope: ReferenceScope): readonly ReferenceItem[] =>
  scope['spans'] ?? scope['logRecords'] ?? [];

function itemsOf(message: ReferenceRequest): ReferenceItem[] {
  return groupsOf(message).flatMap(({ scopes }) => scopes.flatMap(itemsOfScope));
}

/** Every second key of those that no prefix collects, so that known and unknown ones stand side by side. */
function knownKeys(message: ReferenceRequest): string[] {
  const keys = groupsOf(message).flatMap(({ attributes, scopes }) => [
    ...attributes.map(({ key }) => key),
    ...scopes.flatMap((scope) =>
      itemsOfScope(scope).flatMap((item) => item.attributes.map(({ key }) => key)),
    ),
  ]);
  return [...new Set(keys)].filter((key, i) => i % 2 === 0 && key !== '');
}

function reference(message: ReferenceRequest, known: ReadonlySet<string>): Reading {
  const items: Item[] = [];
  const bad: string[] = [];
  const attributes = (pairs: readonly ReferencePair[]): Item['attributes'] => {
    const of = (wanted: (key: string) => boolean): [string, JsonValue][] =>
      pairs.filter(({ key }) => wanted(key)).map(({ key, value }) => [key, plainReference(value)]);
    return [...of((key) => known.has(key)), ...of((key) => !known.has(key) && key.startsWith(PREFIX))];
  };
  const scopes = groupsOf(message).flatMap((group) =>
    group.scopes.map(({ scope }) =>
      JSON.stringify([scope.name, scope.version, attributes(group.attributes)]),
    ),
  );
  for (const item of itemsOf(message)) {
    const problem = idProblem(item, 'startTimeUnixNano' in item);
    if (problem !== '') bad.push(problem);
    else items.push('startTimeUnixNano' in item ? spanOf(item, attributes) : logOf(item, attributes));
  }
  return { items, bad, scopes };
}

/** Generated ids have the right length or are missing; those of zeros are none. */
function idProblem({ traceId, spanId }: ReferenceItem, isSpan: boolean): string {
  if (traceId.length > 0 && isZero(traceId)) return 'trace id is all zeros';
  if (isSpan && isZero(spanId)) return 'span id is missing';
  return '';
}

const isZero = (id: Uint8Array): boolean => id.every((byte) => byte === 0);
const hexOf = (id: unknown): string => Buffer.from(id as Uint8Array).toString('hex');

type Attributes = (pairs: readonly ReferencePair[]) => Item['attributes'];

function spanOf(item: ReferenceItem, attributes: Attributes): Item {
  const status = item['status'] as { code: number; message: string } | null;
  const events = item['events'] as { name: string; attributes: ReferencePair[] }[];
  const parent = item['parentSpanId'] as Uint8Array;
  return {
    traceId: hexOf(item.traceId),
    spanId: hexOf(item.spanId),
    parentSpanId: isZero(parent) ? '' : hexOf(parent),
    traceState: item['traceState'],
    name: item['name'],
    startedAt: BigInt(String(item['startTimeUnixNano'])),
    endedAt: BigInt(String(item['endTimeUnixNano'])),
    status: [status?.code ?? 0, status?.message ?? ''],
    dropped: item['droppedAttributesCount'],
    total: item.attributes.length,
    attributes: attributes(item.attributes),
    events: events.map((event) => [
      event.name,
      event.attributes.map(({ key, value }) => [key, plainReference(value)]),
    ]),
  };
}

function logOf(item: ReferenceItem, attributes: Attributes): Item {
  return {
    traceId: hexOf(item.traceId),
    spanId: hexOf(item.spanId),
    time: BigInt(String(item['timeUnixNano'])),
    observedTime: BigInt(String(item['observedTimeUnixNano'])),
    severity: item['severityNumber'],
    eventName: item['eventName'],
    body: plainReference(item['body'] as ReferenceValue | null),
    dropped: item['droppedAttributesCount'],
    total: item.attributes.length,
    attributes: attributes(item.attributes),
  };
}

function plainReference(message: ReferenceValue | null | undefined): JsonValue {
  const kind = message?.value;
  if (message === null || message === undefined || kind === undefined) return null;
  const value = message[kind];
  switch (kind) {
    case 'intValue': {
      const int = BigInt(String(value));
      return BigInt.asIntN(54, int) === int && Number.isSafeInteger(Number(int)) ? Number(int) : String(int);
    }
    case 'doubleValue':
      return Number.isFinite(value) ? (value as number) : String(value);
    case 'bytesValue':
      return Buffer.from(value as Uint8Array).toString('base64');
    case 'arrayValue':
      return (value as { values: ReferenceValue[] }).values.map(plainReference);
    case 'kvlistValue':
      return Object.fromEntries(
        (value as { values: ReferencePair[] }).values.map((pair) => [pair.key, plainReference(pair.value)]),
      );
    default:
      return value as JsonValue;
  }
}
