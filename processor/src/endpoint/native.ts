import { failure } from './failure.ts';

/**
 * ClickHouse's Native format for clients that name a revision of the protocol (`client_protocol_version`, as
 * clickhouse-go and clickhouse-connect do): before each block its info, after each type whether it is serialized in a
 * custom way. The embedded engine writes revision 0, which has neither; so the bytes of every column are found by its type
 * (ClickHouse, `src/Formats/NativeWriter.cpp`).
 */
const REVISION_OF_CUSTOM_SERIALIZATION = 54_454;
/** Field 1: no overflow rows; field 2: bucket −1; end. */
const BLOCK_INFO = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0]);
const NOT_CUSTOM = Buffer.from([0]);

/** A block is not here as a whole yet. */
const SHORT = Symbol('short');

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/** Re-frames the blocks that stand whole at the beginning; `rest` waits for more. */
export function reframe(bytes: Buffer, revision: number): { readonly out: Buffer; readonly rest: Buffer } {
  const parts: Uint8Array[] = [];
  const cursor: Cursor = { bytes, at: 0 };
  let done = 0;
  try {
    while (cursor.at < bytes.length) {
      const block = readBlock(cursor, revision);
      parts.push(...block);
      done = cursor.at;
    }
  } catch (error) {
    if (error !== SHORT) throw error;
  }
  return { out: Buffer.concat(parts), rest: bytes.subarray(done) };
}

function readBlock(cursor: Cursor, revision: number): Uint8Array[] {
  const { bytes } = cursor;
  const parts: Uint8Array[] = [BLOCK_INFO];
  const start = cursor.at;
  const columns = varint(cursor);
  const rows = varint(cursor);
  parts.push(bytes.subarray(start, cursor.at));
  for (let i = 0; i < columns; i++) {
    const from = cursor.at;
    skip(cursor, varint(cursor));
    const type = text(cursor);
    parts.push(bytes.subarray(from, cursor.at));
    if (revision >= REVISION_OF_CUSTOM_SERIALIZATION) parts.push(NOT_CUSTOM);
    const data = cursor.at;
    if (rows > 0) {
      const parsed = parseType(type);
      skipPrefix(cursor, parsed);
      skipValues(cursor, parsed, rows);
    }
    parts.push(bytes.subarray(data, cursor.at));
  }
  return parts;
}

function skip(cursor: Cursor, size: number): void {
  cursor.at += size;
  if (cursor.at > cursor.bytes.length) throw SHORT;
}

function varint(cursor: Cursor): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) throw SHORT;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
}

function u64(cursor: Cursor): number {
  const from = cursor.at;
  skip(cursor, 8);
  return Number(cursor.bytes.readBigUInt64LE(from));
}

function text(cursor: Cursor): string {
  const size = varint(cursor);
  const from = cursor.at;
  skip(cursor, size);
  return cursor.bytes.toString('utf8', from, cursor.at);
}

type Type =
  | { readonly kind: 'fixed'; readonly size: number }
  | { readonly kind: 'string' }
  | { readonly kind: 'nullable' | 'array' | 'dictionary'; readonly of: Type }
  | { readonly kind: 'tuple'; readonly of: readonly Type[] };

const SIZES: Readonly<Record<string, number>> = {
  Bool: 1,
  Int8: 1,
  UInt8: 1,
  Enum8: 1,
  Nothing: 1,
  Int16: 2,
  UInt16: 2,
  Enum16: 2,
  Date: 2,
  BFloat16: 2,
  Int32: 4,
  UInt32: 4,
  Float32: 4,
  Date32: 4,
  DateTime: 4,
  IPv4: 4,
  Time: 4,
  Decimal32: 4,
  Int64: 8,
  UInt64: 8,
  Float64: 8,
  DateTime64: 8,
  Time64: 8,
  Decimal64: 8,
  Int128: 16,
  UInt128: 16,
  UUID: 16,
  IPv6: 16,
  Decimal128: 16,
  Int256: 32,
  UInt256: 32,
  Decimal256: 32,
};

const POINT: Type = {
  kind: 'tuple',
  of: [
    { kind: 'fixed', size: 8 },
    { kind: 'fixed', size: 8 },
  ],
};
const arrayOf = (of: Type): Type => ({ kind: 'array', of });
const GEO: Readonly<Record<string, Type>> = {
  Point: POINT,
  Ring: arrayOf(POINT),
  LineString: arrayOf(POINT),
  MultiLineString: arrayOf(arrayOf(POINT)),
  Polygon: arrayOf(arrayOf(POINT)),
  MultiPolygon: arrayOf(arrayOf(arrayOf(POINT))),
};

