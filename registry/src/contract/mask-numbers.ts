import { findAnnounced, upTo } from './mask-announced.ts';
import type { Finding } from './mask-assign.ts';
import { isAlphanumericAt, isDigitAt, isLetterAt, kindAt, matchAt, UPPER } from './mask-characters.ts';
import {
  isBase58Address,
  isCard,
  isIban,
  isKoreanId,
  isNorthAmerican,
  isPublicIpv4,
  isSsn,
} from './mask-checks.ts';

/** A number that is personal by its own form; `lengths`: of its first run of digits. */
interface Form {
  readonly label: string;
  readonly lengths: readonly number[];
  /** What may follow the first run; '' for anything. */
  readonly next: string;
  /** How many digits come behind that at least: told without trying the pattern. */
  readonly digitsAfter?: number;
  /** The first digit, where only one can be. */
  readonly first?: string;
  readonly pattern: RegExp;
  readonly accepts: (match: string) => boolean;
}

const bare = (text: string): string => text.replace(/\D/g, '');
const always = (): boolean => true;
const card = (match: string): boolean => isCard(bare(match));

/** A card's number as a JSON number. */
export function isCardNumber(text: string): boolean {
  return /^\d{14,19}$/.test(text) && isCard(text);
}

/** Nothing that continues the number: a longer one, a fraction, part of an identifier. */
const STOP = '(?![\\w@]|-\\w|\\.\\d)';
const form = (source: string): RegExp => new RegExp(source + STOP, 'y');

const FORMS: readonly Form[] = [
  {
    label: '[CARD]',
    lengths: [14, 15, 16, 17, 18, 19],
    next: '',
    pattern: form('\\d{14,19}'),
    accepts: card,
  },
  {
    label: '[CARD]',
    lengths: [4],
    next: ' .-',
    digitsAfter: 4,
    pattern: form('\\d{4}([ .-])(?:\\d{4}\\1\\d{4}\\1\\d{4}\\1\\d{3}|\\d{6}\\1\\d{4,5})'),
    accepts: card,
  },
  {
    label: '[CARD]',
    lengths: [4],
    next: ' .-',
    digitsAfter: 4,
    pattern: form('\\d{4}([ .-])\\d{4}\\1\\d{4}\\1\\d{4}'),
    accepts: card,
  },
  {
    label: '[ID]',
    lengths: [3],
    next: '-',
    digitsAfter: 2,
    pattern: form('\\d{3}-\\d{2}-\\d{4}'),
    accepts: isSsn,
  },
  {
    label: '[ID]',
    lengths: [6],
    next: '-',
    digitsAfter: 7,
    pattern: form('\\d{6}-[1-8]\\d{6}'),
    accepts: isKoreanId,
  },
  {
    label: '[PHONE]',
    lengths: [3],
    next: '.-',
    digitsAfter: 3,
    pattern: form('\\d{3}([.-])\\d{3}\\1\\d{4}'),
    accepts: (match) => isNorthAmerican(bare(match)),
  },
  {
    label: '[PHONE]',
    lengths: [1],
    next: ' .-',
    first: '1',
    pattern: form('1[ .-](?:\\(\\d{3}\\) ?|\\d{3}[ .-])\\d{3}[ .-]\\d{4}'),
    accepts: (match) => isNorthAmerican(bare(match)),
  },
  {
    label: '[PHONE]', // Japan, Korea: ten digits, mobile eleven
    lengths: [2, 3, 4, 5],
    next: '-',
    first: '0',
    pattern: form('0\\d{1,4}-\\d{1,4}-\\d{4}'),
    accepts: (match) => bare(match).length === (/^0(?:[5789]0|1[016-9])-/.test(match) ? 11 : 10),
  },
  { label: '[PHONE]', lengths: [11], next: '', pattern: form('0(?:[5789]0|7\\d)\\d{8}'), accepts: always },
  { label: '[PHONE]', lengths: [5], next: ' ', pattern: form('07\\d{3} \\d{3} ?\\d{3}'), accepts: always }, // United Kingdom
  { label: '[PHONE]', lengths: [3], next: ' ', pattern: form('02\\d \\d{4} \\d{4}'), accepts: always },
  { label: '[PHONE]', lengths: [2], next: ' ', pattern: form('0[1-9](?: \\d\\d){4}'), accepts: always }, // France
  {
    label: '[IP]',
    lengths: [1, 2, 3],
    next: '.',
    pattern: /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?!\w|[-.]\w)/y,
    accepts: isPublicIpv4,
  },
  {
    label: '[SECRET]',
    lengths: [8, 9, 10],
    next: ':',
    pattern: /\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])/y,
    accepts: always,
  }, // Telegram
];

const BY_LENGTH: (readonly Form[] | undefined)[] = [];
for (const each of FORMS) {
  for (const length of each.lengths) BY_LENGTH[length] = [...(BY_LENGTH[length] ?? []), each];
}

