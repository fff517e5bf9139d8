import { DIALECTS, FIELDS, type Field, type FieldSource } from '@agentops/processor/dialects';
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

/** Read out of content by some emitters, and numbers rest on them: their attributes never go. */
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

/** Few distinct values or numbers: nothing that could be a person's or a secret. */
const HARMLESS: readonly Field[] = [
  ...COUNTED,
  'provider',
  'requestModel',
  'responseModel',
  'toolName',
  'toolAmount',
  'toolCurrency',
  'toolEffect',
  'finishReasons',
  'approvalEvent',
  'approvalRule',
  'approvalDecision',
  'agentVersion',
  'sequence',
  'instance',
  'dropped',
  'argumentsDigest',
  'argumentsShapeDigest',
  'resultDigest',
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

/** Attributes that hold inputs and outputs, by name and by the beginning of their name. */
export interface ContentKeys {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
}

/** All of them, but for those that numbers rest on. */
export function contentKeys(): ContentKeys {
  const { keys, prefixes } = contentOf(CONTENT, COUNTED);
  return { keys: unique([...keys, ...UNREAD]), prefixes };
}

/** Those that only people would read: nothing at all is derived from them. */
export function unreadKeys(): ContentKeys {
  const read = FIELDS.filter((field) => !READ_BY_PEOPLE.includes(field));
  const { keys, prefixes } = contentOf(READ_BY_PEOPLE, read);
  const needed = sourcesOf(read).flatMap((source) =>
    typeof source !== 'string' && 'prefix' in source ? [source.prefix] : [],
  );
  return {
    keys: unique([...keys, ...UNREAD]),
    prefixes: prefixes.filter((prefix) => !needed.includes(prefix)),
  };
}

const READ_BY_PEOPLE: readonly Field[] = CONTENT.filter((field) => field !== 'requestedToolCalls');

/** Emitters that write messages flat: one attribute per field of a message. */
const FLATTENED = ['llm.input_messages.', 'llm.output_messages.', 'gen_ai.prompt.', 'gen_ai.completion.'];
/** Content that the processor has no use for at all. */
const UNREAD = ['gcp.vertex.agent.llm_request', 'gcp.vertex.agent.data', 'llm.prompts'];

function contentOf(fields: readonly Field[], but: readonly Field[]): ContentKeys {
  const needed = new Set(sourcesOf(but).flatMap((source) => keyOf(source) ?? []));
  const keys: string[] = [];
  const prefixes: string[] = [...FLATTENED, 'retrieval.documents.'];
  for (const source of sourcesOf(fields)) {
    if (typeof source !== 'string' && 'prefix' in source) prefixes.push(source.prefix);
    const key = keyOf(source);
    if (key !== null && !EVENT.test(key) && !needed.has(key)) keys.push(key);
  }
  return { keys: unique(keys), prefixes: unique(prefixes) };
}

/** Attributes of span events that hold inputs and outputs. */
export function eventContentKeys(): ContentKeys {
  const keys = CONTENT.flatMap(eventPlacesOf).map(({ key }) => key);
  return { keys: unique([...keys, ...contentKeys().keys]), prefixes: [] };
}

/** Attributes that masking may skip. */
export function harmlessKeys(): string[] {
  const places = HARMLESS.flatMap(placesOf).flatMap(({ key, path }) => (path.length === 0 ? [key] : []));
  return unique(places);
}

function keyOf(source: FieldSource): string | null {
  if (typeof source === 'string') return source;
  return 'key' in source ? source.key : null;
}

const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();
