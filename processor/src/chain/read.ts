import { transcodeJson } from '../decode/json.ts';
import {
  type LogSink,
  type OtlpDecoder,
  type SpanView,
  type TraceSink,
  traceIdText,
} from '../decode/otlp.ts';
import { hex8, WireError } from '../decode/wire.ts';
import type { ContentPart, Receipt, Signal, SourceChunk, SourceRecord } from '../model.ts';
import type { Declined, Normalizer } from '../normalize/normalizer.ts';
import { keepRow, type Pages, type StepPage } from '../steps/page.ts';
import { logId } from './log-id.ts';
import { createTimeLimits } from './time-limits.ts';

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
  droppedBy: ReadonlyMap<string, number>;
}

/** Steps of one request that stand one behind the other on a page: rows `from` to `to`, the latter excluded. */
export interface StepArrivals {
  readonly page: StepPage;
  readonly from: number;
  to: number;
  readonly tally: Tally;
  /** By row, of those whose content is kept. */
  content: ReadonlyMap<number, readonly ContentPart[]>;
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
/** Nearly no record has any: there is a map only where there is something in it. */
const NO_CONTENT: StepArrivals['content'] = new Map();
const NO_DROPS: Tally['droppedBy'] = new Map();

/** Bytes → steps: decodes and normalizes every record of a chunk. Pure; what cannot be read is an arrival like any other. */
export function readChunk(chunk: SourceChunk, options: ReaderOptions): Arrivals {
  const arrivals: Arrivals = { steps: [], foreign: [], tallies: [], deadLetters: [] };
  const read = createRecordReader(chunk.source, options, arrivals);
  for (const record of chunk.records) read(record);
  return arrivals;
}

/** Reads the records of one source: what they have in common is made once. */
function createRecordReader(
  source: string,
  options: ReaderOptions,
  out: Arrivals,
): (record: SourceRecord) => void {
  const { decoder, normalizer, pages } = options;
  const limits = createTimeLimits(options.retentionNs);
  /** Of the record that is being read. */
  let record: SourceRecord;
  let tally: Tally;
  let receipt: Receipt;
  let seen = 0;
  let last: StepArrivals | null = null;

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
    if (tally.droppedBy === NO_DROPS) tally.droppedBy = new Map();
    (tally.droppedBy as Map<string, number>).set(service, (tally.droppedBy.get(service) ?? 0) + 1);
  };

  /** `[start, end)`: the part of the item that the dead letter shows. */
  const refuse = (index: number, problem: string, buf: Buffer, start: number, end: number): void => {
    seen++;
    tally.deadLetters++;
    deadLetter(index, problem, buf.subarray(start, end), record.signal, normalizer.resource.service);
  };

  const keep = (index: number): void => {
    const page = pages.open();
    const row = normalizer.write(page);
    page.receipts[row] = receipt;
    page.indexes[row] = index;
    keepRow(page);
    seen++;
    if (last === null || last.page !== page) {
      last = { page, from: row, to: row, tally, content: NO_CONTENT };
      out.steps.push(last);
    }
    last.to = row + 1;
    const { content } = normalizer;
    if (content.length === 0) return;
    if (last.content === NO_CONTENT) last.content = new Map();
    (last.content as Map<number, readonly ContentPart[]>).set(row, content);
  };

  const sink = {
    origin: normalizer.origin,
    bad: (buf: Buffer, reason: string, start: number, end: number, index: number) =>
      refuse(index, reason, buf, start, end),
  };

  const spans: TraceSink = {
    ...sink,
    span(buf, span, index) {
      const kind = normalizer.span(span);
      if (kind === 'foreign') out.foreign.push(foreignArrival(buf, span, normalizer.resource.service));
      if (kind === 'foreign' || kind === 'dropped') decline(kind);
      else {
        const problem = limits.ofSpan(span, record.receivedAt);
        if (problem === null) keep(index);
        else refuse(index, problem, buf, span.nameStart, span.nameEnd);
      }
    },
  };

  const logs: LogSink = {
    ...sink,
    log(buf, log, index) {
      const kind = normalizer.log(log, logId(log, buf, normalizer.resource));
      if (kind === 'foreign' || kind === 'dropped') {
        decline(kind);
        return;
      }
      const at = log.time !== 0n ? log.time : log.observedTime;
      const problem = limits.exact(at, at, record.receivedAt);
      if (problem === null) keep(index);
      else refuse(index, problem, buf, log.bodyStart, log.bodyEnd);
    },
  };

  /** The record is a dead letter as a whole. */
  function refuseRecord(reason: string): void {
    deadLetter(WHOLE_BODY_INDEX, reason, record.body, 'request', '');
  }

  function countRequest(): void {
    const request = newTally(source, record, 'request', 1);
    request.deadLetters = 1;
    out.tallies.push(request);
  }

  function readBody(): void {
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
    if (record.signal === 'spans') decoder.traces(body, spans);
    else decoder.logs(body, logs);
  }

  return (next) => {
    record = next;
    if (record.fault !== undefined) {
      countRequest();
      refuseRecord(record.fault);
      return;
    }
    tally = newTally(source, record, record.signal, record.counted);
    receipt = { source, offset: record.offset, receivedAt: record.receivedAt };
    seen = 0;
    last = null;
    try {
      readBody();
    } catch (error) {
      if (!(error instanceof WireError) && !(error instanceof SyntaxError)) throw error;
      // The items that the door saw and the decoder cannot reach are dead; a body without any is dead as a whole.
      const lost = Math.max(0, record.counted - seen);
      tally.deadLetters += lost;
      refuseRecord(error.message);
      if (lost === 0) countRequest();
    }
    out.tallies.push(tally);
  };
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
    droppedBy: NO_DROPS,
  };
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