/** The personal number that begins with the digit at `at`, by its form or by the words in front of it. */
export function findNumber(text: string, at: number): Finding | null {
  let end = at + 1;
  while (end < at + 20 && isDigitAt(text, end)) end++;
  // Digits that run into small letters are part of an id; `5th` is a day.
  if (end > at + 2 && isLetterAt(text, end) && (kindAt(text, end) & UPPER) === 0) return null;
  if (!beginsNumber(text, at)) return null;
  for (const { pattern, accepts, label, next, digitsAfter = 0, first } of BY_LENGTH[end - at] ?? []) {
    if (next !== '' && !next.includes(text[end] ?? 'x')) continue;
    if (first !== undefined && first !== text[at]) continue;
    if (digitsAfter > 0 && !isDigitAt(text, end + digitsAfter)) continue;
    const match = matchAt(pattern, text, at);
    if (match !== null && accepts(match)) return { start: at, end: at + match.length, label };
  }
  return findAnnounced(text, at);
}

/** Digits behind a dot, a letter or an id's dash continue something; behind `card-` or `user_` they begin. */
function beginsNumber(text: string, at: number): boolean {
  const before = text[at - 1];
  if (before === '.') return !isAlphanumericAt(text, at - 2);
  if (before !== '-' && before !== '_') return true;
  let start = at - 1;
  let word = false;
  while (start > 0 && start > at - 24 && isLetterAt(text, start - 1)) {
    start--;
    word ||= (text.charCodeAt(start) | 0x20) > 0x66; // beyond hexadecimal
  }
  return start === at - 1 ? !isAlphanumericAt(text, start - 1) : word && !isDigitAt(text, start - 1);
}

const INTERNATIONAL =
  /\+[1-9]\d{0,2}[ .-]?(?:\(0?\d{1,4}\)[ .-]?)?\d{1,5}(?:[ .-]?\d{1,5}){1,6}(?![\w@]|[.]\d)/y;

/** ITU-T E.164. */
const MOST_DIGITS = 15;

/** `+81 90-1234-5678`, `+14155552671`. `at`: of the plus sign. */
export function findInternational(text: string, at: number): Finding | null {
  if (text[at] !== '+' || isAlphanumericAt(text, at - 1)) return null;
  const match = matchAt(INTERNATIONAL, text, at);
  if (match === null) return null;
  const number = upTo(MOST_DIGITS, match);
  const digits = bare(number).length;
  const least = number.length === digits + 1 ? 10 : 8;
  return digits < least ? null : { start: at, end: at + number.length, label: '[PHONE]' };
}

const PARENTHESES = /\((?:(\d{3})\)[ .-]?\d{3}[ .-]?\d{4}|0\d{1,4}\) ?\d{1,4}-\d{4})(?![\w@]|-\w)/y;

/** `(415) 555-2671`, `(03) 1234-5678`. `at`: of the parenthesis. */
export function findParenthesized(text: string, at: number): Finding | null {
  if (!isDigitAt(text, at + 1)) return null;
  const match = matchAt(PARENTHESES, text, at);
  if (match === null) return null;
  const digits = bare(match);
  return digits.startsWith('0') || isNorthAmerican(digits)
    ? { start: at, end: at + match.length, label: '[PHONE]' }
    : null;
}

const IBAN = /[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/y;
const NINO =
  /(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]([ -]?)\d{2}\1\d{2}\1\d{2}\1[A-D](?![\w-])/y;

/** IBAN, National Insurance number or announced document that begins with the capital letter at `at`. */
export function findLettered(text: string, at: number): Finding | null {
  if ((kindAt(text, at + 1) & UPPER) === 0) return findAnnounced(text, at);
  const iban = isDigitAt(text, at + 2) ? matchAt(IBAN, text, at) : null;
  if (iban !== null) {
    // The greedy match may have taken the next word along.
    for (let end = iban.length; end >= 15; end--) {
      if (isIban(iban.slice(0, end).replaceAll(' ', '')))
        return { start: at, end: at + end, label: '[IBAN]' };
      if (iban.lastIndexOf(' ', end) < 15) break;
      end = iban.lastIndexOf(' ', end - 1) + 1;
    }
  }
  const nino = matchAt(NINO, text, at);
  if (nino !== null) return { start: at, end: at + nino.length, label: '[ID]' };
  return findAnnounced(text, at);
}

const BASE58 = /[13][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z0-9])/y;

/** A Bitcoin address of the old form. `at`: of its 1 or 3. */
export function findBase58(text: string, at: number): Finding | null {
  if (!isAlphanumericAt(text, at + 25)) return null;
  const match = matchAt(BASE58, text, at);
  if (match === null || !isBase58Address(match)) return null;
  return { start: at, end: at + match.length, label: '[WALLET]' };
}