const TYPES = new Map<string, Type>();

function parseType(name: string): Type {
  let type = TYPES.get(name);
  if (type === undefined) {
    type = typeOf(name);
    if (TYPES.size > 10_000) TYPES.clear();
    TYPES.set(name, type);
  }
  return type;
}

function typeOf(name: string): Type {
  const open = name.indexOf('(');
  const family = open < 0 ? name : name.slice(0, open);
  const inside = open < 0 ? [] : splitArguments(name.slice(open + 1, -1));
  const inner = (i = 0): Type => parseType(inside[i] ?? '');
  if (family === 'String') return { kind: 'string' };
  if (family === 'FixedString') return { kind: 'fixed', size: Number(inside[0]) };
  if (family === 'Decimal') return { kind: 'fixed', size: decimalSize(Number(inside[0])) };
  if (family === 'Nullable') return { kind: 'nullable', of: inner() };
  if (family === 'Array') return { kind: 'array', of: inner() };
  if (family === 'LowCardinality') return { kind: 'dictionary', of: withoutNull(inner()) };
  if (family === 'SimpleAggregateFunction') return inner(1);
  if (family === 'Tuple')
    return { kind: 'tuple', of: inside.map((element) => parseType(withoutName(element))) };
  if (family === 'Nested')
    return arrayOf({ kind: 'tuple', of: inside.map((element) => parseType(withoutName(element))) });
  if (family === 'Map') return arrayOf({ kind: 'tuple', of: [inner(0), inner(1)] });
  if (family.startsWith('Interval')) return { kind: 'fixed', size: 8 };
  const geo = GEO[family];
  if (geo !== undefined) return geo;
  const size = SIZES[family];
  if (size !== undefined) return { kind: 'fixed', size };
  throw failure(
    'NOT_IMPLEMENTED',
    `columns of type ${name} are not sent in the Native format with client_protocol_version: cast them to String`,
  );
}

function withoutNull(type: Type): Type {
  return type.kind === 'nullable' ? type.of : type;
}

function decimalSize(precision: number): number {
  return precision <= 9 ? 4 : precision <= 18 ? 8 : precision <= 38 ? 16 : 32;
}

/** An element of a tuple may have a name before its type. */
function withoutName(element: string): string {
  const named = /^(?:`(?:[^`\\]|\\.)*`|[A-Za-z_]\w*) +(?=[A-Za-z])/.exec(element);
  return named === null ? element : element.slice(named[0].length);
}

function splitArguments(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  let quote = '';
  for (let i = 0; i < list.length; i++) {
    const sign = list[i]!;
    if (quote !== '') {
      if (sign === '\\') i++;
      else if (sign === quote) quote = '';
    } else if (sign === "'" || sign === '`') quote = sign;
    else if (sign === '(') depth++;
    else if (sign === ')') depth--;
    else if (sign === ',' && depth === 0) {
      parts.push(list.slice(from, i).trim());
      from = i + 1;
    }
  }
  parts.push(list.slice(from).trim());
  return parts;
}

/** What a column's types write once, before all values. */
function skipPrefix(cursor: Cursor, type: Type): void {
  if (type.kind === 'dictionary') skip(cursor, 8);
  else if (type.kind === 'tuple') for (const element of type.of) skipPrefix(cursor, element);
  else if (type.kind === 'array' || type.kind === 'nullable') skipPrefix(cursor, type.of);
}

function skipValues(cursor: Cursor, type: Type, rows: number): void {
  if (rows === 0) return;
  if (type.kind === 'fixed') skip(cursor, type.size * rows);
  else if (type.kind === 'string') {
    for (let i = 0; i < rows; i++) skip(cursor, varint(cursor));
  } else if (type.kind === 'nullable') {
    skip(cursor, rows);
    skipValues(cursor, type.of, rows);
  } else if (type.kind === 'array') {
    skip(cursor, 8 * (rows - 1));
    skipValues(cursor, type.of, u64(cursor));
  } else if (type.kind === 'tuple') {
    if (type.of.length === 0) skip(cursor, rows);
    for (const element of type.of) skipValues(cursor, element, rows);
  } else {
    const indexSize = 1 << (u64(cursor) & 0xff);
    skipValues(cursor, type.of, u64(cursor));
    skip(cursor, indexSize * u64(cursor));
  }
}
