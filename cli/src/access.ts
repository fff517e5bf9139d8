import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { askControl, readControl } from './control.ts';

/** Questions to a store, wherever it is held. */
export interface Access {
  query<Row = Record<string, string>>(sql: string, params?: Record<string, unknown>): Promise<Row[]>;
  text(sql: string, format: string, params?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

/** The store of a data folder: through the `up` that holds it, or opened here. */
export async function openAccess(dataDir: string): Promise<Access> {
  const control = readControl(resolve(dataDir));
  if (control !== null) {
    const text = async (sql: string, format: string, params?: Record<string, unknown>): Promise<string> =>
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
      `there is no store in ${dataDir}: run "agentops ingest FILE --data ${dataDir}" or "agentops up" first`,
    );
  }
  const { openEmbedded } = await import('@agentops/processor');
  return openEmbedded(db);
}
