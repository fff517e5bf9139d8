import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

/**
 * A small value that survives a kill at any moment: written beside, then renamed over the old one, with a
 * checksum in front. Format: eight hex digits of CRC-32, a space, JSON, a line feed.
 */
export async function writeJournal(path: string, value: unknown, sync: boolean): Promise<void> {
  const json = JSON.stringify(value);
  const beside = `${path}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(`${checksum(json)} ${json}\n`);
    // Without it a power cut may leave the new name on an empty file.
    if (sync) await file.datasync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  if (sync) await syncDirectory(dirname(path));
}

/** The value written last; `null` when there is none or when its checksum does not hold. */
export async function readJournal(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const json = text.slice(9).trimEnd();
  return text.slice(0, 8) === checksum(json) ? JSON.parse(json) : null;
}

/** A new or renamed file is safe from power loss only once its directory is written too. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}
