/** What a character can be part of, as bits. */
export const ALPHANUMERIC = 1;
export const DIGIT = 2;
export const UPPER = 4;
/** Of an unquoted key: letters, digits, `_`, `.`, `-`, `$`, and most characters beyond ASCII. */
export const KEY = 8;
export const ASSIGNS = 16;
export const AT = 32;
/** Begins a phone number besides digits: `+`, `(`. */
export const PHONE = 64;
export const DASH = 128;
export const TILDE = 256;
/** 〒 and the last characters of prefectures' names. */
export const PLACE = 512;
/** Of base64, in both of its alphabets. */
export const BASE64 = 1024;
/** Of the local part of an e-mail address. */
export const LOCAL = 2048;

/** Signs at which, and words at whose beginning, a rule may be tried. */
export const TRIGGERS = ALPHANUMERIC | ASSIGNS | AT | PHONE | DASH | TILDE | PLACE;

/** By UTF-16 code. */
export const KIND = Uint16Array.from({ length: 65_536 }, (_, code) =>
  code < 0x80 ? kindOfAscii(code) : kindOfWide(code),
);

function kindOfAscii(code: number): number {
  const character = String.fromCharCode(code);
  return (
    (/[A-Za-z0-9]/.test(character) ? ALPHANUMERIC : 0) |
    (/\d/.test(character) ? DIGIT : 0) |
    (/[A-Z]/.test(character) ? UPPER : 0) |
    (/[\w.$-]/.test(character) ? KEY : 0) |
    (/[:=]/.test(character) ? ASSIGNS : 0) |
    (character === '@' ? AT : 0) |
    (/[+(]/.test(character) ? PHONE : 0) |
    (character === '-' ? DASH : 0) |
    (character === '~' ? TILDE : 0) |
    (/[\w+/-]/.test(character) ? BASE64 : 0) |
    (/[\w.%+'~#!-]/.test(character) ? LOCAL : 0)
  );
}

function kindOfWide(code: number): number {
  if (code < 0xc0 || code === 0x3001 || code === 0x3002) return 0; // 、。
  if (code === 0x306f) return ASSIGNS; // は says what something is, as a colon does
  const place = code === 0x3012 || code === 0x90fd || code === 0x9053 || code === 0x5e9c || code === 0x770c; // 〒都道府県
  return KEY | (code < 0x250 ? LOCAL : 0) | (place ? PLACE : 0);
}

/** 0 outside of the text. */
export function kindAt(text: string, at: number): number {
  return at >= 0 && at < text.length ? KIND[text.charCodeAt(at)]! : 0;
}

export function isDigitAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

export function isLetterAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at) | 0x20;
  return code >= 97 && code <= 122;
}

export function isAlphanumericAt(text: string, at: number): boolean {
  return isDigitAt(text, at) || isLetterAt(text, at);
}

/** The match of a sticky pattern at `at`, or null. */
export function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}
