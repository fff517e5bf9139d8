import { isSurelyPlain } from '@agentops/registry/contract';
import { utf8 } from '../decode/wire.ts';
import { hashWords, holds, type Words, wordsOf } from '../decode/words.ts';
import { createLabel, type Label, type Labels, numberIn } from '../steps/labels.ts';

/** How foreign text becomes text that may be stored. */
export interface Sanitizer {
  /** Secrets and personal data replaced; never throws. */
  text(value: string): string;
  /**
   * The same for text whose equality matters (users, tasks, conversations): where something had to be replaced, a
   * keyed digest keeps different values apart.
   */
  identity(value: string): string;
}

/** Most text of telemetry repeats: names, models, tools. The bytes find the string, made and masked once. */
export interface TextCache {
  /**
   * The entry of the text in `[start, end)`, `hint` itself if it is that one; null for texts too long to be kept.
   * The same text has the same entry for as long as it stays in the cache.
   */
  entry(at: Request, start: number, end: number, hint: CachedText | null): CachedText | null;
  /** Masked, from the cache when seen before: its number. For values that repeat. */
  number(at: Request, start: number, end: number, labels: Labels): number;
  /** As sent. For comparisons only, never for storing. */
  raw(at: Request, start: number, end: number): string;
  masked(entry: CachedText): Label;
  /** `entry` is that of the text in `[start, end)`. */
  identified(entry: CachedText, at: Request, start: number, end: number): string;
  mask(value: string): string;
  /** Masked and, where it is longer than any name, cut: for what tables group by. */
  short(value: string): string;
  identity(value: string): string;
}

/** The bytes that texts stand in. */
export interface Request {
  readonly buf: Buffer;
  /** Of `buf`. */
  readonly view: DataView;
}

export interface CachedText {
  readonly words: Words;
  /** As sent. */
  readonly raw: string;
  masked: Label | null;
  identity: string | null;
  /** What sources that look into a value made of it. */
  derived: Derived | null;
}

export interface Derived {
  readonly by: unknown;
  /** Masked; null when the source says that the value means nothing. */
  readonly label: Label | null;
  readonly next: Derived | null;
}

/** Names, ids and reasons have fewer characters. */
export const MAX_LABEL = 1024;
const SLOTS = 1 << 14;
const MAX_BYTES = 64;

/** Bounded: a slot holds the last value that fell on it, so that endless distinct values cost time, not memory. */
export function createTextCache(sanitizer: Sanitizer): TextCache {
  const slots: (CachedText | null)[] = new Array(SLOTS).fill(null);

  function entry(
    { buf, view }: Request,
    start: number,
    end: number,
    hint: CachedText | null,
  ): CachedText | null {
    if (hint !== null && holds(view, start, end, hint.words)) return hint;
    if (end - start > MAX_BYTES) return null;
    const slot = hashWords(view, start, end) & (SLOTS - 1);
    const known = slots[slot]!;
    if (known !== null && holds(view, start, end, known.words)) return known;
    const fresh: CachedText = {
      words: wordsOf(view, start, end),
      raw: utf8(buf, start, end),
      masked: null,
      identity: null,
      derived: null,
    };
    slots[slot] = fresh;
    return fresh;
  }

  function short(value: string): string {
    const text = value === '' ? '' : sanitizer.text(value);
    return text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text;
  }

  function masked(known: CachedText): Label {
    known.masked ??= createLabel(sanitizer.text(known.raw));
    return known.masked;
  }

  return {
    entry,
    masked,
    number(at, start, end, labels) {
      if (start === end) return 0;
      const known = entry(at, start, end, null);
      return known === null
        ? labels.numberOf(short(utf8(at.buf, start, end)))
        : numberIn(labels, masked(known));
    },
    raw(at, start, end) {
      if (start === end) return '';
      return entry(at, start, end, null)?.raw ?? utf8(at.buf, start, end);
    },
    identified(known, { buf }, start, end) {
      known.identity ??= isSurelyPlain(buf, start, end) ? known.raw : sanitizer.identity(known.raw);
      return known.identity;
    },
    short,
    mask: (value) => (value === '' ? '' : sanitizer.text(value)),
    identity: (value) => (value === '' ? '' : sanitizer.identity(value)),
  };
}
