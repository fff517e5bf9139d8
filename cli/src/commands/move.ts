import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockDirectory, openForReading, openWal } from '@agentops/processor';
import { type ClickHouseOptions, openClickHouse } from '../clickhouse.ts';
import { requireDataFolder } from '../data-folder.ts';
import { moveTables } from '../folder/move.ts';
import { count } from '../output/numbers.ts';
import { green } from '../output/style.ts';

export interface MoveOptions extends ClickHouseOptions {
  readonly data: string;
  readonly json?: boolean;
}

/** Copies what a data folder holds to a ClickHouse server. Throws when something accepted is not stored yet. */
export async function move(options: MoveOptions): Promise<void> {
  const dataDir = requireDataFolder(options.data, false);
  const lock = await lockDirectory(dataDir, 'agentops move');
  try {
    await requireStored(dataDir, options.data);
    const from = await openForReading(dataDir);
    const to = await openClickHouse(options);
    const spool = mkdtempSync(join(dataDir, 'moving-'));
    try {
      const moved = await moveTables(from, to, spool, ({ table, rows }) => {
        if (!options.json) process.stdout.write(`${green('ok')}  ${table.padEnd(24)} ${count(rows)}\n`);
      });
      if (options.json) process.stdout.write(`${JSON.stringify(moved, null, 2)}\n`);
      else
        process.stdout.write(
          `all is equal on both sides. Processors go on with the key of this folder: AGENTOPS_SECRET_FILE=${join(options.data, 'secret.key')}\n`,
        );
    } finally {
      rmSync(spool, { recursive: true, force: true });
      await to.close();
      await from.close();
    }
  } finally {
    await lock.release();
  }
}

/** A log that holds accepted requests is read by `agentops up` alone. */
async function requireStored(dataDir: string, folder: string): Promise<void> {
  const wal = await openWal(join(dataDir, 'wal'), { note: 'agentops move' });
  const { end, committed } = wal.stats();
  await wal.close();
  if (end > committed)
    throw new Error(
      `${count(end - committed)} accepted requests of ${folder} are not stored yet: start agentops up on it once, and stop it`,
    );
}
