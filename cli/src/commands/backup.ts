import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lockDirectory } from '@agentops/processor';
import { requireDataFolder } from '../data-folder.ts';
import { backUp, type Manifest, restore } from '../folder/backup.ts';
import { bytes, count } from '../output/numbers.ts';
import { green } from '../output/style.ts';

export interface BackupOptions {
  readonly data: string;
  readonly json?: boolean;
}

/** Copies a data folder into a new folder of `to`. */
export async function backup(to: string, options: BackupOptions): Promise<void> {
  const dataDir = requireDataFolder(options.data, false);
  const made = new Date();
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const target = join(
    resolve(to),
    made
      .toISOString()
      .replace(/\.\d+Z$/, 'Z')
      .replaceAll(':', '-'),
  );
  const lock = await lockDirectory(dataDir, 'agentops backup');
  try {
    tell(await backUp(dataDir, target, made), target, options);
  } finally {
    await lock.release();
  }
}

/** Makes the data folder of a backup. */
export async function restoreBackup(from: string, options: BackupOptions): Promise<void> {
  const dataDir = resolve(options.data);
  tell(await restore(resolve(from), dataDir), dataDir, options);
}

function tell({ made, entries }: Manifest, where: string, { json }: BackupOptions): void {
  const files = entries.flatMap((entry) => ('bytes' in entry ? [entry.bytes] : []));
  const size = files.reduce((sum, part) => sum + part, 0);
  process.stdout.write(
    json
      ? `${JSON.stringify({ folder: where, made, files: files.length, bytes: size }, null, 2)}\n`
      : `${green('ok')}  ${where}: ${count(files.length)} files, ${bytes(size)}, of ${made}\n`,
  );
}
