import {
  type AttributeList,
  addAttribute,
  type JsonValue,
  locateValue,
  plainValue,
  VALUE,
  valueNumber,
  valueText,
} from '../decode/attributes.ts';
import { readEvent, type SpanView } from '../decode/otlp.ts';
import { FIELDS, type Field, type FieldReader, type KindAnswer } from '../dialects/dialect.ts';
import { holdsText } from './needle.ts';
import type { DialectTable } from './plan.ts';
import { type Candidate, createShapes, type Shape } from './shape.ts';
import type { CachedText, TextCache } from './text.ts';

/** Fields by number: what the hot path reads them by. */
export const F = Object.freeze(
  Object.fromEntries(FIELDS.map((field, index) => [field, index])) as Record<Field, number>,
);

/**
 * Reads the fields of one span or log record after another: its shape says where the best source of every field
 * stands; values are decoded when asked for. Fields are given by number: {@link F}.
 */
export interface StepReader {
  /** Starts with the attributes of the next item. */
  begin(attributes: AttributeList, nameStart: number, nameEnd: number, hasParent: boolean): void;
  /** Adds the attributes of span events as `event:<name>/<key>`; call before {@link StepReader.fill}. */
  events(span: SpanView): void;
  /** Finds the item's shape: its plan, and where its fields stand. */
  fill(scopeMarks: number): Shape;
  has(field: number): boolean;
  /** Text of few distinct values, cached and masked. */
  label(field: number): string;
  /** Text whose equality matters, masked so that different values stay different. */
  identity(field: number): string;
  /** Raw text: not masked, not cached. */
  text(field: number): string;
  /** NaN when absent or no number. */
  number(field: number): number;
  value(field: number): JsonValue | undefined;
  /** Does the value of the field come from the span's name? */
  fromSpanName(field: number): boolean;
  /** Where the field stands in the attribute list as plain, non-empty text; −1 when it is anything else. */
  plainText(field: number): number;
  /** Any attribute that some dialect names, as text; '' when absent. */
  attribute(key: string): string;
  /** The answer of the kind rules, or null. */
  kind(): KindAnswer | null;
}

