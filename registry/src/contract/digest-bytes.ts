import { createHash } from 'node:crypto';
import { createMac, type Mac } from './chaskey.ts';

/** Who took a digest: helpers, Collectors and processors write JSON differently, so digests compare within one place. */
export type DigestPlace = 'helper' | 'collector' | 'processor';

/** Digests of raw UTF-8 bytes, for a hot path that neither parses nor makes strings. */
export interface Digester {
  /**
   * `processor:chaskey-12:<32 hex>` of `bytes[start, end)`. In a JSON object or array, white space outside of strings
   * does not count; the order of keys does.
   */
  digestBytes(bytes: Uint8Array, start: number, end: number): string;
  /** The same with every word that holds a digit or an `@` normalized away, so that near-identical calls agree. */
  shapeDigestBytes(bytes: Uint8Array, start: number, end: number): string;
}

const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

const WORD = 1;
const VARIES = 2;

const KIND = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return /[\d@]/.test(character) ? VARIES : /[\w.+:-]/.test(character) && byte < 128 ? WORD : 0;
});

/** What is copied as it stands: part of a word, or between words; and what has to be looked at. */
const SEPARATOR = 1;
const SPECIAL = 2;

const QUOTED = KIND.map((kind, byte) =>
  kind === VARIES || byte === QUOTE || byte === BACKSLASH ? SPECIAL : kind === WORD ? 0 : SEPARATOR,
);
/** Outside of quotes. */
const BARE = KIND.map((kind, byte) =>
  kind === VARIES || byte === QUOTE || byte <= SPACE
    ? SPECIAL
    : kind === WORD && byte !== COLON
      ? 0
      : SEPARATOR,
);

export const ALGORITHM = 'chaskey-12';

/** Measured over 100 bytes it is about half of node:crypto's one-shot hash; over 1 kB they are equal. */
export function createDigester(key: string | Uint8Array, place: DigestPlace = 'processor'): Digester {
  const mac = createMac(deriveKey(key), `${place}:${ALGORITHM}:`);
  return {
    digestBytes: (bytes, start, end) => mac.finish(writeCompact(mac, bytes, start, end)),
    shapeDigestBytes: (bytes, start, end) => mac.finish(writeShape(mac, bytes, start, end)),
  };
}

/** 16 bytes of a key of any length. */
export function deriveKey(key: string | Uint8Array): Uint8Array {
  return createHash('sha256').update('agentops digest\0').update(key).digest().subarray(0, 16);
}

/** Writes `bytes[start, end)` into the buffer, white space between JSON tokens left out. Returns the length there. */
export function writeCompact(mac: Mac, bytes: Uint8Array, start: number, end: number): number {
  if (end - start >= LONG) {
    const value = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
    if (!isJson(bytes, start, end) || isCompact(value)) return writeAll(mac, value);
  } else if (!isJson(bytes, start, end)) {
    for (let i = start; i < end; i++) mac.buffer[i - start] = bytes[i]!;
    return end - start;
  }
  const { buffer } = mac;
  let quoted = false;
  let length = 0;
  let at = start;
  for (;;) {
    const stop = Math.min(end, at + buffer.length - length - 1);
    while (at < stop) {
      while (quoted && at < stop) {
        const byte = bytes[at++]!;
        buffer[length++] = byte;
        if (byte === QUOTE) quoted = false;
        else if (byte === BACKSLASH && at < end) buffer[length++] = bytes[at++]!;
      }
      while (!quoted && at < stop) {
        const byte = bytes[at++]!;
        if (byte <= SPACE) continue;
        buffer[length++] = byte;
        if (byte === QUOTE) quoted = true;
      }
    }
    if (at >= end) return length;
    length = mac.flush(length);
  }
}

/** From this length on, native calls are faster than a loop over the bytes. */
const LONG = 64;

