import { type AttributeList, VALUE } from '../decode/attributes.ts';
import { viewOf, type Words, wordsOf } from '../decode/words.ts';
import { FIELDS, type FieldSource, type KindAnswer, type KindRule } from '../dialects/dialect.ts';
import { createLabel, type Label } from '../steps/labels.ts';
import { createNeedle, type Needle } from './needle.ts';
import type { DialectTable, Plan } from './plan.ts';
import type { CachedText } from './text.ts';

/**
 * The attributes that an item has, in their order: which key, of what type, empty or not. Emitters send the same few
 * shapes endlessly, so where each field's value stands is found once a shape.
 */
export interface Shape {
  readonly plan: Plan;
  /** The plan's name. */
  readonly dialect: Label;
  /** Marks of every dialect that takes part. */
  readonly marks: number;
  /** Of each field, where its value may stand, the best first. */
  readonly fields: readonly (readonly Candidate[])[];
  /** Of each field the place of the attribute that it is, as it stands there; {@link NOWHERE} or {@link SOMEWHERE}. */
  readonly places: Int32Array;
  /** The rules that may answer: whose attribute is there, or that look at the span's name. */
  readonly kindRules: readonly PlacedRule[];
  /** May an attribute say whose work the step is? */
  readonly claims: boolean;
}

/** Nothing says anything about the field. */
export const NOWHERE = -1;
/** It has to be looked for among its candidates. */
export const SOMEWHERE = -2;

export interface Candidate {
  readonly source: FieldSource;
  /** The attribute's place in the list; −1 for sources that look at the span's name or at a prefix. */
  readonly at: number;
  /** The attribute as it is, unless it is one of {@link Candidate.rejected}. */
  readonly plain: boolean;
  readonly rejected: readonly Words[];
  /** What its value must contain to be looked at; null when nothing. */
  readonly needle: Needle | null;
  /** What stood here last: mostly it stands here again. */
  last: CachedText | null;
  /** What the source made of it; null when it means nothing. */
  label: Label | null;
}

export interface PlacedRule {
  readonly rule: KindRule;
  readonly at: number;
  last: CachedText | null;
  /** What the rule says of {@link last}. */
  answer: KindAnswer | undefined;
}

export interface Shapes {
  /** The shape of the list; `marks` are those of its scope. */
  of(list: AttributeList, marks: number): Shape;
}

interface Known {
  readonly marks: number;
  readonly codes: Int32Array;
  readonly shape: Shape;
}

/** Distinct shapes remembered; a flood of made-up ones empties the memory, not the machine's. */
const MAX_SHAPES = 4096;
const BUCKETS = 1 << 12;

/** Fields before this one say whose work a step is. */
const PROVIDER = FIELDS.indexOf('provider');

export function createShapes(table: DialectTable): Shapes {
  let buckets: (Known[] | undefined)[] = new Array(BUCKETS);
  let count = 0;
  let last: Known | null = null;

  return {
    of(list, scopeMarks) {
      const marks = scopeMarks | list.marks;
      const { count: length, codes } = list;
      const hash = list.hash ^ marks;
      if (last !== null && last.marks === marks && equal(last.codes, codes, length)) return last.shape;
      const slot = (hash ^ (hash >>> 15)) & (BUCKETS - 1);
      let bucket = buckets[slot];
      if (bucket !== undefined) {
        for (const known of bucket) {
          if (known.marks !== marks || !equal(known.codes, codes, length)) continue;
          last = known;
          return known.shape;
        }
      }
      if (count >= MAX_SHAPES) {
        buckets = new Array(BUCKETS);
        count = 0;
        bucket = undefined;
      }
      if (bucket === undefined) {
        bucket = [];
        buckets[slot] = bucket;
      }
      last = {
        marks,
        codes: codes.slice(0, length),
        shape: makeShape(table, codes.subarray(0, length), marks),
      };
      bucket.push(last);
      count++;
      return last.shape;
    },
  };
}

function equal(a: Int32Array, b: Int32Array, length: number): boolean {
  if (a.length !== length) return false;
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function makeShape(table: DialectTable, codes: Int32Array, given: number): Shape {
  let marks = given;
  /** Where each key stands: first with a value, for fields; last at all, for rules. */
  const valued = new Map<number, number>();
  const present = new Map<number, number>();
  codes.forEach((code, at) => {
    const key = code >> 3;
    marks |= table.marksOfKey[key]!;
    present.set(key, at);
    if ((code & 7) !== VALUE.empty && !valued.has(key)) valued.set(key, at);
  });
  const plan = table.planOf(marks);
  const fields = plan.sources.map((sources) =>
    sources.flatMap((source): Candidate[] => {
      const key = typeof source === 'string' ? source : 'key' in source ? source.key : null;
      const none = { source, at: -1, plain: false, rejected: NOTHING, needle: null, last: null, label: null };
      if (key === null) return [none];
      const at = valued.get(table.keys.idOf(key));
      if (at === undefined) return [];
      if (typeof source === 'string') return [{ ...none, at, plain: true }];
      if ('contains' in source) return [{ ...none, at, needle: createNeedle(source.contains) }];
      if ('parse' in source || 'path' in source) return [{ ...none, at }];
      const rejected = 'reject' in source ? (source.reject ?? []).map(wordsOfText) : NOTHING;
      return [{ ...none, at, plain: true, rejected }];
    }),
  );
  return {
    plan,
    dialect: createLabel(plan.name),
    marks,
    fields,
    places: Int32Array.from(fields, ([first]) =>
      first === undefined ? NOWHERE : first.plain && first.rejected.length === 0 ? first.at : SOMEWHERE,
    ),
    kindRules: plan.kindRules.flatMap((rule): PlacedRule[] => {
      if (!('key' in rule)) return [{ rule, at: -1, last: null, answer: undefined }];
      const at = present.get(rule.keyId);
      return at === undefined ? [] : [{ rule, at, last: null, answer: undefined }];
    }),
    claims: fields.slice(0, PROVIDER).some((candidates) => candidates.some(isAttribute)),
  };
}

const NOTHING: readonly Words[] = [];

function wordsOfText(text: string): Words {
  const view = viewOf(Buffer.from(text));
  return wordsOf(view, 0, view.byteLength);
}

function isAttribute({ source }: Candidate): boolean {
  return typeof source === 'string' || !('spanName' in source);
}
