import type { Usage } from '../model.ts';
import { SEPARATE } from './memory.ts';

/** Token counts of a page: whole numbers below 2^53, in 64 bits. */
export interface UsageColumn {
  /** Two a class, the low one first; {@link USAGE_CLASSES} classes a row. */
  readonly words: Uint32Array;
  /** Classes of which any row has tokens, a bit each: the others are zeros throughout. */
  used: number;
}

/** Token classes of a row, in this order. */
export const INPUT = 0;
export const CACHED_INPUT = 1;
export const CACHE_WRITE = 2;
export const CACHE_WRITE_5M = 3;
export const CACHE_WRITE_1H = 4;
export const OUTPUT = 5;
export const REASONING = 6;
export const USAGE_CLASSES = 7;

const WORDS = USAGE_CLASSES * 2;
const HIGH = 4294967296;

export function createUsages(rows: number, memory = SEPARATE): UsageColumn {
  return { words: memory.uint32(rows * WORDS), used: 0 };
}

export function setUsage(column: UsageColumn, row: number, usage: Usage): void {
  setTokens(column, row, INPUT, usage.input);
  setTokens(column, row, CACHED_INPUT, usage.cachedInput);
  setTokens(column, row, CACHE_WRITE, usage.cacheWrite);
  setTokens(column, row, CACHE_WRITE_5M, usage.cacheWrite5m);
  setTokens(column, row, CACHE_WRITE_1H, usage.cacheWrite1h);
  setTokens(column, row, OUTPUT, usage.output);
  setTokens(column, row, REASONING, usage.reasoning);
}

function setTokens(column: UsageColumn, row: number, of: number, count: number): void {
  if (count === 0) return;
  const { words } = column;
  column.used |= 1 << of;
  const at = row * WORDS + of * 2;
  words[at] = count;
  if (count >= HIGH) words[at + 1] = count / HIGH;
}

/** Of one class. */
export function tokensAt({ words }: UsageColumn, row: number, of: number): number {
  const at = row * WORDS + of * 2;
  return words[at]! + words[at + 1]! * HIGH;
}

/** Where the two words of a class stand. */
export function placeOfTokens(row: number, of: number): number {
  return row * WORDS + of * 2;
}

export function clearUsage({ words }: UsageColumn, row: number): void {
  words.fill(0, row * WORDS, (row + 1) * WORDS);
}

export function copyUsage(from: UsageColumn, row: number, to: UsageColumn, at: number): void {
  to.used |= from.used;
  for (let i = 0; i < WORDS; i++) to.words[at * WORDS + i] = from.words[row * WORDS + i]!;
}
