import { join } from 'node:path';
import { migrate, openEmbedded, openWithRoles, startEndpoint } from '@agentops/processor';
import { childOptions, tell } from './child.ts';

/** ClickHouse's HTTP interface over the engine, as a process that can be killed and comes back on its port. */
export interface StoreOptions {
  readonly dir: string;
  readonly port: number;
  readonly token: string;
}

export const SCHEMA = { retentionDays: 0, timeZone: 'Asia/Tokyo', currency: 'USD' };

const { dir, port, token } = childOptions<StoreOptions>();
const db = join(dir, 'db');
const work = join(dir, 'endpoint');
const owner = openWithRoles(db, work);
const store = openEmbedded(db);
await migrate(store, SCHEMA);
await store.close();
const endpoint = await startEndpoint({ owner, db, dir: work, port, tokens: { writer: token } });
tell('port', endpoint.port);
