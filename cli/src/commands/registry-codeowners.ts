import { readFileSync } from 'node:fs';
import { codeOwners, mergeCodeOwners } from '@agentops/alerts';
import { formatDiagnostics, loadRegistry, readRegistryFiles } from '@agentops/registry';
import { usageError } from '../output/fail.ts';
import { requireRegistry } from '../registry-folder.ts';

/** Prints their CODEOWNERS with our section in it; without a file, the section. */
export function printCodeOwners(
  file: string | undefined,
  options: { readonly registry?: string; readonly gitlab?: boolean },
): void {
  const { registry: folder, gitlab = false } = options;
  if (folder === undefined)
    throw usageError('name the registry: agentops registry codeowners --registry DIR');
  requireRegistry(folder);
  const { document, diagnostics } = loadRegistry(readRegistryFiles(folder));
  if (document === null)
    throw new Error(`the registry in ${folder} is broken:\n${formatDiagnostics(diagnostics)}`);
  const ours = codeOwners(document).find(({ path }) => path.endsWith(gitlab ? '/gitlab' : '/github'));
  if (ours === undefined) {
    throw new Error(
      'no team has a name in CODEOWNERS: add code_owner: @organisation/team to the teams of organisation.yaml',
    );
  }
  process.stdout.write(mergeCodeOwners(file === undefined ? '' : textOf(file), ours.text));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
