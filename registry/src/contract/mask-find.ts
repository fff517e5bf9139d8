import { findAddress, findCredentials, findEmail, findIpv6 } from './mask-addresses.ts';
import { type Finding, findAssigned } from './mask-assign.ts';
import {
  ALPHANUMERIC,
  ASSIGNS,
  AT,
  DASH,
  DIGIT,
  isDigitAt,
  KIND,
  kindAt,
  PHONE,
  PLACE,
  TILDE,
  TRIGGERS,
  UPPER,
} from './mask-characters.ts';
import { base64End, decodeText, seemsEncoded } from './mask-encoded.ts';
import {
  findBase58,
  findInternational,
  findLettered,
  findNumber,
  findParenthesized,
} from './mask-numbers.ts';
import { findAzureSecret, findPrivateKey, findToken, mayOpen } from './mask-tokens.ts';
import { type View, viewOf } from './mask-view.ts';

/**
 * Everything in a view that is to be replaced, in order and without overlaps. One pass: a rule is tried only where a
 * word begins that may open something (a digit, an opening of three letters) and at the signs that mark something (`@`,
 * `:`, `=` …). Rules read on and back over a bounded stretch, and what they found is passed over: the time is linear.
 *
 * `depth`: how many layers of base64 the text came out of.
 */
export function find(view: View, depth = 0): readonly Finding[] {
  const { text } = view;
  const { length } = text;
  let found: Finding[] | null = null;
  /** Up to where base64 was looked for. */
  let decoded = 0;

  for (let at = 0; at < length; ) {
    const code = text.charCodeAt(at);
    const kind = KIND[code]!;
    if ((kind & TRIGGERS) === 0) {
      at++;
      continue;
    }
    let finding: Finding | null = null;
    if (kind & ALPHANUMERIC) {
      finding = findWord(text, at, kind);
      if (finding === null && at >= decoded && depth < MAX_DEPTH && seemsEncoded(text, at)) {
        decoded = base64End(text, at);
        finding = findEncoded(text, at, decoded, depth);
      }
    } else if (kind & ASSIGNS) finding = findAssigned(view, at) ?? findCredentials(text, at);
    else if (kind & AT) finding = findEmail(text, at);
    else if (kind & PHONE) finding = findInternational(text, at) ?? findParenthesized(text, at);
    else if (kind & DASH) finding = text.charCodeAt(at + 1) === code ? findPrivateKey(text, at) : null;
    else if (kind & TILDE) finding = findAzureSecret(text, at);
    else if (kind & PLACE) finding = findAddress(text, at);
    if (finding !== null && finding.end > at) {
      found ??= [];
      push(found, finding);
      at = finding.end;
    } else {
      at++;
      // The rest of a word begins nothing.
      if (kind & ALPHANUMERIC) while (at < length && KIND[text.charCodeAt(at)]! & ALPHANUMERIC) at++;
    }
  }
  return found ?? NOTHING;
}

const NOTHING: readonly Finding[] = [];

/** What stands behind the base64 of `text[at, end)`. */
function findEncoded(text: string, at: number, end: number, depth: number): Finding | null {
  const inner = decodeText(text.slice(at, end));
  const first = inner === null ? undefined : find(viewOf(inner), depth + 1)[0];
  if (first === undefined) return null;
  let padded = end;
  while (text[padded] === '=') padded++;
  return { start: at, end: padded, label: first.label };
}

/** How deep base64 within base64 is opened. */
const MAX_DEPTH = 2;

/** What the word that begins at `at` is by its own form. */
function findWord(text: string, at: number, kind: number): Finding | null {
  const finding =
    kind & DIGIT
      ? findNumber(text, at)
      : kind & UPPER && mayBeDocument(text, at)
        ? findLettered(text, at)
        : null;
  if (finding !== null) return finding;
  const code = text.charCodeAt(at);
  if (mayOpen(code, text.charCodeAt(at + 1), text.charCodeAt(at + 2))) {
    const token = findToken(text, at);
    if (token !== null) return token;
  }
  if (code === 0x31 || code === 0x33) {
    const wallet = findBase58(text, at);
    if (wallet !== null) return wallet;
  }
  return code === 0x32 || code === 0x33 ? findIpv6(text, at) : null;
}

/** Documents begin with up to three capital letters, and a digit is near. */
function mayBeDocument(text: string, at: number): boolean {
  let digit = at + 1;
  while (digit < at + 4 && kindAt(text, digit) & UPPER) digit++;
  return isDigitAt(text, digit) || (kindAt(text, digit) & DASH) !== 0 || text[digit] === ' ';
}

/** Some rules look back: what they find swallows what it overlaps. */
function push(found: Finding[], finding: Finding): void {
  for (let last = found.at(-1); last !== undefined && last.end > finding.start; last = found.at(-1)) {
    finding.start = Math.min(finding.start, last.start);
    found.pop();
  }
  found.push(finding);
}
