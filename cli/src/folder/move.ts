import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '@agentops/processor';

export interface MovedTable {
  readonly table: string;
  /** Rows as a reader sees them: of each key the latest version. */
  readonly rows: number;
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly sortingKey: string;
}

/** About as much of a table is in memory at a time. */
const SLICE_BYTES = 32 << 20;

/**
 * Copies every table of one store into another with the same schema, and compares both. Rows have versions and keys that
 * never change, so that copying again, or over what processors have written since, changes nothing that is right. Throws at
 * the first table that is not equal afterwards. `spool`: a folder for one slice at a time.
 */
export async function moveTables(
  from: Store,
  to: Store,
  spool: string,
  onTable: (moved: MovedTable) => void,
): Promise<MovedTable[]> {
  const moved: MovedTable[] = [];
  for (const table of await tablesOf(from)) {
    await requireColumns(to, table);
    for (const condition of await slicesOf(from, table)) await copySlice(from, to, table, condition, spool);
    const [before, after] = [await summaryOf(from, table), await summaryOf(to, table)];
    if (before.rows !== after.rows || before.hash !== after.hash)
      throw new Error(
        `${table.name} is not equal on both sides: ${before.rows} rows here, ${after.rows} there. Do processors write there already?`,
      );
    const result = { table: table.name, rows: Number(before.rows) };
    moved.push(result);
    onTable(result);
  }
  return moved;
}

/** What is kept on disk, but for the list of migrations, which the other side has of its own. */
async function tablesOf(store: Store): Promise<Table[]> {
  const rows = await store.query<{ name: string; columns: string[]; sorting_key: string }>(
    `SELECT tables.name AS name, any(tables.sorting_key) AS sorting_key,
       arrayMap(pair -> pair.2, arraySort(groupArray((columns.position, columns.name)))) AS columns
     FROM system.tables AS tables
     INNER JOIN system.columns AS columns ON columns.database = tables.database AND columns.table = tables.name
     WHERE tables.database = {database:String} AND endsWith(tables.engine, 'MergeTree')
       AND tables.name != 'schema_migrations' AND columns.default_kind IN ('', 'DEFAULT')
     GROUP BY name ORDER BY name`,
    { database: store.database },
  );
  return rows.map(({ name, columns, sorting_key }) => ({ name, columns, sortingKey: sorting_key }));
}

async function requireColumns(store: Store, { name, columns }: Table): Promise<void> {
  const there = await store.query<{ name: string }>(
    'SELECT name FROM system.columns WHERE database = {database:String} AND table = {name:String}',
    { database: store.database, name },
  );
  const names = new Set(there.map((column) => column.name));
  const lacking = columns.filter((column) => !names.has(column));
  if (lacking.length > 0)
    throw new Error(
      there.length === 0
        ? `the other side has no table ${name}: agentops migrate makes it`
        : `the table ${name} of the other side has no ${lacking.join(', ')}: agentops migrate brings it up to date`,
    );
}

/** Conditions that divide a table into parts of bounded size. */
async function slicesOf(store: Store, { name, sortingKey }: Table): Promise<string[]> {
  const partitions = await store.query<{ id: string; bytes: string }>(
    `SELECT partition_id AS id, sum(data_uncompressed_bytes) AS bytes FROM system.parts
     WHERE database = {database:String} AND table = {name:String} AND active GROUP BY id ORDER BY id`,
    { database: store.database, name },
  );
  return partitions.flatMap(({ id, bytes }) => {
    const count = Math.max(1, Math.ceil(Number(bytes) / SLICE_BYTES));
    return Array.from(
      { length: count },
      (_, i) => `_partition_id = '${id}' AND cityHash64(${sortingKey}) % ${count} = ${i}`,
    );
  });
}

async function copySlice(
  from: Store,
  to: Store,
  table: Table,
  condition: string,
  spool: string,
): Promise<void> {
  const file = join(spool, `move-${process.pid}.native`);
  const columns = table.columns.map((name) => `\`${name}\``);
  try {
    await from.command(
      `INSERT INTO FUNCTION file('${file}', 'Native') SELECT ${columns.join(', ')} FROM ${from.database}.${table.name}
       WHERE ${condition} SETTINGS engine_file_truncate_on_insert = 1`,
    );
    if (!existsSync(file)) return;
    const data = readFileSync(file);
    await to.insert({ table: table.name, columns, rows: data.length, data });
  } finally {
    rmSync(file, { force: true });
  }
}

/** Of what readers see: of each key the latest version. */
async function summaryOf(store: Store, { name, columns }: Table): Promise<{ rows: string; hash: string }> {
  const values = columns.map((column) => `\`${column}\``).join(', ');
  const [row] = await store.query<{ rows: string; hash: string }>(
    `SELECT count() AS rows, sum(cityHash64(toString(tuple(${values})))) AS hash FROM ${store.database}.${name} FINAL`,
  );
  return row!;
}
