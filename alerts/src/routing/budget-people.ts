import type { RegistryDocument } from '@agentops/registry';
import { mostCommon, platformTeam } from './platform.ts';

/** A budget as the view budget_status names it. */
export interface Budget {
  readonly kind: string;
  readonly subject: string;
  readonly owner: string;
}

/** Who answers for a budget and is on call for it: the labels that the queries of the catalogue give it. */
export function budgetPeople(
  registry: RegistryDocument,
  { kind, subject, owner }: Budget,
): Readonly<Record<'agent' | 'department' | 'owner' | 'operator', string>> {
  const platform = platformTeam(registry);
  const entry = kind === 'agent' ? registry.agents.find(({ id }) => id === subject) : undefined;
  const ofDepartment = registry.agents.filter(({ department }) => department === subject);
  const operators = kind === 'department' ? ofDepartment.map(({ operator }) => operator) : [];
  return {
    agent: kind === 'agent' ? subject : '',
    department: kind === 'department' ? subject : (entry?.department ?? ''),
    owner: owner || platform,
    operator: entry?.operator ?? mostCommon(operators) ?? platform,
  };
}
