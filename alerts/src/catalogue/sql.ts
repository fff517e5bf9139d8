import type { RegistryDocument } from '@agentops/registry';

export function literal(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** SQL: what the registry says of the agent of a column; '' for one that it does not know. */
export function ofAgent(
  registry: RegistryDocument,
  column: string,
  value: (agent: RegistryDocument['agents'][number]) => string,
): string {
  const { agents } = registry;
  if (agents.length === 0) return "''";
  const ids = agents.map(({ id }) => literal(id)).join(', ');
  return `transform(${column}, [${ids}], [${agents.map((agent) => literal(value(agent))).join(', ')}], '')`;
}

/** SQL: the labels by which an alert on an agent finds its people. */
export function people(registry: RegistryDocument, column = 'agent'): string {
  return [
    `${ofAgent(registry, column, ({ department }) => department)} AS department`,
    `${ofAgent(registry, column, ({ owner }) => owner)} AS owner`,
    `${ofAgent(registry, column, ({ operator }) => operator)} AS operator`,
  ].join(', ');
}

/** SQL: only environments that somebody is paged for. */
export function paged(registry: RegistryDocument, column = 'environment'): string {
  const list = registry.organisation.paged_environments.map(literal).join(', ');
  return list === '' ? '0' : `${column} IN (${list})`;
}

/** SQL: a row for each of these agents, for those without a finding. */
export function everyAgent(ids: readonly string[]): string {
  return `(SELECT arrayJoin([${ids.map(literal).join(', ')}]) AS agent)`;
}

/** Agents that somebody is paged for. */
export function inProduction(registry: RegistryDocument): readonly string[] {
  return registry.agents.filter(({ stage }) => stage === 'production').map(({ id }) => id);
}
