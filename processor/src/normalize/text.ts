import { utf8 } from '../decode/wire.ts';

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
  /** Masked, from the cache when seen before. For values that repeat. */
  label(buf: Buffer, start: number, end: number): string;
  /** As sent. For comparisons only, never for storing. */
  raw(buf: Buffer, start: number, end: number): string;
  mask(value: string): string;
  identity(value: string): string;
}

interface Slot {
  readonly bytes: Buffer;
  readonly raw: string;
  masked: string | null;
}

const SLOTS = 1 << 14;
const MAX_BYTES = 64;

/** Bounded: a slot holds the last value that fell on it, so that endless distinct values cost time, not memory. */
export function createTextCache(sanitizer: Sanitizer): TextCache {
  const slots: (Slot | undefined)[] = new Array(SLOTS);

  function find(buf: Buffer, start: number, end: number): Slot {
    const at = hash(buf, start, end) & (SLOTS - 1);
    const known = slots[at];
    if (known !== undefined && known.bytes.length === end - start && same(known.bytes, buf, start))
      return known;
    const fresh = { bytes: Buffer.from(buf.subarray(start, end)), raw: utf8(buf, start, end), masked: null };
    slots[at] = fresh;
    return fresh;
  }

  return {
    label(buf, start, end) {
      if (start === end) return '';
      if (end - start > MAX_BYTES) return sanitizer.text(utf8(buf, start, end));
      const slot = find(buf, start, end);
      slot.masked ??= sanitizer.text(slot.raw);
      return slot.masked;
    },
    raw(buf, start, end) {
      if (start === end) return '';
      return end - start > MAX_BYTES ? utf8(buf, start, end) : find(buf, start, end).raw;
    },
    mask: (value) => (value === '' ? '' : sanitizer.text(value)),
    identity: (value) => (value === '' ? '' : sanitizer.identity(value)),
  };
}

function hash(buf: Buffer, start: number, end: number): number {
  let h = end - start;
  for (let i = start; i < end; i++) h = Math.imul(h ^ buf[i]!, 0x01000193);
  return h ^ (h >>> 13);
}

function same(a: Buffer, buf: Buffer, start: number): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== buf[start + i]) return false;
  return true;
}
