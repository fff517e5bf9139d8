import { type Finding, findAssigned } from './mask-assign.ts';
import {
  findBase58,
  findInternational,
  findLettered,
  findNumber,
  findParenthesized,
} from './mask-numbers.ts';
import { findAzureSecret, findPrivateKey, findToken, OPENS, opening } from './mask-tokens.ts';
import { type View, viewOf } from './mask-view.ts';

/**
 * Everything in a view that is to be replaced, in order and without overlaps. One pass: each character is looked at
 * once, and only where it may begin (a digit, an opening of two letters) or mark (`@`, `:`, `=`) something is a rule
 * tried. Rules read on over a bounded stretch, and what they found is passed over, so the time is linear.
 */
export function find(view: View, depth = 0): Finding[] {
  const { text } = view;
  const { length } = text;
  const found: Finding[] = [];
  /** Kind of the character before, and where base64 was last looked for. */
  let previous = 0;
  let decoded = 0;
  for (let at = 0; at < length; ) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? KIND[code]! : kindOfWide(code);
    let finding: Finding | null = null;
    if (kind & ALPHANUMERIC) {
      if (!(previous & ALPHANUMERIC)) {
        if (kind & DIGIT) finding = findNumber(text, at);
        else if (kind & UPPER && isDigitNear(text, at)) finding = findLettered(text, at);
        if (finding === null) {
          const next = text.charCodeAt(at + 1);
          if (next < 128 && OPENS[opening(code, next)] === 1) finding = findToken(text, at);
          if (finding === null && kind & BASE58_BEGINS && next > 0x2f) finding = findBase58(text, at);
        }
        if (finding === null && at >= decoded && isLongWord(text, at)) {
          const end = base64End(text, at);
          decoded = end;
          if (depth < MAX_DEPTH) finding = findEncoded(text, at, end, depth);
        }
      }
    } else if (kind !== 0) {
      if (kind & ASSIGNS)
        finding = findAssigned(view, at) ?? (code === COLON ? findCredentials(text, at) : null);
      else if (kind & AT) finding = findEmail(text, at);
      else if (kind & PHONE)
        finding = code === PLUS ? findInternational(text, at) : findParenthesized(text, at);
      else if (kind & DASH) finding = previous & DASH ? findPrivateKey(text, at - 1) : null;
      else if (kind & TILDE) finding = findAzureSecret(text, at);
      else if (kind & PLACE) finding = findAddress(text, at);
    }
    if (finding === null || finding.end <= at) {
      previous = kind;
      at++;
      continue;
    }
    push(found, finding);
    at = finding.end;
    previous = at < length ? kindOf(text.charCodeAt(at - 1)) : 0;
  }
  return found;
}

/** Some rules look back: what they find swallows what it overlaps. */
function push(found: Finding[], finding: Finding): void {
  for (let last = found.at(-1); last !== undefined && last.end > finding.start; last = found.at(-1)) {
    finding.start = Math.min(finding.start, last.start);
    found.pop();
  }
  found.push(finding);
}

const ALPHANUMERIC = 1;
const DIGIT = 2;
const UPPER = 4;
const BASE58_BEGINS = 8;
const ASSIGNS = 16;
const AT = 32;
const PHONE = 64;
const DASH = 128;
const TILDE = 256;
const PLACE = 512;

const COLON = 0x3a;
const PLUS = 0x2b;

const KIND = Uint16Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return (
    (/[A-Za-z0-9]/.test(character) ? ALPHANUMERIC : 0) |
    (/\d/.test(character) ? DIGIT : 0) |
    (/[A-Z]/.test(character) ? UPPER : 0) |
    (/[13]/.test(character) ? BASE58_BEGINS : 0) |
    (/[:=]/.test(character) ? ASSIGNS : 0) |
    (character === '@' ? AT : 0) |
    (/[+(]/.test(character) ? PHONE : 0) |
    (character === '-' ? DASH : 0) |
    (character === '~' ? TILDE : 0)
  );
});

function kindOf(code: number): number {
  return code < 128 ? KIND[code]! : kindOfWide(code);
}

/** は says what something is, as `:` does; 〒 and the ends of prefectures' names begin an address. */
function kindOfWide(code: number): number {
  if (code === 0x306f) return ASSIGNS;
  return code === 0x3012 || code === 0x90fd || code === 0x9053 || code === 0x5e9c || code === 0x770c
    ? PLACE
    : 0;
}

/** Documents begin with up to three letters. */
function isDigitNear(text: string, at: number): boolean {
  for (let i = at + 1; i < at + 4; i++) {
    const kind = kindOf(text.charCodeAt(i) || 0);
    if (kind & DIGIT) return true;
    if (!(kind & UPPER) && text[i] !== '-') return false;
  }
  return kindOf(text.charCodeAt(at + 4) || 0) === (ALPHANUMERIC | DIGIT);
}

const DOMAIN =
  /@(?:[a-z0-9\u00c0-\u024f](?:[a-z0-9\u00c0-\u024f-]{0,61}[a-z0-9\u00c0-\u024f])?\.){1,8}([a-z]{2,24})(?![a-z0-9])/iy;
