import { utf8 } from './wire.ts';
import { hashWords, holds, viewOf, type Words, wordsOf } from './words.ts';

/** A key of an attribute. Those that no dialect reads have the id 0. */
export interface Key {
  readonly id: number;
  readonly words: Words;
  /** Of an unknown key: bits of the prefixes that it begins with, or-ed; and whether one of them collects it. */
  readonly marks: number;
  readonly collected: boolean;
  /** The key that stood behind this one when it was met last. */
  next: Key | null;
}

/** Beginnings of keys that mean something though the key itself is unknown. */
export interface KeyPrefix {
  readonly prefix: string;
  readonly marks: number;
  /** Whether such attributes are kept for whoever collects them. */
  readonly collect: boolean;
}

/**
 * Attribute keys as small integers. Telemetry repeats the same few hundred keys endlessly, and mostly in the same order: a
 * key is recognised by its bytes, first of all those of the key that stood here before, without a string being made.
 */
export interface KeyTable {
  /** Number of distinct known keys; ids run from 1 to `size`. */
  readonly size: number;
  /** What the first key of an item stands behind. */
  readonly start: Key;
  /** The key in `buf[start, end)`, whose view is `view`, behind the key `before`. */
  find(buf: Buffer, view: DataView, start: number, end: number, before: Key): Key;
  /** The id of a key that is a string already, or 0. */
  idOf(key: string): number;
  keyOf(id: number): string;
}

interface Entry {
  readonly key: Key;
  readonly next: Entry | null;
}

/** Unknown keys that are remembered, each in its slot; longer ones are not. */
const UNKNOWN = 1 << 10;
const MAX_UNKNOWN = 128;

export function createKeyTable(known: Iterable<string>, prefixes: readonly KeyPrefix[] = []): KeyTable {
  const keys = [...new Set(known)];
  const slots = 1 << Math.max(8, 32 - Math.clz32(keys.length * 4));
  const buckets: (Entry | null)[] = new Array(slots).fill(null);
  const unknown: (Key | null)[] = new Array(UNKNOWN).fill(null);
  const ids = new Map<string, number>();
  keys.forEach((text, index) => {
    const view = viewOf(Buffer.from(text));
    const slot = mix(view, 0, view.byteLength) & (slots - 1);
    const words = wordsOf(view, 0, view.byteLength);
    const key: Key = { id: index + 1, words, marks: 0, collected: false, next: null };
    buckets[slot] = { key, next: buckets[slot] ?? null };
    ids.set(text, index + 1);
  });
  const nothing: Key = {
    id: 0,
    words: wordsOf(viewOf(Buffer.of()), 0, 0),
    marks: 0,
    collected: false,
    next: null,
  };

  function lookUp(buf: Buffer, view: DataView, start: number, end: number): Key {
    if (end === start) return nothing;
    const hash = mix(view, start, end);
    for (let entry = buckets[hash & (slots - 1)]!; entry !== null; entry = entry.next!) {
      if (holds(view, start, end, entry.key.words)) return entry.key;
    }
    const slot = hash & (UNKNOWN - 1);
    const remembered = unknown[slot]!;
    if (remembered !== null && holds(view, start, end, remembered.words)) return remembered;
    const key = meet(utf8(buf, start, end), wordsOf(view, start, end));
    if (end - start <= MAX_UNKNOWN) unknown[slot] = key;
    return key;
  }

  /** What an unknown key's beginnings say. */
  function meet(text: string, words: Words): Key {
    let marks = 0;
    let collected = false;
    for (const each of prefixes) {
      if (!text.startsWith(each.prefix)) continue;
      marks |= each.marks;
      collected ||= each.collect;
    }
    return { id: 0, words, marks, collected, next: null };
  }

  return {
    size: keys.length,
    start: { ...nothing },
    find(buf, view, start, end, before) {
      const guess = before.next;
      if (guess !== null && holds(view, start, end, guess.words)) return guess;
      const key = lookUp(buf, view, start, end);
      before.next = key;
      return key;
    },
    idOf: (key) => ids.get(key) ?? 0,
    keyOf: (id) => keys[id - 1] ?? '',
  };
}

/** The length and three words spread over the key tell nearly all keys apart; the comparison settles the rest. */
function mix(view: DataView, start: number, end: number): number {
  const length = end - start;
  if (length < 4) return hashWords(view, start, end);
  let h = Math.imul(length, 0x9e3779b1) ^ view.getInt32(end - 4, true);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b) ^ view.getInt32(start + ((length - 4) >> 1), true);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) ^ view.getInt32(start + ((length - 4) >> 2), true);
  return Math.imul(h ^ (h >>> 16), 0x9e3779b1) >>> 8;
}
