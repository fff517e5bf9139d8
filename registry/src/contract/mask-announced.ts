import type { Finding } from './mask-assign.ts';
import { isDigitAt, isLetterAt, matchAt } from './mask-characters.ts';

/** Words that say what a number is whose form alone says nothing, and what such a number looks like. */
interface Announcement {
  readonly label: string;
  /** At the beginning of a word. */
  readonly words: RegExp;
  readonly value: RegExp;
  readonly digits: readonly [least: number, most: number];
}

const ANNOUNCEMENTS: readonly Announcement[] = [
  {
    label: '[BIRTHDATE]',
    words: /born\b|dob\b|date of birth|birth ?(?:day|date)|生年月日|誕生日/iy,
    value:
      /\d{1,4}(?:[-/.年] ?\d{1,2}[-/.月] ?\d{1,4}日?|(?:st|nd|rd|th)?(?: of)?(?: [a-z]{3,9})?,? \d{4})/iy,
    digits: [5, 8],
  },
  {
    label: '[DOCUMENT]',
    words:
      /passport|driver'?s? licen[cs]e|driving licen[cs]e|licen[cs]e (?:no|number|#)|旅券|パスポート|運転免許|免許証|在留カード/iy,
    value: /[A-Z]{0,3}-?\d[\dA-Z]*(?:[ -][\dA-Z]*\d[\dA-Z]*){0,4}/iy,
    digits: [5, 16],
  },
  {
    label: '[ACCOUNT]',
    words: /bank account|account (?:no|number|#)|acct|routing (?:no|number)|iban\b|sort code|口座|普通預金/iy,
    value: /\d+(?:[ -]\d+){0,6}/y,
    digits: [6, 20],
  },
  {
    label: '[ID]',
    words:
      /my ?number|ssn\b|social security|national (?:id|insurance)|nino\b|aadhaar|resident registration|tax id|マイナンバー|個人番号|주민등록번호|身份证/iy,
    value: /\d+(?:[ -]\d+){0,4}/y,
    digits: [8, 14],
  },
  {
    label: '[PHONE]',
    words:
      /(?:tele|cell)?phone\b|tel\b|mobile(?= ?(?:phone|number|no\b|is\b|[:#]))|fax\b|whatsapp|sms\b|call (?:me|us|him|her|them)\b|電話|携帯|전화/iy,
    value: /\d+(?:[ .-]\d+){0,6}/y,
    digits: [7, 15],
  },
  {
    label: '[CARD]',
    words: /(?:credit|debit) card|カード番号|card (?:no|number|#)/iy,
    value: /\d+(?:[ -]\d+){0,5}/y,
    digits: [12, 19],
  },
];

/** By the first two letters of their words; by the first, where it says enough. */
const BY_INITIALS = new Map<string, readonly Announcement[]>();
for (const [initials, index] of [
  ['bo do da bi 生 誕', 0],
  ['pa dr li 旅 パ 運 免 在', 1],
  ['ba ac ro ib so 口 普', 2],
  ['my ss na ni aa re ta マ 個 주 身', 3],
  ['te ce ph mo fa wh sm ca 電 携 전', 4],
  ['cr de ca カ', 5],
] as const) {
  for (const each of initials.split(' ')) {
    BY_INITIALS.set(each, [...(BY_INITIALS.get(each) ?? []), ANNOUNCEMENTS[index]!]);
  }
}

/** How far back words are read, and how far from the number they may end. */
const REACH = 48;
const GAP = 24;

/** A date is announced by other words. */
const DATE = /^(?:19|20)\d\d[-/. ]?[01]?\d[-/. ]?[0-3]?\d$/;

/** A number behind words that say what it is: `passport number X1234567`, `口座番号は 1234567`. */
export function findAnnounced(text: string, at: number): Finding | null {
  if (!hasDigits(text, at)) return null;
  const announcement = announcementBefore(text, at);
  if (announcement === null) return null;
  const { label, value, digits } = announcement;
  const whole = matchAt(value, text, at);
  if (whole === null || (label !== '[BIRTHDATE]' && DATE.test(whole))) return null;
  const match = upTo(digits[1], whole);
  const count = match.replace(/\D/g, '').length;
  return count >= digits[0] && count <= digits[1] ? { start: at, end: at + match.length, label } : null;
}

/** A number without the groups at its end that make it longer than it may be: they belong to another one. */
export function upTo(most: number, number: string): string {
  let kept = number;
  while (kept.replace(/\D/g, '').length > most) {
    const shorter = kept.replace(/[^\dA-Za-z][\dA-Za-z]+$/, '');
    if (shorter === kept) return '';
    kept = shorter;
  }
  return kept;
}

/** No announced number has fewer than five digits. */
function hasDigits(text: string, at: number): boolean {
  let digits = 0;
  for (let i = at; i < at + 24 && i < text.length; i++) if (isDigitAt(text, i) && ++digits === 5) return true;
  return false;
}

/** The announcement whose words end nearest before `at`, with no other number and no new line between. */
function announcementBefore(text: string, at: number): Announcement | null {
  for (let start = at - 1; start >= 0 && start >= at - REACH; start--) {
    if (isDigitAt(text, start) || text[start] === '\n') return null;
    const letter = isLetterAt(text, start);
    if ((!letter && text.charCodeAt(start) < 0x80) || (letter && isLetterAt(text, start - 1))) continue;
    const initials = letter ? text.slice(start, start + 2).toLowerCase() : text[start]!;
    for (const announcement of BY_INITIALS.get(initials) ?? []) {
      const words = matchAt(announcement.words, text, start);
      if (words !== null && at - start - words.length <= GAP) return announcement;
    }
  }
  return null;
}
