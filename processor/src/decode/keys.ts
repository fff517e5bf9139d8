/**
 * Attribute keys as small integers. Telemetry repeats the same few hundred keys endlessly: a key is recognised by
 * its bytes, without a string being made. Keys that no dialect reads are 0 and cost nothing further.
 */
export interface KeyTable {
  /** Number of distinct known keys; ids run from 1 to `size`. */
  readonly size: number;
  /** The id of the key in `buf[start, end)`, or 0. */
  lookup(buf: Buffer, start: number, end: number): number;
  /** The same for a key that is a string already. */
  idOf(key: string): number;
  keyOf(id: number): string;
}

interface Entry {
  readonly id: number;
  readonly bytes: Buffer;
  readonly next: Entry | null;
}

export function createKeyTable(known: Iterable<string>): KeyTable {
  const keys = [...new Set(known)];
  const slots = 1 << Math.max(8, 32 - Math.clz32(keys.length * 4));
  const buckets: (Entry | null)[] = new Array(slots).fill(null);
  const ids = new Map<string, number>();
  keys.forEach((key, index) => {
    const bytes = Buffer.from(key);
    const slot = mix(bytes, 0, bytes.length) & (slots - 1);
    buckets[slot] = { id: index + 1, bytes, next: buckets[slot] ?? null };
    ids.set(key, index + 1);
  });

  return {
    size: keys.length,
    lookup(buf, start, end) {
      const length = end - start;
      if (length === 0) return 0;
      for (let e = buckets[mix(buf, start, end) & (slots - 1)]!; e !== null; e = e.next!) {
        if (e.bytes.length === length && equal(e.bytes, buf, start)) return e.id;
      }
      return 0;
    },
    idOf: (key) => ids.get(key) ?? 0,
    keyOf: (id) => keys[id - 1] ?? '',
  };
}

/** Length and seven bytes spread over the key tell nearly all keys apart; the comparison settles the rest. */
function mix(buf: Buffer, start: number, end: number): number {
  const length = end - start;
  let h = Math.imul(length, 0x9e3779b1) ^ buf[start]!;
  h = Math.imul(h, 31) ^ buf[end - 1]!;
  h = Math.imul(h, 31) ^ buf[start + (length >> 1)]!;
  h = Math.imul(h, 31) ^ buf[start + (length >> 2)]!;
  h = Math.imul(h, 31) ^ buf[end - 1 - (length >> 2)]!;
  if (length > 8) {
    h = Math.imul(h, 31) ^ buf[end - 4]!;
    h = Math.imul(h, 31) ^ buf[end - 7]!;
  }
  return h ^ (h >>> 15);
}

function equal(a: Buffer, buf: Buffer, start: number): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== buf[start + i]) return false;
  return true;
}
