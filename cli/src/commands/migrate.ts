import { migrate, publishedVersions, publishRegistry, readRegistry } from '@agentops/processor';
import { type ClickHouseOptions, openClickHouse } from '../clickhouse.ts';
import { usageError } from '../output/fail.ts';
import { green } from '../output/style.ts';
import { requireRegistry } from '../registry-folder.ts';

export interface MigrateOptions extends ClickHouseOptions {
  readonly cluster?: string;
  readonly retention: number;
}

/** Brings the tables and views of a ClickHouse server to this version. Safe to repeat. */
export async function runMigrate(options: MigrateOptions): Promise<void> {
  const store = await openClickHouse(options);
  try {
    const organisation = (await publishedVersionsIfAny(store)).at(-1)?.document?.organisation;
    await migrate(store, {
      retentionDays: options.retention,
      timeZone: organisation?.time_zone ?? 'UTC',
      currency: organisation?.currency ?? 'USD',
      ...(options.cluster !== undefined && { cluster: options.cluster }),
    });
    process.stdout.write(`${green('ok')}  ${options.database} is up to date\n`);
  } finally {
    await store.close();
  }
}

async function publishedVersionsIfAny(
  store: Parameters<typeof publishedVersions>[0],
): Promise<Awaited<ReturnType<typeof publishedVersions>>> {
  const [there] = await store.query(
    "SELECT 1 FROM system.tables WHERE database = {database:String} AND name = 'registry_versions'",
    { database: store.database },
  );
  return there === undefined ? [] : publishedVersions(store);
}

export interface PublishOptions extends Partial<ClickHouseOptions> {
  readonly database: string;
  readonly registry?: string;
  /** Seconds from now. */
  readonly validIn: number;
}

/** Publishes a registry to the store, valid from a moment at which every processor has read it. */
export async function publish(dir: string | undefined, options: PublishOptions): Promise<void> {
  if (dir === undefined)
    throw usageError('name the folder: agentops registry publish DIR (or --registry DIR)');
  if (options.clickhouse === undefined)
    throw usageError('name the store: --clickhouse http://user@host:8123 (or AGENTOPS_CLICKHOUSE_URL)');
  requireRegistry(dir);
  const document = readRegistry(dir);
  const store = await openClickHouse({ clickhouse: options.clickhouse, database: options.database });
  try {
    const before = await publishedVersions(store);
    const validFrom = BigInt(Date.now() + options.validIn * 1_000) * 1_000_000n;
    const after = await publishRegistry(store, document, validFrom);
    const last = after.at(-1)!;
    process.stdout.write(
      after.length === before.length
        ? `${green('ok')}  version ${last.hash.slice(0, 12)} is the one that is published already\n`
        : `${green('ok')}  version ${last.hash.slice(0, 12)} is valid from ${new Date(Number(last.validFrom / 1_000_000n)).toISOString()}\n`,
    );
  } finally {
    await store.close();
  }
}
