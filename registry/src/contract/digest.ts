import { createHash, createHmac } from 'node:crypto';

/** Who took a digest: helpers, Collectors and processors write JSON differently, so digests compare within one place. */
export type DigestPlace = 'helper' | 'collector' | 'processor';

/**
 * Keyed digest of a value, before anything is masked: `helper:hmac-sha256-128:<32 hex>`. Equal values have equal
 * digests whatever the order of their keys; a string that holds JSON counts as what it holds.
 */
export function digest(value: unknown, key: string | Uint8Array, place: DigestPlace): string {
  return `${place}:${HMAC}:${hmac(canonicalJson(value), key)}`;
}

/** The same with numbers, ids, dates and digits normalized away, so that near-identical values agree. */
export function shapeDigest(value: unknown, key: string | Uint8Array, place: DigestPlace): string {
  return `${place}:${HMAC}:${hmac(shapeOf(canonicalJson(value)), key)}`;
}

const HMAC = 'hmac-sha256-128';

function hmac(text: string, key: string | Uint8Array): string {
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
}

/** JSON with sorted keys; values that JSON cannot say are `null`; cycles and depths beyond 100 are cut. */
export function canonicalJson(value: unknown): string {
  return write(typeof value === 'string' ? parsedOr(value) : value, 0, new Set());
}

function parsedOr(text: string): unknown {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function write(value: unknown, depth: number, above: Set<unknown>): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (depth > 100 || above.has(value)) return 'null';
  above.add(value);
  const inner = depth + 1;
  const text = Array.isArray(value)
    ? `[${value.map((item) => write(item, inner, above)).join(',')}]`
    : value instanceof Date
      ? JSON.stringify(value)
      : `{${Object.entries(value)
          .filter(([, item]) => item !== undefined && typeof item !== 'function')
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, item]) => `${JSON.stringify(name)}:${write(item, inner, above)}`)
          .join(',')}}`;
  above.delete(value);
  return text;
}

/** Every word that holds a digit becomes `#`. */
function shapeOf(text: string): string {
  return text.replace(/[\w.+:-]*\d[\w.+:-]*/g, '#');
}

/** Digests of raw UTF-8 bytes, for a hot path that makes no strings. */
export interface Digester {
  /** Of `bytes[start, end)` as they are: equal text, equal digest. */
  digestBytes(bytes: Uint8Array, start: number, end: number): string;
  /** With every word that holds a digit normalized away. */
  shapeDigestBytes(bytes: Uint8Array, start: number, end: number): string;
}

/** Beyond this OpenSSL is faster than JavaScript. */
const SHORT = 512;

/**
 * `processor:halfsiphash-2-4:<16 hex>` for short values, `processor:sha256-128:<32 hex>` (keyed by prefix) for long ones:
 * equal values have equal lengths, so the two never meet. HalfSipHash: Aumasson and Bernstein, "SipHash: a fast
 * short-input PRF" (2012), the 32-bit variant of the reference implementation, 64-bit output.
 */
export function createDigester(key: Uint8Array, place: DigestPlace = 'processor'): Digester {
  const derived = createHash('sha256').update('agentops digest').update(key).digest();
  const k0 = derived.readUInt32LE(0);
  const k1 = derived.readUInt32LE(4);
  const prefix = derived.subarray(8);
  const short = `${place}:halfsiphash-2-4:`;
  const long = `${place}:sha256-128:`;
  let scratch = Buffer.allocUnsafe(4096);

  function digestBytes(bytes: Uint8Array, start: number, end: number): string {
    if (end - start <= SHORT) return short + halfSipHash(bytes, start, end, k0, k1);
    return (
      long + createHash('sha256').update(prefix).update(bytes.subarray(start, end)).digest('hex').slice(0, 32)
    );
  }

  return {
    digestBytes,
    shapeDigestBytes(bytes, start, end) {
      if (scratch.length < end - start) scratch = Buffer.allocUnsafe((end - start) * 2);
      return digestBytes(scratch, 0, writeShape(bytes, start, end, scratch));
    },
  };
}

/** Copies with each word that holds a digit replaced by `#`. Returns the length written. */
function writeShape(bytes: Uint8Array, start: number, end: number, out: Uint8Array): number {
  let length = 0;
  let at = start;
  while (at < end) {
    let stop = at;
    let digits = false;
    while (stop < end) {
      const kind = WORD[bytes[stop]!]!;
      if (kind === 0) break;
      if (kind === 2) digits = true;
      stop++;
    }
    if (digits) out[length++] = 0x23;
    else for (let i = at; i < stop; i++) out[length++] = bytes[i]!;
    if (stop < end) out[length++] = bytes[stop++]!;
    at = stop;
  }
  return length;
}

/** 0: between words; 1: part of a word; 2: a digit. */
const WORD = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /\d/.test(character) ? 2 : /[\w.+:-]/.test(character) ? 1 : 0;
});

function halfSipHash(bytes: Uint8Array, start: number, end: number, k0: number, k1: number): string {
  let v0 = k0;
  let v1 = k1 ^ 0xee;
  let v2 = 0x6c796765 ^ k0;
  let v3 = 0x74656462 ^ k1;
  const length = end - start;
  const blocksEnd = end - (length & 3);
  let word = 0;
  for (let at = start; ; at += 4) {
    const last = at >= blocksEnd;
    if (last) {
      word = length << 24;
      for (let i = blocksEnd; i < end; i++) word |= bytes[i]! << (8 * (i - blocksEnd));
    } else {
      word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    }
    v3 ^= word;
    for (let round = 0; round < 2; round++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    v0 ^= word;
    if (last) break;
  }
  let out = '';
  for (const finish of [0xee, 0xdd]) {
    if (finish === 0xee) v2 ^= 0xee;
    else v1 ^= 0xdd;
    for (let round = 0; round < 4; round++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    out += littleEndianHex(v1 ^ v3);
  }
  return out;
}

function littleEndianHex(word: number): string {
  return BYTE[word & 255]! + BYTE[(word >>> 8) & 255]! + BYTE[(word >>> 16) & 255]! + BYTE[word >>> 24]!;
}

const BYTE = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** For the tests against the reference implementation's published vectors. */
export const internals = { halfSipHash };
