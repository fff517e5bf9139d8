import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import {
  copyFile,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What a backup says of itself: it is complete when this is there. */
export interface Manifest {
  readonly format: 1;
  /** RFC 3339. */
  readonly made: string;
  readonly entries: readonly Entry[];
}

/** Paths are relative, with `/`. */
export type Entry =
  | { readonly path: string; readonly folder: true }
  | { readonly path: string; readonly link: string }
  | { readonly path: string; readonly bytes: number; readonly sha256: string };

export const MANIFEST = 'backup.json';

/** Of whoever holds or held the folder, made anew at every start, or half written. */
const TRANSIENT = /^(?:lock\..*|control.*|endpoint|spool|wal\/lock\..*)$/;

/**
 * Copies a data folder, whose lock the caller holds, into `to`, which appears when all of it is on disk. Throws when `to`
 * is there already.
 */
export async function backUp(dataDir: string, to: string, made: Date): Promise<Manifest> {
  await requireAbsent(to);
  const draft = `${to}.incomplete-${process.pid}`;
  try {
    await mkdir(join(draft, 'data'), { recursive: true, mode: 0o700 });
    const entries: Entry[] = [];
    for await (const { path, kind } of walk(dataDir, '')) {
      const from = join(dataDir, path);
      const copy = join(draft, 'data', path);
      if (kind === 'folder') {
        await mkdir(copy, { mode: 0o700 });
        entries.push({ path, folder: true });
      } else if (kind === 'link') {
        const link = await readlink(from);
        await symlink(link, copy);
        entries.push({ path, link });
      } else {
        await copyFile(from, copy, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
        await onDisk(copy);
        entries.push({ path, ...(await digestOf(copy)) });
      }
    }
    const manifest: Manifest = { format: 1, made: made.toISOString(), entries };
    await writeFile(join(draft, MANIFEST), `${JSON.stringify(manifest)}\n`, { mode: 0o600 });
    await onDisk(join(draft, MANIFEST));
    await rename(draft, to);
    await onDisk(dirname(to));
    return manifest;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Makes `dataDir` of a backup; it appears when every file is what the backup says. Throws when `dataDir` is there already,
 * with every file that is damaged or lacking.
 */
export async function restore(from: string, dataDir: string): Promise<Manifest> {
  await requireAbsent(dataDir);
  const manifest = await readManifest(from);
  const draft = `${dataDir}.incomplete-${process.pid}`;
  try {
    await mkdir(draft, { recursive: true, mode: 0o700 });
    const damaged: string[] = [];
    for (const entry of manifest.entries) {
      const copy = join(draft, entry.path);
      if ('folder' in entry) await mkdir(copy, { mode: 0o700 });
      else if ('link' in entry) await symlink(entry.link, copy);
      else if (!(await restoreFile(join(from, 'data', entry.path), copy, entry))) damaged.push(entry.path);
    }
    if (damaged.length > 0)
      throw new Error(
        `${from} is damaged, nothing was restored: ${damaged.slice(0, 10).join(', ')}${damaged.length > 10 ? ` and ${damaged.length - 10} more` : ''}`,
      );
    await rename(draft, dataDir);
    await onDisk(dirname(dataDir));
    return manifest;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** Whether the file was what the backup says. */
async function restoreFile(
  from: string,
  to: string,
  { bytes, sha256 }: { bytes: number; sha256: string },
): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  await onDisk(to);
  const found = await digestOf(to);
  return found.bytes === bytes && found.sha256 === sha256;
}

async function readManifest(from: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(join(from, MANIFEST), 'utf8');
  } catch (error) {
    throw new Error(`${from} is no backup: it has no ${MANIFEST}`, { cause: error });
  }
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.format !== 1)
    throw new Error(`${from} was made by a newer version (format ${manifest.format})`);
  for (const { path } of manifest.entries)
    if (path.startsWith('/') || path.split('/').includes('..'))
      throw new Error(`${from} is no backup: ${path} leaves the folder`);
  return manifest;
}

/** Everything below a folder that is worth keeping, folders before what is in them. */
async function* walk(
  root: string,
  below: string,
): AsyncGenerator<{ readonly path: string; readonly kind: 'folder' | 'link' | 'file' }> {
  const names = (await readdir(join(root, below))).sort();
  for (const name of names) {
    const path = below === '' ? name : `${below}/${name}`;
    if (TRANSIENT.test(path)) continue;
    const stats = await lstat(join(root, path));
    if (stats.isSymbolicLink()) yield { path, kind: 'link' };
    else if (stats.isDirectory()) {
      yield { path, kind: 'folder' };
      yield* walk(root, path);
    } else if (stats.isFile()) yield { path, kind: 'file' };
  }
}

async function digestOf(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of createReadStream(file, { highWaterMark: 1 << 20 })) {
    hash.update(part as Buffer);
    bytes += (part as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** A file, or a folder's list of names. */
async function onDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function requireAbsent(path: string): Promise<void> {
  const there = await lstat(path).catch(() => null);
  if (there !== null) throw new Error(`${path} is there already: name a folder that is not`);
}
