import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a command of this machine is; null where it has none. */
export function folderOf(command: string): string | null {
  const path = (process.env['PATH'] ?? '').split(':');
  return path.find((dir) => existsSync(join(dir, command))) ?? null;
}

/** Are these commands there? Loud where one is not; an error where CI is set, since CI leaves nothing out. */
export function have(what: string, ...commands: readonly string[]): boolean {
  const missing = commands.filter((command) => folderOf(command) === null);
  if (missing.length === 0) return true;
  const words = `${what} needs ${missing.join(' and ')}, which is not here`;
  if (process.env['CI'] !== undefined) throw new Error(`${words}, though CI is set`);
  console.warn(`SKIPPED: ${words}`);
  return false;
}

/** A file of test/ that is not compiled, also when this runs compiled. */
export function testFile(path: string): string {
  const root = import.meta.url.endsWith('.ts') ? '../' : '../../';
  return fileURLToPath(new URL(`${root}${path}`, import.meta.url));
}
