import { utf8 } from '../decode/wire.ts';

/** How foreign text becomes text that may be stored. */
export interface Sanitizer {
  /** Secrets and personal data replaced; never throws. */
  text(value: string): string;
  /**
   * The same for text whose equality matters (users, tasks, conversations): where something had to be replaced, a
   * keyed digest keeps different values apart.
   */
  identity(value: string): string;
}

/** Most text of telemetry repeats: names, models, tools. The bytes find the string, made and masked once. */
export interface TextCache {
  /**
   * The entry of the text in `buf[start, end)`, `hint` itself if it is that one; null for texts too long to be kept.
   * The same text has the same entry for as long as it stays in the cache.
   */
  entry(buf: Buffer, start: number, end: number, hint: CachedText | null): CachedText | null;
  /** Masked, from the cache when seen before. For values that repeat. */
  label(buf: Buffer, start: number, end: number): string;
  /** As sent. For comparisons only, never for storing. */
  raw(buf: Buffer, start: number, end: number): string;
  masked(entry: CachedText): string;
  identified(entry: CachedText): string;
  mask(value: string): string;
  identity(value: string): string;
}

export interface CachedText {
  readonly bytes: Uint8Array;
  /** As sent. */
  readonly raw: string;
  masked: string | null;
  identity: string | null;
  /** What sources that look into a value made of it. */
  derived: Derived | null;
}

export interface Derived {
  readonly by: unknown;
  /** Masked; null when the source says that the value means nothing. */
  readonly text: string | null;
  readonly next: Derived | null;
}

const SLOTS = 1 << 14;
const MAX_BYTES = 64;

/** Bounded: a slot holds the last value that fell on it, so that endless distinct values cost time, not memory. */
export function createTextCache(sanitizer: Sanitizer): TextCache {
  const slots: (CachedText | null)[] = new Array(SLOTS).fill(null);

  function entry(buf: Buffer, start: number, end: number, hint: CachedText | null): CachedText | null {
    if (hint !== null && same(hint.bytes, buf, start, end)) return hint;
    if (end - start > MAX_BYTES) return null;
    const at = hash(buf, start, end) & (SLOTS - 1);
    const known = slots[at]!;
    if (known !== null && same(known.bytes, buf, start, end)) return known;
    const fresh: CachedText = {
      bytes: Uint8Array.prototype.slice.call(buf, start, end),
      raw: utf8(buf, start, end),
      masked: null,
      identity: null,
      derived: null,
    };
    slots[at] = fresh;
    return fresh;
  }

  function masked(known: CachedText): string {
    known.masked ??= sanitizer.text(known.raw);
    return known.masked;
  }

  return {
    entry,
    masked,
    label(buf, start, end) {
      if (start === end) return '';
      const known = entry(buf, start, end, null);
      return known === null ? sanitizer.text(utf8(buf, start, end)) : masked(known);
    },
    raw(buf, start, end) {
      if (start === end) return '';
      return entry(buf, start, end, null)?.raw ?? utf8(buf, start, end);
    },
    identified(known) {
      known.identity ??= sanitizer.identity(known.raw);
      return known.identity;
    },
    mask: (value) => (value === '' ? '' : sanitizer.text(value)),
    identity: (value) => (value === '' ? '' : sanitizer.identity(value)),
  };
}

function hash(buf: Buffer, start: number, end: number): number {
  let h = end - start;
  for (let i = start; i < end; i++) h = Math.imul(h ^ buf[i]!, 0x01000193);
  return h ^ (h >>> 13);
}

function same(a: Uint8Array, buf: Buffer, start: number, end: number): boolean {
  const { length } = a;
  if (length !== end - start) return false;
  // Texts that differ mostly differ at their end.
  for (let i = length - 1; i >= 0; i--) if (a[i] !== buf[start + i]) return false;
  return true;
}
