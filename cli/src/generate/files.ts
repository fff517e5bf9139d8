import { generateAlerts } from '@agentops/alerts';
import { generateDashboards } from '@agentops/dashboards';
import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { generateCollector } from '../collector/files.ts';

/** Everything under these folders is generated: what is not made any more is removed. */
export const GENERATED_FOLDERS = ['dashboards/generated', 'alerts/generated', 'deploy/generated'] as const;

/** Every file that a registry gives, in order of path. Throws when two generators write the same one. */
export function generateFiles(registry: RegistryDocument): GeneratedFile[] {
  const files = [
    ...generateDashboards(registry),
    ...generateAlerts(registry),
    ...generateCollector(registry),
  ];
  const seen = new Set<string>();
  for (const { path } of files) {
    if (seen.has(path)) throw new Error(`two generators write ${path}`);
    if (!GENERATED_FOLDERS.some((folder) => path.startsWith(`${folder}/`)))
      throw new Error(`${path} stands in none of ${GENERATED_FOLDERS.join(', ')}`);
    seen.add(path);
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
