import type { Key } from './keys.ts';
import {
  expectWireType,
  type Reader,
  readInt64,
  readLength,
  readVarint,
  skipField,
  utf8,
  type ViewedReader,
  WireError,
} from './wire.ts';

/** The kinds of an OTLP AnyValue, by field number; 0 is an empty value. */
export const VALUE = {
  empty: 0,
  string: 1,
  bool: 2,
  int: 3,
  double: 4,
  array: 5,
  kvlist: 6,
  bytes: 7,
} as const;

/** The wire type of each kind; there is no field 0. */
export const WIRE_TYPES = [-1, 2, 0, 0, 1, 2, 2, 2] as const;

export const MAX_DEPTH = 64;

/**
 * The attributes of the item being read: parallel arrays that the next item overwrites. Only where a value stands is
 * kept; it is decoded when a dialect asks for it.
 */
export interface AttributeList {
  buf: Buffer;
  /** Of `buf`. */
  view: DataView;
  /** All that were sent, known or not. */
  total: number;
  /** Those with a known key: the valid length of the arrays below. */
  count: number;
  keys: Int32Array;
  types: Uint8Array;
  /** Key and type of each in one number: {@link codeOf}. What they make together is the item's shape. */
  codes: Int32Array;
  starts: Int32Array;
  ends: Int32Array;
  /** Keys that nobody knows by name but whose prefix a dialect collects. */
  prefixed: PrefixedAttribute[];
  /** Marks of the prefixes that unknown keys began with, or-ed. */
  marks: number;
  /** Of the codes, in their order. */
  hash: number;
  /** The key that came last; null before the first. */
  last: Key | null;
}

