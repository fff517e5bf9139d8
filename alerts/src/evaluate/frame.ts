import type { Measured } from './instance.ts';

/** ClickHouse's format JSONCompact, as far as a rule needs it. */
export interface Frame {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly (readonly unknown[])[];
}

const NUMBER = /^(?:Nullable\()?(?:U?Int|Float|Decimal)/;

/** The rows of a rule: one column is the number, all others are labels. Throws where that does not hold. */
export function readFrame({ meta, data }: Frame): readonly Measured[] {
  const numbers = meta.flatMap(({ type }, i) => (NUMBER.test(type) ? [i] : []));
  const [value] = numbers;
  if (value === undefined || numbers.length > 1)
    throw new Error(`a rule has one number, not ${numbers.length}`);
  return data.map((row) => ({
    labels: Object.fromEntries(
      meta.flatMap(({ name }, i) => (i === value ? [] : [[name, String(row[i] ?? '')]])),
    ),
    value: row[value] === null ? null : Number(row[value]),
  }));
}
