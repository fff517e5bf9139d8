/**
 * CityHash128 of version 1.0.2: what ClickHouse puts before each compressed block. Later versions of CityHash give other
 * values (ClickHouse, `contrib/cityhash102`).
 */
const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;
const K3 = 0xc949d7c7509e6557n;
const FOLD = 0x9ddfea08eb382d69n;

type Pair = readonly [low: bigint, high: bigint];

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, bits: bigint): bigint => u64((value >> bits) | (value << (64n - bits)));
const shiftMix = (value: bigint): bigint => value ^ (value >> 47n);

function fold(low: bigint, high: bigint): bigint {
  const a = shiftMix(u64((low ^ high) * FOLD));
  return u64(shiftMix(u64((high ^ a) * FOLD)) * FOLD);
}

/** Hash of up to 16 bytes. */
function short(view: DataView, from: number, size: number): bigint {
  const length = BigInt(size);
  if (size > 8) {
    const a = view.getBigUint64(from, true);
    const b = view.getBigUint64(from + size - 8, true);
    return fold(a, rotate(u64(b + length), length)) ^ b;
  }
  if (size >= 4) {
    const a = BigInt(view.getUint32(from, true));
    return fold(u64(length + (a << 3n)), BigInt(view.getUint32(from + size - 4, true)));
  }
  if (size === 0) return K2;
  const byte = (at: number): bigint => BigInt(view.getUint8(from + at));
  const y = byte(0) + (byte(size >> 1) << 8n);
  const z = length + (byte(size - 1) << 2n);
  return u64(shiftMix(u64(y * K2) ^ u64(z * K3)) * K2);
}

/** Weak hash of 32 bytes with two seeds. */
function weak(view: DataView, from: number, seed: Pair): Pair {
  const word = (i: number): bigint => view.getBigUint64(from + 8 * i, true);
  const w = u64(seed[0] + word(0));
  const b = rotate(u64(seed[1] + w + word(3)), 21n);
  const a = u64(w + word(1) + word(2));
  return [u64(a + word(3)), u64(b + rotate(a, 44n) + w)];
}

function murmur(view: DataView, from: number, size: number, seed: Pair): Pair {
  let [a, b] = seed;
  let c: bigint;
  let d: bigint;
  if (size <= 16) {
    a = u64(shiftMix(u64(a * K1)) * K1);
    c = u64(b * K1 + short(view, from, size));
    d = shiftMix(u64(a + (size >= 8 ? view.getBigUint64(from, true) : c)));
  } else {
    c = fold(u64(view.getBigUint64(from + size - 8, true) + K1), a);
    d = fold(u64(b + BigInt(size)), u64(c + view.getBigUint64(from + size - 16, true)));
    a = u64(a + d);
    for (let at = from, left = size - 16; left > 0; at += 16, left -= 16) {
      a = u64((a ^ u64(shiftMix(u64(view.getBigUint64(at, true) * K1)) * K1)) * K1);
      b ^= a;
      c = u64((c ^ u64(shiftMix(u64(view.getBigUint64(at + 8, true) * K1)) * K1)) * K1);
      d ^= c;
    }
  }
  a = fold(a, c);
  b = fold(d, b);
  return [a ^ b, fold(b, a)];
}

function seeded(view: DataView, from: number, size: number, seed: Pair): Pair {
  if (size < 128) return murmur(view, from, size, seed);
  const word = (at: number): bigint => view.getBigUint64(at, true);
  let [x, y] = seed;
  let z = u64(BigInt(size) * K1);
  const first = u64(rotate(y ^ K1, 49n) * K1 + word(from));
  let v: Pair = [first, u64(rotate(first, 42n) * K1 + word(from + 8))];
  let w: Pair = [u64(rotate(u64(y + z), 35n) * K1 + x), u64(rotate(u64(x + word(from + 88)), 53n) * K1)];
  let at = from;
  const end = from + size - (size % 128);
  for (; at < end; at += 64) {
    x = u64(rotate(u64(x + y + v[0] + word(at + 16)), 37n) * K1) ^ w[1];
    y = u64(rotate(u64(y + v[1] + word(at + 48)), 42n) * K1) ^ v[0];
    z = rotate(z ^ w[0], 33n);
    v = weak(view, at, [u64(v[1] * K1), u64(x + w[0])]);
    w = weak(view, at + 32, [u64(z + w[1]), y]);
    [z, x] = [x, z];
  }
  y = u64(y + rotate(w[0], 37n) * K0 + z);
  x = u64(x + rotate(u64(v[0] + z), 49n) * K0);
  const left = size % 128;
  // The rest in steps of 32 from the end, reaching back into what was hashed.
  for (let done = 32; done - 32 < left; done += 32) {
    y = u64(rotate(u64(y - x), 42n) * K0 + v[1]);
    const w0 = u64(w[0] + word(at + left - done + 16));
    x = u64(rotate(x, 49n) * K0 + w0);
    w = [u64(w0 + v[0]), w[1]];
    v = weak(view, at + left - done, v);
  }
  x = fold(x, v[0]);
  y = fold(y, w[0]);
  return [u64(fold(u64(x + v[1]), w[1]) + y), fold(u64(x + w[1]), u64(y + v[1]))];
}

/** The 16 bytes as they stand before a block: low word first, little-endian. */
export function cityHash128(data: Uint8Array): Buffer {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const { length } = data;
  let hash: Pair;
  if (length >= 16) {
    hash = seeded(view, 16, length - 16, [view.getBigUint64(0, true) ^ K3, view.getBigUint64(8, true)]);
  } else if (length >= 8) {
    const low = view.getBigUint64(0, true) ^ u64(BigInt(length) * K0);
    hash = seeded(view, 0, 0, [low, view.getBigUint64(length - 8, true) ^ K1]);
  } else {
    hash = seeded(view, 0, length, [K0, K1]);
  }
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeBigUInt64LE(hash[0], 0);
  bytes.writeBigUInt64LE(hash[1], 8);
  return bytes;
}
