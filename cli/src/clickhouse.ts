import { openServer, type Store } from '@agentops/processor';

/** Where the store of the production form is. */
export interface ClickHouseOptions {
  readonly clickhouse: string;
  readonly database: string;
}

/**
 * Opens a ClickHouse server. Its password may stand in the URL, in AGENTOPS_CLICKHOUSE_PASSWORD or in the file that
 * AGENTOPS_CLICKHOUSE_PASSWORD_FILE names; no error repeats it.
 */
export async function openClickHouse({ clickhouse, database }: ClickHouseOptions): Promise<Store> {
  const url = new URL(clickhouse);
  const { readFileSync } = await import('node:fs');
  const file = process.env['AGENTOPS_CLICKHOUSE_PASSWORD_FILE'];
  const password = file ? readFileSync(file, 'utf8').trim() : process.env['AGENTOPS_CLICKHOUSE_PASSWORD'];
  if (password) url.password = encodeURIComponent(password);
  const store = openServer(url.href, database);
  try {
    await store.query('SELECT 1');
    return store;
  } catch (error) {
    await store.close();
    url.password = '';
    throw new Error(`ClickHouse at ${url.href} does not answer: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
