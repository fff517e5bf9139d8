import { bold, dim } from './style.ts';

/** One column of a table: its title, and whether its cells are numbers (aligned to the right). */
export interface TableColumn {
  readonly title: string;
  readonly right?: boolean;
}

/**
 * Rows of cells as an aligned table without frames; `footer` stands below a rule. Widths are those that a terminal
 * shows: colours take none.
 */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  footer?: readonly string[],
): string {
  const all = footer === undefined ? rows : [...rows, footer];
  const widths = columns.map((column, i) =>
    Math.max(width(column.title), ...all.map((row) => width(row[i] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, i) => {
        const cell = cells[i] ?? '';
        const pad = ' '.repeat(widths[i]! - width(cell));
        return column.right ? pad + cell : cell + pad;
      })
      .join('  ')
      .trimEnd();
  const rule = dim(widths.map((columns) => '─'.repeat(columns)).join('  '));
  const body = [line(columns.map((column) => column.title)), rule, ...rows.map(line)];
  return [...body, ...(footer === undefined ? [] : [rule, bold(line(footer))])].join('\n');
}

const ESCAPES = /\u001b\[[0-9;]*m/g;

/** Columns that a text takes: wide East Asian characters take two, colours and combining marks none. */
export function width(text: string): number {
  let columns = 0;
  for (const character of text.replace(ESCAPES, '')) {
    if (/\p{Mark}/u.test(character)) continue;
    columns += isWide(character.codePointAt(0)!) ? 2 : 1;
  }
  return columns;
}

/** East Asian Width W and F (Unicode UAX #11), in its main blocks, and emoji. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1f9ff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
