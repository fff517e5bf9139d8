import { swapped, writeHex } from './hex.ts';
import type { Labels } from './labels.ts';
import { SEPARATE } from './memory.ts';

/**
 * Digests of a page, `<place>:<algorithm>:<hex>`. Place and algorithm are a label; 32 hex digits behind them are four
 * words, the lowest byte first, as the digester makes them. What is written otherwise is a label as a whole.
 */
export interface DigestColumn {
  /** 0 for none; with {@link WHOLE} added where nothing stands behind it. */
  readonly prefixes: Uint16Array;
  /** Four a row. */
  readonly words: Int32Array;
}

const WHOLE = 0x8000;

/** Do hex digits stand behind the prefix? */
export function hasHex(prefix: number): boolean {
  return prefix !== 0 && (prefix & WHOLE) === 0;
}

export function prefixText(prefix: number, { texts }: Labels): string {
  return texts[prefix & ~WHOLE]!;
}

/** Digests as they should be: ASCII, and the prefix of a helper, a Collector or a processor. */
const WRITTEN = /^([\x20-\x7e]{0,64}:)([0-9a-f]{32})$/;

export function createDigests(rows: number, memory = SEPARATE): DigestColumn {
  return { prefixes: memory.uint16(rows), words: memory.int32(rows * 4) };
}

export function setDigest(
  { prefixes, words }: DigestColumn,
  row: number,
  labels: Labels,
  text: string,
): void {
  if (text === '') return;
  const written = WRITTEN.exec(text);
  if (written === null) {
    prefixes[row] = labels.numberOf(text) | WHOLE;
    return;
  }
  prefixes[row] = labels.numberOf(written[1]!);
  const bytes = Buffer.from(written[2]!, 'hex');
  for (let i = 0; i < 4; i++) words[row * 4 + i] = bytes.readInt32LE(i * 4);
}

export function digestText({ prefixes, words }: DigestColumn, row: number, labels: Labels): string {
  const prefix = prefixes[row]!;
  const text = prefixText(prefix, labels);
  if (!hasHex(prefix)) return text;
  for (let i = 0; i < 4; i++) writeHex(hexView, i * 8, swapped(words[row * 4 + i]!));
  return text + hex.latin1Slice(0, 32);
}

const hex = Buffer.alloc(32);
const hexView = new DataView(hex.buffer, hex.byteOffset, 32);

/** The same number for equal digests, mostly another for others; 0 for none. As {@link markOfText} has it. */
export function digestMark({ prefixes, words }: DigestColumn, row: number, labels: Labels): number {
  const prefix = prefixes[row]!;
  if (!hasHex(prefix)) return markOfText(prefixText(prefix, labels));
  const last = words[row * 4 + 3]!;
  return CODES[last >>> 24]! | (CODES[(last >>> 16) & 255]! << 14);
}

/** The last four characters as a number: digests are evenly distributed. 0 for shorter texts. */
export function markOfText(digest: string): number {
  const end = digest.length;
  if (end < 4) return 0;
  return (
    digest.charCodeAt(end - 1) |
    (digest.charCodeAt(end - 2) << 7) |
    (digest.charCodeAt(end - 3) << 14) |
    (digest.charCodeAt(end - 4) << 21)
  );
}

/** Of a byte: its two hex digits, the second in the lowest seven bits. */
const CODES = Uint16Array.from({ length: 256 }, (_, byte) => {
  const digits = byte.toString(16).padStart(2, '0');
  return digits.charCodeAt(1) | (digits.charCodeAt(0) << 7);
});

export function clearDigest({ prefixes }: DigestColumn, row: number): void {
  prefixes[row] = 0;
}

export function copyDigest(
  from: DigestColumn,
  row: number,
  to: DigestColumn,
  at: number,
  label: (number: number) => number,
): void {
  const prefix = from.prefixes[row]!;
  to.prefixes[at] = label(prefix & ~WHOLE) | (prefix & WHOLE);
  for (let i = 0; i < 4; i++) to.words[at * 4 + i] = from.words[row * 4 + i]!;
}
