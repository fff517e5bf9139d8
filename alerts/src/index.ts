import type { GeneratedFile, RegistryDocument } from '@agentops/registry';

/** Rules, routes, runbooks and the responsibility matrix of a registry. Pure: equal registries, equal files. */
export function generateAlerts(_registry: RegistryDocument): GeneratedFile[] {
  return [];
}
