/** A growing buffer of protobuf; every function below appends one field to it. */
export interface Writer {
  buf: Buffer;
  pos: number;
}

export function createWriter(size: number): Writer {
  return { buf: Buffer.allocUnsafe(size), pos: 0 };
}

function ensure(w: Writer, bytes: number): void {
  if (w.pos + bytes <= w.buf.length) return;
  const larger = Buffer.allocUnsafe(Math.max(w.buf.length * 2, w.pos + bytes));
  w.buf.copy(larger, 0, 0, w.pos);
  w.buf = larger;
}

/** Longest tag and length together. */
const PREFIX = 10;

function writeVarint(w: Writer, value: number): void {
  let rest = value;
  while (rest > 0x7f) {
    w.buf[w.pos++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  w.buf[w.pos++] = rest;
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** `value`: an integer from 0 to 2^53 − 1. */
export function writeUint(w: Writer, field: number, value: number): void {
  ensure(w, 2 * PREFIX);
  writeVarint(w, field * 8);
  writeVarint(w, value);
}

/** `value` as a signed 64-bit varint. */
export function writeInt64(w: Writer, field: number, value: bigint): void {
  ensure(w, 2 * PREFIX);
  writeVarint(w, field * 8);
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    w.buf[w.pos++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  w.buf[w.pos++] = Number(rest);
}

export function writeFixed64(w: Writer, field: number, value: bigint): void {
  ensure(w, PREFIX + 8);
  writeVarint(w, field * 8 + 1);
  w.pos = w.buf.writeBigUInt64LE(value, w.pos);
}

export function writeDouble(w: Writer, field: number, value: number): void {
  ensure(w, PREFIX + 8);
  writeVarint(w, field * 8 + 1);
  w.pos = w.buf.writeDoubleLE(value, w.pos);
}

export function writeFixed32(w: Writer, field: number, value: number): void {
  ensure(w, PREFIX + 4);
  writeVarint(w, field * 8 + 5);
  w.pos = w.buf.writeUInt32LE(value, w.pos);
}

/** UTF-8; an unpaired surrogate becomes U+FFFD. */
export function writeString(w: Writer, field: number, value: string): void {
  writeEncoded(w, field, value, 'utf8', value.length * 3);
}

/** Bytes given as hexadecimal or base64 text, which must be valid. */
export function writeBytes(w: Writer, field: number, value: string, encoding: 'hex' | 'base64'): void {
  writeEncoded(w, field, value, encoding, value.length);
}

function writeEncoded(w: Writer, field: number, value: string, encoding: BufferEncoding, most: number): void {
  ensure(w, PREFIX + most);
  writeVarint(w, field * 8 + 2);
  // The text's own length nearly always takes as many bytes to write as that of its encoding.
  const guess = varintSize(value.length);
  const start = w.pos + guess;
  const length = w.buf.write(value, start, encoding);
  const size = varintSize(length);
  if (size !== guess) w.buf.copyWithin(w.pos + size, start, start + length);
  writeVarint(w, length);
  w.pos += length;
}

/** Begins a nested message; {@link endMessage} takes what this returns. */
export function beginMessage(w: Writer, field: number): number {
  ensure(w, PREFIX);
  writeVarint(w, field * 8 + 2);
  return ++w.pos;
}

/** One byte was left for the length: moves the content on if it needs more. */
export function endMessage(w: Writer, start: number): void {
  const length = w.pos - start;
  const size = varintSize(length);
  if (size > 1) {
    ensure(w, size);
    w.buf.copyWithin(start + size - 1, start, w.pos);
  }
  w.pos = start - 1;
  writeVarint(w, length);
  w.pos += length;
}
