/**
 * Telemetry is written by strangers: a name or an error message may carry escape sequences that move the cursor,
 * recolour or retitle a terminal, or characters that turn the reading direction round. They are shown as `·`.
 */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '·');
}

/** The same for a table that an engine has laid out: newlines, tabs and colours stay. */
export function printableTable(text: string): string {
  return text.replace(/\u001b\[[0-9;]*m|[^\n\t\u001b]+|\u001b/g, (part) =>
    part.length > 1 && part.startsWith('\u001b') ? part : printable(part),
  );
}

/** {@link printable} for every string within a value. */
export function printableDeep<T>(value: T): T {
  if (typeof value === 'string') return printable(value) as T;
  if (Array.isArray(value)) return value.map(printableDeep) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, printableDeep(inner)])) as T;
}

/** At most `columns` characters, the last one an ellipsis where something was cut. */
export function clip(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}
