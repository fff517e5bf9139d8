import type { GeneratedFile, RegistryDocument } from '@agentops/registry';

/** Every dashboard of a registry, and the provisioning files that mount them. Pure: equal registries, equal files. */
export function generateDashboards(_registry: RegistryDocument): GeneratedFile[] {
  return [];
}
