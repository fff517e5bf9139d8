import { createKeyTable, type KeyTable } from '../decode/keys.ts';
import { type Dialect, FIELDS, type FieldSource, type KindRule } from '../dialects/dialect.ts';

/**
 * Declarative dialects, compiled: every source of every field in order, for one set of detected dialects.
 */
export interface Plan {
  readonly dialects: readonly Dialect[];
  /** The most specific dialect's name: what `dialect` says of a step. */
  readonly name: string;
  /** Every source of a field, the best first. */
  readonly sources: readonly (readonly FieldSource[])[];
  readonly kindRules: readonly (KindRule & { readonly keyId: number })[];
  readonly waits: ReadonlySet<string>;
  /** Of the first dialect that says. */
  readonly cacheInside: NonNullable<Dialect['cacheInside']>;
  readonly reasoningInside: boolean;
}

export interface DialectTable {
  readonly keys: KeyTable;
  /** Marks (one bit a dialect) that the key with this id sets. */
  readonly marksOfKey: Int32Array;
  /** Marks of a scope name. */
  marksOfScope(scopeName: string): number;
  /** The plan for a set of marks; our own dialect and the last one always take part. */
  planOf(marks: number): Plan;
  /** Marks of the dialects whose unnamed spans are kept as `other`. */
  readonly keepsOther: number;
  /** Does any dialect read span events? */
  readonly readsEvents: boolean;
}

/** Builds the tables for `dialects` in their order of precedence; `resourceKeys` are read from resources only. */
export function compileDialects(dialects: readonly Dialect[], resourceKeys: readonly string[]): DialectTable {
  if (dialects.length > 31) throw new RangeError('at most 31 dialects: one bit each');
  const allKeys = new Set<string>(resourceKeys);
  for (const dialect of dialects) {
    for (const key of dialect.detect.keys ?? []) if (!key.endsWith('*')) allKeys.add(key);
    for (const rule of dialect.kind) if ('key' in rule) allKeys.add(rule.key);
    for (const sources of Object.values(dialect.fields)) {
      for (const source of sources) {
        const key = keyOfSource(source);
        if (key !== null) allKeys.add(key);
      }
    }
  }
  const prefixMarks = new Map<string, number>();
  const collected = new Set<string>();
  dialects.forEach((dialect, bit) => {
    for (const pattern of dialect.detect.keys ?? []) {
      if (!pattern.endsWith('*')) continue;
      const prefix = pattern.slice(0, -1);
      prefixMarks.set(prefix, (prefixMarks.get(prefix) ?? 0) | (1 << bit));
    }
    for (const sources of Object.values(dialect.fields)) {
      for (const source of sources) {
        if (typeof source !== 'string' && 'prefix' in source) collected.add(source.prefix);
      }
    }
  });
  const keys = createKeyTable(allKeys, [
    ...[...prefixMarks].map(([prefix, marks]) => ({ prefix, marks, collect: false })),
    ...[...collected].map((prefix) => ({ prefix, marks: 0, collect: true })),
  ]);

  const marksOfKey = new Int32Array(keys.size + 1);
  dialects.forEach((dialect, bit) => {
    for (const pattern of dialect.detect.keys ?? []) {
      if (!pattern.endsWith('*')) marksOfKey[keys.idOf(pattern)]! |= 1 << bit;
    }
  });
  for (const [prefix, marks] of prefixMarks) {
    for (let id = 1; id <= keys.size; id++) if (keys.keyOf(id).startsWith(prefix)) marksOfKey[id]! |= marks;
  }

  const always = 1 | (1 << (dialects.length - 1));
  const plans = new Map<number, Plan>();
  const scopes = new Map<string, number>();
  return {
    keys,
    marksOfKey,
    keepsOther: dialects.reduce(
      (marks, dialect, bit) => (dialect.keepsOther ? marks | (1 << bit) : marks),
      0,
    ),
    readsEvents: [...allKeys].some((key) => key.startsWith('event:')),
    marksOfScope(scopeName) {
      const known = scopes.get(scopeName);
      if (known !== undefined) return known;
      let marks = 0;
      dialects.forEach((dialect, bit) => {
        if (dialect.detect.scopes?.some((scope) => scopeName.startsWith(scope))) marks |= 1 << bit;
      });
      if (scopes.size < 10_000) scopes.set(scopeName, marks);
      return marks;
    },
    planOf(marks) {
      const wanted = marks | always;
      let plan = plans.get(wanted);
      if (plan === undefined) {
        plan = compilePlan(
          dialects.filter((_, bit) => wanted & (1 << bit)),
          keys,
        );
        plans.set(wanted, plan);
      }
      return plan;
    },
  };
}

function compilePlan(dialects: readonly Dialect[], keys: KeyTable): Plan {
  const sources = FIELDS.map((field) => dialects.flatMap((dialect) => dialect.fields[field] ?? []));
  const specific = dialects.length > 2 ? dialects[1]! : dialects.at(-1)!;
  return {
    dialects,
    name: specific.name,
    sources,
    kindRules: dialects
      .flatMap((dialect) => dialect.kind)
      .map((rule) => ({ ...rule, keyId: 'key' in rule ? keys.idOf(rule.key) : 0 })),
    waits: new Set(dialects.flatMap((dialect) => dialect.waits ?? [])),
    cacheInside: dialects.find(({ cacheInside }) => cacheInside !== undefined)?.cacheInside ?? 'auto',
    reasoningInside:
      dialects.find(({ reasoningInside }) => reasoningInside !== undefined)?.reasoningInside ?? true,
  };
}

function keyOfSource(source: FieldSource): string | null {
  if (typeof source === 'string') return source;
  return 'key' in source ? source.key : null;
}
