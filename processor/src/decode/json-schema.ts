import { enumValue, FieldError, fixed32, fixed64, hexId, int64, uint32 } from './json-values.ts';
import {
  beginMessage,
  endMessage,
  type Writer,
  writeBytes,
  writeDouble,
  writeFixed32,
  writeFixed64,
  writeInt64,
  writeString,
  writeUint,
} from './json-writer.ts';

/** Writes one JSON value as a field; `depth` counts the AnyValues around it. */
type WriteField = (w: Writer, field: number, value: unknown, depth: number) => void;

interface Field {
  readonly number: number;
  readonly name: string;
  readonly repeated: boolean;
  readonly write: WriteField;
}

/** A message's fields under both spellings of their JSON names. */
export type MessageSchema = ReadonlyMap<string, Field>;

/** Values nested deeper cost the item they stand in. */
export const MAX_VALUE_DEPTH = 64;

const string: WriteField = (w, field, value) => {
  if (typeof value !== 'string') throw new FieldError('is no string');
  writeString(w, field, value);
};
const id: WriteField = (w, field, value) => writeBytes(w, field, hexId(value), 'hex');
const time: WriteField = (w, field, value) => writeFixed64(w, field, fixed64(value));
const count: WriteField = (w, field, value) => writeUint(w, field, uint32(value));
const flags: WriteField = (w, field, value) => writeFixed32(w, field, fixed32(value));

function enumeration(prefix: string, names: readonly string[]): WriteField {
  const numbers = new Map(names.map((name, number) => [`${prefix}_${name}`, number]));
  return (w, field, value) => writeUint(w, field, enumValue(value, numbers));
}

function message(schema: MessageSchema): WriteField {
  return (w, field, value, depth) => {
    const start = beginMessage(w, field);
    writeFields(w, schema, value, depth);
    endMessage(w, start);
  };
}

function defineMessage(
  fields: Readonly<Record<string, readonly [number, WriteField, 'repeated'?]>>,
): MessageSchema {
  const schema = new Map<string, Field>();
  for (const [name, [number, write, repeated]] of Object.entries(fields)) {
    const field: Field = { number, name, repeated: repeated === 'repeated', write };
    schema.set(name, field);
    schema.set(
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      field,
    );
  }
  return schema;
}

/** Writes the known fields of a JSON object; null is absent, what is unknown is ignored. */
export function writeFields(w: Writer, schema: MessageSchema, value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FieldError('is no object');
  for (const key in value) {
    const field = schema.get(key);
    if (field === undefined) continue;
    const content = (value as Record<string, unknown>)[key];
    if (content === null || content === undefined) continue;
    try {
      if (!field.repeated) field.write(w, field.number, content, depth);
      else if (Array.isArray(content)) for (const each of content) field.write(w, field.number, each, depth);
      else throw new FieldError('is no list');
    } catch (error) {
      throw error instanceof FieldError ? error.within(field.name) : error;
    }
  }
}

const anyValue: WriteField = (w, field, value, depth) => {
  if (depth >= MAX_VALUE_DEPTH) throw new FieldError(`is nested deeper than ${MAX_VALUE_DEPTH}`);
  const start = beginMessage(w, field);
  // An empty element of a list: null where an object belongs is common, and means no value.
  if (value !== null) writeFields(w, ANY_VALUE, value, depth + 1);
  endMessage(w, start);
};

const keyValue: WriteField = (w, field, value, depth) => {
  const start = beginMessage(w, field);
  writeFields(w, KEY_VALUE, value, depth);
  endMessage(w, start);
};

// Field numbers and types: opentelemetry-proto v1, common.proto, resource.proto, trace.proto, logs.proto.
const KEY_VALUE = defineMessage({ key: [1, string], value: [2, anyValue] });
const ARRAY_VALUE = defineMessage({ values: [1, anyValue, 'repeated'] });
const KEY_VALUE_LIST = defineMessage({ values: [1, keyValue, 'repeated'] });
const ANY_VALUE = defineMessage({
  stringValue: [1, string],
  boolValue: [
    2,
    (w, field, value) => {
      if (typeof value !== 'boolean') throw new FieldError('is no boolean');
      writeUint(w, field, value ? 1 : 0);
    },
  ],
  intValue: [3, (w, field, value) => writeInt64(w, field, int64(value))],
  doubleValue: [
    4,
    (w, field, value) => {
      const isText =
        typeof value === 'string' && /^(?:-?Infinity|NaN|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(value);
      if (typeof value !== 'number' && !isText) throw new FieldError('is no number');
      writeDouble(w, field, Number(value));
    },
  ],
  arrayValue: [5, message(ARRAY_VALUE)],
  kvlistValue: [6, message(KEY_VALUE_LIST)],
  bytesValue: [
    7,
    (w, field, value) => {
      if (typeof value !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value))
        throw new FieldError('is no base64');
      writeBytes(w, field, value, 'base64');
    },
  ],
});

export const RESOURCE = defineMessage({
  attributes: [1, keyValue, 'repeated'],
  droppedAttributesCount: [2, count],
});

export const SCOPE = defineMessage({
  name: [1, string],
  version: [2, string],
  attributes: [3, keyValue, 'repeated'],
  droppedAttributesCount: [4, count],
});

const EVENT = defineMessage({
  timeUnixNano: [1, time],
  name: [2, string],
  attributes: [3, keyValue, 'repeated'],
  droppedAttributesCount: [4, count],
});

const LINK = defineMessage({
  traceId: [1, id],
  spanId: [2, id],
  traceState: [3, string],
  attributes: [4, keyValue, 'repeated'],
  droppedAttributesCount: [5, count],
  flags: [6, flags],
});

const STATUS = defineMessage({
  message: [2, string],
  code: [3, enumeration('STATUS_CODE', ['UNSET', 'OK', 'ERROR'])],
});

const SPAN_KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

export const SPAN = defineMessage({
  traceId: [1, id],
  spanId: [2, id],
  traceState: [3, string],
  parentSpanId: [4, id],
  name: [5, string],
  kind: [6, enumeration('SPAN_KIND', SPAN_KINDS)],
  startTimeUnixNano: [7, time],
  endTimeUnixNano: [8, time],
  attributes: [9, keyValue, 'repeated'],
  droppedAttributesCount: [10, count],
  events: [11, message(EVENT), 'repeated'],
  droppedEventsCount: [12, count],
  links: [13, message(LINK), 'repeated'],
  droppedLinksCount: [14, count],
  status: [15, message(STATUS)],
  flags: [16, flags],
});

const SEVERITIES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name) => [
  name,
  `${name}2`,
  `${name}3`,
  `${name}4`,
]);

export const LOG_RECORD = defineMessage({
  timeUnixNano: [1, time],
  severityNumber: [2, enumeration('SEVERITY_NUMBER', ['UNSPECIFIED', ...SEVERITIES])],
  severityText: [3, string],
  body: [5, anyValue],
  attributes: [6, keyValue, 'repeated'],
  droppedAttributesCount: [7, count],
  flags: [8, flags],
  traceId: [9, id],
  spanId: [10, id],
  observedTimeUnixNano: [11, time],
  eventName: [12, string],
});
