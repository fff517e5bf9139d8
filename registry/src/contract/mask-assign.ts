import { KEY, kindAt } from './mask-characters.ts';
import { type Meaning, mayEndKey, meaningOf } from './mask-keys.ts';
import { originalAt, originalSlice, type View } from './mask-view.ts';

/** A part of the view to be replaced. */
export interface Finding {
  start: number;
  readonly end: number;
  /** What stands there afterwards. */
  readonly label: string;
}

/**
 * Looks at the `:` or `=` (or `は`) at `at` of JSON, YAML, query strings, headers, environment files and prose: if the key in
 * front of it says that a secret or personal value follows, that value is found. Quotes may be escaped to any depth.
 */
export function findAssigned(view: View, at: number): Finding | null {
  const { text } = view;
  const key = keyBefore(text, at);
  if (key === null) return null;
  const own = meaningOf(key.name);
  const meaning = own ?? meaningOfPair(text, key);
  if (meaning === null || (meaning.equalsOnly && text[at] !== '=')) return null;
  const start = valueStart(text, at);
  const first = text[start];
  if (first === undefined) return null;
  if (first === '{' || first === '[')
    return own?.whole && key.quoted ? findWhole(view, start, key, meaning) : null;
  if (first === '"' || first === "'" || first === '`') return findQuoted(view, start, meaning);
  return findBare(view, start, at, key, meaning);
}

interface Key {
  readonly name: string;
  readonly start: number;
  /** Position of the closing quote, or of the end of an unquoted key. */
  readonly end: number;
  readonly quoted: boolean;
}

const MAX_KEY = 64;

function keyBefore(text: string, sign: number): Key | null {
  let end = sign;
  while (end > 0 && end > sign - 3 && text[end - 1] === ' ') end--;
  const last = text[end - 1];
  if (last === '"' || last === "'") {
    if (!mayEndKey(text, end - 1)) return null;
    const start = text.lastIndexOf(last, end - 2) + 1;
    if (start === 0 || start < end - 1 - MAX_KEY) return null;
    return { name: text.slice(start, end - 1), start: start - 1, end: end - 1, quoted: true };
  }
  if (!mayEndKey(text, end)) return null;
  let start = end;
  while (start > 0 && start > end - MAX_KEY && isKeyCharacter(text, start - 1)) start--;
  return start === end ? null : { name: text.slice(start, end), start, end, quoted: false };
}

/** Words of one key may stand apart by one space: `API key: …`. */
function isKeyCharacter(text: string, at: number): boolean {
  if (text.charCodeAt(at) === 0x20) return (kindAt(text, at - 1) & kindAt(text, at + 1) & KEY) !== 0;
  return (kindAt(text, at) & KEY) !== 0;
}

/** `{"key": "password", "value": {"stringValue": …`: the name of the pair stands one member before. */
const PAIR = /["'](?:key|name)["'] ?[:=] ?["']([^"']{1,96})["'] ?, ?(?:["']value["'] ?[:=] ?\{ ?)?$/;

function meaningOfPair(text: string, { name, start }: Key): Meaning | null {
  if (!/^(?:value|(?:string|int|double|bytes)_?value)$/i.test(name)) return null;
  const pair = PAIR.exec(text.slice(Math.max(0, start - 160), start));
  return pair === null ? null : meaningOf(pair[1]!);
}

function valueStart(text: string, sign: number): number {
  let at = sign + 1;
  while (at < sign + 3 && (text[at] === '>' || text[at] === '=')) at++;
  const limit = at + 8;
  while (at < limit && (text[at] === ' ' || text[at] === '\t')) at++;
  return at;
}

/** To the closing quote, which is escaped no deeper than the opening one; to the end of a text that was cut before it. */
function findQuoted(view: View, quote: number, meaning: Meaning): Finding | null {
  const { text } = view;
  const depth = width(view, quote);
  const start = quote + 1;
  let end = text.indexOf(text[quote]!, start);
  while (end >= 0 && width(view, end) > depth) end = text.indexOf(text[quote]!, end + 1);
  if (end < 0) end = text.length;
  return meaning.accepts(text.slice(start, Math.min(end, start + 4096)))
    ? { start, end, label: meaning.label }
    : null;
}

function width(view: View, at: number): number {
  return originalAt(view, at + 1) - originalAt(view, at);
}

/** An object or array under a key that holds nothing but secrets, unless it describes one (a JSON schema). */
function findWhole(view: View, start: number, key: Key, meaning: Meaning): Finding | null {
  const { text } = view;
  if (/^[{[]\s*(?:["'](?:type|\$ref|description|anyOf)["']|[}\]])/.test(text.slice(start, start + 40)))
    return null;
  const end = closingBracket(view, start);
  const quote = originalSlice(view, key.end, key.end + 1);
  return { start, end, label: quote + meaning.label + quote };
}

function closingBracket(view: View, open: number): number {
  const { text } = view;
  const quote = text.indexOf('"', open);
  const depth = quote < 0 ? 1 : width(view, quote);
  let level = 0;
  let quoted = false;
  for (let at = open; at < text.length; at++) {
    const character = text[at];
    if (character === '"' && width(view, at) <= depth) quoted = !quoted;
    if (quoted) continue;
    if (character === '{' || character === '[') level++;
    else if ((character === '}' || character === ']') && --level === 0) return at + 1;
  }
  return text.length;
}

const BARE = /(?:[^\s"'`,;&<>(){}[\]|、。，；]|,(?=[^\s"'`,;&<>(){}[\]|]))+/y;
const WORDS = /[^\s"'`,;&<>(){}[\]|:=、。，；：]+(?: [^\s"'`,;&<>(){}[\]|:=、。，；：]+){0,5}/y;
const SCHEME = /(?:basic|bearer|token|digest|apikey|negotiate|aws4-hmac-sha256)[ +]/iy;
const COOKIES = /[^\s=;,"'`]{1,128}=[^\s;"'`]*(?:; ?[^\s=;,"'`]{1,128}=[^\s;"'`]*)*/y;

function findBare(view: View, valueAt: number, sign: number, key: Key, meaning: Meaning): Finding | null {
  const { text } = view;
  let start = valueAt;
  SCHEME.lastIndex = start;
  if (SCHEME.test(text)) start = SCHEME.lastIndex;
  const end = meaning.words
    ? endOf(WORDS, text, start)
    : /cookie$/i.test(key.name)
      ? Math.max(endOf(COOKIES, text, start), endOf(BARE, text, start))
      : endOf(BARE, text, start);
  const value = text.slice(start, end);
  if (end === start || !meaning.accepts(value)) return null;
  if (isProse(text, value, end, sign)) return null;
  const quote = key.quoted ? originalSlice(view, key.end, key.end + 1) : '';
  return { start, end, label: quote + meaning.label + quote };
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** `Password: must be changed`: a plain word with more words behind it continues the sentence. */
function isProse(text: string, value: string, end: number, sign: number): boolean {
  if (!/^[A-Z]?[a-z]+$/.test(value) || text[sign + 1] !== ' ') return false;
  return /^[ ,] ?[a-z]+[ ,.!?]/i.test(text.slice(end, end + 32));
}
