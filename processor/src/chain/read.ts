import { transcodeJson } from '../decode/json.ts';
import { type OtlpDecoder, type SpanView, traceIdText } from '../decode/otlp.ts';
import { hex8, WireError } from '../decode/wire.ts';
import type { ContentPart, Receipt, Signal, SourceChunk, SourceRecord } from '../model.ts';
import type { Declined, Normalizer } from '../normalize/normalizer.ts';
import { keepRow, type Pages, type StepPage } from '../steps/page.ts';
import { wholeMilliseconds } from '../steps/times.ts';
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

/** Steps of one request that stand one behind the other on a page: rows `from` to `to`, the latter excluded. */
export interface StepArrivals {
  readonly page: StepPage;
  readonly from: number;
  to: number;
  readonly tally: Tally;
  /** By row, of those whose content is kept. */
  readonly content: Map<number, readonly ContentPart[]>;
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
  readonly steps: StepArrivals[];
  readonly foreign: ForeignArrival[];
  readonly tallies: Tally[];
  readonly deadLetters: DeadLetter[];
}

export interface ReaderOptions {
  readonly decoder: OtlpDecoder;
  readonly normalizer: Normalizer;
  /** Where steps go. */
  readonly pages: Pages;
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
  const { decoder, normalizer, pages } = options;
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
  const limits = limitsOf(record.receivedAt, options.retentionNs);
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

  const decline = (result: Declined): void => {
    seen++;
    tally.dropped++;
    const service = result === 'dropped' ? 'declared by dialect' : normalizer.resource.service || 'unknown';
    tally.droppedBy.set(service, (tally.droppedBy.get(service) ?? 0) + 1);
  };

  /** `[start, end)`: the part of the item that the dead letter shows. */
  const refuse = (index: number, problem: string, buf: Buffer, start: number, end: number): void => {
    seen++;
    tally.deadLetters++;
    deadLetter(index, problem, buf.subarray(start, end), record.signal, normalizer.resource.service);
  };

  let last: StepArrivals | null = null;
  const keep = (index: number): void => {
    const page = pages.open();
    const row = normalizer.write(page);
    page.receipts[row] = receipt;
    page.indexes[row] = index;
    keepRow(page);
    seen++;
    if (last === null || last.page !== page) {
      last = { page, from: row, to: row, tally, content: new Map() };
      out.steps.push(last);
    }
    last.to = row + 1;
    if (normalizer.content.length > 0) last.content.set(row, normalizer.content);
  };

  const sink = {
    origin: normalizer.origin,
    bad: (buf: Buffer, reason: string, start: number, end: number, index: number) =>
      refuse(index, reason, buf, start, end),
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
        span: (buf, span, index) => {
          const kind = normalizer.span(span);
          if (kind === 'foreign') out.foreign.push(foreignArrival(buf, span, normalizer.resource.service));
          if (kind === 'foreign' || kind === 'dropped') decline(kind);
          else {
            const problem = timeProblem(span, limits);
            if (problem === null) keep(index);
            else refuse(index, problem, buf, span.nameStart, span.nameEnd);
          }
        },
      });
    } else {
      decoder.logs(body, {
        ...sink,
        log: (buf, log, index) => {
          const kind = normalizer.log(log, logId(log, buf, normalizer.resource));
          if (kind === 'foreign' || kind === 'dropped') {
            decline(kind);
            return;
          }
          const at = log.time !== 0n ? log.time : log.observedTime;
          const problem = exactProblem(at, at, limits);
          if (problem === null) keep(index);
          else refuse(index, problem, buf, log.bodyStart, log.bodyEnd);
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

/** Between which times items are taken, ns since the epoch; and whole milliseconds that surely lie between them. */
interface TimeLimits {
  readonly oldest: bigint;
  readonly newest: bigint;
  readonly oldestMs: number;
  readonly newestMs: number;
}

function limitsOf(receivedAt: number, retentionNs: bigint): TimeLimits {
  const oldest = BigInt(receivedAt) * NS_PER_MS - retentionNs;
  const newest = BigInt(receivedAt) * NS_PER_MS + MAX_AHEAD_NS;
  const oldestMs = Math.max(1, Number(oldest / NS_PER_MS) + 1);
  return { oldest, newest, oldestMs, newestMs: Number(newest / NS_PER_MS) - 1 };
}

function timeProblem({ startAt, endAt, attributes: { view } }: SpanView, limits: TimeLimits): string | null {
  if (startAt >= 0 && endAt >= 0) {
    const start = wholeMilliseconds(view.getUint32(startAt, true), view.getUint32(startAt + 4, true));
    const end = wholeMilliseconds(view.getUint32(endAt, true), view.getUint32(endAt + 4, true));
    if (start >= limits.oldestMs && start <= limits.newestMs && end <= limits.newestMs) return null;
  }
  const startedAt = startAt < 0 ? 0n : view.getBigUint64(startAt, true);
  const endedAt = endAt < 0 ? 0n : view.getBigUint64(endAt, true);
  return exactProblem(startedAt, endedAt > startedAt ? endedAt : startedAt, limits);
}

function exactProblem(startedAt: bigint, endedAt: bigint, { oldest, newest }: TimeLimits): string | null {
  if (startedAt === 0n || endedAt === 0n) return 'start or end time is zero';
  if (endedAt > newest) return `end time ${endedAt} is more than a day after its receipt`;
  if (startedAt < oldest) return `start time ${startedAt} is older than the retention`;
  return null;
}

function foreignArrival(buf: Buffer, span: SpanView, service: string): ForeignArrival {
  const { traceIdAt, spanIdAt, parentIdAt, startAt, attributes } = span;
  return {
    traceId: traceIdText(buf, traceIdAt),
    spanId: hex8(buf, spanIdAt),
    parentSpanId: parentIdAt < 0 ? '' : hex8(buf, parentIdAt),
    service,
    startedAt: startAt < 0 ? 0n : attributes.view.getBigUint64(startAt, true),
  };
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_PAYLOAD)).toString('utf8');
}