const LOCAL = /[\w.%+'~#!-]/;
const FILE_ENDING =
  /^(?:png|jpe?g|gif|svg|webp|css|js|mjs|cjs|ts|tsx|jsx|json|ya?ml|md|txt|html?|zip|tgz|gz|tar|whl|jar|pdf|csv|lock|map|exe|dll|so)$/i;

/** The address around the `@` at `at`. `git@` is no one's. */
function findEmail(text: string, at: number): Finding | null {
  let start = at;
  while (start > 0 && start > at - 64) {
    const code = text.charCodeAt(start - 1);
    if (code < 128 ? !LOCAL.test(text[start - 1]!) : code < 0xc0 || code > 0x24f) break;
    start--;
  }
  while (start < at && /[.'!#~-]/.test(text[start]!)) start++;
  if (start === at) return null;
  DOMAIN.lastIndex = at;
  const match = DOMAIN.exec(text);
  if (match === null || FILE_ENDING.test(match[1]!) || text.slice(start, at) === 'git') return null;
  return { start, end: DOMAIN.lastIndex, label: '[EMAIL]' };
}

const AUTHORITY = /:\/\/([^\s:@/"'<>]{0,128}):([^\s/"'<>]{1,256})@/y;

/** User and password of a URL. `at`: of the colon behind its scheme. */
function findCredentials(text: string, at: number): Finding | null {
  if (text.charCodeAt(at + 1) !== 0x2f) return null;
  AUTHORITY.lastIndex = at;
  const match = AUTHORITY.exec(text);
  if (match === null) return null;
  const end = AUTHORITY.lastIndex - 1;
  return { start: end - match[1]!.length - match[2]!.length - 1, end, label: '[SECRET]' };
}

const HAN = '\\u4e00-\\u9fff々\\u3040-\\u30ff';
const POSTAL = new RegExp(`〒 ?\\d{3}-?\\d{4}(?:[ \\n]?[${HAN}][${HAN}\\d-]{3,60})?`, 'y');
const MUNICIPALITY = new RegExp(
  `.[${HAN}]{1,20}[市区町村郡][${HAN}]{0,20}\\d{1,4}(?:丁目|番地|番|号|の|-|\\d{1,4}){0,8}`,
  'y',
);

/** `〒150-0002 東京都渋谷区渋谷2-21-1`. `at`: of the postal mark or of the last character of the prefecture. */
function findAddress(text: string, at: number): Finding | null {
  const postal = text[at] === '〒';
  const pattern = postal ? POSTAL : MUNICIPALITY;
  pattern.lastIndex = at;
  if (!pattern.test(text)) return null;
  if (postal) return { start: at, end: pattern.lastIndex, label: '[ADDRESS]' };
  const prefecture = /(?:東京|北海|京都|大阪|神奈川|和歌山|鹿児島|[\u4e00-\u9fff]{2})$/.exec(
    text.slice(Math.max(0, at - 3), at),
  );
  return prefecture === null
    ? null
    : { start: at - prefecture[0].length, end: pattern.lastIndex, label: '[ADDRESS]' };
}

/** How deep base64 within base64 is opened, and the shortest that is. */
const MAX_DEPTH = 2;
const MAX_BASE64 = 65_536;

function isBase64(code: number): boolean {
  return (
    code < 128 &&
    (kindOf(code) & ALPHANUMERIC || code === 0x2b || code === 0x2f || code === 0x2d || code === 0x5f) !== 0
  );
}

/** Sixteen characters of base64 on end, the least that can hold something, the first of which read as text. */
function isLongWord(text: string, at: number): boolean {
  if (at + 16 > text.length || !isBase64(text.charCodeAt(at + 15))) return false;
  for (let i = at; i < at + 8; i += 4) {
    const a = SEXTET[text.charCodeAt(i)]!;
    const b = SEXTET[text.charCodeAt(i + 1)]!;
    const c = SEXTET[text.charCodeAt(i + 2)]!;
    const d = SEXTET[text.charCodeAt(i + 3)]!;
    // A character that is none, wide ones included, makes the sum negative or not a number.
    const bits = a * 262_144 + b * 4096 + c * 64 + d;
    if (
      !(bits >= 0) ||
      !isPrintable(bits >> 16) ||
      !isPrintable((bits >> 8) & 255) ||
      !isPrintable(bits & 255)
    )
      return false;
  }
  for (let i = at + 14; i >= at + 8; i--) if (!isBase64(text.charCodeAt(i))) return false;
  return true;
}

const SEXTET = Int32Array.from({ length: 128 }, (_, code) => {
  const value = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(
    String.fromCharCode(code),
  );
  return value >= 0 ? value : code === 0x2d ? 62 : code === 0x5f ? 63 : -(1 << 30);
});

function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a;
}

function base64End(text: string, at: number): number {
  let end = at + 16;
  while (end < text.length && end < at + MAX_BASE64 && isBase64(text.charCodeAt(end))) end++;
  return end;
}

/** Base64 of a text that holds something to be replaced, itself or in JSON, is replaced whole. */
function findEncoded(text: string, start: number, end: number, depth: number): Finding | null {
  if (!isText(Buffer.from(text.slice(start, start + 16), 'base64'))) return null;
  const bytes = Buffer.from(text.slice(start, end), 'base64');
  if (!isText(bytes)) return null;
  const inner = find(viewOf(bytes.toString()), depth + 1);
  if (inner.length === 0) return null;
  while (text[end] === '=') end++;
  return { start, end, label: inner[0]!.label.replace(/^[^[]*|[^\]]*$/g, '') };
}

/** Nothing but printable characters and white space; the end may be cut within one. */
function isText(bytes: Uint8Array): boolean {
  for (const byte of bytes)
    if (byte < 0x20 ? byte !== 0x0a && byte !== 0x0d && byte !== 0x09 : byte === 0x7f) return false;
  return !bytes.toString().slice(0, -1).includes('\ufffd');
}
