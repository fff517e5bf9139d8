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
import { FIELDS, type Field, type FieldReader, type FieldSource } from '../dialects/dialect.ts';
import type { DialectTable, Plan } from './plan.ts';
import type { TextCache } from './text.ts';

const NONE = 255;
const FIELD_INDEX = Object.fromEntries(FIELDS.map((field, index) => [field, index])) as Record<Field, number>;

/**
 * Reads the fields of one span or log record after another through the plan of its dialects: one pass over the
 * attributes finds the best source of every field; values are decoded when asked for.
 */
export interface StepReader extends FieldReader {
  /** Starts with the attributes of the next item. Returns its marks. */
  begin(
    attributes: AttributeList,
    scopeMarks: number,
    nameStart: number,
    nameEnd: number,
    parent: boolean,
  ): number;
  /** Adds the attributes of span events as `event:<name>/<key>`; call before {@link StepReader.plan}. */
  events(span: SpanView): void;
  /** Chooses the plan for `marks` and fills the fields. */
  fill(marks: number): Plan;
  has(field: Field): boolean;
  /** Has an attribute been found for any field that stands before `field` in {@link FIELDS}? One look at all. */
  hasAnyBefore(field: Field): boolean;
  /** Text of few distinct values, cached and masked. */
  label(field: Field): string;
  /** Raw text: not masked, not cached. */
  text(field: Field): string;
  /** NaN when absent or no number. */
  number(field: Field): number;
  value(field: Field): JsonValue | undefined;
  /** Did the value of the field come from the span's name? Ask after reading it. */
  fromSpanName(field: Field): boolean;
  /** Where the raw UTF-8 text of a field stands, or null when it is no plain string. */
  bytes(field: Field): { readonly start: number; readonly end: number } | null;
  /** The answer of the kind rules, or null. */
  kind(): ReturnType<FieldReader['text']> | null;
  readonly buf: Buffer;
}

