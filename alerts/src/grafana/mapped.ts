import { literal } from '../catalogue/sql.ts';
import type { LabelMapping } from '../routing/labels.ts';

/** A rule's query with its labels by the names and values that the company knows. */
export function mappedSql(sql: string, columns: readonly string[], labels: LabelMapping): string {
  const changed = columns.filter((label) => labels.name(label) !== label || labels.values(label).length > 0);
  if (changed.length === 0) return sql;
  const theirs = changed.map((label) => `${valueSql(label, labels)} AS ${labels.name(label)}`);
  return `SELECT * EXCEPT (${changed.join(', ')}), ${theirs.join(', ')}\nFROM\n(\n${sql}\n) AS r`;
}

function valueSql(label: string, labels: LabelMapping): string {
  const values = labels.values(label);
  if (values.length === 0) return `r.${label}`;
  const list = (texts: readonly string[]): string => `[${texts.map(literal).join(', ')}]`;
  const [ours, theirs] = [values.map(([value]) => value), values.map(([, value]) => value)];
  return `transform(toString(r.${label}), ${list(ours)}, ${list(theirs)}, toString(r.${label}))`;
}

/** A template of Go over labels of ours, over theirs. */
export function mappedTemplate(text: string, { name }: LabelMapping): string {
  return text.replace(/\$labels\.(\w+)/g, (_, label: string) => `$labels.${name(label)}`);
}
