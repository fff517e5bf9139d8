/** A growing buffer. */
export interface Bytes {
  buf: Buffer;
  /** Of the same memory. */
  view: DataView;
  pos: number;
}

export function createBytes(size = 1 << 12): Bytes {
  const buf = Buffer.allocUnsafe(size);
  return { buf, view: viewOf(buf), pos: 0 };
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

export function reserve(out: Bytes, size: number): void {
  if (out.pos + size <= out.buf.length) return;
  const next = Buffer.allocUnsafe(Math.max(out.buf.length * 2, out.pos + size));
  out.buf.copy(next, 0, 0, out.pos);
  out.buf = next;
  out.view = viewOf(next);
}

export function pushVarint(out: Bytes, value: number): void {
  reserve(out, 10);
  if (value < 0x80) {
    out.buf[out.pos++] = value;
    return;
  }
  let rest = value;
  while (rest >= 0x80) {
    out.buf[out.pos++] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 128);
  }
  out.buf[out.pos++] = rest;
}

export function pushText(out: Bytes, value: string): void {
  const { length } = value;
  reserve(out, length * 3 + 5);
  if (length < SHORT) {
    // Short ASCII, nearly all there is, without leaving JavaScript.
    const { buf, pos } = out;
    buf[pos] = length;
    let i = 0;
    for (; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) break;
      buf[pos + 1 + i] = code;
    }
    if (i === length) {
      out.pos = pos + 1 + length;
      return;
    }
  }
  if (length < ONE_BYTE) {
    const size = out.buf.utf8Write(value, out.pos + 1, length * 3);
    if (size < ONE_BYTE) {
      out.buf[out.pos] = size;
      out.pos += size + 1;
      return;
    }
  }
  const size = Buffer.byteLength(value);
  pushVarint(out, size);
  out.pos += out.buf.utf8Write(value, out.pos, size);
}

/** From here on a native call costs less than a loop. */
const SHORT = 24;
/** Sizes below it are written as one byte. */
const ONE_BYTE = 0x80;

export function pushBytes(out: Bytes, source: Uint8Array): void {
  reserve(out, source.length);
  out.buf.set(source, out.pos);
  out.pos += source.length;
}

export function pushZeros(out: Bytes, count: number): void {
  reserve(out, count);
  out.buf.fill(0, out.pos, out.pos + count);
  out.pos += count;
}

export function pushUint64(out: Bytes, value: number): void {
  reserve(out, 8);
  out.view.setUint32(out.pos, value, true);
  out.view.setUint32(out.pos + 4, 0, true);
  out.pos += 8;
}

declare global {
  interface Buffer {
    utf8Write(value: string, offset: number, length: number): number;
  }
}
