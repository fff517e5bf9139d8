/**
 * Writes protobuf into one growing buffer. It shares no code with the product, whose readers it tests.
 * A message is begun with room for a length of one byte and moved on when it turns out longer: no object a field.
 */
export interface Writer {
  buf: Buffer;
  pos: number;
}

export function createWriter(size = 1 << 16): Writer {
  return { buf: Buffer.allocUnsafe(size), pos: 0 };
}

/** A copy of what was written; the writer begins anew. */
export function take(w: Writer): Buffer {
  const out = Buffer.from(w.buf.subarray(0, w.pos));
  w.pos = 0;
  return out;
}

/** The longest tag with the longest varint. */
const HEAD = 20;

function room(w: Writer, bytes: number): void {
  if (w.pos + bytes <= w.buf.length) return;
  const larger = Buffer.allocUnsafe(Math.max(w.buf.length * 2, w.pos + bytes));
  w.buf.copy(larger, 0, 0, w.pos);
  w.buf = larger;
}

function varint(w: Writer, value: number): void {
  let rest = value;
  while (rest > 0x7f) {
    w.buf[w.pos++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  w.buf[w.pos++] = rest;
}

/** `value`: 0 to 2^53 − 1. */
export function uint(w: Writer, field: number, value: number): void {
  room(w, HEAD);
  varint(w, field * 8);
  varint(w, value);
}

/** `value` as a signed 64-bit varint: negative numbers take ten bytes. */
export function int64(w: Writer, field: number, value: bigint | number): void {
  if (typeof value === 'number' && value >= 0) {
    uint(w, field, value);
    return;
  }
  room(w, HEAD);
  varint(w, field * 8);
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) w.buf[w.pos++] = Number(rest & 0x7fn) | 0x80;
  w.buf[w.pos++] = Number(rest);
}

export function fixed64(w: Writer, field: number, value: bigint): void {
  room(w, HEAD);
  varint(w, field * 8 + 1);
  w.pos = w.buf.writeBigUInt64LE(value, w.pos);
}

export function double(w: Writer, field: number, value: number): void {
  room(w, HEAD);
  varint(w, field * 8 + 1);
  w.pos = w.buf.writeDoubleLE(value, w.pos);
}

/** Text, as UTF-8, or bytes. */
export function bytes(w: Writer, field: number, value: string | Uint8Array): void {
  if (typeof value === 'string' && value.length < 128) {
    const start = open(w, field);
    room(w, value.length * 3);
    w.pos += writeText(w.buf, value, w.pos);
    close(w, start);
    return;
  }
  const length = typeof value === 'string' ? Buffer.byteLength(value) : value.length;
  room(w, HEAD + length);
  varint(w, field * 8 + 2);
  varint(w, length);
  if (typeof value === 'string') w.buf.write(value, w.pos);
  else w.buf.set(value, w.pos);
  w.pos += length;
}

/** Short ASCII, nearly all there is, without a call out of JavaScript. */
function writeText(buf: Buffer, text: string, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return buf.write(text, at);
    buf[at + i] = code;
  }
  return text.length;
}

/** Begins a nested message; {@link close} takes what this returns. */
export function open(w: Writer, field: number): number {
  room(w, HEAD);
  varint(w, field * 8 + 2);
  return ++w.pos;
}

export function close(w: Writer, start: number): void {
  const end = w.pos;
  let extra = 0;
  for (let rest = end - start; rest > 0x7f; rest = Math.floor(rest / 128)) extra++;
  if (extra > 0) {
    room(w, extra);
    w.buf.copyWithin(start + extra, start, end);
  }
  w.pos = start - 1;
  varint(w, end - start);
  w.pos = end + extra;
}
