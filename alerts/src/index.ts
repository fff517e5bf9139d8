import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { alertmanagerFiles } from './alertmanager/config.ts';
import { codeOwners } from './consent/codeowners.ts';
import { contactPoints } from './grafana/contact-points.ts';
import { muteTimings, policies } from './grafana/policies.ts';
import { grafanaRules } from './grafana/rules.ts';
import { matrices } from './matrix/matrix.ts';
import { prometheusRules } from './prometheus/rules.ts';
import { runbooks } from './runbooks/runbook.ts';
import { burnRows } from './slo/rules.ts';

export { type AlertmanagerParts, alertmanagerParts } from './alertmanager/config.ts';
export { mergeAlertmanager } from './alertmanager/merge.ts';
export { receiverName } from './alertmanager/receiver.ts';
export * from './catalogue/index.ts';
export { codeOwners, mergeCodeOwners } from './consent/codeowners.ts';
export * from './evaluate/index.ts';
export { contactPointVariables } from './grafana/contact-points.ts';
export { isPolicies, mergePolicies } from './grafana/merge.ts';
export { EVALUATION_SECONDS } from './grafana/rules.ts';
export { EFFORT, MEASURES, measuresOf } from './history/rules.ts';
export { type Days, type Judging, UNUSUAL, unusualOf, unusualTasks } from './history/unusual.ts';
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
export { DROP, dropOf, LEAST_USUAL, usualOf } from './slo/drop.ts';
export { type ShareObjective, shareObjectives } from './slo/objectives.ts';
export { slowOf } from './slo/slow.ts';
export {
  BURN_LEVELS,
  type BurnEvent,
  type BurnLevel,
  burnOf,
  burnThreshold,
  thresholdAbove,
  wilsonLow,
} from './slo/thresholds.ts';
export { burnRows };

/**
 * Rules, routes, runbooks and the responsibility matrix of a registry. Pure: equal registries, equal files. Throws where an
 * objective is one that no rule can hold: left out, it would look as if somebody were called.
 */
export function generateAlerts(registry: RegistryDocument): GeneratedFile[] {
  const refused = new Set(
    burnRows(registry).refused.map(({ agent, slo, reason }) => `${agent}, ${slo}: ${reason}`),
  );
  if (refused.size > 0) throw new Error(`no alert can hold these objectives:\n${[...refused].join('\n')}`);
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
