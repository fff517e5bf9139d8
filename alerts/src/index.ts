import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { grafanaRules } from './grafana/rules.ts';

export * from './catalogue/index.ts';
export * from './evaluate/index.ts';
export { EVALUATION_SECONDS, runbookOf } from './grafana/rules.ts';
export { burnRows } from './slo/rules.ts';
export {
  BURN_LEVELS,
  type BurnEvent,
  type BurnLevel,
  burnOf,
  burnThreshold,
  wilsonLow,
} from './slo/thresholds.ts';

/** Rules, routes, runbooks and the responsibility matrix of a registry. Pure: equal registries, equal files. */
export function generateAlerts(registry: RegistryDocument): GeneratedFile[] {
  return [grafanaRules(registry)];
}
