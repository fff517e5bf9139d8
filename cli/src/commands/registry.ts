import { checkRegistry, formatDiagnostics, readRegistryFiles } from '@agentops/registry';

/** Exit code 1 when there are errors; warnings alone are none. */
export async function check(dir: string | undefined, options: { json?: boolean }): Promise<void> {
  if (dir === undefined) throw new Error('name the folder: agentops registry check DIR (or --registry DIR)');
  const diagnostics = checkRegistry(readRegistryFiles(dir), Date.now());
  process.stdout.write(
    options.json ? `${JSON.stringify(diagnostics, null, 2)}\n` : `${formatDiagnostics(diagnostics)}\n`,
  );
  if (diagnostics.some((diagnostic) => diagnostic.severity === 'error')) process.exitCode = 1;
}
