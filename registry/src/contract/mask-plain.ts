import { seemsEncodedAt } from './mask-encoded.ts';
import { mayOpen } from './mask-tokens.ts';

/** Of a byte: its letter from 1 on, whatever its case, in the lowest five bits; and what else it is. */
const LETTER = 31;
const UPPER = 32;
const DIGIT = 64;
const JOINT = 128;
/** No id is made of it. */
const REFUSED = 256;

const CODES = Uint16Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[A-Za-z]/.test(character)) return (byte & LETTER) | (byte < 0x61 ? UPPER : 0);
  return /\d/.test(character) ? DIGIT : /[_-]/.test(character) ? JOINT : REFUSED;
});

/** How words begin that announce a number without a space in them: `passport`, `acct`, `tel`. */
const ANNOUNCING = 'bor dob bir pas acc iba myn ssn nin aad tel cel pho mob fax wha sms'.split(' ');

/** By three letters: {@link REFUSED} where a word that begins so might say what a number behind it is. */
const ANNOUNCES = new Uint16Array(1 << 15);
for (const beginning of ANNOUNCING) {
  const [a, b, c] = Buffer.from(beginning);
  ANNOUNCES[following(following(a! & LETTER, b! & LETTER), c! & LETTER)] = REFUSED;
}

/** The last three letters as one number. */
function following(letters: number, letter: number): number {
  return ((letters << 5) | letter) & 0x7fff;
}

const DASH = 0x2d;
const ONE = 0x31;
const THREE = 0x33;
/** One character less than the shortest address in base 58 has. */
const BASE58 = 25;
/** Longer ones are left to the masker. */
const MOST = 128;

/**
 * Surely nothing to mask in `bytes[start, end)`? Tells it of most ids (letters, digits, `_` and `-`) in a fraction of the
 * time that masking takes, and without a string; where it does not, nothing is said. Every rule that could find something
 * in such a text is met by what it needs at least; they are tried where a word begins.
 */
export function isSurelyPlain(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > MOST) return false;
  let seen = 0;
  for (let at = start; at < end; ) {
    const first = CODES[bytes[at]!]!;
    if (first !== JOINT && mayBeginFinding(bytes, at, end, first)) return false;
    let letters = 0;
    for (let code = first; ; code = CODES[bytes[at]!]!) {
      at++;
      letters = following(letters, code & LETTER);
      seen |= code | ANNOUNCES[letters]!;
      if (code === JOINT || at === end) break;
    }
  }
  return (seen & REFUSED) === 0;
}

/** Could the word at `at` begin something by its form? `first`: the code of its first character. */
function mayBeginFinding(bytes: Uint8Array, at: number, end: number, first: number): boolean {
  const next = at + 1 < end ? bytes[at + 1]! : 0;
  if (mayOpen(bytes[at]!, next, at + 2 < end ? bytes[at + 2]! : -1)) return true;
  if (first === DIGIT) {
    let digits = at + 1;
    while (digits < end && CODES[bytes[digits]!] === DIGIT) digits++;
    // Numbers end with their digits, or go on behind a dash.
    if (digits === end || bytes[digits] === DASH) return true;
    if ((bytes[at] === ONE || bytes[at] === THREE) && at + BASE58 < end) return true;
  } else if (first & CODES[next]! & UPPER && at + 2 < end) {
    // Accounts and insurance numbers: two capital letters, then digits.
    const third = bytes[at + 2]!;
    if (CODES[third] === DIGIT || third === DASH) return true;
  }
  return seemsEncodedAt(bytes, at, end);
}
