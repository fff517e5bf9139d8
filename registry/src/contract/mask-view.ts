/**
 * A text as a reader gets it: escapes resolved, invisible characters left out, wide forms made plain. Rules look at the
 * view; what they find is cut out of the original, which otherwise stays as it was.
 */
export interface View {
  readonly text: string;
  /** Where each character of `text`, and its end, stands in the original; null where the two are the same. */
  readonly offsets: Int32Array | null;
  readonly original: string;
}

/** Cheap signs that a text reads differently from how it is written. */
const WRITTEN_OTHERWISE = /[\\%&\u0080-\uffff]/;

export function viewOf(original: string): View {
  return WRITTEN_OTHERWISE.test(original) ? resolve(original) : { text: original, offsets: null, original };
}

/** Position in the original of a position in the view. */
export function originalAt({ offsets }: View, at: number): number {
  return offsets === null ? at : offsets[at]!;
}

/** The part of the original that one range of the view stands for. */
export function originalSlice(view: View, start: number, end: number): string {
  return view.original.slice(originalAt(view, start), originalAt(view, end));
}

function resolve(original: string): View {
  const codes = new Uint16Array(original.length);
  const offsets = new Int32Array(original.length + 1);
  let length = 0;
  let changed = false;
  for (let at = 0; at < original.length; ) {
    const code = original.charCodeAt(at);
    let read = code;
    let next = at + 1;
    if (code === BACKSLASH || code === PERCENT || code === AMPERSAND) {
      const resolved = readEscape(original, at, code);
      if (resolved !== null) {
        read = resolved.code;
        next = resolved.end;
      }
    }
    if (read >= 0xd800 && read < 0xdc00 && next < original.length) {
      const plain = plainAstral(original.codePointAt(at) ?? 0);
      if (plain !== 0) {
        read = plain;
        next = at + 2;
      }
    } else if (read > 0x7f) read = plainOf(read);
    if (read !== INVISIBLE) {
      codes[length] = read;
      offsets[length++] = at;
    }
    if (read !== code || next !== at + 1) changed = true;
    at = next;
  }
  if (!changed) return { text: original, offsets: null, original };
  offsets[length] = original.length;
  return { text: decodeUtf16(codes, length), offsets, original };
}

function decodeUtf16(codes: Uint16Array, length: number): string {
  return Buffer.from(codes.buffer, 0, length * 2).toString('utf16le');
}

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const SPACE = 0x20;
const INVISIBLE = -1;

interface Escape {
  readonly code: number;
  readonly end: number;
}

function readEscape(text: string, at: number, code: number): Escape | null {
  if (code === BACKSLASH) return readBackslash(text, at);
  return code === PERCENT ? readPercent(text, at) : readEntity(text, at);
}

/** `\n`, `\"`, `\u0040`, `\x40`, escaped again and again. Backslashes without such an end count as one. */
function readBackslash(text: string, at: number): Escape | null {
  let end = at + 1;
  while (end < text.length && end < at + 64 && text.charCodeAt(end) === BACKSLASH) end++;
  const letter = text.charCodeAt(end);
  switch (letter) {
    case 0x6e: // n
    case 0x72: // r
      return { code: 0x0a, end: end + 1 };
    case 0x74: // t
    case 0x62: // b
    case 0x66: // f
      return { code: SPACE, end: end + 1 };
    case 0x22: // "
    case 0x27: // '
    case 0x2f: // /
      return { code: letter, end: end + 1 };
    case 0x75: // u
      return readHex(text, end + 1, 4);
    case 0x78: // x
      return readHex(text, end + 1, 2);
    default:
      return end > at + 1 ? { code: BACKSLASH, end } : null;
  }
}

