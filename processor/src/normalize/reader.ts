import { isSurelyPlain } from '@agentops/registry/contract';
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
import { createLabel, type Label, type Labels, numberIn } from '../steps/labels.ts';
import { type Heap, setText, setTextBytes, type TextColumn } from '../steps/texts.ts';
import { holdsText } from './needle.ts';
import type { DialectTable } from './plan.ts';
import { type Candidate, createShapes, NOWHERE, type Shape, SOMEWHERE } from './shape.ts';
import type { CachedText, TextCache } from './text.ts';
import { asText, isOneOf, pick, valuesBehind } from './values.ts';

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
  readonly attributes: AttributeList;
  /** Adds the attributes of span events as `event:<name>/<key>`; call before {@link StepReader.fill}. */
  events(span: SpanView): void;
  /** Finds the item's {@link StepReader.shape}. */
  fill(scopeMarks: number): void;
  /** Its plan, and where its fields stand. */
  readonly shape: Shape;
  has(field: number): boolean;
  /** Text of few distinct values, cached and masked. */
  label(field: number): string;
  /** The same: its number. */
  labelIn(field: number, labels: Labels): number;
  /** Text whose equality matters, masked so that different values stay different. */
  identity(field: number): string;
  /** Text of which hardly any value comes twice, masked, into a column. */
  unique(field: number, column: TextColumn, row: number, heap: Heap): void;
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
  function applies({ source, at, rejected }: Candidate): boolean {
    if (at >= 0) return rejected.length === 0 || !isOneOf(list, at, rejected);
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
    else if ('prefix' in source) value = source.collect(valuesBehind(list, source.prefix));
    else if (needle === null || holdsText(list.buf, list.starts[at]!, list.ends[at]!, needle)) {
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

  /** What a source says as a label: from the cache where the text is not too long for it; null when nothing. */
  function labelBy(candidate: Candidate): Label | null {
    const { at, last } = candidate;
    if (at >= 0 && list.types[at] === VALUE.string) {
      const entry = cache.entry(list, list.starts[at]!, list.ends[at]!, last);
      if (entry !== null) {
        if (entry !== last) {
          candidate.last = entry;
          candidate.label = candidate.plain ? plainLabel(entry, candidate) : derivedLabel(entry, candidate);
        }
        return candidate.label;
      }
    }
    const value = applies(candidate) ? valueBy(candidate) : undefined;
    return value === undefined ? null : createLabel(cache.short(asText(value)));
  }

  function plainLabel(entry: CachedText, { at, rejected }: Candidate): Label | null {
    return isOneOf(list, at, rejected) ? null : cache.masked(entry);
  }

  /** What a source made of a text, remembered with the text: a pure function of both. */
  function derivedLabel(entry: CachedText, candidate: Candidate): Label | null {
    for (let known = entry.derived; known !== null; known = known.next) {
      if (known.by === candidate.source) return known.label;
    }
    const value = valueBy(candidate);
    const label = value === undefined ? null : createLabel(cache.short(asText(value)));
    entry.derived = { by: candidate.source, label, next: entry.derived };
    return label;
  }

  function labelled(field: number): Label | null {
    if (shape.places[field] === NOWHERE) return null;
    for (const candidate of shape.fields[field]!) {
      const label = labelBy(candidate);
      if (label !== null) return label;
    }
    return null;
  }

  /** Where the attribute stands that the field is, as it is; {@link NOWHERE}, or {@link SOMEWHERE} when it is none. */
  function placeOf(field: number): number {
    const place = shape.places[field]!;
    if (place !== SOMEWHERE) return place;
    const candidate = best(field);
    return candidate === null ? NOWHERE : candidate.plain ? candidate.at : SOMEWHERE;
  }

  function plainText(field: number): number {
    const at = placeOf(field);
    return at >= 0 && list.types[at] === VALUE.string ? at : -1;
  }

  function text(field: number): string {
    const at = placeOf(field);
    if (at === NOWHERE) return '';
    if (at >= 0) return valueText(list.buf, list.types[at]!, list.starts[at]!, list.ends[at]!);
    const value = resolve(field);
    return value === undefined ? '' : asText(value);
  }

  function unique(field: number, column: TextColumn, row: number, heap: Heap): void {
    const at = plainText(field);
    if (at >= 0 && isSurelyPlain(list.buf, list.starts[at]!, list.ends[at]!)) {
      setTextBytes(column, row, heap, list.buf, list.starts[at]!, list.ends[at]!);
    } else {
      setText(column, row, heap, cache.short(text(field)));
    }
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
    get attributes() {
      return list;
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
    },
    get shape() {
      return shape;
    },
    has: (field) => placeOf(field) !== NOWHERE,
    label: (field) => labelled(field)?.text ?? '',
    labelIn(field, labels) {
      const label = labelled(field);
      return label === null ? 0 : numberIn(labels, label);
    },
    identity(field) {
      if (shape.places[field] === NOWHERE) return '';
      const at = plainText(field);
      if (at < 0) return cache.identity(text(field));
      const start = list.starts[at]!;
      const end = list.ends[at]!;
      const entry = cache.entry(list, start, end, null);
      return entry === null ? cache.identity(text(field)) : cache.identified(entry, list, start, end);
    },
    unique,
    text,
    number(field) {
      const at = placeOf(field);
      if (at === NOWHERE) return Number.NaN;
      if (at >= 0) return valueNumber(list.buf, list.types[at]!, list.starts[at]!, list.ends[at]!);
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
