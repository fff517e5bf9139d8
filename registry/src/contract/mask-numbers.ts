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
const STOP = '(?![\\w@]|[-.]\\w)';
const form = (source: string): RegExp => new RegExp(source + STOP, 'y');

const FORMS: readonly Form[] = [
  { label: '[CARD]', lengths: [14, 15, 16, 17, 18, 19], pattern: form('\\d{14,19}'), accepts: card },
  {
    label: '[CARD]',
    lengths: [4],
    pattern: form('\\d{4}([ .-])(?:\\d{4}\\1\\d{4}\\1\\d{4}(?:\\1\\d{3})?|\\d{6}\\1\\d{4,5})'),
    accepts: card,
  },
  { label: '[ID]', lengths: [3], pattern: form('\\d{3}-\\d{2}-\\d{4}'), accepts: isSsn },
  { label: '[ID]', lengths: [6], pattern: form('\\d{6}-[1-8]\\d{6}'), accepts: isKoreanId },
  {
    label: '[PHONE]',
    lengths: [3],
    pattern: form('\\d{3}([.-])\\d{3}\\1\\d{4}'),
    accepts: (match) => isNorthAmerican(bare(match)),
  },
  {
    label: '[PHONE]',
    lengths: [1],
    pattern: form('1[ .-](?:\\(\\d{3}\\) ?|\\d{3}[ .-])\\d{3}[ .-]\\d{4}'),
    accepts: (match) => isNorthAmerican(bare(match)),
  },
  {
    label: '[PHONE]', // Japan, Korea: ten digits, mobile eleven
    lengths: [2, 3, 4, 5],
    pattern: form('0\\d{1,4}-\\d{1,4}-\\d{4}'),
    accepts: (match) => bare(match).length === (/^0(?:[5789]0|1[016-9])-/.test(match) ? 11 : 10),
  },
  { label: '[PHONE]', lengths: [11], pattern: form('0(?:[5789]0|7\\d)\\d{8}'), accepts: always },
  { label: '[PHONE]', lengths: [5], pattern: form('07\\d{3} \\d{3} ?\\d{3}'), accepts: always }, // United Kingdom
  { label: '[PHONE]', lengths: [3], pattern: form('02\\d \\d{4} \\d{4}'), accepts: always },
  { label: '[PHONE]', lengths: [2], pattern: form('0[1-9](?: \\d\\d){4}'), accepts: always }, // France
  {
    label: '[IP]',
    lengths: [1, 2, 3],
    pattern: /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?!\w|[-.]\w)/y,
    accepts: isPublicIpv4,
  },
  {
    label: '[SECRET]',
    lengths: [8, 9, 10],
    pattern: /\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])/y,
    accepts: always,
  }, // Telegram
];

const BY_LENGTH: (readonly Form[] | undefined)[] = [];
for (const each of FORMS) {
  for (const length of each.lengths) BY_LENGTH[length] = [...(BY_LENGTH[length] ?? []), each];
}

export interface NumberFinding {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** The personal number that begins with the digit at `at`, by its form or by the words in front of it. */
export function findNumber(text: string, at: number): NumberFinding | null {
  let end = at + 1;
  while (end < at + 20 && isDigit(text.charCodeAt(end))) end++;
  if (!beginsNumber(text, at)) return null;
  for (const { pattern, accepts, label } of BY_LENGTH[end - at] ?? []) {
    const match = matchAt(pattern, text, at);
    if (match !== null && accepts(match)) return { start: at, end: at + match.length, label };
  }
  return findAnnounced(text, at);
}

/** Digits behind a dot, a letter or an id's dash continue something; behind `card-` or `user_` they begin. */
function beginsNumber(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (before === 0x2e) return !isAlphanumeric(text.charCodeAt(at - 2));
  if (before !== 0x2d && before !== 0x5f) return true;
  let start = at - 1;
  while (start > 0 && start > at - 24 && isLetter(text.charCodeAt(start - 1))) start--;
  if (start === at - 1) return !isAlphanumeric(text.charCodeAt(at - 2));
  const opens = text.charCodeAt(start - 1);
  return !isDigit(opens) && /[g-z]/i.test(text.slice(start, at - 1));
}

const INTERNATIONAL =
  /\+[1-9]\d{0,2}[ .-]?(?:\(0?\d{1,4}\)[ .-]?)?\d{1,5}(?:[ .-]?\d{1,5}){1,6}(?![\w@]|[.]\d)/y;

/** `+81 90-1234-5678`, `+14155552671`: ITU-T E.164, at most 15 digits. `at`: of the plus sign. */
export function findInternational(text: string, at: number): NumberFinding | null {
  if (isAlphanumeric(text.charCodeAt(at - 1))) return null;
  const match = matchAt(INTERNATIONAL, text, at);
  if (match === null) return null;
  const digits = bare(match).length;
  const least = match.length === digits + 1 ? 10 : 8;
  return digits >= least && digits <= 15 ? { start: at, end: at + match.length, label: '[PHONE]' } : null;
}

const PARENTHESES = /\((?:(\d{3})\)[ .-]?\d{3}[ .-]?\d{4}|0\d{1,4}\) ?\d{1,4}-\d{4})(?![\w@]|-\w)/y;

