import type { Store } from '@agentops/processor';

/** Parameters travel in the URL, where a server takes a megabyte and most signs take three: so much a statement. */
const ROWS = 50;
const SIGNS = 100_000;

/** Inserts rows that a statement reads as `r`, a tuple of `type`'s list. */
export async function insertRows(
  { database, text }: Pick<Store, 'database' | 'text'>,
  into: string,
  type: string,
  rows: readonly unknown[][],
  parameters: Record<string, unknown>,
): Promise<void> {
  for (const part of parts(rows.map((row) => JSON.stringify(row)))) {
    await text(
      `INSERT INTO ${database}.${into} FROM (SELECT arrayJoin(JSONExtract({rows:String}, '${type}')) AS r)`,
      'Null',
      { ...parameters, rows: `[${part.join(',')}]` },
    );
  }
}

function parts(rows: readonly string[]): string[][] {
  const found: string[][] = [];
  let signs = SIGNS;
  for (const row of rows) {
    const last = found.at(-1);
    if (last === undefined || last.length === ROWS || signs + row.length > SIGNS) {
      found.push([row]);
      signs = 0;
    } else last.push(row);
    signs += row.length;
  }
  return found;
}
