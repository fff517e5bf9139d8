import fc from 'fast-check';
import Long from 'long';
import protobuf, { type Type } from 'protobufjs';
import type { Signal } from '../model.ts';

// The test runner's resolve conditions hide it from protobufjs, which would read 64-bit integers as doubles.
protobuf.util.Long = Long;
protobuf.configure();

/** opentelemetry-proto v1, the messages that spans and log records are made of. */
const { root } = protobuf.parse(`syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3;
  double double_value = 4; ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4;
  uint32 dropped_attributes_count = 5; fixed32 flags = 6; }
message Status { string message = 2; int32 code = 3; }
message Span { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
  int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
  uint32 dropped_attributes_count = 10; repeated Event events = 11; uint32 dropped_events_count = 12;
  repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15; fixed32 flags = 16; }
message LogRecord { fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7; fixed32 flags = 8; bytes trace_id = 9;
  bytes span_id = 10; fixed64 observed_time_unix_nano = 11; string event_name = 12; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message Traces { repeated ResourceSpans resource_spans = 1; }
message Logs { repeated ResourceLogs resource_logs = 1; }`);
/** protobufjs's readers and writers of both requests: what our own are held against. */
export const TYPES: Record<Signal, Type> = {
  spans: root.lookupType('Traces'),
  logs: root.lookupType('Logs'),
};

export const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((raw) => Buffer.from(raw).toString('hex'));
export const text = fc.oneof(
  { arbitrary: fc.string({ unit: 'grapheme' }), weight: 5 },
  fc.string({ minLength: 120, maxLength: 140 }),
);
export const time = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const uint32 = fc.nat(2 ** 31 - 1);
export const { value: anyValue } = fc.letrec<{ value: object; list: object[]; pairs: object[] }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ stringValue: text }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) }),
    fc.record({
      doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n)),
    }),
    fc.record({
      bytesValue: fc.uint8Array({ minLength: 1 }).map((raw) => Buffer.from(raw).toString('base64')),
    }),
    fc.record({ arrayValue: fc.record({ values: tie('list') }) }),
    fc.record({ kvlistValue: fc.record({ values: tie('pairs') }) }),
  ),
  list: fc.array(tie('value'), { minLength: 1, maxLength: 4 }),
  pairs: fc.array(fc.record({ key: text, value: tie('value') }), { minLength: 1, maxLength: 4 }),
}));
export const attributes = fc.array(fc.record({ key: text, value: anyValue }), { minLength: 1, maxLength: 5 });
const event = fc.record({ timeUnixNano: time, name: text, attributes, droppedAttributesCount: uint32 });
const link = fc.record({ traceId: hex(16), spanId: hex(8), traceState: text, attributes, flags: uint32 });
export const span = fc.record(
  {
    traceId: hex(16),
    spanId: hex(8),
    parentSpanId: hex(8),
    traceState: text,
    name: text,
    kind: fc.nat(5),
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes,
    droppedAttributesCount: uint32,
    events: fc.array(event, { minLength: 1, maxLength: 3 }),
    droppedEventsCount: uint32,
    links: fc.array(link, { minLength: 1, maxLength: 2 }),
    droppedLinksCount: uint32,
    status: fc.record({ code: fc.nat(2), message: text }),
    flags: uint32,
  },
  { requiredKeys: ['traceId', 'spanId'] },
);
export const log = fc.record(
  {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: fc.nat(24),
    severityText: text,
    body: anyValue,
    attributes,
    traceId: hex(16),
    spanId: hex(8),
    flags: uint32,
    eventName: text,
  },
  { requiredKeys: ['severityText'] },
);
const resource = fc.record({ attributes, droppedAttributesCount: uint32 });
const scope = fc.record({ name: text, version: text, attributes });
const items = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { minLength: 1, maxLength: 4 });
export const traceRequest = fc.record({
  resourceSpans: items(fc.record({ resource, scopeSpans: items(fc.record({ scope, spans: items(span) })) })),
});
export const logRequest = fc.record({
  resourceLogs: items(
    fc.record({ resource, scopeLogs: items(fc.record({ scope, logRecords: items(log) })) }),
  ),
});
