/**
 * Which traces the store may hold: a Bloom filter that never says "no" wrongly. A trace that it does not know is new and
 * needs no look into the store; one look in a hundred is in vain. About 10 bits a trace.
 */
export interface KnownTraces {
  add(traceId: string): void;
  mayHold(traceId: string): boolean;
}

const HASHES = 7;
const BITS_PER_TRACE = 10;

export function createKnownTraces(firstCapacity = 1 << 20): KnownTraces {
  const filters = [createFilter(firstCapacity)];
  return {
    add(traceId) {
      let last = filters.at(-1)!;
      if (last.size >= last.capacity) {
        last = createFilter(last.capacity * 2);
        filters.push(last);
      }
      last.add(traceId);
    },
    mayHold: (traceId) => filters.some((filter) => filter.has(traceId)),
  };
}

interface Filter {
  readonly capacity: number;
  readonly size: number;
  add(id: string): void;
  has(id: string): boolean;
}

function createFilter(capacity: number): Filter {
  const bits = 2 ** Math.ceil(Math.log2(capacity * BITS_PER_TRACE));
  const words = new Uint32Array(bits / 32);
  let size = 0;
  return {
    capacity,
    get size() {
      return size;
    },
    add(id) {
      size++;
      const a = hash(id, SEED_A);
      const b = hash(id, SEED_B) | 1;
      for (let i = 0; i < HASHES; i++) {
        const at = place(a, b, i, bits);
        words[at >>> 5]! |= 1 << (at & 31);
      }
    },
    has(id) {
      const a = hash(id, SEED_A);
      const b = hash(id, SEED_B) | 1;
      for (let i = 0; i < HASHES; i++) {
        const at = place(a, b, i, bits);
        if ((words[at >>> 5]! & (1 << (at & 31))) === 0) return false;
      }
      return true;
    },
  };
}

const SEED_A = 0x811c9dc5;
const SEED_B = 0x9e3779b9;

/** Double hashing: Kirsch and Mitzenmacher, "Less Hashing, Same Performance" (2006). `bits`: a power of two. */
function place(a: number, b: number, i: number, bits: number): number {
  return ((a + Math.imul(i, b)) >>> 0) & (bits - 1);
}

function hash(text: string, seed: number): number {
  let h = seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h ^= h >>> 15;
  h = Math.imul(h, 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}
