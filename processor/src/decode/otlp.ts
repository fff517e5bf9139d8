import { type AttributeList, anyValue, createAttributeList, resetAttributes } from './attributes.ts';
import { readKeyValue } from './key-value.ts';
import type { KeyTable } from './keys.ts';
import {
  expectWireType,
  fixed64At,
  hex8,
  type Reader,
  readFixed64,
  readLength,
  readVarint,
  skipField,
  utf8,
  type ViewedReader,
  WireError,
} from './wire.ts';
import { viewOf } from './words.ts';

/** One resource with one scope: what the spans or log records that follow share. */
export interface Origin {
  readonly resource: AttributeList;
  scopeName: string;
  scopeVersion: string;
}

/** The span being read; the next one overwrites it. Ids and times stay in the request: what is kept is where they stand. */
export interface SpanView {
  /** Of 16 bytes. */
  traceIdAt: number;
  /** Of 8 bytes. */
  spanIdAt: number;
  /** Of 8 bytes; −1 for a root: no parent, or one of zeros. */
  parentIdAt: number;
  traceState: string;
  nameStart: number;
  nameEnd: number;
  /** Of 8 little-endian bytes, nanoseconds since the epoch; −1 for a time that was not sent: zero. */
  startAt: number;
  endAt: number;
  statusCode: number;
  messageStart: number;
  messageEnd: number;
  droppedAttributes: number;
  readonly attributes: AttributeList;
  /** Where the events stand: [start, end, start, end, …]. */
  events: number[];
}

export interface LogView {
  traceId: string;
  spanId: string;
  time: bigint;
  observedTime: bigint;
  severity: number;
  eventName: string;
  bodyStart: number;
  bodyEnd: number;
  droppedAttributes: number;
  readonly attributes: AttributeList;
}

/**
 * What a request's reader is told, item by item. `index` counts the items of the request from 0. A sink that finds a
 * value unreadable throws its {@link WireError} on: the item is bad then, or all of the resource's and scope's.
 */
export interface TraceSink {
  origin(buf: Buffer, origin: Origin, resourceStart: number, resourceEnd: number): void;
  span(buf: Buffer, span: SpanView, index: number): void;
  /** An item that cannot be read: its bytes stand in `[start, end)`. */
  bad(buf: Buffer, reason: string, start: number, end: number, index: number): void;
}

export interface LogSink {
  origin(buf: Buffer, origin: Origin, resourceStart: number, resourceEnd: number): void;
  log(buf: Buffer, log: LogView, index: number): void;
  bad(buf: Buffer, reason: string, start: number, end: number, index: number): void;
}

export interface OtlpDecoder {
  /**
   * Reads an ExportTraceServiceRequest. A span that cannot be read goes to `bad`, and so do those of a resource or
   * scope that cannot; the rest is kept.
   * Throws {@link WireError} when the request itself is no such message; what was delivered before stands.
   * Returns the number of items, bad ones included.
   */
  traces(body: Uint8Array, sink: TraceSink): number;
  /** The same for an ExportLogsServiceRequest. */
  logs(body: Uint8Array, sink: LogSink): number;
}

/**
 * A reader of OTLP protobuf that makes no object per attribute and no string that nobody asks for.
 * Field numbers: opentelemetry-proto v1 `trace.proto`, `logs.proto`, `common.proto`.
 */
