import { createDataFrame, type DataFrame, type Field, FieldType } from '@grafana/data';

/** An answer of ClickHouse in the format JSONCompact. */
export interface Answer {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly (readonly unknown[])[];
  /** Why there are no rows, where the page's server knows. */
  readonly notice?: string;
}

function fieldType(type: string): FieldType {
  const inner = type
    .replace(/^(?:Nullable|LowCardinality)\(/, '')
    .replace(/^(?:Nullable|LowCardinality)\(/, '');
  if (/^Date/.test(inner)) return FieldType.time;
  if (/^(U?Int|Float|Decimal|BFloat)/.test(inner)) return FieldType.number;
  if (/^Bool/.test(inner)) return FieldType.boolean;
  return FieldType.string;
}

function toValue(raw: unknown, type: FieldType): unknown {
  if (raw === null || raw === undefined) return null;
  if (type === FieldType.number) return Number(raw);
  if (type === FieldType.time) {
    const text = String(raw);
    return Date.parse(text.length === 10 ? `${text}T00:00:00Z` : `${text.replace(' ', 'T')}Z`);
  }
  return type === FieldType.string && typeof raw !== 'string' ? JSON.stringify(raw) : raw;
}

/** A frame as the data source's back end makes it of a table. */
export function tableFrame({ meta, data, notice }: Answer, refId: string): DataFrame {
  return createDataFrame({
    refId,
    ...(notice !== undefined && { meta: { notices: [{ severity: 'info', text: notice }] } }),
    fields: meta.map(({ name, type }, column) => {
      const kind = fieldType(type);
      return { name, type: kind, config: {}, values: data.map((row) => toValue(row[column], kind)) };
    }),
  });
}

/** Frames as it makes them of a time series: one for each number, and for each value of the text columns. */
export function seriesFrames(answer: Answer, refId: string): DataFrame[] {
  const frame = tableFrame(answer, refId);
  const time = frame.fields.find(({ type }) => type === FieldType.time);
  const texts = frame.fields.filter(({ type }) => type === FieldType.string);
  const numbers = frame.fields.filter(({ type }) => type === FieldType.number);
  if (time === undefined) return [frame];
  const groups = new Map<string, number[]>();
  for (let row = 0; row < frame.length; row++) {
    const key = JSON.stringify(texts.map(({ values }) => values[row]));
    const rows = groups.get(key);
    if (rows === undefined) groups.set(key, [row]);
    else rows.push(row);
  }
  const at = (field: Field, rows: readonly number[]): Field => ({
    ...field,
    values: rows.map((row) => field.values[row]),
  });
  // All series on the same times, or bars of different series would not stand on each other.
  return [...groups].flatMap(([key, rows]) => {
    const values = JSON.parse(key) as string[];
    const name = values.join(' · ');
    return numbers.map((number) => {
      const labelled = numbers.length > 1 && name !== '' ? `${name} ${number.name}` : name || number.name;
      return createDataFrame({
        refId,
        fields: [
          at(time, rows),
          { ...at(number, rows), name: labelled, config: { displayNameFromDS: labelled } },
        ],
      });
    });
  });
}