export function createStepReader(table: DialectTable, cache: TextCache): StepReader {
  const shapes = createShapes(table);
  let list: AttributeList;
  let shape: Shape;
  let nameStart = 0;
  let nameEnd = 0;
  let hasParent = false;
  let nameText: string | null = null;

  function spanName(): string {
    nameText ??= cache.raw(list, nameStart, nameEnd);
    return nameText;
  }

  /** Is there anything for the source to read? What it says may still be nothing. */
  function applies({ source, at }: Candidate): boolean {
    if (at >= 0) return true;
    if (typeof source === 'string') return false;
    if ('spanName' in source) return spanName().startsWith(source.spanName);
    if (!('prefix' in source) || list.prefixed.length === 0) return false;
    const { prefix } = source;
    return list.prefixed.some((entry) => entry.key.startsWith(prefix));
  }

  function best(field: number): Candidate | null {
    for (const candidate of shape.fields[field]!) if (applies(candidate)) return candidate;
    return null;
  }

  /** What a source says; `undefined` when the value means nothing. */
  function valueBy({ source, at, needle }: Candidate): JsonValue | undefined {
    let value: JsonValue | undefined;
    if (typeof source === 'string')
      value = plainValue(list.buf, list.types[at]!, list.starts[at]!, list.ends[at]!);
    else if ('spanName' in source) value = spanName().slice(source.spanName.length).trim();
    else if ('prefix' in source) {
      const entries = new Map<string, JsonValue>();
      for (const entry of list.prefixed) {
        if (!entry.key.startsWith(source.prefix)) continue;
        entries.set(
          entry.key.slice(source.prefix.length),
          plainValue(list.buf, entry.type, entry.start, entry.end),
        );
      }
      value = source.collect(entries);
    } else if (needle === null || holdsText(list.buf, list.starts[at]!, list.ends[at]!, needle)) {
      value = plainValue(list.buf, list.types[at]!, list.starts[at]!, list.ends[at]!);
      if ('path' in source) value = pick(value, source.path);
      else if ('parse' in source) value = source.parse(value);
    }
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof source !== 'string' && 'reject' in source && source.reject?.includes(String(value)))
      return undefined;
    return value;
  }

  function resolve(field: number): JsonValue | undefined {
    for (const candidate of shape.fields[field]!) {
      if (!applies(candidate)) continue;
      const value = valueBy(candidate);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** The cached text at an attribute that is one; null when it is too long, or none. */
  function cached(candidate: Candidate): CachedText | null {
    const { at } = candidate;
    if (at < 0 || list.types[at] !== VALUE.string) return null;
    const found = cache.entry(list, list.starts[at]!, list.ends[at]!, candidate.last);
    if (found !== null) candidate.last = found;
    return found;
  }

  /** What a source made of a text, remembered with the text: a pure function of both. */
  function derivedText(entry: CachedText, candidate: Candidate): string | null {
    for (let known = entry.derived; known !== null; known = known.next) {
      if (known.by === candidate.source) return known.text;
    }
    const value = valueBy(candidate);
    const text = value === undefined ? null : cache.short(asText(value));
    entry.derived = { by: candidate.source, text, next: entry.derived };
    return text;
  }

  function plainText(field: number): number {
    const candidate = best(field);
    return candidate?.plain && list.types[candidate.at] === VALUE.string ? candidate.at : -1;
  }

  function text(field: number): string {
    const candidate = best(field);
    if (candidate === null) return '';
    if (candidate.plain) {
      const { at } = candidate;
      return valueText(list.buf, list.types[at]!, list.starts[at]!, list.ends[at]!);
    }
    const value = resolve(field);
    return value === undefined ? '' : asText(value);
  }

  function attribute(key: string): string {
    const id = table.keys.idOf(key);
    if (id === 0) return '';
    for (let i = list.count - 1; i >= 0; i--) {
      if (list.keys[i] === id) return valueText(list.buf, list.types[i]!, list.starts[i]!, list.ends[i]!);
    }
    return '';
  }

  /** What refinements of kind rules see. */
  const view: FieldReader = {
    get spanName() {
      return spanName();
    },
    get hasParent() {
      return hasParent;
    },
    text: (field) => text(F[field]),
    attribute,
  };

  return {
    begin(attributes, start, end, parent) {
      list = attributes;
      nameStart = start;
      nameEnd = end;
      nameText = null;
      hasParent = parent;
    },
    events(span) {
      for (let e = 0; e < span.events.length; e += 2) {
        readEvent(list.buf, span.events[e]!, span.events[e + 1]!, (name, key, start, end) => {
          const id = table.keys.idOf(`event:${name}/${key}`);
          if (id === 0) return;
          const value = locateValue(list.buf, start, end);
          addAttribute(list, id, value.type, value.start, value.end);
        });
      }
    },
    fill(scopeMarks) {
      shape = shapes.of(list, scopeMarks);
      return shape;
    },
    has: (field) => best(field) !== null,
    label(field) {
      for (const candidate of shape.fields[field]!) {
        if (!applies(candidate)) continue;
        const entry = cached(candidate);
        if (entry !== null) {
          const text = candidate.plain ? cache.masked(entry) : derivedText(entry, candidate);
          if (text !== null) return text;
          continue;
        }
        const value = valueBy(candidate);
        if (value !== undefined) return cache.short(asText(value));
      }
      return '';
    },
    identity(field) {
      const candidate = best(field);
      if (candidate === null) return '';
      const entry = candidate.plain ? cached(candidate) : null;
      return entry === null ? cache.identity(text(field)) : cache.identified(entry);
    },
    text,
    number(field) {
      const candidate = best(field);
      if (candidate === null) return Number.NaN;
      if (candidate.plain) {
        const { at } = candidate;
        return valueNumber(list.buf, list.types[at]!, list.starts[at]!, list.ends[at]!);
      }
      const value = resolve(field);
      return value === undefined ? Number.NaN : Number(value);
    },
    value: resolve,
    fromSpanName(field) {
      for (const candidate of shape.fields[field]!) {
        if (!applies(candidate) || valueBy(candidate) === undefined) continue;
        return typeof candidate.source !== 'string' && 'spanName' in candidate.source;
      }
      return false;
    },
    plainText,
    attribute,
    kind() {
      for (const placed of shape.kindRules) {
        const { rule, at } = placed;
        let answer: KindAnswer | undefined;
        if ('key' in rule) {
          if ('present' in rule) answer = rule.present;
          else if (list.types[at] === VALUE.string) {
            const entry = cache.entry(list, list.starts[at]!, list.ends[at]!, placed.last);
            if (entry === null) continue;
            if (entry !== placed.last) {
              placed.last = entry;
              placed.answer = Object.hasOwn(rule.is, entry.raw) ? rule.is[entry.raw] : undefined;
            }
            answer = placed.answer;
          }
        } else if (rule.spanName.endsWith('*')) {
          if (spanName().startsWith(rule.spanName.slice(0, -1))) answer = rule.kind;
        } else if (spanName() === rule.spanName) {
          answer = rule.kind;
        }
        if (answer !== undefined) return rule.refine?.(answer, view) ?? answer;
      }
      return null;
    },
  };
}

function asText(value: JsonValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Follows `path` into a value that is JSON, or JSON in a string. */
function pick(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  let at: JsonValue | undefined = value;
  for (const step of path) {
    if (typeof at === 'string') {
      try {
        at = JSON.parse(at) as JsonValue;
      } catch {
        return undefined;
      }
    }
    if (typeof at !== 'object' || at === null) return undefined;
    at = Array.isArray(at) ? at[Number(step)] : Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return at;
}
