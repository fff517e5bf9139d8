import {
  bytes,
  close,
  createWriter,
  double,
  fixed64,
  int64,
  open,
  take,
  uint,
  type Writer,
} from './otlp-writer.ts';

/** An attribute's value; a whole number becomes an int, any other a double, null an empty value. */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

export type Attributes = Readonly<Record<string, Value>>;

export interface EventSpec {
  readonly name: string;
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  readonly attributes?: Attributes;
}

/** Ids are bytes or lower-case hex, of any length: tests write wrong ones too. Times are ns since the epoch. */
export interface SpanSpec {
  readonly traceId: string | Uint8Array;
  readonly spanId: string | Uint8Array;
  readonly parent?: string | Uint8Array | undefined;
  readonly name: string;
  readonly kind?: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes?: Attributes;
  readonly events?: readonly EventSpec[];
  /** `code`: 1 ok, 2 error. */
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly traceState?: string;
  readonly droppedAttributes?: number;
}

export interface LogSpec {
  readonly time: bigint;
  readonly observedTime?: bigint;
  readonly severity?: number;
  readonly eventName?: string;
  readonly body?: Value;
  readonly attributes?: Attributes;
  readonly traceId?: string | Uint8Array;
  readonly spanId?: string | Uint8Array;
}

/** What one process sends: its resource's attributes, its scope, and its spans (or log records). */
export interface Group<Item> {
  readonly resource: Attributes;
  readonly scope?: { readonly name: string; readonly version?: string };
  readonly items: readonly Item[];
}

/** An ExportTraceServiceRequest of several groups. Field numbers: opentelemetry-proto v1. */
export function traceBody(groups: readonly Group<SpanSpec>[], w = createWriter()): Buffer {
  for (const group of groups) writeGroup(w, group, writeSpan);
  return take(w);
}

/** An ExportLogsServiceRequest. */
export function logBody(groups: readonly Group<LogSpec>[], w = createWriter()): Buffer {
  for (const group of groups) writeGroup(w, group, writeLog);
  return take(w);
}

function writeGroup<Item>(w: Writer, group: Group<Item>, writeItem: (w: Writer, item: Item) => void): void {
  const all = open(w, 1);
  const resource = open(w, 1);
  writeAttributes(w, 1, group.resource);
  close(w, resource);
  const scopeItems = open(w, 2);
  if (group.scope !== undefined) {
    const scope = open(w, 1);
    bytes(w, 1, group.scope.name);
    if (group.scope.version !== undefined) bytes(w, 2, group.scope.version);
    close(w, scope);
  }
  for (const item of group.items) {
    const start = open(w, 2);
    writeItem(w, item);
    close(w, start);
  }
  close(w, scopeItems);
  close(w, all);
}

function writeSpan(w: Writer, span: SpanSpec): void {
  bytes(w, 1, id(span.traceId));
  bytes(w, 2, id(span.spanId));
  if (span.traceState !== undefined) bytes(w, 3, span.traceState);
  if (span.parent !== undefined) bytes(w, 4, id(span.parent));
  bytes(w, 5, span.name);
  uint(w, 6, span.kind ?? 1);
  fixed64(w, 7, span.start);
  fixed64(w, 8, span.end);
  writeAttributes(w, 9, span.attributes);
  if (span.droppedAttributes !== undefined) uint(w, 10, span.droppedAttributes);
  for (const event of span.events ?? []) {
    const start = open(w, 11);
    fixed64(w, 1, event.time);
    bytes(w, 2, event.name);
    writeAttributes(w, 3, event.attributes);
    close(w, start);
  }
  const status = open(w, 15);
  if (span.status?.message !== undefined) bytes(w, 2, span.status.message);
  if (span.status?.code !== undefined) uint(w, 3, span.status.code);
  close(w, status);
}

function writeLog(w: Writer, log: LogSpec): void {
  fixed64(w, 1, log.time);
  if (log.severity !== undefined) uint(w, 2, log.severity);
  if (log.body !== undefined) writeValue(w, 5, log.body);
  writeAttributes(w, 6, log.attributes);
  if (log.traceId !== undefined) bytes(w, 9, id(log.traceId));
  if (log.spanId !== undefined) bytes(w, 10, id(log.spanId));
  if (log.observedTime !== undefined) fixed64(w, 11, log.observedTime);
  if (log.eventName !== undefined) bytes(w, 12, log.eventName);
}

function id(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value, 'hex') : value;
}

function writeAttributes(w: Writer, field: number, attributes: Attributes | undefined): void {
  for (const key in attributes) {
    const start = open(w, field);
    bytes(w, 1, key);
    writeValue(w, 2, attributes[key]!);
    close(w, start);
  }
}

/** An AnyValue. */
function writeValue(w: Writer, field: number, value: Value): void {
  const start = open(w, field);
  if (typeof value === 'string') bytes(w, 1, value);
  else if (typeof value === 'boolean') uint(w, 2, value ? 1 : 0);
  else if (typeof value === 'bigint') int64(w, 3, value);
  else if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) int64(w, 3, value);
    else double(w, 4, value);
  } else if (value instanceof Uint8Array) bytes(w, 7, value);
  else if (Array.isArray(value)) {
    const list = open(w, 5);
    for (const item of value as readonly Value[]) writeValue(w, 1, item);
    close(w, list);
  } else if (value !== null) {
    const pairs = open(w, 6);
    writeAttributes(w, 1, value as Attributes);
    close(w, pairs);
  }
  close(w, start);
}