/** Whether JSON surely has no white space to leave out: told without looking at every byte of its long strings. */
function isCompact(json: Buffer): boolean {
  if (json.includes(BACKSLASH)) return false;
  const { length } = json;
  for (let at = 0; at < length; ) {
    const byte = json[at++]!;
    if (byte <= SPACE) return false;
    if (byte !== QUOTE) continue;
    const near = Math.min(length, at + NEAR);
    while (at < near && json[at] !== QUOTE) at++;
    if (at === near) {
      at = json.indexOf(QUOTE, at);
      if (at === -1) return true;
    }
    at++;
  }
  return true;
}

/** Most strings end this soon: it is not worth a native call to find out. */
const NEAR = 16;

function writeAll(mac: Mac, value: Buffer): number {
  const { buffer } = mac;
  let length = 0;
  for (let at = 0; ; ) {
    const copied = value.copy(buffer, length, at, at + buffer.length - length - 1);
    at += copied;
    length += copied;
    if (at === value.length) return length;
    length = mac.flush(length);
  }
}

/** The same with each word that holds a digit or an `@` (a number, id, date, address) written as `#`. */
export function writeShape(mac: Mac, bytes: Uint8Array, start: number, end: number): number {
  const { buffer, view: out } = mac;
  const view = viewOf(bytes);
  const json = isJson(bytes, start, end);
  let quoted = !json;
  let length = 0;
  /** The current word began here or later; and whether it already stands as `#`. */
  let word = 0;
  let variable = false;
  let at = start;
  for (;;) {
    const stop = Math.min(end, at + buffer.length - length - 1);
    while (at < stop) {
      if (variable) {
        // The rest of the word does not count.
        while (at < stop && KIND[bytes[at]!] !== 0 && (quoted || bytes[at] !== COLON)) at++;
        if (at === stop) break;
        variable = false;
      }
      const table = quoted ? QUOTED : BARE;
      if (quoted) {
        for (; at + 4 <= stop; at += 4, length += 4) {
          const four = view.getInt32(at, true);
          if (holdsSpecial(four)) break;
          out.setInt32(length, four, true);
        }
      }
      while (at < stop && table[bytes[at]!] !== SPECIAL) buffer[length++] = bytes[at++]!;
      if (at === stop) break;
      const byte = bytes[at++]!;
      if (KIND[byte] === VARIES) {
        while (length > word && table[buffer[length - 1]!] !== SEPARATOR) length--;
        buffer[length++] = HASH;
        variable = true;
        continue;
      }
      if (byte > SPACE || quoted) buffer[length++] = byte;
      if (json) {
        if (byte === QUOTE) quoted = !quoted;
        else if (byte === BACKSLASH && quoted && at < end) buffer[length++] = bytes[at++]!;
      }
      word = length;
    }
    if (at >= end) return length;
    length = mac.flush(length);
    word = length;
  }
}

/** May one of four bytes of a string be special? Bytes apart by carries: Warren, "Hacker's Delight", 6-1. */
function holdsSpecial(four: number): boolean {
  const digits = four ^ 0x30303030;
  const ats = four ^ 0x40404040;
  const quotes = four ^ 0x22222222;
  const backslashes = four ^ 0x5c5c5c5c;
  const found =
    ((digits - 0x0a0a0a0a) & ~digits) |
    ((ats - 0x01010101) & ~ats) |
    ((quotes - 0x01010101) & ~quotes) |
    ((backslashes - 0x01010101) & ~backslashes);
  return (found & 0x80808080) !== 0;
}

/** Values of one request come together: its view is made once. */
let lastBytes: Uint8Array = new Uint8Array();
let lastView: DataView = new DataView(lastBytes.buffer);

function viewOf(bytes: Uint8Array): DataView {
  if (bytes !== lastBytes) {
    lastBytes = bytes;
    lastView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  return lastView;
}

function isJson(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && bytes[at]! <= SPACE) at++;
  return bytes[at] === 0x7b || bytes[at] === 0x5b;
}
