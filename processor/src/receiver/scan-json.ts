import type { Signal } from '../model.ts';
import type { Scan } from './scan.ts';

/** Deeper than this a body is not parsed at all: nothing honest is, and a parser pays for every level. */
export const MAX_JSON_NESTING = 4096;

/** Levels that one item may open; an OTLP value opens three a level of its own. */
const MAX_ITEM_NESTING = 256;

/**
 * Nesting of a request: {, "resourceSpans": [, {, "scopeSpans": [, {, "spans": [, { … the item.
 * Objects stand at the odd depths, lists at the even ones.
 */
const ITEM_LIST_DEPTH = 6;
const ITEM_DEPTH = 7;

const ROOT_KEYS: Readonly<Record<string, Scan['signal']>> = {
  resourceSpans: 'spans',
  resource_spans: 'spans',
  resourceLogs: 'logs',
  resource_logs: 'logs',
  resourceMetrics: 'metrics',
  resource_metrics: 'metrics',
};
const SCOPE_KEYS = ['scopeSpans', 'scope_spans', 'scopeLogs', 'scope_logs', 'scopeMetrics', 'scope_metrics'];
const ITEM_KEYS = ['spans', 'logRecords', 'log_records', 'metrics'];

type IdField = 'trace' | 'span' | 'parent';
const ID_KEYS: Readonly<Record<string, IdField>> = {
  traceId: 'trace',
  trace_id: 'trace',
  spanId: 'span',
  span_id: 'span',
  parentSpanId: 'parent',
  parent_span_id: 'parent',
};
const LONGEST_KEY = 'resource_metrics'.length;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OBJECT = 1;
const LIST = 2;

/**
 * {@link Scan} of a JSON body without building values: brackets, strings and the few keys on the way to the
 * items. It bounds the nesting, so that a parser may follow; it does not check the grammar.
 */
