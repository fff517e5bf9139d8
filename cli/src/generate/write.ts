import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { GeneratedFile } from '@agentops/registry';
import { GENERATED_FOLDERS } from './files.ts';

export interface Change {
  readonly path: string;
  readonly what: 'added' | 'changed' | 'removed';
}

/** What writing `files` into `out` would change, in order of path. */
export function changesOf(files: readonly GeneratedFile[], out: string): Change[] {
  const wanted = new Map(files.map((file) => [file.path, file.text]));
  const changes: Change[] = [];
  for (const [path, text] of wanted) {
    const there = textAt(join(out, path));
    if (there !== text) changes.push({ path, what: there === null ? 'added' : 'changed' });
  }
  for (const folder of GENERATED_FOLDERS)
    for (const path of filesUnder(out, folder))
      if (!wanted.has(path)) changes.push({ path, what: 'removed' });
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Makes the generated folders of `out` hold exactly `files`; what is right already is not touched. */
export function writeGenerated(files: readonly GeneratedFile[], out: string): Change[] {
  const changes = changesOf(files, out);
  const texts = new Map(files.map((file) => [file.path, file.text]));
  for (const { path, what } of changes) {
    const file = join(out, path);
    if (what === 'removed') rmSync(file);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, texts.get(path) ?? '');
    }
  }
  return changes;
}

function textAt(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function filesUnder(out: string, folder: string): string[] {
  try {
    return readdirSync(join(out, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(out, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
  } catch {
    return [];
  }
}
