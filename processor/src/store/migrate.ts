import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Store } from './client.ts';

/** What differs between one server and a cluster, and between installations. */
export interface SchemaOptions {
  readonly database: string;
  /** Name of a replicated cluster; absent on one server. */
  readonly cluster?: string;
  /** Days that rows are kept; 0 keeps them for ever. */
  readonly retentionDays: number;
  /** IANA name: days are the business's. */
  readonly timeZone: string;
  /** ISO 4217 code of the reporting currency. */
  readonly currency: string;
}

export interface Migration {
  readonly id: string;
  readonly sql: string;
}

const SCHEMA = new URL('../../schema/', import.meta.url);

/** Every DDL file, in order, with its parameters filled in. Files of `views/` come last and are replaced each time. */
export function renderSchema(options: SchemaOptions): { tables: Migration[]; views: Migration[] } {
  const read = (folder: URL): Migration[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .sort()
      .map((name) => ({
        id: name.replace(/\.sql$/, ''),
        sql: fill(readFileSync(fileURLToPath(new URL(name, folder)), 'utf8'), options),
      }));
  return { tables: read(SCHEMA), views: read(new URL('views/', SCHEMA)) };
}

function fill(sql: string, options: SchemaOptions): string {
  const { database, cluster, retentionDays, timeZone, currency } = options;
  return sql
    .replaceAll('$DATABASE', database)
    .replaceAll('$TIME_ZONE', timeZone)
    .replaceAll('$CURRENCY', currency)
    .replaceAll('$ON_CLUSTER', cluster === undefined ? '' : `ON CLUSTER '${cluster}'`)
    .replace(/\$REPLACING\(([^)]*)\)/g, (_, columns: string) => {
      if (cluster === undefined) return `ReplacingMergeTree(${columns})`;
      const path = `'/clickhouse/tables/{uuid}/{shard}', '{replica}'`;
      return `ReplicatedReplacingMergeTree(${[path, columns].filter((part) => part !== '').join(', ')})`;
    })
    .replace(/\$TTL\((\w+)\)/g, (_, column: string) =>
      retentionDays === 0 ? '' : `TTL toDateTime(${column}) + INTERVAL ${retentionDays} DAY`,
    );
}

/** Brings a database to the current schema: new tables are created once, views are replaced. Safe to repeat. */
export async function migrate(store: Store, options: Omit<SchemaOptions, 'database'>): Promise<void> {
  await createTables(store, options);
  await createViews(store, options);
}

/** The tables that are lacking; none of the parameters of views matters to them. */
export async function createTables(
  store: Store,
  options: Pick<SchemaOptions, 'cluster' | 'retentionDays'>,
): Promise<void> {
  const { database } = store;
  const { tables } = renderSchema({ timeZone: 'UTC', currency: 'USD', ...options, database });
  const onCluster = options.cluster === undefined ? '' : `ON CLUSTER '${options.cluster}'`;
  await store.command(`CREATE DATABASE IF NOT EXISTS ${database} ${onCluster}`);
  await store.command(
    `CREATE TABLE IF NOT EXISTS ${database}.schema_migrations ${onCluster}
     (id String, applied_at DateTime DEFAULT now())
     ENGINE = ${options.cluster === undefined ? '' : 'Replicated'}ReplacingMergeTree ORDER BY id`,
  );
  const applied = new Set(
    (await store.query<{ id: string }>(`SELECT id FROM ${database}.schema_migrations`)).map((row) => row.id),
  );
  for (const { id, sql } of tables) {
    if (applied.has(id)) continue;
    for (const statement of statements(sql)) await store.command(statement);
    await store.command(`INSERT INTO ${database}.schema_migrations (id) VALUES ('${id}')`);
  }
}

/** Every view, as of this version and this organisation. */
export async function createViews(store: Store, options: Omit<SchemaOptions, 'database'>): Promise<void> {
  const { views } = renderSchema({ ...options, database: store.database });
  for (const { sql } of views) for (const statement of statements(sql)) await store.command(statement);
  await store.command(`INSERT INTO ${store.database}.schema_migrations (id) VALUES ('${mark(options)}')`);
}

/** Are the tables and views those of this version and this organisation? */
export async function schemaIsCurrent(
  store: Store,
  options: Omit<SchemaOptions, 'database'>,
): Promise<boolean> {
  const [last] = await store.query<{ id: string }>(
    `SELECT id FROM ${store.database}.schema_migrations FINAL WHERE startsWith(id, '${MARK}')
     ORDER BY applied_at DESC, id DESC LIMIT 1`,
  );
  return last?.id === mark(options);
}

/** Tables of this version that the store lacks; later ones than ours are no reason to stop. */
export async function missingTables(
  store: Store,
  options: Pick<SchemaOptions, 'cluster' | 'retentionDays'>,
): Promise<string[]> {
  const { tables } = renderSchema({ timeZone: 'UTC', currency: 'USD', ...options, database: store.database });
  const [there] = await store.query(
    'SELECT 1 FROM system.tables WHERE database = {database:String} AND name = {name:String}',
    { database: store.database, name: 'schema_migrations' },
  );
  if (there === undefined) return tables.map(({ id }) => id);
  const applied = await store.query<{ id: string }>(`SELECT id FROM ${store.database}.schema_migrations`);
  const ids = new Set(applied.map(({ id }) => id));
  return tables.filter(({ id }) => !ids.has(id)).map(({ id }) => id);
}

const MARK = 'schema-';

function mark(options: Omit<SchemaOptions, 'database'>): string {
  const schema = JSON.stringify(renderSchema({ ...options, database: '' }));
  return MARK + createHash('sha256').update(schema).digest('hex').slice(0, 32);
}

/** Statements are separated by a semicolon at the end of a line. */
function statements(sql: string): string[] {
  return sql
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/--.*$/gm, '').trim() !== '');
}
