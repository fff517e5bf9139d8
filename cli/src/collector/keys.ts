import { DIALECTS, type Field, type FieldSource } from '@agentops/processor/dialects';
import type { Context } from './ottl.ts';

/**
 * Which attributes hold what, from the tables that the processor reads telemetry by: an emitter that it learns is
 * digested, masked and dropped here as well.
 */

/** A place that holds the value of a field: an attribute, or a path inside the JSON that an attribute holds. */
export interface Place {
  readonly key: string;
  readonly path: readonly string[];
}

/** An attribute of a span event. */
export interface EventPlace {
  readonly event: string;
  readonly key: string;
}

const CONTENT: readonly Field[] = [
  'toolArguments',
  'toolResult',
  'inputMessages',
  'outputMessages',
  'systemInstructions',
  'requestedToolCalls',
];

/** Fields whose equality matters: masked alike, two users would become one. */
const IDENTITY: readonly Field[] = [
  'conversationId',
  'userId',
  'tenant',
  'taskId',
  'taskRef',
  'responseId',
  'toolCallId',
  'approvalId',
  'approvalReviewer',
  'approvalRequestedBy',
];

/** Fields that are read out of content by some emitters, and that numbers rest on: their attributes are never dropped. */
const COUNTED: readonly Field[] = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWrite5mTokens',
  'cacheWrite1hTokens',
  'reasoningTokens',
  'totalTokens',
  'reportedCost',
];

function sourcesOf(fields: readonly Field[]): FieldSource[] {
  return fields.flatMap((field) => DIALECTS.flatMap((dialect) => dialect.fields[field] ?? []));
}

const EVENT = /^event:([^/]+)\/(.+)$/;

/** Where spans hold a field, in the processor's order of precedence. */
export function placesOf(field: Field): Place[] {
  const places: Place[] = [];
  for (const source of sourcesOf([field])) {
    const place = placeOf(source);
    if (place !== null && !places.some((other) => textOf(other) === textOf(place))) places.push(place);
  }
  return places;
}

function placeOf(source: FieldSource): Place | null {
  if (typeof source === 'string') return EVENT.test(source) ? null : { key: source, path: [] };
  if ('path' in source) return { key: source.key, path: source.path };
  return 'key' in source && !('parse' in source) ? { key: source.key, path: [] } : null;
}

const textOf = ({ key, path }: Place): string => [key, ...path].join('\n');

/** Where span events hold a field. */
export function eventPlacesOf(field: Field): EventPlace[] {
  const found = new Map<string, EventPlace>();
  for (const source of sourcesOf([field])) {
    const [text, event, key] = (typeof source === 'string' && EVENT.exec(source)) || [];
    if (text !== undefined) found.set(text, { event: event!, key: key! });
  }
  return [...found.values()];
}

/** Attributes that hold ids and nothing else, in order of name. */
export function identityKeys(context: Context): string[] {
  const fields = context === 'resource' ? (['userId', 'tenant'] as const) : IDENTITY;
  const content = new Set(contentKeys().keys);
  const keys = fields.flatMap(placesOf).flatMap(({ key, path }) => (path.length === 0 ? [key] : []));
  return unique(keys).filter((key) => !content.has(key));
}

/** Attributes of spans, events and log records that hold inputs and outputs and nothing that numbers rest on. */
export function contentKeys(): { readonly keys: string[]; readonly prefixes: string[] } {
  const counted = new Set(sourcesOf(COUNTED).flatMap((source) => keyOf(source) ?? []));
  const keys: string[] = [];
  const prefixes: string[] = [];
  for (const source of sourcesOf(CONTENT)) {
    if (typeof source !== 'string' && 'prefix' in source) prefixes.push(source.prefix);
    const key = keyOf(source);
    if (key !== null && !counted.has(key)) keys.push(EVENT.exec(key)?.[2] ?? key);
  }
  return { keys: unique(keys), prefixes: unique([...prefixes, ...FLATTENED]) };
}

/** Emitters that write messages flat: one attribute per field of a message. */
const FLATTENED = ['llm.input_messages.', 'llm.output_messages.', 'gen_ai.prompt.', 'gen_ai.completion.'];

function keyOf(source: FieldSource): string | null {
  if (typeof source === 'string') return source;
  return 'key' in source ? source.key : null;
}

const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();