export function createOtlpDecoder(keys: KeyTable): OtlpDecoder {
  const origin: Origin = { resource: createAttributeList(), scopeName: '', scopeVersion: '' };
  const span: SpanView = {
    traceIdAt: -1,
    spanIdAt: -1,
    parentIdAt: -1,
    traceState: '',
    nameStart: 0,
    nameEnd: 0,
    startAt: -1,
    endAt: -1,
    statusCode: 0,
    messageStart: 0,
    messageEnd: 0,
    droppedAttributes: 0,
    attributes: createAttributeList(),
    events: [],
  };
  const log: LogView = {
    traceId: '',
    spanId: '',
    time: 0n,
    observedTime: 0n,
    severity: 0,
    eventName: '',
    bodyStart: 0,
    bodyEnd: 0,
    droppedAttributes: 0,
    attributes: createAttributeList(),
  };
  function readSpan(r: ViewedReader, end: number): void {
    const { buf } = r;
    const list = span.attributes;
    resetAttributes(list, r);
    span.traceIdAt = -1;
    span.spanIdAt = -1;
    span.parentIdAt = -1;
    span.traceState = '';
    span.nameStart = 0;
    span.nameEnd = 0;
    span.startAt = -1;
    span.endAt = -1;
    span.statusCode = 0;
    span.messageStart = 0;
    span.messageEnd = 0;
    span.droppedAttributes = 0;
    if (span.events.length > 0) span.events = [];
    while (r.pos < end) {
      const at = r.pos;
      if (buf[at] === ATTRIBUTE) {
        r.pos++;
        const stop = readLength(r, end);
        readKeyValue(list, r.pos, stop, keys);
        r.pos = stop;
        continue;
      }
      const tag = readVarint(r, end);
      const wireType = tag & 7;
      const field = tag >>> 3;
      switch (field) {
        // An attribute whose tag is no single byte, or that is none.
        case 9: {
          expectWireType(wireType, 2, field, at);
          const stop = readLength(r, end);
          readKeyValue(list, r.pos, stop, keys);
          r.pos = stop;
          break;
        }
        case 1: {
          expectWireType(wireType, 2, field, at);
          const stop = readLength(r, end);
          span.traceIdAt = traceIdAt(r, stop);
          r.pos = stop;
          break;
        }
        case 2: {
          expectWireType(wireType, 2, field, at);
          const stop = readLength(r, end);
          span.spanIdAt = spanIdAt(r, stop);
          r.pos = stop;
          break;
        }
        case 3: {
          expectWireType(wireType, 2, field, at);
          const stop = readLength(r, end);
          span.traceState = utf8(buf, r.pos, stop);
          r.pos = stop;
          break;
        }
        case 4: {
          expectWireType(wireType, 2, field, at);
          const stop = readLength(r, end);
          span.parentIdAt = parentIdAt(r, stop);
          r.pos = stop;
          break;
        }
        case 5: {
          expectWireType(wireType, 2, field, at);
          span.nameEnd = readLength(r, end);
          span.nameStart = r.pos;
          r.pos = span.nameEnd;
          break;
        }
        case 7:
          expectWireType(wireType, 1, field, at);
          span.startAt = fixed64At(r, end);
          break;
        case 8:
          expectWireType(wireType, 1, field, at);
          span.endAt = fixed64At(r, end);
          break;
        case 10:
          expectWireType(wireType, 0, field, at);
          span.droppedAttributes = readVarint(r, end);
          break;
        case 11: {
          expectWireType(wireType, 2, field, at);
          const stop = readLength(r, end);
          span.events.push(r.pos, stop);
          r.pos = stop;
          break;
        }
        case 15: {
          expectWireType(wireType, 2, field, at);
          const stop = readLength(r, end);
          readStatus(r, stop);
          break;
        }
        default:
          skipField(r, wireType, end);
      }
    }
    if (span.traceIdAt < 0) throw new WireError('trace id is missing', end);
    if (span.spanIdAt < 0 || isZero(r.view, span.spanIdAt)) throw new WireError('span id is missing', end);
  }

  function readStatus(r: Reader, end: number): void {
    while (r.pos < end) {
      const tag = readVarint(r, end);
      if (tag === 0x12) {
        span.messageEnd = readLength(r, end);
        span.messageStart = r.pos;
        r.pos = span.messageEnd;
      } else if (tag === 0x18) {
        span.statusCode = readVarint(r, end);
      } else {
        skipField(r, tag & 7, end);
      }
    }
  }

  function readLog(r: ViewedReader, end: number): void {
    const { buf } = r;
    resetAttributes(log.attributes, r);
    log.traceId = '';
    log.spanId = '';
    log.time = 0n;
    log.observedTime = 0n;
    log.severity = 0;
    log.eventName = '';
    log.bodyStart = 0;
    log.bodyEnd = 0;
    log.droppedAttributes = 0;
    while (r.pos < end) {
      const at = r.pos;
      const tag = readVarint(r, end);
      const wireType = tag & 7;
      const field = tag >>> 3;
      if (field === 1 || field === 11) {
        expectWireType(wireType, 1, field, at);
        const time = readFixed64(r, end);
        if (field === 1) log.time = time;
        else log.observedTime = time;
      } else if (field === 2 && wireType === 0) {
        log.severity = readVarint(r, end);
      } else if (field === 7 && wireType === 0) {
        log.droppedAttributes = readVarint(r, end);
      } else if (field === 5 || field === 6 || field === 9 || field === 10 || field === 12) {
        expectWireType(wireType, 2, field, at);
        const stop = readLength(r, end);
        if (field === 5) {
          log.bodyStart = r.pos;
          log.bodyEnd = stop;
        } else if (field === 6) readKeyValue(log.attributes, r.pos, stop, keys);
        else if (field === 9) log.traceId = stop > r.pos ? traceIdText(buf, traceIdAt(r, stop)) : '';
        else if (field === 10) log.spanId = stop > r.pos ? hex8(buf, spanIdAt(r, stop)) : '';
        else log.eventName = utf8(buf, r.pos, stop);
        r.pos = stop;
      } else {
        skipField(r, wireType, end);
      }
    }
  }

  /** Request → (resource → (scope → items)); traces and logs differ only in the item. */
  function readRequest(
    buf: Buffer,
    sink: Pick<TraceSink, 'origin' | 'bad'>,
    readItem: (r: ViewedReader, end: number) => void,
    emit: (index: number) => void,
  ): number {
    const r: ViewedReader = { buf, pos: 0, view: viewOf(buf) };
    let index = 0;
    while (r.pos < buf.length) {
      const tag = readVarint(r, buf.length);
      if (tag !== 0x0a) {
        skipField(r, tag & 7, buf.length);
        continue;
      }
      const groupEnd = readLength(r, buf.length);
      const groupStart = r.pos;
      // The resource may stand behind its scopes: find it first.
      resetAttributes(origin.resource, r);
      let resourceStart = 0;
      let resourceEnd = 0;
      let resourceFault = '';
      while (r.pos < groupEnd) {
        const inner = readVarint(r, groupEnd);
        if (inner !== 0x0a) {
          skipField(r, inner & 7, groupEnd);
          continue;
        }
        resourceEnd = readLength(r, groupEnd);
        resourceStart = r.pos;
        resourceFault ||= faultOf(() => readResource(r, resourceEnd));
        r.pos = resourceEnd;
      }
      r.pos = groupStart;
      while (r.pos < groupEnd) {
        const inner = readVarint(r, groupEnd);
        if (inner !== 0x12) {
          skipField(r, inner & 7, groupEnd);
          continue;
        }
        const scopeEnd = readLength(r, groupEnd);
        const scopeStart = r.pos;
        // A resource or scope that cannot be read costs its own items; they are nobody's.
        const fault =
          resourceFault ||
          faultOf(() => {
            readScope(r, scopeEnd);
            sink.origin(buf, origin, resourceStart, resourceEnd);
          });
        if (fault !== '') sink.origin(buf, NOBODY, 0, 0);
        r.pos = scopeStart;
        while (r.pos < scopeEnd) {
          const item = readVarint(r, scopeEnd);
          if (item !== 0x12) {
            skipField(r, item & 7, scopeEnd);
            continue;
          }
          const stop = readLength(r, scopeEnd);
          const start = r.pos;
          try {
            if (fault === '') {
              readItem(r, stop);
              emit(index);
            } else sink.bad(buf, fault, start, stop, index);
          } catch (error) {
            if (!(error instanceof WireError)) throw error;
            sink.bad(buf, error.message, start, stop, index);
          }
          index++;
          r.pos = stop;
        }
      }
    }
    return index;
  }

  function readResource(r: Reader, end: number): void {
    while (r.pos < end) {
      const tag = readVarint(r, end);
      if (tag === 0x0a) {
        const stop = readLength(r, end);
        readKeyValue(origin.resource, r.pos, stop, keys);
        r.pos = stop;
      } else skipField(r, tag & 7, end);
    }
  }

  function readScope(r: Reader, end: number): void {
    origin.scopeName = '';
    origin.scopeVersion = '';
    while (r.pos < end) {
      const tag = readVarint(r, end);
      if (tag !== 0x0a) {
        skipField(r, tag & 7, end);
        continue;
      }
      const scopeEnd = readLength(r, end);
      while (r.pos < scopeEnd) {
        const field = readVarint(r, scopeEnd);
        if (field === 0x0a || field === 0x12) {
          const stop = readLength(r, scopeEnd);
          const text = utf8(r.buf, r.pos, stop);
          if (field === 0x0a) origin.scopeName = text;
          else origin.scopeVersion = text;
          r.pos = stop;
        } else skipField(r, field & 7, scopeEnd);
      }
      return;
    }
  }

  return {
    traces(body, sink) {
      const buf = asBuffer(body);
      return readRequest(buf, sink, readSpan, (index) => sink.span(buf, span, index));
    },
    logs(body, sink) {
      const buf = asBuffer(body);
      return readRequest(buf, sink, readLog, (index) => sink.log(buf, log, index));
    },
  };
}

