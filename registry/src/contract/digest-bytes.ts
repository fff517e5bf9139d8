import { createHash } from 'node:crypto';
import { createMac, type Mac } from './chaskey.ts';

/** Who took a digest: helpers, Collectors and processors write JSON differently, so digests compare within one place. */
export type DigestPlace = 'helper' | 'collector' | 'processor';

/** Digests of raw UTF-8 bytes, for a hot path that neither parses nor makes strings. */
export interface Digester {
  /** `processor:chaskey-12:`, what every digest begins with. */
  readonly prefix: string;
  /**
   * `processor:chaskey-12:<32 hex>` of `bytes[start, end)`. In a JSON object or array, white space outside of strings
   * does not count; the order of keys does.
   */
  digestBytes(bytes: Uint8Array, start: number, end: number): string;
  /** The same with every word that holds a digit or an `@` normalized away, so that near-identical calls agree. */
  shapeDigestBytes(bytes: Uint8Array, start: number, end: number): string;
  /** What the hex digits of {@link digestBytes} say, as four words, the lowest byte first, into `out` from `at` on. */
  digestWords(bytes: Uint8Array, start: number, end: number, out: Int32Array, at: number): void;
  shapeDigestWords(bytes: Uint8Array, start: number, end: number, out: Int32Array, at: number): void;
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
  const prefix = `${place}:${ALGORITHM}:`;
  const mac = createMac(deriveKey(key), prefix);
  return {
    prefix,
    digestBytes: (bytes, start, end) => mac.finish(writeCompact(mac, bytes, start, end)),
    shapeDigestBytes: (bytes, start, end) => mac.finish(writeShape(mac, bytes, start, end)),
    digestWords(bytes, start, end, out, at) {
      mac.finishInto(writeCompact(mac, bytes, start, end), out, at);
    },
    shapeDigestWords(bytes, start, end, out, at) {
      mac.finishInto(writeShape(mac, bytes, start, end), out, at);
    },
  };
}

/** 16 bytes of a key of any length. */
export function deriveKey(key: string | Uint8Array): Uint8Array {
  return createHash('sha256').update('agentops digest\0').update(key).digest().subarray(0, 16);
}

/** Takes in `bytes[start, end)`, white space between JSON tokens left out. Returns the length of its end in the buffer. */
export function writeCompact(mac: Mac, bytes: Uint8Array, start: number, end: number): number {
  const view = viewOf(bytes);
  if (!isJson(bytes, start, end) || isCompact(bytes, view, start, end)) return mac.begin(view, start, end);
  const { buffer, view: out } = mac;
  let quoted = false;
  let length = 0;
  let at = start;
  for (;;) {
    const stop = Math.min(end, at + buffer.length - length - 1);
    while (at < stop) {
      if (quoted) {
        for (; at + 4 <= stop; at += 4, length += 4) {
          const four = view.getInt32(at, true);
          if (mayEndString(four) !== 0) break;
          out.setInt32(length, four, true);
        }
      }
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

/** Whether JSON has no white space to leave out. Its strings are passed over four bytes at a time. */
function isCompact(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
  let quoted = false;
  for (let at = start; at < end; ) {
    if (quoted) while (at + 4 <= end && mayEndString(view.getInt32(at, true)) === 0) at += 4;
    for (const near = Math.min(end, at + 4); at < near; ) {
      const byte = bytes[at++]!;
      if (byte === QUOTE) quoted = !quoted;
      else if (byte === BACKSLASH && quoted) at++;
      else if (byte <= SPACE && !quoted) return false;
    }
  }
  return true;
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
          if (special(four) !== 0) break;
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

/**
 * May one of four bytes of a string be special: a digit, an at sign, a quote, a backslash? Non-zero where it may. Bytes
 * are told apart by their carries: Warren, "Hacker's Delight", 6-1.
 */
function special(four: number): number {
  const found =
    ((four ^ 0x30303030) - 0x0a0a0a0a) |
    ((four ^ 0x40404040) - 0x01010101) |
    ((four ^ 0x22222222) - 0x01010101) |
    ((four ^ 0x5c5c5c5c) - 0x01010101);
  return found & ~four & 0x80808080;
}

/** May one of four bytes of a string end it, or stand before one that does not? Non-zero where it may. */
function mayEndString(four: number): number {
  return (((four ^ 0x22222222) - 0x01010101) | ((four ^ 0x5c5c5c5c) - 0x01010101)) & ~four & 0x80808080;
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