export interface PrefixedAttribute {
  readonly key: string;
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

export function createAttributeList(): AttributeList {
  return {
    buf: Buffer.alloc(0),
    view: new DataView(new ArrayBuffer(0)),
    total: 0,
    count: 0,
    keys: new Int32Array(64),
    types: new Uint8Array(64),
    codes: new Int32Array(64),
    starts: new Int32Array(64),
    ends: new Int32Array(64),
    prefixed: [],
    marks: 0,
    hash: 0,
    last: null,
  };
}

export function resetAttributes(list: AttributeList, { buf, view }: ViewedReader): void {
  list.buf = buf;
  list.view = view;
  list.total = 0;
  list.count = 0;
  list.marks = 0;
  list.hash = 0;
  list.last = null;
  if (list.prefixed.length > 0) list.prefixed = [];
}

/** Adds an attribute that did not come as a KeyValue of the item itself (an event's). */
export function addAttribute(
  list: AttributeList,
  key: number,
  type: number,
  start: number,
  end: number,
): void {
  const i = list.count;
  if (i === list.keys.length) grow(list);
  const code = codeOf(key, type, start, end);
  list.codes[i] = code;
  list.hash = Math.imul(list.hash ^ code, 0x01000193);
  list.keys[i] = key;
  list.types[i] = type;
  list.starts[i] = start;
  list.ends[i] = end;
  list.count = i + 1;
}

/** An empty text says nothing, like a value that is missing. */
function codeOf(key: number, type: number, start: number, end: number): number {
  return (key << 3) | (type === VALUE.string && start === end ? VALUE.empty : type);
}

function grow(list: AttributeList): void {
  const size = list.keys.length * 2;
  const keys = new Int32Array(size);
  keys.set(list.keys);
  const codes = new Int32Array(size);
  codes.set(list.codes);
  const types = new Uint8Array(size);
  types.set(list.types);
  const starts = new Int32Array(size);
  starts.set(list.starts);
  const ends = new Int32Array(size);
  ends.set(list.ends);
  list.keys = keys;
  list.types = types;
  list.codes = codes;
  list.starts = starts;
  list.ends = ends;
}

/** A value as text: scalars as they print, arrays and maps as JSON. */
export function valueText(buf: Buffer, type: number, start: number, end: number): string {
  if (type === VALUE.string) return utf8(buf, start, end);
  const value = plainValue(buf, type, start, end);
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A value as a finite number, from any of the forms that emitters use; NaN when it is none. */
export function valueNumber(buf: Buffer, type: number, start: number, end: number): number {
  if (type === VALUE.int) {
    // Small varints are the rule: token counts and durations.
    if (end - start <= 4) {
      let n = 0;
      for (let i = end - 1; i >= start; i--) n = n * 128 + (buf[i]! & 0x7f);
      return n;
    }
    return Number(readInt64({ buf, pos: start }, end));
  }
  if (type === VALUE.double) return buf.readDoubleLE(start);
  if (type === VALUE.string && end > start) return Number(utf8(buf, start, end));
  return Number.NaN;
}

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Any value as plain data; integers beyond 2^53 as decimal strings. Throws {@link WireError} beyond {@link MAX_DEPTH}. */
export function plainValue(buf: Buffer, type: number, start: number, end: number, depth = 0): JsonValue {
  if (depth > MAX_DEPTH) throw new WireError(`value nested deeper than ${MAX_DEPTH}`, start);
  switch (type) {
    case VALUE.string:
      return utf8(buf, start, end);
    case VALUE.bool:
      return end > start && buf[start] !== 0;
    case VALUE.int: {
      const value = readInt64({ buf, pos: start }, end);
      return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value.toString();
    }
    case VALUE.double: {
      const value = buf.readDoubleLE(start);
      return Number.isFinite(value) ? value : String(value);
    }
    case VALUE.bytes:
      return buf.toString('base64', start, end);
    case VALUE.array: {
      const out: JsonValue[] = [];
      eachField(buf, start, end, 1, (s, e) => out.push(anyValue(buf, s, e, depth + 1)));
      return out;
    }
    case VALUE.kvlist: {
      const out: { [key: string]: JsonValue } = {};
      eachField(buf, start, end, 1, (s, e) => {
        let key = '';
        let value: JsonValue = null;
        eachField(buf, s, e, 1, (ks, ke) => {
          key = utf8(buf, ks, ke);
        });
        eachField(buf, s, e, 2, (vs, ve) => {
          value = anyValue(buf, vs, ve, depth + 1);
        });
        Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true });
      });
      return out;
    }
    default:
      return null;
  }
}

/** Where the payload of the AnyValue message in `[start, end)` stands. Throws {@link WireError} when it is none. */
export function locateValue(
  buf: Buffer,
  start: number,
  end: number,
): { type: number; start: number; end: number } {
  if (start >= end) return { type: VALUE.empty, start, end: start };
  const r: Reader = { buf, pos: start };
  const tag = readVarint(r, end);
  const type = tag >>> 3;
  if (type > 7) return { type: VALUE.empty, start, end: start };
  expectWireType(tag & 7, WIRE_TYPES[type]!, type, start);
  if ((tag & 7) === 2) {
    const stop = readLength(r, end);
    return { type, start: r.pos, end: stop };
  }
  const at = r.pos;
  skipField(r, tag & 7, end);
  return { type, start: at, end: r.pos };
}

/** The AnyValue message in `[start, end)`. */
export function anyValue(buf: Buffer, start: number, end: number, depth = 0): JsonValue {
  const value = locateValue(buf, start, end);
  return plainValue(buf, value.type, value.start, value.end, depth);
}

function eachField(
  buf: Buffer,
  start: number,
  end: number,
  field: number,
  each: (s: number, e: number) => void,
): void {
  const r: Reader = { buf, pos: start };
  while (r.pos < end) {
    const tag = readVarint(r, end);
    if (tag >>> 3 === field && (tag & 7) === 2) {
      const stop = readLength(r, end);
      each(r.pos, stop);
      r.pos = stop;
    } else {
      skipField(r, tag & 7, end);
    }
  }
}
