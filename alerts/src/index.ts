import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { alertmanagerFiles } from './alertmanager/config.ts';
import { grafanaRules } from './grafana/rules.ts';
import { matrices } from './matrix/matrix.ts';
import { runbooks } from './runbooks/runbook.ts';

export { type AlertmanagerParts, alertmanagerParts, receiverName } from './alertmanager/config.ts';
export { mergeAlertmanager } from './alertmanager/merge.ts';
export * from './catalogue/index.ts';
export * from './evaluate/index.ts';
export { EVALUATION_SECONDS, runbookOf } from './grafana/rules.ts';
export { type Channel, type Destination, destinations } from './routing/channels.ts';
export {
  acknowledgeWithinMs,
  ESCALATED_LABEL,
  escalationChain,
  nextCall,
  type Page,
} from './routing/escalation.ts';

export { DROP, dropOf, measuredDropOf } from './slo/drop.ts';
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
  return [
    grafanaRules(registry),
    ...alertmanagerFiles(registry),
    ...runbooks(registry),
    ...matrices(registry),
  ];
}