/** Tag of field 9 of a span: most of what a span consists of. */
const ATTRIBUTE = 0x4a;

const NOBODY: Origin = { resource: createAttributeList(), scopeName: '', scopeVersion: '' };

/** Why `read` could not read what it should; '' when it could. */
function faultOf(read: () => void): string {
  try {
    read();
    return '';
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return error.message;
  }
}

/** Where the trace id at the cursor stands, which ends at `end`. */
function traceIdAt({ pos, view }: ViewedReader, end: number): number {
  if (end === pos) throw new WireError('trace id is missing', pos);
  if (end - pos !== 16) throw new WireError(`trace id has ${end - pos} bytes, not 16`, pos);
  if (isZero(view, pos) && isZero(view, pos + 8)) throw new WireError('trace id is all zeros', pos);
  return pos;
}

function spanIdAt({ pos }: ViewedReader, end: number): number {
  if (end - pos !== 8) throw new WireError(`span id has ${end - pos} bytes, not 8`, pos);
  return pos;
}

function parentIdAt({ pos, view }: ViewedReader, end: number): number {
  if (end === pos) return -1;
  if (end - pos !== 8) throw new WireError(`parent span id has ${end - pos} bytes, not 8`, pos);
  return isZero(view, pos) ? -1 : pos;
}

