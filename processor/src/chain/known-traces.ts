/**
 * Which traces the store may hold: a Bloom filter that never says "no" wrongly. A trace that it does not know is new and
 * needs no look into the store; one look in some hundred is in vain. 16 bits a trace.
 */
export interface KnownTraces {
  add(traceId: string): void;
  mayHold(traceId: string): boolean;
}

const BITS_PER_TRACE = 16;

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

/** All bits of a trace stand in one line of the processor's cache: Putze et al., "Cache-, Hash- and Space-Efficient Bloom Filters" (2007). */
const LINE_WORDS = 16;

/** Each makes nine bits of a hash, a place in a line: Dietzfelbinger et al., multiply-shift (1997). */
const MULTIPLIERS = [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947];
const PLACE_BITS = 9;

function createFilter(capacity: number): Filter {
  const lines = 2 ** Math.ceil(Math.log2((capacity * BITS_PER_TRACE) / (LINE_WORDS * 32)));
  const words = new Uint32Array(lines * LINE_WORDS);
  let size = 0;
  return {
    capacity,
    get size() {
      return size;
    },
    add(id) {
      size++;
      hash(id);
      const line = (hashes[0]! & (lines - 1)) * LINE_WORDS;
      for (const multiplier of MULTIPLIERS) {
        const place = Math.imul(hashes[1]!, multiplier) >>> (32 - PLACE_BITS);
        words[line + (place >>> 5)]! |= 1 << (place & 31);
      }
    },
    has(id) {
      hash(id);
      const line = (hashes[0]! & (lines - 1)) * LINE_WORDS;
      for (const multiplier of MULTIPLIERS) {
        const place = Math.imul(hashes[1]!, multiplier) >>> (32 - PLACE_BITS);
        if ((words[line + (place >>> 5)]! & (1 << (place & 31))) === 0) return false;
      }
      return true;
    },
  };
}

/** Of the id that was hashed last: which line, and which places in it. */
const hashes = new Uint32Array(2);

/** Two FNV-1a hashes at once, each finished as MurmurHash3 is. */
function hash(text: string): void {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x01000193);
  }
  hashes[0] = finish(a);
  hashes[1] = finish(b);
}

function finish(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const more = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return more ^ (more >>> 16);
}
