import { type AttributeList, addAttribute, VALUE, WIRE_TYPES } from './attributes.ts';
import type { KeyTable } from './keys.ts';
import { expectWireType, type Reader, readLength, readVarint, skipField, utf8 } from './wire.ts';

const MAX_PREFIXED = 4096;

/**
 * Reads the KeyValue message in `[pos, end)` into `list`. Nearly all are a key and a simple value, which are read without a
 * loop, in either order: SDKs write the key first, the Collector writes every message from its end. Any other form that
 * protobuf allows goes the general way.
 */
export function readKeyValue(list: AttributeList, pos: number, end: number, keys: KeyTable): void {
  const { buf } = list;
  let at = pos + 2;
  let length = buf[pos + 1]!;
  if (buf[pos] === KEY) {
    // The value's own length is needless where the message ends with it.
    const keyEnd = at + length;
    if (length < 0x80 && keyEnd + 3 < end && buf[keyEnd] === ANY_VALUE) {
      at = keyEnd + 1;
      length = buf[at++]!;
      if (length >= 0x80) length = (length & 0x7f) | (buf[at++]! << 7);
      if (length < 0x4000 && at + length === end && takeSimple(list, keys, pos + 2, keyEnd, at, end)) return;
    }
  } else if (buf[pos] === ANY_VALUE) {
    if (length >= 0x80) length = (length & 0x7f) | (buf[at++]! << 7);
    const valueEnd = at + length;
    const keyStart = valueEnd + 2;
    // Where the key ends the message, too, its length is that of a single byte.
    if (length < 0x4000 && length > 0 && keyStart <= end && buf[valueEnd] === KEY) {
      const ends = buf[valueEnd + 1]! < 0x80 && keyStart + buf[valueEnd + 1]! === end;
      if (ends && takeSimple(list, keys, keyStart, end, at, valueEnd)) return;
    }
  }
  readAnyKeyValue({ buf, pos }, end, list, keys);
}

/** Tags of its fields. */
const KEY = 0x0a;
const ANY_VALUE = 0x12;

/** Takes the AnyValue message in `[pos, end)` if it is a text, an array, a number, and nothing else. */
function takeSimple(
  list: AttributeList,
  keys: KeyTable,
  keyStart: number,
  keyEnd: number,
  pos: number,
  end: number,
): boolean {
  const { buf } = list;
  const tag = buf[pos]!;
  let at = pos + 1;
  if (tag === 0x0a || tag === 0x2a) {
    let size = buf[at++]!;
    if (size >= 0x80) size = (size & 0x7f) | (buf[at++]! << 7);
    if (size >= 0x4000 || at + size !== end) return false;
    take(list, keys, keyStart, keyEnd, tag >> 3, at, end);
    return true;
  }
  if (tag === 0x18 && end - at <= 4 && isVarint(buf, at, end)) {
    take(list, keys, keyStart, keyEnd, VALUE.int, at, end);
    return true;
  }
  if (tag === 0x21 && end - at === 8) {
    take(list, keys, keyStart, keyEnd, VALUE.double, at, end);
    return true;
  }
  return false;
}

/** One varint, and nothing behind it. */
function isVarint(buf: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end - 1; i++) if (buf[i]! < 0x80) return false;
  return end > start && buf[end - 1]! < 0x80;
}

function readAnyKeyValue(r: Reader, end: number, list: AttributeList, keys: KeyTable): void {
  const { buf } = r;
  let keyStart = 0;
  let keyEnd = 0;
  let type = 0;
  let start = 0;
  let stop = 0;
  while (r.pos < end) {
    const tag = buf[r.pos]!;
    if (tag === 0x0a) {
      r.pos++;
      keyEnd = readLength(r, end);
      keyStart = r.pos;
      r.pos = keyEnd;
    } else if (tag === 0x12) {
      r.pos++;
      const valueEnd = readLength(r, end);
      if (r.pos < valueEnd) {
        const valueTag = readVarint(r, valueEnd);
        type = valueTag >>> 3;
        const wireType = valueTag & 7;
        if (type > 7) {
          type = VALUE.empty;
        } else {
          expectWireType(wireType, WIRE_TYPES[type]!, type, r.pos);
          if (wireType === 2) {
            stop = readLength(r, valueEnd);
            start = r.pos;
          } else {
            start = r.pos;
            skipField(r, wireType, valueEnd);
            stop = r.pos;
          }
        }
      }
      r.pos = valueEnd;
    } else {
      const other = readVarint(r, end);
      skipField(r, other & 7, end);
    }
  }
  take(list, keys, keyStart, keyEnd, type, start, stop);
}

function take(
  list: AttributeList,
  keys: KeyTable,
  keyStart: number,
  keyEnd: number,
  type: number,
  start: number,
  end: number,
): void {
  const { buf } = list;
  list.total++;
  const key = keys.find(buf, list.view, keyStart, keyEnd, list.last ?? keys.start);
  list.last = key;
  if (key.id !== 0) {
    addAttribute(list, key.id, type, start, end);
    return;
  }
  list.marks |= key.marks;
  if (key.collected && list.prefixed.length < MAX_PREFIXED) {
    list.prefixed.push({ key: utf8(buf, keyStart, keyEnd), type, start, end });
  }
}