export function scanJson(body: Uint8Array, signal: Signal | null): Scan {
  const buf = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const kinds = new Uint8Array(MAX_JSON_NESTING + 2);
  let found: Scan['signal'] = signal;
  let items = 0;
  let bad = 0;
  let reason = '';
  let depth = 0;
  /** How deep the path to the items is followed right now: equal to `depth` while on it. */
  let onPath = 0;
  /** A key on the path was read, its value comes next. */
  let keyOpens = false;
  let idField: IdField | null = null;
  let problem = '';
  let sawTrace = false;
  let sawSpan = false;
  let roots = 0;
  let stringStart = 0;
  let stringEnd = 0;
  let pos = buf.length >= 3 && buf[0] === 0xef && buf[1] === 0xbb && buf[2] === 0xbf ? 3 : 0;

  const unreadable = (why: string): Scan => ({
    signal: found,
    items: 0,
    bad: 0,
    reason: '',
    fault: `not OTLP JSON: ${why} at byte ${pos}`,
  });

  function countItem(): void {
    items++;
    if (problem === '') return;
    bad++;
    reason ||= problem;
  }

  /** A key of an object on the path: does its value go on with the path? */
  function readKey(): void {
    keyOpens = false;
    idField = null;
    if (stringEnd - stringStart > LONGEST_KEY * 6) return;
    let key = buf.latin1Slice(stringStart, stringEnd);
    if (key.includes('\\')) key = unescapeKey(key);
    if (depth === 1) {
      const of = Object.hasOwn(ROOT_KEYS, key) ? ROOT_KEYS[key]! : null;
      keyOpens = of !== null && (signal === null || signal === of);
      if (keyOpens) found ??= of;
    } else if (depth === 3) keyOpens = SCOPE_KEYS.includes(key);
    else if (depth === 5) keyOpens = ITEM_KEYS.includes(key);
    else if (Object.hasOwn(ID_KEYS, key)) idField = ID_KEYS[key]!;
  }

  /** A text, number or literal in place of something the path needs. */
  function scalar(isNull: boolean): string {
    if (depth !== onPath) return '';
    if (depth === ITEM_LIST_DEPTH) {
      problem = 'not an object';
      countItem();
    } else if (depth === 2 || depth === 4) return 'an object expected';
    else if (keyOpens && !isNull) return 'a list expected';
    else if (idField !== null && !isNull) problem ||= `${idField} id is no string`;
    keyOpens = false;
    idField = null;
    return '';
  }

  function readId(): void {
    const length = stringEnd - stringStart;
    const isLog = found === 'logs';
    const wanted = idField === 'trace' ? 32 : 16;
    const mayBeEmpty = isLog || idField === 'parent';
    if (!(length === wanted || (length === 0 && mayBeEmpty)))
      problem ||= `${idField} id of ${length} hex digits`;
    else if (!isHex(buf, stringStart, stringEnd)) problem ||= `${idField} id is not hexadecimal`;
    else if (!mayBeEmpty && isZeros(buf, stringStart, stringEnd)) problem ||= `${idField} id is all zeros`;
    if (idField === 'trace') sawTrace = true;
    if (idField === 'span') sawSpan = true;
    idField = null;
  }

  for (; pos < buf.length; pos++) {
    const byte = buf[pos]!;
    if (byte === QUOTE) {
      stringStart = pos + 1;
      stringEnd = endOfString(buf, stringStart);
      if (stringEnd === -1) return unreadable('unfinished string');
      pos = stringEnd;
      // A key is told from a value by the colon behind it.
      if (depth !== onPath || depth === 0) continue;
      if (kinds[depth] === OBJECT && isKey(buf, stringEnd + 1)) continue;
      if (idField !== null && depth === ITEM_DEPTH) readId();
      else {
        const wrong = scalar(false);
        if (wrong !== '') return unreadable(wrong);
      }
    } else if (byte === 0x3a) {
      if (depth === onPath && depth > 0) readKey();
    } else if (byte === 0x7b || byte === 0x5b) {
      const kind = byte === 0x7b ? OBJECT : LIST;
      if (depth === 0 && (roots++ > 0 || kind !== OBJECT)) return unreadable('not one object');
      if (depth >= MAX_JSON_NESTING) return unreadable(`nested deeper than ${MAX_JSON_NESTING}`);
      if (depth === onPath && depth < ITEM_DEPTH) {
        const steps = depth % 2 === 0 ? kind === OBJECT : keyOpens && kind === LIST;
        if (steps) onPath++;
        else if (depth === ITEM_LIST_DEPTH) {
          problem = 'not an object';
          countItem();
        } else if (keyOpens || depth % 2 === 0) return unreadable('a list of objects expected');
        if (onPath === ITEM_DEPTH) {
          problem = '';
          sawTrace = false;
          sawSpan = false;
        }
      } else if (depth === ITEM_DEPTH && onPath === ITEM_DEPTH && idField !== null) {
        problem ||= `${idField} id is no string`;
      } else if (onPath === ITEM_DEPTH && depth === ITEM_DEPTH + MAX_ITEM_NESTING) {
        problem ||= `nested deeper than ${MAX_ITEM_NESTING}`;
      }
      keyOpens = false;
      idField = null;
      kinds[++depth] = kind;
    } else if (byte === 0x7d || byte === 0x5d) {
      if (depth === 0 || kinds[depth] !== (byte === 0x7d ? OBJECT : LIST))
        return unreadable('unbalanced bracket');
      if (depth === onPath) {
        if (depth === ITEM_DEPTH) {
          if (found === 'spans' && !sawTrace) problem ||= 'trace id is missing';
          if (found === 'spans' && !sawSpan) problem ||= 'span id is missing';
          countItem();
        }
        onPath--;
        keyOpens = false;
      }
      depth--;
    } else if (byte > 0x20 && byte !== 0x2c) {
      const start = pos;
      while (pos + 1 < buf.length && !isDelimiter(buf[pos + 1]!)) pos++;
      if (depth === 0) return unreadable('not an object');
      const wrong = scalar(byte === 0x6e && pos - start === 3);
      if (wrong !== '') return unreadable(wrong);
    }
  }
  if (depth > 0) return unreadable('unfinished');
  if (roots === 0) return unreadable('empty');
  return { signal: found, items, bad, reason, fault: '' };
}

/** Position of the closing quote; −1 when there is none. */
function endOfString(buf: Buffer, start: number): number {
  for (let pos = start; pos < buf.length; pos++) {
    const byte = buf[pos]!;
    if (byte === QUOTE) return pos;
    if (byte === BACKSLASH) pos++;
  }
  return -1;
}

function isKey(buf: Buffer, after: number): boolean {
  let pos = after;
  while (pos < buf.length && buf[pos]! <= 0x20) pos++;
  return buf[pos] === 0x3a;
}

/** , : { } [ ] " and blanks end a number or literal. */
function isDelimiter(byte: number): boolean {
  return (
    byte <= 0x20 ||
    byte === 0x2c ||
    byte === 0x3a ||
    byte === QUOTE ||
    (byte | 0x20) === 0x7b ||
    (byte | 0x20) === 0x7d
  );
}

function unescapeKey(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

function isHex(buf: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = buf[i]!;
    const isDigit = byte >= 0x30 && byte <= 0x39;
    const lower = byte | 0x20;
    if (!isDigit && !(lower >= 0x61 && lower <= 0x66)) return false;
  }
  return true;
}

function isZeros(buf: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (buf[i] !== 0x30) return false;
  return true;
}
