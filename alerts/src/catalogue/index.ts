import type { RegistryDocument } from '@agentops/registry';
import { behaviourAlerts } from './behaviour.ts';
import { governanceAlerts } from './governance.ts';
import { historyAlerts } from './history.ts';
import { moneyAlerts } from './money.ts';
import { objectiveAlerts } from './objectives.ts';
import { pipelineAlerts } from './pipeline.ts';
import type { AlertDefinition } from './types.ts';

export type { AlertDefinition, AlertTiming, RefusedRule } from './types.ts';

/** Every alert of a registry: few rules, each with an instance an agent, budget or source. */
export function alertsOf(registry: RegistryDocument): AlertDefinition[] {
  return [
    ...objectiveAlerts(registry),
    ...behaviourAlerts(registry),
    ...historyAlerts(registry),
    ...moneyAlerts(registry),
    ...governanceAlerts(registry),
    ...pipelineAlerts(registry),
  ];
}
