import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { askControl, findControl } from './control.ts';
import { requireDataFolder } from './data-folder.ts';

/** Questions to a store, wherever it is held. */
export interface Access {
  /** Rows as objects; 64-bit integers and decimals as exact strings. Parameters are bound: `{name:Type}`. */
  query<Row = Record<string, string>>(sql: string, params?: Record<string, unknown>): Promise<Row[]>;
  /** The raw answer in any of ClickHouse's output formats. */
  text(sql: string, format: string, params?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

/** The store of a data folder: through the `up` that holds it, else opened here and held until closed. */
export async function openAccess(folder: string): Promise<Access> {
  const dataDir = requireDataFolder(folder, false);
  const control = await findControl(dataDir);
  if (control !== null) {
    const text: Access['text'] = async (sql, format, params) =>
      (await askControl(control, '/api/query', { sql, format, params })).text();
    return {
      text,
      async query<Row>(sql: string, params?: Record<string, unknown>) {
        const lines = (await text(sql, 'JSONEachRow', params)).split('\n').filter((line) => line !== '');
        return lines.map((line) => JSON.parse(line) as Row);
      },
      close: async () => {},
    };
  }
  const db = join(dataDir, 'db');
  if (!existsSync(db)) {
    throw new Error(
      `there is no store in ${folder}: begin with "agentops up" or "agentops ingest FILE", or name another --data`,
    );
  }
  const { lockDirectory, openForReading } = await import('@agentops/processor');
  const lock = await lockDirectory(dataDir, 'agentops, reading');
  const store = await openForReading(dataDir).catch(async (error) => {
    await lock.release();
    throw error;
  });
  return {
    query: store.query,
    text: store.text,
    async close() {
      await store.close();
      await lock.release();
    },
  };
}
