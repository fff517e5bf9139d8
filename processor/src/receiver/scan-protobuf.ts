import type { Signal } from '../model.ts';
import type { Scan } from './scan.ts';

/**
 * Export{Trace,Logs}ServiceRequest have one shape: field 1 the resources, in each field 2 the scopes, in each
 * field 2 the items (opentelemetry-proto v1, `trace_service.proto`, `trace.proto`, `logs.proto`).
 */
const CHILD_FIELD = [1, 2, 2] as const;
const ITEM_LEVEL = CHILD_FIELD.length;

const LEN = 2;
const FIXED64 = 1;

/** The items of a protobuf body, bad ones included, looking no deeper than where they begin; 0 when it cannot be read. */
export function countProtobuf(body: Uint8Array): number {
  let items = 0;
  try {
    eachItem(body, () => items++);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return 0;
  }
  return items;
}

/** {@link Scan} of a protobuf body: tags and lengths down to the items' own fields. */
export function scanProtobuf(body: Uint8Array, signal: Signal | null): Scan {
  let found: Scan['signal'] = signal;
  let items = 0;
  let bad = 0;
  let reason = '';

  function item(start: number, end: number): void {
    items++;
    try {
      found ??= guessSignal(body, start, end);
      const problem = found === 'metrics' ? '' : checkItem(body, start, end, found ?? 'spans');
      if (problem === '') return;
      bad++;
      reason ||= problem;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      bad++;
      reason ||= error.message;
    }
  }

  try {
    eachItem(body, item);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { signal: found, items: 0, bad: 0, reason: '', fault: `not OTLP protobuf: ${error.message}` };
  }
  return { signal: found, items, bad, reason, fault: '' };
}

class Malformed extends Error {}

function eachItem(body: Uint8Array, visit: (start: number, end: number) => void): void {
  function descend(start: number, end: number, level: number): void {
    if (level === ITEM_LEVEL) {
      visit(start, end);
      return;
    }
    eachField(body, start, end, (field, wireType, from, to) => {
      if (field !== CHILD_FIELD[level]) return;
      if (wireType !== LEN) throw new Malformed(`field ${field} is no message at byte ${from}`);
      descend(from, to, level + 1);
    });
  }
  descend(0, body.length, 0);
}

/** The ids' field numbers: in a Span 1, 2 and (parent) 4, in a LogRecord 9 and 10. */
function checkItem(body: Uint8Array, start: number, end: number, signal: Signal): string {
  const isSpan = signal === 'spans';
  const traceField = isSpan ? 1 : 9;
  const spanField = isSpan ? 2 : 10;
  let traceBytes = 0;
  let spanBytes = 0;
  let parentBytes = 0;
  let traceIsZero = true;
  let spanIsZero = true;
  eachField(body, start, end, (field, wireType, from, to) => {
    if (field !== traceField && field !== spanField && !(isSpan && field === 4)) return;
    if (wireType !== LEN) throw new Malformed(`id in field ${field} is not bytes at byte ${from}`);
    if (field === traceField) {
      traceBytes = to - from;
      traceIsZero = isZero(body, from, to);
    } else if (field === spanField) {
      spanBytes = to - from;
      spanIsZero = isZero(body, from, to);
    } else parentBytes = to - from;
  });
  if (!isSpan && traceBytes === 0 && spanBytes === 0) return '';
  if (traceBytes !== 16 && (isSpan || traceBytes !== 0)) return `trace id of ${traceBytes} bytes`;
  if (spanBytes !== 8 && (isSpan || spanBytes !== 0)) return `span id of ${spanBytes} bytes`;
  if (isSpan && traceIsZero) return 'trace id is all zeros';
  if (isSpan && spanIsZero) return 'span id is all zeros';
  return parentBytes === 0 || parentBytes === 8 ? '' : `parent span id of ${parentBytes} bytes`;
}

function isZero(body: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (body[i] !== 0) return false;
  return true;
}

/**
 * What an item is, by fields that only one signal has: a Span's times are fixed64 in 7 and 8, a LogRecord's in
 * 1 and 11, and a Metric's data is a message in 5, 7, 9, 10 or 11 under a name in 1 that is text.
 */
function guessSignal(body: Uint8Array, start: number, end: number): Scan['signal'] {
  let guess: Scan['signal'] = null;
  let idBytes = 0;
  let looksLikeMetric = false;
  eachField(body, start, end, (field, wireType, from, to) => {
    if (wireType === FIXED64 && (field === 7 || field === 8)) guess ??= 'spans';
    else if (wireType === FIXED64 && (field === 1 || field === 11)) guess ??= 'logs';
    else if (wireType === LEN && field === 1) idBytes = to - from;
    else if (wireType === LEN && (field === 7 || field === 10)) looksLikeMetric = true;
  });
  if (guess !== null) return guess;
  if (looksLikeMetric) return 'metrics';
  return idBytes === 16 ? 'spans' : null;
}

/** Calls `visit` with every field of a message; for LEN fields `from`–`to` is the content, else the value. */
function eachField(
  body: Uint8Array,
  start: number,
  end: number,
  visit: (field: number, wireType: number, from: number, to: number) => void,
): void {
  for (let pos = start; pos < end; ) {
    const at = pos;
    const tag = varint(body, pos, end);
    pos = behind;
    const field = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (field === 0) throw new Malformed(`field number 0 at byte ${at}`);
    let from = pos;
    if (wireType === 0) {
      varint(body, pos, end);
      pos = behind;
    } else if (wireType === FIXED64) pos += 8;
    else if (wireType === 5) pos += 4;
    else if (wireType === LEN) {
      const length = varint(body, pos, end);
      from = behind;
      pos = from + length;
    } else throw new Malformed(`wire type ${wireType} at byte ${at}`);
    if (pos > end) throw new Malformed(`field ${field} leaves its message at byte ${at}`);
    visit(field, wireType, from, pos);
  }
}

/** Where the number that was read last ends: a number comes back without an object around it. */
let behind = 0;

function varint(body: Uint8Array, start: number, end: number): number {
  let value = 0;
  let unit = 1;
  for (let at = start; at < start + 10; at++) {
    if (at >= end) throw new Malformed(`ends inside a number at byte ${at}`);
    const byte = body[at]!;
    // Beyond 2^53 only size matters: such a length never fits.
    value += (byte & 0x7f) * unit;
    if (byte < 0x80) {
      behind = at + 1;
      return value;
    }
    unit *= 128;
  }
  throw new Malformed(`number longer than 10 bytes at byte ${start + 10}`);
}
