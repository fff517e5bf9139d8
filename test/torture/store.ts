import { join } from 'node:path';
import { migrate, openEmbedded, openWithRoles, type Store, startEndpoint } from '@agentops/processor';
import { childOptions, tell } from './child.ts';
import { SCHEMA } from './registry.ts';

/** ClickHouse's HTTP interface over the engine, as a process that can be killed and comes back on its port. */
export interface StoreOptions {
  readonly dir: string;
  readonly port: number;
  readonly token: string;
  /** Tables drop a block that equals one of the last thousands, as replicated ones do by default. */
  readonly deduplicating: boolean;
}

const WINDOW = 10_000;

const { dir, port, token, deduplicating } = childOptions<StoreOptions>();
const db = join(dir, 'db');
const work = join(dir, 'endpoint');
const owner = openWithRoles(db, work);
const store = openEmbedded(db);
await migrate(store, SCHEMA);
if (deduplicating) await deduplicate(store);
await store.close();
const endpoint = await startEndpoint({ owner, db, dir: work, port, tokens: { writer: token } });
tell('port', endpoint.port);

async function deduplicate({ database, query, command }: Store): Promise<void> {
  const tables = await query<{ name: string }>(
    'SELECT name FROM system.tables WHERE database = {database:String} AND endsWith(engine, {engine:String})',
    { database, engine: 'MergeTree' },
  );
  for (const { name } of tables)
    await command(
      `ALTER TABLE ${database}.${name} MODIFY SETTING non_replicated_deduplication_window = ${WINDOW}`,
    );
}
