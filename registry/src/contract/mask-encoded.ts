import { BASE64, kindAt } from './mask-characters.ts';

/** The shortest base64 that can hold something, and the longest that is looked into. */
const LEAST = 16;
const MOST = 65_536;

/** Do sixteen characters of base64 begin at `at`, the first of which read as text? Almost always told by the first four. */
export function seemsEncoded(text: string, at: number): boolean {
  if (at + LEAST > text.length) return false;
  for (let i = at; i < at + 8; i += 4) {
    const third = text.charCodeAt(i + 2);
    if (!readsAsText(text.charCodeAt(i), text.charCodeAt(i + 1), third, text.charCodeAt(i + 3))) return false;
  }
  for (let i = at + LEAST - 1; i >= at + 8; i--) if (!(kindAt(text, i) & BASE64)) return false;
  return true;
}

/** The same of bytes that are all of base64: do the first of sixteen read as text? */
export function seemsEncodedAt(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    at + LEAST <= end &&
    readsAsText(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!) &&
    readsAsText(bytes[at + 4]!, bytes[at + 5]!, bytes[at + 6]!, bytes[at + 7]!)
  );
}

/** Do four characters of base64 stand for three printable bytes? */
function readsAsText(a: number, b: number, c: number, d: number): boolean {
  // A character of another alphabet makes the sum negative, one beyond ASCII makes it NaN.
  const bits = SEXTET[a]! * 262_144 + SEXTET[b]! * 4096 + SEXTET[c]! * 64 + SEXTET[d]!;
  return bits >= 0 && isPrintable(bits >> 16) && isPrintable((bits >> 8) & 255) && isPrintable(bits & 255);
}

/** One past the last character of base64 from `at` on. */
export function base64End(text: string, at: number): number {
  let end = at + LEAST;
  while (end < at + MOST && kindAt(text, end) & BASE64) end++;
  return end;
}

/** The text that base64 stands for; null where it stands for anything else. */
export function decodeText(base64: string): string | null {
  if (!isText(Buffer.from(base64.slice(0, 64), 'base64'))) return null;
  const bytes = Buffer.from(base64, 'base64');
  return isText(bytes) ? bytes.toString() : null;
}

/** Nothing but printable characters and white space; the end may be cut within one. */
function isText(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte < 0x80 && !isPrintable(byte)) return false;
  return !bytes.toString().slice(0, -1).includes('\ufffd');
}

const SEXTET = Int32Array.from({ length: 128 }, (_, code) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const value = alphabet.indexOf(String.fromCharCode(code));
  return value >= 0 ? value : code === 0x2d ? 62 : code === 0x5f ? 63 : -(1 << 30);
});

function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
