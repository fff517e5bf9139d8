import { transcodeJson } from '../decode/json.ts';
import type { OtlpDecoder } from '../decode/otlp.ts';
import { WireError } from '../decode/wire.ts';
import type { ContentPart, Receipt, Signal, SourceChunk, SourceRecord, Step } from '../model.ts';
import type { Declined, Normalizer } from '../normalize/normalizer.ts';
import { logId } from './log-id.ts';

/** What became of the items of one request. Absolute: the same at every replay. */
export interface Tally {
  readonly source: string;
  readonly offset: number;
  readonly signal: Signal | 'request';
  readonly receivedAt: number;
  /** As the door counted. */
  received: number;
  stored: number;
  duplicates: number;
  conflicts: number;
  deadLetters: number;
  dropped: number;
  readonly droppedBy: Map<string, number>;
}

export interface StepArrival {
  readonly step: Step;
  readonly receipt: Receipt;
  /** The item's place in its request. */
  readonly index: number;
  readonly tally: Tally;
  readonly content: readonly ContentPart[];
}

/** A span that is no agent's: kept only as a link between ours. */
export interface ForeignArrival {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly service: string;
  readonly startedAt: bigint;
}

export interface DeadLetter {
  readonly source: string;
  readonly offset: number;
  readonly index: number;
  readonly signal: Signal | 'request';
  readonly receivedAt: number;
  readonly service: string;
  readonly reason: string;
  /** Masked, at most {@link MAX_PAYLOAD} characters. */
  readonly payload: string;
  readonly payloadBytes: number;
}

export interface Arrivals {
  readonly steps: StepArrival[];
  readonly foreign: ForeignArrival[];
  readonly tallies: Tally[];
  readonly deadLetters: DeadLetter[];
}

export interface ReaderOptions {
  readonly decoder: OtlpDecoder;
  readonly normalizer: Normalizer;
  readonly mask: (text: string) => string;
  /** Spans that ended longer before their receipt are dead letters. Nanoseconds. */
  readonly retentionNs: bigint;
}

const MAX_PAYLOAD = 8192;
const NS_PER_MS = 1_000_000n;
/** Clocks may be ahead, but not by more than a day. */
const MAX_AHEAD_NS = 86_400_000_000_000n;

/** Bytes → steps: decodes and normalizes every record of a chunk. Pure; what cannot be read is an arrival like any other. */
export function readChunk(chunk: SourceChunk, options: ReaderOptions): Arrivals {
  const arrivals: Arrivals = { steps: [], foreign: [], tallies: [], deadLetters: [] };
  for (const record of chunk.records) readRecord(chunk.source, record, options, arrivals);
  return arrivals;
}

