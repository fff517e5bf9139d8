import type { Signal, SourceRecord } from '../model.ts';
import { scanJson } from './scan-json.ts';
import { countProtobuf, scanProtobuf } from './scan-protobuf.ts';

/**
 * What the door itself sees in a request. It shares no code with the decoder, so that its counts can contradict
 * the decoder's; it looks no deeper than a span's or log record's own fields.
 */
export interface Scan {
  /** What the items are; `metrics` is known but not taken; null when the body does not tell. */
  readonly signal: Signal | 'metrics' | null;
  /** Items, bad ones included; 0 when the body cannot be read. */
  readonly items: number;
  /** Items that cannot become rows: broken structure, ids that are missing or have the wrong length. */
  readonly bad: number;
  /** Why the first bad item is bad; '' when none is. */
  readonly reason: string;
  /** Why the request as a whole cannot be read; '' when it can. */
  readonly fault: string;
}

/** Counts the items of a decompressed Export…ServiceRequest. `signal` null finds out what it is. */
export function scanRequest(
  signal: Signal | null,
  encoding: SourceRecord['encoding'],
  body: Uint8Array,
): Scan {
  return encoding === 'json' ? scanJson(body, signal) : scanProtobuf(body, signal);
}

/** {@link Scan.items} alone, without a look into spans: for whoever answers nobody about single ones. */
export function countItems(signal: Signal, encoding: SourceRecord['encoding'], body: Uint8Array): number {
  return encoding === 'json' ? scanJson(body, signal).items : countProtobuf(body);
}
