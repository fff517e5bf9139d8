import { readFileSync, statSync } from 'node:fs';
import { checkRegistry, formatDiagnostics, readRegistryFiles } from '@agentops/registry';
import { usageError } from '../output/fail.ts';
import { green } from '../output/style.ts';

/** Exit code 1 when there are errors; warnings alone are none. */
export async function check(dir: string | undefined, options: { json?: boolean }): Promise<void> {
  if (dir === undefined) throw usageError('name the folder: agentops registry check DIR (or --registry DIR)');
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw usageError(`there is no folder ${dir}`);
  const diagnostics = checkRegistry(readRegistryFiles(dir), Date.now());
  if (options.json) process.stdout.write(`${JSON.stringify(diagnostics, null, 2)}\n`);
  else if (diagnostics.length === 0) process.stdout.write(`${green('ok')}  ${dir} has no problems\n`);
  else process.stdout.write(`${formatDiagnostics(diagnostics)}\n`);
  if (diagnostics.some((diagnostic) => diagnostic.severity === 'error')) process.exitCode = 1;
}

/** The schema that stands committed beside the registry's code. */
export function printSchema(file: string): void {
  if (file !== 'agent' && file !== 'organisation') {
    throw usageError(`there is a schema of agent and one of organisation, none of ${file}`);
  }
  const url = new URL(`../../../registry/schema/${file}.schema.json`, import.meta.url);
  process.stdout.write(readFileSync(url, 'utf8'));
}
