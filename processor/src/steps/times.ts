import { SEPARATE } from './memory.ts';

/** Times of a page: nanoseconds since the epoch, in 64 bits. Compared as words, so that no bigint has to be made. */
export interface TimeColumn {
  /** Two a row: the low one, the high one. */
  readonly words: Uint32Array;
  /** Of the same memory. */
  readonly values: BigUint64Array;
}

export function createTimes(rows: number, memory = SEPARATE): TimeColumn {
  const values = memory.uint64(rows);
  // Words are in the order of the machine, which is little-endian wherever Node.js runs but on s390x.
  return { words: new Uint32Array(values.buffer, values.byteOffset, rows * 2), values };
}

/** The eight little-endian bytes of `view` from `at` on; 0 where `at` is negative. */
export function setTimeBytes({ words }: TimeColumn, row: number, view: DataView, at: number): void {
  words[row * 2] = at < 0 ? 0 : view.getUint32(at, true);
  words[row * 2 + 1] = at < 0 ? 0 : view.getUint32(at + 4, true);
}

export function copyTime(from: TimeColumn, row: number, to: TimeColumn, at: number): void {
  to.words[at * 2] = from.words[row * 2]!;
  to.words[at * 2 + 1] = from.words[row * 2 + 1]!;
}

/** Nothing ends before it begins. */
export function atLeast(ends: TimeColumn, starts: TimeColumn, row: number): void {
  if (compareTimes(ends, row, starts, row) < 0) copyTime(starts, row, ends, row);
}

/** Negative, 0 or positive. */
export function compareTimes(a: TimeColumn, rowA: number, b: TimeColumn, rowB: number): number {
  return a.words[rowA * 2 + 1]! - b.words[rowB * 2 + 1]! || a.words[rowA * 2]! - b.words[rowB * 2]!;
}

/** Whole milliseconds of a time. Exact: 2^32 ns are 4,294 ms and 967,296 ns, and no product exceeds 2^53. */
export function wholeMilliseconds(low: number, high: number): number {
  return high * 4294 + Math.floor((high * 967_296 + low) / 1_000_000);
}