/** `(415) 555-2671`, `(03) 1234-5678`. `at`: of the parenthesis. */
export function findParenthesized(text: string, at: number): NumberFinding | null {
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
export function findLettered(text: string, at: number): NumberFinding | null {
  const iban = matchAt(IBAN, text, at);
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
export function findBase58(text: string, at: number): NumberFinding | null {
  const match = matchAt(BASE58, text, at);
  if (match === null || !isBase58Address(match)) return null;
  return { start: at, end: at + match.length, label: '[WALLET]' };
}

/** Words that announce a number whose form alone says nothing; one group an announcement, in the order below. */
const WORDS = new RegExp(
  [
    '\\bborn\\b|\\bdob\\b|\\bdate of birth|\\bbirth ?(?:day|date)|生年月日|誕生日',
    "passport|driver'?s? licen[cs]e|driving licen[cs]e|licen[cs]e (?:no|number|#)|旅券|パスポート|運転免許|免許証|在留カード",
    'bank account|account (?:no|number|#)|\\bacct|routing (?:no|number)|\\biban\\b|sort code|口座|普通預金',
    'my ?number|マイナンバー|個人番号|\\bssn\\b|social security|national (?:id|insurance)|\\bnino\\b|aadhaar|resident registration|tax id|주민등록번호|身份证',
    '\\b(?:tele|cell)?phone\\b|\\btel\\b|\\bmobile(?= ?(?:phone|number|no\\b|is\\b|[:#]|$))|\\bfax\\b|whatsapp|\\bsms\\b|\\bcall (?:me|us|him|her|them)\\b|電話|携帯|전화',
    '(?:credit|debit) card|\\bcard (?:no|number|#)|カード番号',
  ]
    .map((words) => `(${words})`)
    .join('|'),
  'gi',
);

/** What the words of {@link WORDS} announce, in their order. */
const ANNOUNCED: readonly {
  readonly label: string;
  readonly pattern: RegExp;
  readonly digits: readonly [number, number];
}[] = [
  {
    label: '[BIRTHDATE]',
    pattern: /\d{1,4}(?:[-/.年] ?\d{1,2}[-/.月] ?\d{1,4}日?|(?:st|nd|rd|th)?(?: [a-z]{3,9})?,? \d{4})/iy,
    digits: [4, 8],
  },
  {
    label: '[DOCUMENT]',
    pattern: /[A-Z]{0,3}-?\d[\dA-Z]*(?:[ -][\dA-Z]*\d[\dA-Z]*){0,4}/iy,
    digits: [5, 16],
  },
  { label: '[ACCOUNT]', pattern: /\d+(?:[ -]\d+){0,6}/y, digits: [6, 20] },
  { label: '[ID]', pattern: /\d+(?:[ -]\d+){0,4}/y, digits: [8, 14] },
  { label: '[PHONE]', pattern: /\d+(?:[ .-]\d+){0,6}/y, digits: [7, 15] },
  { label: '[CARD]', pattern: /\d+(?:[ -]\d+){0,5}/y, digits: [12, 19] },
];

/** How far back words are read, and how far from the number they may end. */
const REACH = 48;
const GAP = 24;
const DATE = /^(?:19|20)\d\d[-/. ]?[01]?\d[-/. ]?[0-3]?\d$/;

/** A number behind words that say what it is: `passport number X1234567`, `口座番号は 1234567`. */
function findAnnounced(text: string, at: number): NumberFinding | null {
  let from = at;
  let letters = false;
  while (from > 0 && from > at - REACH) {
    const code = text.charCodeAt(from - 1);
    if (isDigit(code) || code === 0x0a) break;
    if (isLetter(code) || code > 0x7f) letters = true;
    from--;
  }
  if (!letters) return null;
  // The words nearest to the number count.
  let announced: (typeof ANNOUNCED)[number] | undefined;
  for (const match of text.slice(from, at).matchAll(WORDS)) {
    const gap = at - from - match.index - match[0].length;
    if (gap <= GAP) announced = ANNOUNCED[match.slice(1).findIndex(Boolean)];
  }
  if (announced === undefined) return null;
  const value = matchAt(announced.pattern, text, at);
  if (value === null || (announced.label !== '[BIRTHDATE]' && DATE.test(value))) return null;
  const digits = bare(value).length;
  const [least, most] = announced.digits;
  return digits >= least && digits <= most
    ? { start: at, end: at + value.length, label: announced.label }
    : null;
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

function isAlphanumeric(code: number): boolean {
  return isDigit(code) || isLetter(code);
}
