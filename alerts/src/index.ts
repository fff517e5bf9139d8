import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { alertmanagerFiles } from './alertmanager/config.ts';
import { codeOwners } from './consent/codeowners.ts';
import { contactPoints } from './grafana/contact-points.ts';
import { muteTimings, policies } from './grafana/policies.ts';
import { grafanaRules } from './grafana/rules.ts';
import { matrices } from './matrix/matrix.ts';
import { prometheusRules } from './prometheus/rules.ts';
import { runbooks } from './runbooks/runbook.ts';

export { type AlertmanagerParts, alertmanagerParts } from './alertmanager/config.ts';
export { mergeAlertmanager } from './alertmanager/merge.ts';
export { receiverName } from './alertmanager/receiver.ts';
export * from './catalogue/index.ts';
export { codeOwners, mergeCodeOwners } from './consent/codeowners.ts';
export * from './evaluate/index.ts';
export { contactPointVariables } from './grafana/contact-points.ts';
export { isPolicies, mergePolicies } from './grafana/merge.ts';
export { EVALUATION_SECONDS } from './grafana/rules.ts';
export { type LinkBases, linkBases, runbookOf } from './links.ts';
export { budgetPeople } from './routing/budget-people.ts';
export { type Channel, type Destination, destinations } from './routing/channels.ts';
export {
  acknowledgeWithinMs,
  ESCALATED_LABEL,
  escalationChain,
  nextCall,
  type Page,
} from './routing/escalation.ts';
export { type LabelMapping, labelMapping } from './routing/labels.ts';
export { isMuted } from './routing/maintenance.ts';
export { platformTeam } from './routing/platform.ts';
export { type RoutingTree, routingTree } from './routing/tree.ts';
export { DROP, dropOf, LEAST_USUAL } from './slo/drop.ts';
export { type ShareObjective, shareObjectives } from './slo/objectives.ts';
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
    ...contactPoints(registry),
    ...muteTimings(registry),
    ...policies(registry),
    ...alertmanagerFiles(registry),
    prometheusRules(registry),
    ...runbooks(registry),
    ...matrices(registry),
    ...codeOwners(registry),
  ];
}
