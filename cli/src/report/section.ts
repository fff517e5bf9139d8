import { count, money } from '../output/numbers.ts';
import { bold, dim, yellow } from '../output/style.ts';
import { formatTable, type TableColumn } from '../output/table.ts';

/** At most this many rows of a table that has no natural end; the JSON has all. */
export const MOST = 10;

export const text = (title: string): TableColumn => ({ title });
export const number = (title: string): TableColumn => ({ title, right: true });

/** A titled table; nothing when it has no rows. */
export function section(
  title: string,
  note: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  footer?: readonly string[],
): string {
  return rows.length === 0 ? '' : `${bold(title)}  ${dim(note)}\n${formatTable(columns, rows, footer)}`;
}

/** Mean over the tasks whose cost is fully known. */
export function perTask(cost: string | null, tasks: number, currency: string): string {
  return money(cost === null || tasks === 0 ? null : Number(cost) / tasks, currency);
}

export function unpriced(calls: number): string {
  return calls === 0 ? dim('0') : yellow(count(calls));
}

/** Says so when a table does not show all. */
export function more(rows: number): string {
  return rows > MOST ? `; the ${MOST} most frequent of ${count(rows)}` : '';
}