/** Are the eight bytes from `at` on zeros? */
function isZero(view: DataView, at: number): boolean {
  return view.getInt32(at) === 0 && view.getInt32(at + 4) === 0;
}

/** 16 bytes as 32 hex digits. */
export function traceIdText(buf: Buffer, at: number): string {
  return hex8(buf, at) + hex8(buf, at + 8);
}

function asBuffer(body: Uint8Array): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/** One span event: its name, and each attribute handed to `each` as plain data. */
export function readEvent(
  buf: Buffer,
  start: number,
  end: number,
  each: (name: string, key: string, valueStart: number, valueEnd: number) => void,
): string {
  const r: Reader = { buf, pos: start };
  let name = '';
  const pairs: number[] = [];
  while (r.pos < end) {
    const tag = readVarint(r, end);
    if (tag === 0x12) {
      const stop = readLength(r, end);
      name = utf8(buf, r.pos, stop);
      r.pos = stop;
    } else if (tag === 0x1a) {
      const stop = readLength(r, end);
      pairs.push(r.pos, stop);
      r.pos = stop;
    } else skipField(r, tag & 7, end);
  }
  for (let i = 0; i < pairs.length; i += 2) {
    const stop = pairs[i + 1]!;
    r.pos = pairs[i]!;
    let key = '';
    let valueStart = 0;
    let valueEnd = 0;
    while (r.pos < stop) {
      const tag = readVarint(r, stop);
      if (tag === 0x0a || tag === 0x12) {
        const fieldEnd = readLength(r, stop);
        if (tag === 0x0a) key = utf8(buf, r.pos, fieldEnd);
        else {
          valueStart = r.pos;
          valueEnd = fieldEnd;
        }
        r.pos = fieldEnd;
      } else skipField(r, tag & 7, stop);
    }
    each(name, key, valueStart, valueEnd);
  }
  return name;
}

export { anyValue };
