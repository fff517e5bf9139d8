/** A text to be looked for in bytes. */
export interface Needle {
  readonly bytes: Uint8Array;
  /** By byte: how far the end of the text may move on from one. */
  readonly skips: Uint8Array;
}

/** `text`: 1 to 255 bytes of UTF-8. */
export function createNeedle(text: string): Needle {
  const bytes = Buffer.from(text);
  const last = bytes.length - 1;
  const skips = new Uint8Array(256).fill(bytes.length);
  for (let i = 0; i < last; i++) skips[bytes[i]!] = last - i;
  return { bytes, skips };
}

/**
 * Does `buf[start, end)` hold the text? Looks at one byte in as many as the text is long: Horspool, "Practical fast
 * searching in strings" (1980).
 */
export function holdsText(buf: Uint8Array, start: number, end: number, { bytes, skips }: Needle): boolean {
  const last = bytes.length - 1;
  for (let at = start + last; at < end; at += skips[buf[at]!]!) {
    let i = last;
    while (i >= 0 && buf[at - last + i] === bytes[i]) i--;
    if (i < 0) return true;
  }
  return false;
}
