import { readFileSync } from 'node:fs';
import { openServer, type Store } from '@agentops/processor';

/** Where the store of the production form is. */
export interface ClickHouseOptions {
  readonly clickhouse: string;
  readonly database: string;
}

/** The password of a store: of AGENTOPS_CLICKHOUSE_PASSWORD_FILE, of AGENTOPS_CLICKHOUSE_PASSWORD, or of its URL. */
export function clickHousePassword(url: string): string {
  const file = process.env['AGENTOPS_CLICKHOUSE_PASSWORD_FILE'];
  const password = file ? readFileSync(file, 'utf8').trim() : process.env['AGENTOPS_CLICKHOUSE_PASSWORD'];
  return password || decodeURIComponent(new URL(url).password);
}

/** Opens a ClickHouse server; no error repeats its password. */
export async function openClickHouse({ clickhouse, database }: ClickHouseOptions): Promise<Store> {
  const url = new URL(clickhouse);
  url.password = encodeURIComponent(clickHousePassword(clickhouse));
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