export function createStepReader(table: DialectTable, cache: TextCache): StepReader {
  const best = new Uint8Array(FIELDS.length);
  const index = new Int32Array(FIELDS.length);
  /** Where each known key stands in the attribute list; valid when its stamp is the current one. */
  const slot = new Int32Array(table.keys.size + 1);
  const stamp = new Int32Array(table.keys.size + 1);
  let now = 0;
  let list: AttributeList;
  let plan: Plan;
  let nameStart = 0;
  let nameEnd = 0;
  let hasParent = false;

  const isEmpty = (i: number): boolean =>
    list.types[i] === VALUE.empty || (list.types[i] === VALUE.string && list.starts[i] === list.ends[i]);

  function sourceAt(field: number): FieldSource {
    return plan.sources[field]![best[field]!]!;
  }

  /** The best source of a field from rank `from` on; used when a better one turned out to say nothing. */
  function seek(field: number, from: number): void {
    best[field] = NONE;
    for (let i = 0; i < list.count; i++) {
      if (isEmpty(i)) continue;
      const key = list.keys[i]!;
      for (let t = plan.offsets[key]!; t < plan.offsets[key + 1]!; t++) {
        const target = plan.targets[t]!;
        if (target >> 8 === field && (target & 255) >= from && (target & 255) < best[field]!) {
          best[field] = target & 255;
          index[field] = i;
        }
      }
    }
    fillCollectors(field, from);
    fillSpanNames(field, from);
  }

  function fillCollectors(only: number, from: number): void {
    if (list.prefixed.length === 0) return;
    for (const { field, rank, prefix } of plan.collectors) {
      if ((only !== -1 && field !== only) || rank < from || rank >= best[field]!) continue;
      if (list.prefixed.some((entry) => entry.key.startsWith(prefix))) best[field] = rank;
    }
  }

  function fillSpanNames(field: number, from: number): void {
    for (const rank of plan.spanNames[field]!) {
      if (rank < from || rank >= best[field]!) continue;
      const source = plan.sources[field]![rank]!;
      if (typeof source !== 'string' && 'spanName' in source && spanName().startsWith(source.spanName)) {
        best[field] = rank;
      }
    }
  }

  let nameText: string | null = null;
  function spanName(): string {
    nameText ??= cache.raw(list.buf, nameStart, nameEnd);
    return nameText;
  }

  /** The value of a field by its best source, falling through sources that say nothing. */
  function resolve(field: number): JsonValue | undefined {
    for (;;) {
      const rank = best[field]!;
      if (rank === NONE) return undefined;
      const source = sourceAt(field);
      const value = valueBy(source, index[field]!);
      const rejected =
        value === undefined ||
        value === null ||
        value === '' ||
        (typeof source !== 'string' && 'reject' in source && source.reject?.includes(String(value)));
      if (!rejected) return value;
      seek(field, rank + 1);
    }
  }

  function valueBy(source: FieldSource, i: number): JsonValue | undefined {
    if (typeof source === 'string')
      return plainValue(list.buf, list.types[i]!, list.starts[i]!, list.ends[i]!);
    if ('spanName' in source) return spanName().slice(source.spanName.length).trim();
    if ('prefix' in source) {
      const entries = new Map<string, JsonValue>();
      for (const entry of list.prefixed) {
        if (!entry.key.startsWith(source.prefix)) continue;
        entries.set(
          entry.key.slice(source.prefix.length),
          plainValue(list.buf, entry.type, entry.start, entry.end),
        );
      }
      return source.collect(entries);
    }
    if ('contains' in source && !contains(list.buf, list.starts[i]!, list.ends[i]!, source.contains))
      return undefined;
    const value = plainValue(list.buf, list.types[i]!, list.starts[i]!, list.ends[i]!);
    if ('path' in source) return pick(value, source.path);
    if ('parse' in source) return source.parse(value);
    return value;
  }

  /** True when the best source of the field is an attribute taken as it is. */
  function isPlain(field: number): boolean {
    return best[field] !== NONE && typeof sourceAt(field) === 'string';
  }

  const reader: StepReader = {
    get buf() {
      return list.buf;
    },
    get spanName() {
      return spanName();
    },
    get hasParent() {
      return hasParent;
    },
    begin(attributes, scopeMarks, start, end, parent) {
      list = attributes;
      nameStart = start;
      nameEnd = end;
      nameText = null;
      hasParent = parent;
      now++;
      let marks = scopeMarks | list.marks;
      for (let i = 0; i < list.count; i++) marks |= table.marksOfKey[list.keys[i]!]!;
      return marks;
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
    fill(marks) {
      plan = table.planOf(marks);
      best.fill(NONE);
      for (let i = 0; i < list.count; i++) {
        const key = list.keys[i]!;
        slot[key] = i;
        stamp[key] = now;
        if (isEmpty(i)) continue;
        for (let t = plan.offsets[key]!, last = plan.offsets[key + 1]!; t < last; t++) {
          const target = plan.targets[t]!;
          const field = target >> 8;
          if ((target & 255) < best[field]!) {
            best[field] = target & 255;
            index[field] = i;
          }
        }
      }
      fillCollectors(-1, 0);
      return plan;
    },
    has(field) {
      const f = FIELD_INDEX[field];
      if (plan.spanNames[f]!.length > 0) fillSpanNames(f, 0);
      return best[f] !== NONE;
    },
    hasAnyBefore(field) {
      for (let f = FIELD_INDEX[field] - 1; f >= 0; f--) if (best[f] !== NONE) return true;
      return false;
    },
    label(field) {
      const f = FIELD_INDEX[field];
      if (plan.spanNames[f]!.length > 0) fillSpanNames(f, 0);
      if (isPlain(f)) {
        const i = index[f]!;
        if (list.types[i] === VALUE.string) return cache.label(list.buf, list.starts[i]!, list.ends[i]!);
      }
      const value = resolve(f);
      return value === undefined ? '' : cache.mask(asText(value));
    },
    text(field) {
      const f = FIELD_INDEX[field];
      if (plan.spanNames[f]!.length > 0) fillSpanNames(f, 0);
      if (isPlain(f)) {
        const i = index[f]!;
        return valueText(list.buf, list.types[i]!, list.starts[i]!, list.ends[i]!);
      }
      const value = resolve(f);
      return value === undefined ? '' : asText(value);
    },
    number(field) {
      const f = FIELD_INDEX[field];
      if (best[f] === NONE) return Number.NaN;
      if (isPlain(f)) {
        const i = index[f]!;
        return valueNumber(list.buf, list.types[i]!, list.starts[i]!, list.ends[i]!);
      }
      const value = resolve(f);
      return value === undefined ? Number.NaN : Number(value);
    },
    value(field) {
      return resolve(FIELD_INDEX[field]);
    },
    fromSpanName(field) {
      const f = FIELD_INDEX[field];
      if (best[f] === NONE) return false;
      const source = sourceAt(f);
      return typeof source !== 'string' && 'spanName' in source;
    },
    bytes(field) {
      const f = FIELD_INDEX[field];
      if (!isPlain(f)) return null;
      const i = index[f]!;
      return list.types[i] === VALUE.string ? { start: list.starts[i]!, end: list.ends[i]! } : null;
    },
    attribute(key) {
      const id = table.keys.idOf(key);
      if (id === 0 || stamp[id] !== now) return '';
      const i = slot[id]!;
      return valueText(list.buf, list.types[i]!, list.starts[i]!, list.ends[i]!);
    },
    kind() {
      for (const rule of plan.kindRules) {
        let answer: string | undefined;
        if ('key' in rule) {
          if (stamp[rule.keyId] !== now) continue;
          const i = slot[rule.keyId]!;
          if ('present' in rule) answer = rule.present;
          else if (list.types[i] === VALUE.string) {
            const value = cache.raw(list.buf, list.starts[i]!, list.ends[i]!);
            answer = Object.hasOwn(rule.is, value) ? rule.is[value] : undefined;
          }
        } else if (rule.spanName.endsWith('*')) {
          if (spanName().startsWith(rule.spanName.slice(0, -1))) answer = rule.kind;
        } else if (spanName() === rule.spanName) {
          answer = rule.kind;
        }
        if (answer === undefined) continue;
        return rule.refine?.(answer as Parameters<typeof rule.refine>[0], reader) ?? answer;
      }
      return null;
    },
  };
  return reader;
}

function contains(buf: Buffer, start: number, end: number, text: string): boolean {
  return buf.subarray(start, end).includes(text);
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
