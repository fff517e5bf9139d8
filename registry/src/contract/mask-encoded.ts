import { BASE64, kindAt } from './mask-characters.ts';

/** The shortest base64 that can hold something, and the longest that is looked into. */
const LEAST = 16;
const MOST = 65_536;

/** Do sixteen characters of base64 begin at `at`, the first of which read as text? Almost always told by the first four. */
export function seemsEncoded(text: string, at: number): boolean {
  if (at + LEAST > text.length) return false;
  for (let i = at; i < at + 8; i += 4) {
    const a = SEXTET[text.charCodeAt(i)]!;
    const b = SEXTET[text.charCodeAt(i + 1)]!;
    const c = SEXTET[text.charCodeAt(i + 2)]!;
    const d = SEXTET[text.charCodeAt(i + 3)]!;
    // A character of another alphabet makes the sum negative, one beyond ASCII makes it NaN.
    const bits = a * 262_144 + b * 4096 + c * 64 + d;
    if (!(bits >= 0)) return false;
    if (!isPrintable(bits >> 16) || !isPrintable((bits >> 8) & 255) || !isPrintable(bits & 255)) return false;
  }
  for (let i = at + LEAST - 1; i >= at + 8; i--) if (!(kindAt(text, i) & BASE64)) return false;
  return true;
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
