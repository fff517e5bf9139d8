import type { Signal } from '../model.ts';
import { isHexDigit, walkJson } from './json-walk.ts';
import type { Scan } from './scan.ts';

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

/** {@link Scan} of a JSON body: its whole grammar, and the few keys on the way to the items. */
export function scanJson(body: Uint8Array, signal: Signal | null): Scan {
  const buf = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let found: Scan['signal'] = signal;
  let items = 0;
  let bad = 0;
  let reason = '';
  /** How many of the containers now open lie on the path to the items; equal to the depth while on it. */
  let onPath = 0;
  /** The key before leads on along the path. */
  let leadsOn = false;
  let id: IdField | null = null;
  let problem = '';
  let sawTrace = false;
  let sawSpan = false;

  function endItem(): void {
    items++;
    if (problem !== '') {
      bad++;
      reason ||= problem;
    }
    problem = '';
    sawTrace = false;
    sawSpan = false;
  }

  /** A value that is none of what the path needs at this place. */
  function misfit(depth: number, isNull: boolean): string {
    if (depth === 0) return 'not an object';
    if (depth === ITEM_LIST_DEPTH) {
      problem = 'not an object';
      endItem();
      return '';
    }
    if (depth % 2 === 0) return 'an object expected';
    return leadsOn && !isNull ? 'a list expected' : '';
  }

  function readId(field: IdField, start: number, end: number): void {
    const digits = end - start;
    const mayBeEmpty = found === 'logs' || field === 'parent';
    if (field === 'trace') sawTrace = true;
    if (field === 'span') sawSpan = true;
    if (digits === 0 && mayBeEmpty) return;
    if (digits !== (field === 'trace' ? 32 : 16)) problem ||= `${field} id of ${digits} hex digits`;
    else if (!every(buf, start, end, isHexDigit)) problem ||= `${field} id is not hexadecimal`;
    else if (!mayBeEmpty && every(buf, start, end, isZero)) problem ||= `${field} id is all zeros`;
  }

  const fault = walkJson(buf, {
    key(start, end, depth) {
      if (depth !== onPath) return;
      leadsOn = false;
      id = null;
      const key = keyText(buf, start, end);
      if (depth === 1) {
        const of = Object.hasOwn(ROOT_KEYS, key) ? ROOT_KEYS[key]! : null;
        leadsOn = of !== null && (found === null || found === of);
        if (leadsOn) found = of;
      } else if (depth === 3) leadsOn = SCOPE_KEYS.includes(key);
      else if (depth === 5) leadsOn = ITEM_KEYS.includes(key);
      else if (Object.hasOwn(ID_KEYS, key)) id = ID_KEYS[key]!;
    },
    open(kind, depth) {
      if (depth !== onPath) {
        if (onPath === ITEM_DEPTH && depth > ITEM_DEPTH + MAX_ITEM_NESTING) {
          problem ||= `nested deeper than ${MAX_ITEM_NESTING}`;
        }
        return '';
      }
      if (depth === ITEM_DEPTH) {
        if (id !== null) problem ||= `${id} id is no string`;
        id = null;
        return '';
      }
      if (depth % 2 === 0 ? kind === 'object' : leadsOn && kind === 'list') {
        onPath++;
        leadsOn = false;
        return '';
      }
      return misfit(depth, false);
    },
    close(depth) {
      if (depth + 1 !== onPath) return;
      onPath = depth;
      if (depth !== ITEM_LIST_DEPTH) return;
      if (found === 'spans' && !sawTrace) problem ||= 'trace id is missing';
      if (found === 'spans' && !sawSpan) problem ||= 'span id is missing';
      endItem();
    },
    scalar(type, start, end, depth) {
      if (depth !== onPath) return '';
      const isNull = type === 'literal' && buf[start] === 0x6e;
      if (depth !== ITEM_DEPTH) return misfit(depth, isNull);
      if (id !== null && type === 'string') readId(id, start, end);
      else if (id !== null && !isNull) problem ||= `${id} id is no string`;
      return '';
    },
  });
  if (fault !== '') return { signal: found, items: 0, bad: 0, reason: '', fault: `not OTLP JSON: ${fault}` };
  return { signal: found, items, bad, reason, fault: '' };
}

/** The key at a range; '' for one too long to be any that we look for, however it is escaped. */
function keyText(buf: Buffer, start: number, end: number): string {
  if (end - start > LONGEST_KEY * 6) return '';
  const text = buf.latin1Slice(start, end);
  return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
}

function isZero(byte: number): boolean {
  return byte === 0x30;
}

function every(buf: Buffer, start: number, end: number, test: (byte: number) => boolean): boolean {
  for (let i = start; i < end; i++) if (!test(buf[i]!)) return false;
  return true;
}
