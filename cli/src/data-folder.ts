import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { usageError } from './output/fail.ts';

/**
 * The absolute path of a data folder that this process may use; throws what is wrong with it otherwise. `make`: it is
 * made when it is not there. Reading needs the right to write as well: one process holds the folder at a time.
 */
export function requireDataFolder(folder: string, make: boolean): string {
  const path = resolve(folder);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined && make) makeFolder(path);
  if (stats !== undefined && !stats.isDirectory())
    throw usageError(`${folder} is a file: --data names a folder`);
  if (stats !== undefined) requireRights(path);
  return path;
}

function requireRights(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    throw new Error(`no permission to write in ${path}: run as its owner, or name another --data`);
  }
}

/** One level at a time: where nothing can be made, as in /proc, Node's recursive way never returns. */
function makeFolder(path: string): void {
  const parent = dirname(path);
  if (statSync(parent, { throwIfNoEntry: false }) === undefined) makeFolder(parent);
  mkdirSync(path);
}
