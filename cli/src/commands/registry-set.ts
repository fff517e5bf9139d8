import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dayIn, formatDiagnostics, loadRegistry, readRegistryFiles, setAgent } from '@agentops/registry';
import { usageError } from '../output/fail.ts';
import { bold } from '../output/style.ts';
import { requireRegistry } from '../registry-folder.ts';

export interface SetOptions {
  readonly registry?: string;
  readonly version?: string;
  readonly stage?: string;
  readonly json?: boolean;
}

/** Exit code 1, and nothing written, when the agent is unknown or the change would make its entry wrong. */
export async function set(id: string, { registry, version, stage, json }: SetOptions): Promise<void> {
  if (registry === undefined) throw usageError('name the folder with --registry DIR');
  if (version === undefined && stage === undefined) throw usageError('say what to set: --version or --stage');
  requireRegistry(registry);
  const files = readRegistryFiles(registry);
  const now = Date.now();
  const updated = dayIn(loadRegistry(files).organisation?.value.time_zone ?? 'UTC', now);
  const { file, text, errors } = setAgent(files, id, { version, stage, updated }, now);
  const written = text !== null && errors.length === 0;
  if (written) replaceFile(join(registry, file), text);
  if (json) process.stdout.write(`${JSON.stringify({ agent: id, file, written, errors }, null, 2)}\n`);
  else if (errors.length > 0) {
    process.stdout.write(`${formatDiagnostics(errors)}\n${file} stays as it was\n`);
  } else {
    process.stdout.write(`${bold(id)}  ${written ? `${file} changed` : `${file} says so already`}\n`);
  }
  if (errors.length > 0) process.exitCode = 1;
}

/** Whoever reads the file meanwhile sees all of the old or all of the new. */
function replaceFile(path: string, text: string): void {
  const next = `${path}.${process.pid}.tmp`;
  writeFileSync(next, text);
  renameSync(next, path);
}
