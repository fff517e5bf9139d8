/**
 * The LZ4 block format (lz4_Block_format.md of the LZ4 project): sequences of a token, literals, a two-byte offset back
 * and a length of the match.
 */
const MIN_MATCH = 4;
/** The last match starts at least so far from the end, and the last bytes are literals. */
const LAST_MATCH = 12;
const LAST_LITERALS = 5;
const HASH_BITS = 14;
const MOST_OFFSET = 65_535;

export function lz4Bound(size: number): number {
  return size + Math.ceil(size / 255) + 16;
}

/** Compresses into `out` at `at`, which has room for {@link lz4Bound}; returns where it ends. */
export function lz4Compress(input: Uint8Array, out: Uint8Array, at: number): number {
  const table = new Int32Array(1 << HASH_BITS).fill(-1);
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const lastMatch = input.length - LAST_MATCH;
  let anchor = 0;
  let i = 0;
  let misses = 0;
  while (i <= lastMatch) {
    const four = view.getUint32(i, true);
    const slot = Math.imul(four, 2_654_435_761) >>> (32 - HASH_BITS);
    const before = table[slot]!;
    table[slot] = i;
    if (before < 0 || i - before > MOST_OFFSET || view.getUint32(before, true) !== four) {
      // What does not compress is passed over in growing steps.
      i += 1 + (misses++ >> 6);
      continue;
    }
    misses = 0;
    const end = input.length - LAST_LITERALS;
    let length = MIN_MATCH;
    while (i + length < end && input[before + length] === input[i + length]) length++;
    at = sequence(input, anchor, i, out, at, length - MIN_MATCH);
    out[at++] = (i - before) & 0xff;
    out[at++] = (i - before) >> 8;
    at = rest(out, at, length - MIN_MATCH);
    i += length;
    anchor = i;
  }
  return sequence(input, anchor, input.length, out, at, 0);
}

function sequence(
  input: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  at: number,
  match: number,
): number {
  const literals = to - from;
  out[at++] = (Math.min(literals, 15) << 4) | Math.min(match, 15);
  at = rest(out, at, literals);
  out.set(input.subarray(from, to), at);
  return at + literals;
}

/** What of a length does not fit into its half of the token. */
function rest(out: Uint8Array, at: number, length: number): number {
  if (length < 15) return at;
  let left = length - 15;
  for (; left >= 255; left -= 255) out[at++] = 255;
  out[at++] = left;
  return at;
}

/** Decompresses a block of known size. Throws RangeError when it is damaged. */
export function lz4Decompress(input: Uint8Array, size: number): Buffer {
  const out = Buffer.alloc(size);
  const damaged = (): RangeError => new RangeError('damaged LZ4 block');
  let from = 0;
  let at = 0;
  const extended = (length: number): number => {
    if (length < 15) return length;
    let total = length;
    for (;;) {
      const more = input[from++];
      if (more === undefined) throw damaged();
      total += more;
      if (more < 255) return total;
    }
  };
  while (from < input.length) {
    const token = input[from++]!;
    const literals = extended(token >> 4);
    if (from + literals > input.length || at + literals > size) throw damaged();
    out.set(input.subarray(from, from + literals), at);
    from += literals;
    at += literals;
    if (from === input.length) break;
    if (from + 2 > input.length) throw damaged();
    const offset = input[from]! | (input[from + 1]! << 8);
    from += 2;
    const length = extended(token & 15) + MIN_MATCH;
    if (offset === 0 || offset > at || at + length > size) throw damaged();
    // A match may reach into what it writes itself: byte by byte.
    for (let end = at + length; at < end; at++) out[at] = out[at - offset]!;
  }
  if (at !== size) throw damaged();
  return out;
}
