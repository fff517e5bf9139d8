import type { Finding } from './mask-assign.ts';
import { isDigitAt, kindAt, LOCAL, matchAt } from './mask-characters.ts';

const DOMAIN =
  /@(?:[a-z0-9\u00c0-\u024f](?:[a-z0-9\u00c0-\u024f-]{0,61}[a-z0-9\u00c0-\u024f])?\.){1,8}([a-z]{2,24})(?![a-z0-9])/iy;
const FILE_ENDING =
  /^(?:png|jpe?g|gif|svg|webp|css|js|mjs|cjs|ts|tsx|jsx|json|ya?ml|md|txt|html?|zip|tgz|gz|tar|whl|jar|pdf|csv|lock|map|exe|dll|so)$/i;

/** The address around the `@` at `at`. `git@` is no one's. */
export function findEmail(text: string, at: number): Finding | null {
  let start = at;
  while (start > 0 && start > at - 64 && kindAt(text, start - 1) & LOCAL) start--;
  while (start < at && /[.'!#~-]/.test(text[start]!)) start++;
  if (start === at) return null;
  DOMAIN.lastIndex = at;
  const match = DOMAIN.exec(text);
  if (match === null || FILE_ENDING.test(match[1]!) || text.slice(start, at) === 'git') return null;
  return { start, end: DOMAIN.lastIndex, label: '[EMAIL]' };
}

const AUTHORITY = /:\/\/([^\s:@/"'<>]{0,128}):([^\s/"'<>]{1,256})@/y;

/** User and password of a URL. `at`: of the colon behind its scheme. */
export function findCredentials(text: string, at: number): Finding | null {
  if (text.charCodeAt(at + 1) !== 0x2f || text.charCodeAt(at + 2) !== 0x2f) return null;
  AUTHORITY.lastIndex = at;
  const match = AUTHORITY.exec(text);
  if (match === null) return null;
  const end = AUTHORITY.lastIndex - 1;
  return { start: end - match[1]!.length - match[2]!.length - 1, end, label: '[SECRET]' };
}

const HAN = '\\u4e00-\\u9fff々\\u3040-\\u30ff';
const POSTAL = new RegExp(`〒 ?\\d{3}-?\\d{4}(?:[ \\n]?[${HAN}][${HAN}\\d-]{3,60})?`, 'y');
const PREFECTURE = /(?:東京|北海|京都|大阪|神奈川|和歌山|鹿児島|[\u4e00-\u9fff]{2})$/;
const BLOCK = new RegExp(`.[${HAN}]{2,40}\\d{1,4}(?:丁目|番地|番|号|の|-|\\d{1,4}){0,8}`, 'y');

/** `〒150-0002 東京都渋谷区渋谷2-21-1`. `at`: of the postal mark or of the last character of the prefecture. */
export function findAddress(text: string, at: number): Finding | null {
  if (text[at] === '〒') {
    const postal = matchAt(POSTAL, text, at);
    return postal === null ? null : { start: at, end: at + postal.length, label: '[ADDRESS]' };
  }
  const prefecture = PREFECTURE.exec(text.slice(Math.max(0, at - 3), at));
  const block = prefecture === null ? null : matchAt(BLOCK, text, at);
  if (prefecture === null || block === null || !/^.{2,}[市区町村郡]/.test(block)) return null;
  return { start: at - prefecture[0].length, end: at + block.length, label: '[ADDRESS]' };
}

const IPV6 = /^[23][0-9a-f]{3}(?::[0-9a-f]{1,4}|::)/i;

/** A global unicast IPv6 address (RFC 4291): eight groups, or fewer with one `::`. */
export function findIpv6(text: string, at: number): Finding | null {
  if (text[at + 4] !== ':' || isDigitAt(text, at - 1)) return null;
  let end = at + 4;
  while (end < at + 40 && isIpv6Character(text.charCodeAt(end))) end++;
  if (text[end - 1] === ':' && text[end - 2] !== ':') end--;
  const address = text.slice(at, end);
  if (!IPV6.test(address) || address.includes(':::') || kindAt(text, end) & LOCAL) return null;
  const groups = address.split(':').length;
  const shortened = address.split('::').length;
  return (shortened === 1 && groups === 8) || (shortened === 2 && groups <= 8)
    ? { start: at, end, label: '[IP]' }
    : null;
}

function isIpv6Character(code: number): boolean {
  const lower = code | 0x20;
  return (code >= 48 && code <= 58) || (lower >= 97 && lower <= 102);
}
