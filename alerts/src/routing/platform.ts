import type { RegistryDocument } from '@agentops/registry';

/** The one that stands there most often, of several the first by its name. */
export function mostCommon(names: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0];
}

/** The team that runs the pipeline and gets what is nobody’s; '' where there is none. */
export function platformTeam({ organisation, agents }: RegistryDocument): string {
  return organisation.platform ?? mostCommon(agents.map(({ operator }) => operator)) ?? '';
}