function readRecord(source: string, record: SourceRecord, options: ReaderOptions, out: Arrivals): void {
  const { decoder, normalizer } = options;
  if (record.fault !== undefined) {
    const request = newTally(source, record, 'request', 1);
    request.deadLetters = 1;
    out.tallies.push(request);
    out.deadLetters.push({
      source,
      offset: record.offset,
      index: WHOLE_BODY_INDEX,
      signal: 'request',
      receivedAt: record.receivedAt,
      service: '',
      reason: options.mask(record.fault),
      payload: options.mask(text(record.body)),
      payloadBytes: record.body.length,
    });
    return;
  }
  const tally = newTally(source, record, record.signal, record.counted);
  const receipt: Receipt = { source, offset: record.offset, receivedAt: record.receivedAt };
  const oldest = BigInt(record.receivedAt) * NS_PER_MS - options.retentionNs;
  const newest = BigInt(record.receivedAt) * NS_PER_MS + MAX_AHEAD_NS;
  let seen = 0;

  const deadLetter = (
    index: number,
    reason: string,
    bytes: Uint8Array,
    signal: DeadLetter['signal'],
    service: string,
  ): void => {
    out.deadLetters.push({
      source,
      offset: record.offset,
      index,
      signal,
      receivedAt: record.receivedAt,
      service,
      reason: options.mask(reason),
      payload: options.mask(text(bytes)),
      payloadBytes: bytes.length,
    });
  };

  /** `[start, end)`: the part of the item that a dead letter shows. */
  const accept = (
    result: Step | Declined,
    index: number,
    startedAt: bigint,
    buf: Buffer,
    start: number,
    end: number,
  ): void => {
    seen++;
    if (typeof result === 'string') {
      tally.dropped++;
      const service = result === 'dropped' ? 'declared by dialect' : normalizer.resource.service || 'unknown';
      tally.droppedBy.set(service, (tally.droppedBy.get(service) ?? 0) + 1);
      return;
    }
    const problem = timeProblem(startedAt, result.endedAt, oldest, newest);
    if (problem !== null) {
      tally.deadLetters++;
      deadLetter(index, problem, buf.subarray(start, end), record.signal, normalizer.resource.service);
      return;
    }
    out.steps.push({
      step: result,
      receipt,
      index,
      tally,
      content: normalizer.content,
    });
  };

  const sink = {
    origin: normalizer.origin,
    bad: (buf: Buffer, reason: string, start: number, end: number, index: number) => {
      seen++;
      tally.deadLetters++;
      deadLetter(index, reason, buf.subarray(start, end), record.signal, normalizer.resource.service);
    },
  };

  try {
    let { body } = record;
    if (record.encoding === 'json') {
      const transcoded = transcodeJson(record.signal, body);
      for (const { index, reason } of transcoded.bad) {
        seen++;
        tally.deadLetters++;
        deadLetter(BAD_JSON_INDEX + index, reason, body, record.signal, '');
      }
      body = transcoded.body;
    }
    if (record.signal === 'spans') {
      decoder.traces(body, {
        ...sink,
        span: (buf, view, index) => {
          const result = normalizer.span(view);
          accept(result, index, view.startedAt, buf, view.nameStart, view.nameEnd);
          if (result === 'foreign') {
            out.foreign.push({
              traceId: view.traceId,
              spanId: view.spanId,
              parentSpanId: view.parentSpanId,
              service: normalizer.resource.service,
              startedAt: view.startedAt,
            });
          }
        },
      });
    } else {
      decoder.logs(body, {
        ...sink,
        log: (buf, view, index) => {
          const time = view.time !== 0n ? view.time : view.observedTime;
          const result = normalizer.log(view, logId(view, buf, normalizer.resource));
          accept(result, index, time, buf, view.bodyStart, view.bodyEnd);
        },
      });
    }
  } catch (error) {
    if (!(error instanceof WireError) && !(error instanceof SyntaxError)) throw error;
    // The items that the door saw and the decoder cannot reach are dead; a body without any is dead as a whole.
    const lost = Math.max(0, record.counted - seen);
    tally.deadLetters += lost;
    deadLetter(WHOLE_BODY_INDEX, error.message, record.body, 'request', '');
    if (lost === 0) {
      const request = newTally(source, record, 'request', 1);
      request.deadLetters = 1;
      out.tallies.push(request);
    }
  }
  out.tallies.push(tally);
}

/** Items that fell out before the decoder counted them, and bodies as a whole, keep clear of its indexes. */
const BAD_JSON_INDEX = 1 << 30;
const WHOLE_BODY_INDEX = 2 ** 31;

function newTally(source: string, record: SourceRecord, signal: Tally['signal'], received: number): Tally {
  return {
    source,
    offset: record.offset,
    signal,
    receivedAt: record.receivedAt,
    received,
    stored: 0,
    duplicates: 0,
    conflicts: 0,
    deadLetters: 0,
    dropped: 0,
    droppedBy: new Map(),
  };
}

function timeProblem(startedAt: bigint, endedAt: bigint, oldest: bigint, newest: bigint): string | null {
  if (startedAt === 0n || endedAt === 0n) return 'start or end time is zero';
  if (endedAt > newest) return `end time ${endedAt} is more than a day after its receipt`;
  if (startedAt < oldest) return `start time ${startedAt} is older than the retention`;
  return null;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_PAYLOAD)).toString('utf8');
}