/** `%40`, `%2540`, `%E3%80%92` …: one character of UTF-8. */
function readPercent(text: string, at: number): Escape | null {
  const first = readByte(text, at);
  if (first === null || first.code < 0x80) {
    return first === null || (first.code < SPACE && !/[\t\n\r]/.test(String.fromCharCode(first.code)))
      ? null
      : first;
  }
  const more = first.code >= 0xe0 && first.code < 0xf0 ? 2 : first.code >= 0xc2 && first.code < 0xe0 ? 1 : 0;
  if (more === 0) return null;
  let code = first.code & (more === 2 ? 0x0f : 0x1f);
  let end = first.end;
  for (let i = 0; i < more; i++) {
    const next = text.charCodeAt(end) === PERCENT ? readByte(text, end) : null;
    if (next === null || (next.code & 0xc0) !== 0x80) return null;
    code = (code << 6) | (next.code & 0x3f);
    end = next.end;
  }
  return { code, end };
}

/** `%40`, escaped again and again. */
function readByte(text: string, at: number): Escape | null {
  let digits = at + 1;
  while (digits < at + 64 && text.charCodeAt(digits) === 0x32 && text.charCodeAt(digits + 1) === 0x35)
    digits += 2;
  return readHex(text, digits, 2) ?? (digits > at + 1 ? readHex(text, at + 1, 2) : null);
}

const ENTITIES: Readonly<Record<string, number>> = {
  quot: 0x22,
  amp: 0x26,
  apos: 0x27,
  commat: 0x40,
  lt: 0x3c,
  gt: 0x3e,
};
const ENTITY = /&(?:#(\d{2,5})|#x([0-9a-f]{2,4})|(quot|amp|apos|commat|lt|gt));/iy;

function readEntity(text: string, at: number): Escape | null {
  ENTITY.lastIndex = at;
  const match = ENTITY.exec(text);
  if (match === null) return null;
  const [, decimal, hexadecimal, name = ''] = match;
  const code =
    decimal !== undefined
      ? Number.parseInt(decimal, 10)
      : hexadecimal !== undefined
        ? Number.parseInt(hexadecimal, 16)
        : ENTITIES[name.toLowerCase()]!;
  return { code: Math.min(code, 0xffff), end: ENTITY.lastIndex };
}

function readHex(text: string, at: number, length: number): Escape | null {
  let code = 0;
  for (let i = at; i < at + length; i++) {
    const digit = hexDigit(text.charCodeAt(i));
    if (digit < 0) return null;
    code = code * 16 + digit;
  }
  return { code, end: at + length };
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** What a character beyond ASCII stands for: a plain one, {@link INVISIBLE}, or itself. */
function plainOf(code: number): number {
  if (code >= 0xff01 && code <= 0xff5e) return code - 0xfee0;
  if (code >= 0x3000 && code < 0xfe00) return code === 0x3000 ? SPACE : code;
  if (code >= 0x2000 && code <= 0x206f) {
    if (code <= 0x200a || code === 0x202f || code === 0x205f) return SPACE;
    if (code >= 0x2010 && code <= 0x2015) return 0x2d;
    if (code === 0x2018 || code === 0x2019) return 0x27;
    if (code === 0x201c || code === 0x201d) return 0x22;
    return code <= 0x200f || (code >= 0x202a && code <= 0x202e) || code >= 0x2060 ? INVISIBLE : code;
  }
  if (code === 0xa0) return SPACE;
  if (code === 0x2212 || code === 0xfe63) return 0x2d;
  if (code === 0xfe6b) return 0x40;
  if (
    code === 0xad ||
    code === 0x34f ||
    code === 0x180e ||
    code === 0xfeff ||
    (code >= 0xfe00 && code <= 0xfe0f)
  ) {
    return INVISIBLE;
  }
  for (const zero of DIGIT_ZEROS) if (code >= zero && code < zero + 10) return 0x30 + code - zero;
  return code;
}

/** Zero of the Arabic-Indic, Persian, Devanagari, Bengali and Thai digits. */
const DIGIT_ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50];

/** Mathematical letters and digits as plain ones; 0 for anything else. */
function plainAstral(point: number): number {
  if (point < 0x1d400 || point > 0x1d7ff) return 0;
  const plain = String.fromCodePoint(point).normalize('NFKC');
  return plain.length === 1 && plain.charCodeAt(0) < 0x80 ? plain.charCodeAt(0) : 0;
}
