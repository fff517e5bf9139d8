/**
 * Known byte sequences, compared four bytes at a time: a quarter of the time of a loop over single bytes. Words are
 * read through a view of the whole request; the last one overlaps the one before it.
 */
export interface Words {
  readonly length: number;
  /** The whole words, little-endian; of a sequence shorter than four bytes its bytes. */
  readonly words: readonly number[];
  /** The last four bytes. */
  readonly tail: number;
}

export function wordsOf(view: DataView, start: number, end: number): Words {
  const length = end - start;
  const short = length < 4;
  // A small array costs a fifth of a typed one.
  const words: number[] = new Array(short ? length : length >> 2);
  for (let i = 0; i < words.length; i++) {
    words[i] = short ? view.getUint8(start + i) : view.getInt32(start + 4 * i, true);
  }
  return { length, words, tail: short ? 0 : view.getInt32(end - 4, true) };
}

/** Does `view` hold the sequence in `[start, end)`? */
export function holds(view: DataView, start: number, end: number, known: Words): boolean {
  const { length, words } = known;
  if (end - start !== length) return false;
  if (length < 4) {
    for (let i = 0; i < length; i++) if (view.getUint8(start + i) !== words[i]) return false;
    return true;
  }
  // Texts that differ mostly differ at their end.
  if (view.getInt32(end - 4, true) !== known.tail) return false;
  for (let i = 0; i < words.length; i++) if (view.getInt32(start + 4 * i, true) !== words[i]) return false;
  return true;
}

/** A hash of every byte in `[start, end)`. */
export function hashWords(view: DataView, start: number, end: number): number {
  const length = end - start;
  let hash = Math.imul(length, 0x9e3779b1);
  if (length < 4) {
    for (let at = start; at < end; at++) hash = mix(hash, view.getUint8(at));
    return hash ^ (hash >>> 15);
  }
  for (let at = start; at + 4 <= end; at += 4) hash = mix(hash, view.getInt32(at, true));
  hash = mix(hash, view.getInt32(end - 4, true));
  return hash ^ (hash >>> 15);
}

/** MurmurHash3's mixing of one word, its finish left out. */
function mix(hash: number, word: number): number {
  const scrambled = Math.imul(word, 0xcc9e2d51);
  const mixed = hash ^ ((scrambled << 15) | (scrambled >>> 17));
  return Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0x1b873593;
}

export function viewOf(buf: Uint8Array): DataView {
  return new DataView(buf.buffer, buf.byteOffset, buf.byteLength);
}
