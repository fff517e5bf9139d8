import { hashWords, holds, viewOf, type Words, wordsOf } from './words.ts';

/**
 * Attribute keys as small integers. Telemetry repeats the same few hundred keys endlessly: a key is recognised by
 * its bytes, without a string being made. Keys that no dialect reads are 0 and cost nothing further.
 */
export interface KeyTable {
  /** Number of distinct known keys; ids run from 1 to `size`. */
  readonly size: number;
  /** The id of the key in `view[start, end)`, or 0. */
  lookup(view: DataView, start: number, end: number): number;
  /** The same for a key that is a string already. */
  idOf(key: string): number;
  keyOf(id: number): string;
}

interface Entry {
  readonly id: number;
  readonly words: Words;
  readonly next: Entry | null;
}

export function createKeyTable(known: Iterable<string>): KeyTable {
  const keys = [...new Set(known)];
  const slots = 1 << Math.max(8, 32 - Math.clz32(keys.length * 4));
  const buckets: (Entry | null)[] = new Array(slots).fill(null);
  const ids = new Map<string, number>();
  keys.forEach((key, index) => {
    const view = viewOf(Buffer.from(key));
    const slot = mix(view, 0, view.byteLength) & (slots - 1);
    const words = wordsOf(view, 0, view.byteLength);
    buckets[slot] = { id: index + 1, words, next: buckets[slot] ?? null };
    ids.set(key, index + 1);
  });

  return {
    size: keys.length,
    lookup(view, start, end) {
      if (end === start) return 0;
      for (let e = buckets[mix(view, start, end) & (slots - 1)]!; e !== null; e = e.next!) {
        if (holds(view, start, end, e.words)) return e.id;
      }
      return 0;
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
