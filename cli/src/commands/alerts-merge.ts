import { readFileSync } from 'node:fs';
import {
  alertmanagerParts,
  isPolicies,
  mergeAlertmanager,
  mergePolicies,
  routingTree,
} from '@agentops/alerts';
import { formatDiagnostics, loadRegistry, readRegistryFiles } from '@agentops/registry';
import { usageError } from '../output/fail.ts';
import { requireRegistry } from '../registry-folder.ts';

/**
 * Prints their Alertmanager configuration with our route, receivers, inhibitions and windows added, or their tree of Grafana’s
 * notification policies with our branch; theirs are not changed.
 */
export function mergeAlerts(file: string, options: { readonly registry?: string }): void {
  if (options.registry === undefined)
    throw usageError('name the registry: agentops alerts merge FILE --registry DIR');
  requireRegistry(options.registry);
  const { document, diagnostics } = loadRegistry(readRegistryFiles(options.registry));
  if (document === null) {
    throw new Error(`the registry in ${options.registry} is broken:\n${formatDiagnostics(diagnostics)}`);
  }
  let theirs: string;
  try {
    theirs = readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError(`the configuration cannot be read: ${(error as Error).message}`);
  }
  const [tree, parts] = [routingTree(document), alertmanagerParts(document)];
  if (tree === null || parts === null)
    throw new Error('the organisation file names no channel: there is nobody to tell');
  process.stdout.write(isPolicies(theirs) ? mergePolicies(theirs, tree) : mergeAlertmanager(theirs, parts));
}
