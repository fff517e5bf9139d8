import { hexText } from './hex.ts';
import { SEPARATE } from './memory.ts';

/**
 * Span ids of a page. Eight bytes are kept as two words, the first bytes highest, so that they order as their hex digits
 * do; the longer ids of log records, and of what the fold infers, stand beside them as text.
 */
export interface IdColumn {
  /** Two a row; zeros for none. */
  readonly words: Uint32Array;
  readonly texts: Map<number, string>;
}

export function createIds(rows: number, memory = SEPARATE): IdColumn {
  return { words: memory.uint32(rows * 2), texts: new Map() };
}

/** The eight bytes of `view` from `at` on. */
export function setIdBytes({ words }: IdColumn, row: number, view: DataView, at: number): void {
  words[row * 2] = view.getUint32(at);
  words[row * 2 + 1] = view.getUint32(at + 4);
}

export function setId({ words, texts }: IdColumn, row: number, id: string): void {
  if (HEX.test(id)) {
    words[row * 2] = Number.parseInt(id.slice(0, 8), 16);
    words[row * 2 + 1] = Number.parseInt(id.slice(8), 16);
  } else if (id !== '') texts.set(row, id);
}

const HEX = /^[0-9a-f]{16}$/;

export function hasId({ words, texts }: IdColumn, row: number): boolean {
  return words[row * 2] !== 0 || words[row * 2 + 1] !== 0 || texts.has(row);
}

/** 16 hex digits, or the text; '' for none. */
export function idText({ words, texts }: IdColumn, row: number): string {
  const text = texts.size === 0 ? undefined : texts.get(row);
  if (text !== undefined) return text;
  const first = words[row * 2]!;
  const second = words[row * 2 + 1]!;
  return first === 0 && second === 0 ? '' : hexText(first, second);
}

export function isSameId(a: IdColumn, rowA: number, b: IdColumn, rowB: number): boolean {
  return (
    a.words[rowA * 2 + 1] === b.words[rowB * 2 + 1] &&
    a.words[rowA * 2] === b.words[rowB * 2] &&
    ((a.texts.size === 0 && b.texts.size === 0) || a.texts.get(rowA) === b.texts.get(rowB))
  );
}

/** Negative, 0 or positive as the texts of the ids order. */
export function compareIds(a: IdColumn, rowA: number, b: IdColumn, rowB: number): number {
  if (a.texts.size > 0 || b.texts.size > 0) {
    const textA = idText(a, rowA);
    const textB = idText(b, rowB);
    return textA < textB ? -1 : textA > textB ? 1 : 0;
  }
  return a.words[rowA * 2]! - b.words[rowB * 2]! || a.words[rowA * 2 + 1]! - b.words[rowB * 2 + 1]!;
}

export function clearId({ words, texts }: IdColumn, row: number): void {
  words[row * 2] = 0;
  words[row * 2 + 1] = 0;
  texts.delete(row);
}

export function copyId(from: IdColumn, row: number, to: IdColumn, at: number): void {
  to.words[at * 2] = from.words[row * 2]!;
  to.words[at * 2 + 1] = from.words[row * 2 + 1]!;
  const text = from.texts.get(row);
  if (text !== undefined) to.texts.set(at, text);
}
