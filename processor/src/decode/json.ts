import type { Signal } from '../model.ts';
import { LOG_RECORD, type MessageSchema, RESOURCE, SCOPE, SPAN, writeFields } from './json-schema.ts';
import { FieldError, quoteLongNumbers } from './json-values.ts';
import { beginMessage, createWriter, endMessage, type Writer } from './json-writer.ts';

export interface Transcoded {
  /** Export…ServiceRequest in protobuf, of all items but the bad ones. */
  readonly body: Uint8Array;
  /** Items left out; `index` counts all items of the request from 0, the bad ones included. */
  readonly bad: readonly { readonly index: number; readonly reason: string }[];
}

interface Layout {
  readonly resources: readonly string[];
  readonly scopes: readonly string[];
  readonly items: readonly string[];
  readonly item: MessageSchema;
}

const LAYOUTS: Readonly<Record<Signal, Layout>> = {
  spans: {
    resources: ['resourceSpans', 'resource_spans'],
    scopes: ['scopeSpans', 'scope_spans'],
    items: ['spans'],
    item: SPAN,
  },
  logs: {
    resources: ['resourceLogs', 'resource_logs'],
    scopes: ['scopeLogs', 'scope_logs'],
    items: ['logRecords', 'log_records'],
    item: LOG_RECORD,
  },
};

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * OTLP JSON → OTLP protobuf, so that one decoder serves both. 64-bit integers keep all digits, whether they come
 * as text or bare. A value of the wrong type costs the item it stands in; one in a resource or scope costs their
 * items. Throws SyntaxError when the body is no JSON, or its lists down to the items are no lists of objects.
 */
export function transcodeJson(signal: Signal, body: Uint8Array): Transcoded {
  const layout = LAYOUTS[signal];
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  const request = parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  const w = createWriter(body.length + 64);
  const bad: { index: number; reason: string }[] = [];
  let index = 0;

  /** Writes one part; when it cannot be written, nothing of it stays and the reason is returned. */
  function attempt(field: number, schema: MessageSchema, value: unknown): string {
    const before = w.pos;
    try {
      const start = beginMessage(w, field);
      writeFields(w, schema, value, 0);
      endMessage(w, start);
      return '';
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      w.pos = before;
      return error.message;
    }
  }

  function writeScope(group: JsonObject, resourceFault: string): void {
    const scope = first(group, ['scope']);
    const scopeFault = scope === undefined ? '' : attempt(1, SCOPE, scope);
    const fault = resourceFault !== '' ? `resource: ${resourceFault}` : scopeFault && `scope: ${scopeFault}`;
    for (const item of list(group, layout.items)) {
      const reason = fault || attempt(2, layout.item, item);
      if (reason !== '') bad.push({ index, reason });
      index++;
    }
  }

  for (const group of objects(request, layout.resources)) {
    nest(w, 1, () => {
      const resource = first(group, ['resource']);
      const fault = resource === undefined ? '' : attempt(1, RESOURCE, resource);
      for (const scope of objects(group, layout.scopes)) nest(w, 2, () => writeScope(scope, fault));
    });
  }
  return { body: w.buf.subarray(0, w.pos), bad };
}

function nest(w: Writer, field: number, content: () => void): void {
  const start = beginMessage(w, field);
  content();
  endMessage(w, start);
}

function parse(text: string): JsonObject {
  const value: unknown = JSON.parse(quoteLongNumbers(text));
  if (!isObject(value)) throw new SyntaxError('an OTLP request is one JSON object');
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under the first of some spellings that has one. */
function first(object: JsonObject, names: readonly string[]): unknown {
  for (const name of names) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** Under whichever spellings there are, one after the other. */
function list(object: JsonObject, names: readonly string[]): readonly unknown[] {
  const found = names.filter((name) => Object.hasOwn(object, name)).map((name) => object[name] ?? []);
  for (const value of found) if (!Array.isArray(value)) throw new SyntaxError(`${names[0]} is no list`);
  return found.length === 1 ? (found[0] as unknown[]) : found.flat(1);
}

function objects(object: JsonObject, names: readonly string[]): readonly JsonObject[] {
  const values = list(object, names);
  if (!values.every(isObject)) throw new SyntaxError(`${names[0]} holds something that is no object`);
  return values;
}
