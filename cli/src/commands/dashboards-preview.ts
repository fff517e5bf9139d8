import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Store } from '@agentops/processor';
import { clickHousePassword, openClickHouse } from '../clickhouse.ts';
import { findControl } from '../control.ts';
import { requireDataFolder } from '../data-folder.ts';
import { bold, cyan, dim } from '../output/style.ts';
import { requireFree } from '../ports.ts';
import { askClickHouse, type ClickHouseAccess } from '../preview/ask.ts';
import { startPreview } from '../preview/server.ts';
import { requireRegistry } from '../registry-folder.ts';

export interface DashboardsPreviewOptions {
  readonly data: string;
  readonly registry?: string;
  readonly clickhouse?: string;
  readonly database: string;
  readonly pagePort: number;
}

/** What is looked at, and how it is let go. */
interface Looked {
  readonly reader: Store;
  readonly access: ClickHouseAccess;
  close(): Promise<void>;
}

/** The generated dashboards over a data folder or a ClickHouse server, until Ctrl-C. */
export async function previewDashboards(options: DashboardsPreviewOptions): Promise<void> {
  requireRegistry(options.registry);
  if (options.clickhouse === undefined) {
    const control = await findControl(requireDataFolder(options.data, false));
    if (control !== null) {
      const url = `http://127.0.0.1:${control.pagePort}/d/agentops-fleet`;
      process.stdout.write(`agentops up (process ${control.pid}) shows them: ${cyan(url)}\n`);
      return;
    }
  }
  await requireFree(options.pagePort, '127.0.0.1', '--page-port');
  const looked =
    options.clickhouse === undefined
      ? await openFolder(options.data)
      : await openServer({ clickhouse: options.clickhouse, database: options.database });
  const registryDir = options.registry === undefined ? null : resolve(options.registry);
  const page = await startPreview({
    reader: looked.reader,
    registryDir,
    port: options.pagePort,
    ask: (sql) => askClickHouse(looked.access, sql),
  });
  process.stdout.write(`${bold('dashboards')}  ${cyan(page.url)}  ${dim('Ctrl-C ends it')}\n`);
  await new Promise<void>((ended) => {
    process.once('SIGINT', ended);
    process.once('SIGTERM', ended);
  });
  await page.close();
  await looked.close();
}

async function openServer(options: { clickhouse: string; database: string }): Promise<Looked> {
  const reader = await openClickHouse(options);
  const { origin, username } = new URL(options.clickhouse);
  const access = {
    url: origin,
    user: decodeURIComponent(username) || 'default',
    password: clickHousePassword(options.clickhouse),
    database: options.database,
  };
  return { reader, access, close: reader.close };
}

async function openFolder(folder: string): Promise<Looked> {
  const dataDir = requireDataFolder(folder, false);
  const { lockDirectory, openForReading, openWithRoles, startEndpoint } = await import('@agentops/processor');
  const lock = await lockDirectory(dataDir, 'agentops dashboards preview');
  const db = join(dataDir, 'db');
  const dir = join(dataDir, 'endpoint');
  const owner = openWithRoles(db, dir);
  const reader = await openForReading(dataDir);
  const password = randomBytes(24).toString('hex');
  const endpoint = await startEndpoint({ owner, db, dir, port: 0, tokens: { grafana: password } });
  return {
    reader,
    access: { url: `http://127.0.0.1:${endpoint.port}`, user: 'grafana', password },
    async close() {
      await endpoint.close();
      await reader.close();
      await owner.close();
      await lock.release();
    },
  };
}
