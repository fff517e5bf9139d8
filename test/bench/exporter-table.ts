/** The parts of an OTLP/JSON request that the exporter's table keeps. */
export interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource?: { readonly attributes?: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly scope?: { readonly name?: string; readonly version?: string };
      readonly spans: readonly Span[];
    }[];
  }[];
}

interface Attribute {
  readonly key: string;
  readonly value?: Readonly<Record<string, unknown>>;
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind?: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly Attribute[];
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly events?: readonly {
    readonly timeUnixNano: string;
    readonly name: string;
    readonly attributes?: readonly Attribute[];
  }[];
  readonly links?: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceState?: string;
    readonly attributes?: readonly Attribute[];
  }[];
}

const MAP = 'Map(LowCardinality(String), String)';
const LOW = 'LowCardinality(String)';

/** Column, type and codec of the Collector's ClickHouse exporter, as it creates its table of traces by default. */
const COLUMNS: readonly (readonly [name: string, type: string, codec?: string])[] = [
  ['Timestamp', 'DateTime64(9)', 'Delta(8), ZSTD(1)'],
  ['TraceId', 'String'],
  ['SpanId', 'String'],
  ['ParentSpanId', 'String'],
  ['TraceState', 'String'],
  ['SpanName', LOW],
  ['SpanKind', LOW],
  ['ServiceName', LOW],
  ['ResourceAttributes', MAP],
  ['ScopeName', 'String'],
  ['ScopeVersion', 'String'],
  ['SpanAttributes', MAP],
  ['Duration', 'UInt64', 'T64, ZSTD(1)'],
  ['StatusCode', LOW],
  ['StatusMessage', 'String'],
  ['`Events.Timestamp`', 'Array(DateTime64(9))'],
  ['`Events.Name`', `Array(${LOW})`],
  ['`Events.Attributes`', `Array(${MAP})`],
  ['`Links.TraceId`', 'Array(String)'],
  ['`Links.SpanId`', 'Array(String)'],
  ['`Links.TraceState`', 'Array(String)'],
  ['`Links.Attributes`', `Array(${MAP})`],
];

const mapIndexes = (column: string, name: string): string[] =>
  ['Keys', 'Values'].map(
    (part) => `INDEX ${name}_${part} map${part}(${column}) TYPE bloom_filter(0.01) GRANULARITY 1`,
  );

export const TABLE = `
  CREATE TABLE agentops.otel_traces
  (
    ${[
      ...COLUMNS.map(([name, type, codec = 'ZSTD(1)']) => `${name} ${type} CODEC(${codec})`),
      'INDEX trace TraceId TYPE bloom_filter(0.001) GRANULARITY 1',
      ...mapIndexes('ResourceAttributes', 'resource'),
      ...mapIndexes('SpanAttributes', 'span'),
      'INDEX duration Duration TYPE minmax GRANULARITY 1',
      'INDEX name lower(SpanName) TYPE tokenbf_v1(32768, 3, 0) GRANULARITY 8',
    ].join(',\n    ')}
  )
  ENGINE = MergeTree
  PARTITION BY toDate(Timestamp)
  PRIMARY KEY (ServiceName, SpanName, toDateTime(Timestamp))
  ORDER BY (ServiceName, SpanName, toDateTime(Timestamp), Timestamp)`;

/** Columns of `exporterRows` for the `file` table function: times are nanoseconds since the epoch. */
export const STRUCTURE = COLUMNS.map(
  ([name, type]) => `${name} ${type.replace('DateTime64(9)', 'Int64')}`,
).join(', ');

const KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const STATUSES = ['Unset', 'Ok', 'Error'];

/** A row for each span, in the exporter's columns: every attribute as text. */
export function* exporterRows({ resourceSpans }: OtlpTraces): Generator<Record<string, unknown>> {
  for (const { resource, scopeSpans } of resourceSpans) {
    const resourceAttributes = texts(resource?.attributes);
    for (const { scope, spans } of scopeSpans) {
      for (const span of spans) {
        const { events = [], links = [] } = span;
        yield {
          Timestamp: span.startTimeUnixNano,
          TraceId: span.traceId,
          SpanId: span.spanId,
          ParentSpanId: span.parentSpanId ?? '',
          TraceState: span.traceState ?? '',
          SpanName: span.name,
          SpanKind: KINDS[span.kind ?? 0],
          ServiceName: resourceAttributes['service.name'] ?? '',
          ResourceAttributes: resourceAttributes,
          ScopeName: scope?.name ?? '',
          ScopeVersion: scope?.version ?? '',
          SpanAttributes: texts(span.attributes),
          Duration: String(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)),
          StatusCode: STATUSES[span.status?.code ?? 0],
          StatusMessage: span.status?.message ?? '',
          'Events.Timestamp': events.map(({ timeUnixNano }) => timeUnixNano),
          'Events.Name': events.map(({ name }) => name),
          'Events.Attributes': events.map(({ attributes }) => texts(attributes)),
          'Links.TraceId': links.map(({ traceId }) => traceId),
          'Links.SpanId': links.map(({ spanId }) => spanId),
          'Links.TraceState': links.map(({ traceState = '' }) => traceState),
          'Links.Attributes': links.map(({ attributes }) => texts(attributes)),
        };
      }
    }
  }
}

function texts(attributes: readonly Attribute[] = []): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value = {} }) => {
      const [plain] = Object.values(value);
      return [key, typeof plain === 'object' ? JSON.stringify(plain) : String(plain ?? '')];
    }),
  );
}
