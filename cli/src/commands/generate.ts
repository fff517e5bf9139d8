import {
  formatDiagnostics,
  loadRegistry,
  type RegistryDocument,
  readRegistryFiles,
} from '@agentops/registry';
import { generateFiles } from '../generate/files.ts';
import { type Change, changesOf, writeGenerated } from '../generate/write.ts';
import { usageError } from '../output/fail.ts';
import { green } from '../output/style.ts';
import { requireRegistry } from '../registry-folder.ts';

export interface GenerateOptions {
  readonly registry?: string;
  readonly out: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** Writes what the registry gives. With `--check` nothing is written, and exit code 1 says that something would be. */
export function generate(options: GenerateOptions): void {
  const files = generateFiles(documentOf(options.registry));
  const changes = options.check ? changesOf(files, options.out) : writeGenerated(files, options.out);
  if (options.json) process.stdout.write(`${JSON.stringify(changes, null, 2)}\n`);
  else process.stdout.write(`${render(changes, files.length, options)}\n`);
  if (options.check && changes.length > 0) process.exitCode = 1;
}

function documentOf(folder: string | undefined): RegistryDocument {
  if (folder === undefined) throw usageError('name the registry: agentops generate --registry DIR');
  requireRegistry(folder);
  const { document, diagnostics } = loadRegistry(readRegistryFiles(folder));
  if (document === null)
    throw new Error(`the registry in ${folder} is broken:\n${formatDiagnostics(diagnostics)}`);
  return document;
}

function render(changes: readonly Change[], all: number, options: GenerateOptions): string {
  const lines = changes.map(({ path, what }) => `${what.padEnd(8)} ${path}`);
  const state = options.check ? 'not in step: run agentops generate' : 'written';
  lines.push(
    changes.length === 0
      ? `${green('ok')}  ${all} generated files are in step with the registry`
      : `${changes.length} of ${all} generated files ${state}`,
  );
  return lines.join('\n');
}
