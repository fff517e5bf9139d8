import type { RegistryDocument } from '@agentops/registry';
import { mostCommon, platformTeam } from '../routing/platform.ts';

export function literal(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** SQL: what is said of the value of a column, as of a list of pairs; `otherwise` (SQL) for one that is not among them. */
function lookUp(column: string, pairs: readonly (readonly [string, string])[], otherwise: string): string {
  if (pairs.length === 0) return otherwise;
  const list = (texts: readonly string[]): string => `[${texts.map(literal).join(', ')}]`;
  const [keys, values] = [pairs.map(([key]) => key), pairs.map(([, value]) => value)];
  return `transform(toString(${column}), ${list(keys)}, ${list(values)}, ${otherwise})`;
}

/** SQL: what the registry says of the agent of a column. */
export function ofAgent(
  { agents }: RegistryDocument,
  column: string,
  value: (agent: RegistryDocument['agents'][number]) => string,
  otherwise = "''",
): string {
  return lookUp(
    column,
    agents.map((agent) => [agent.id, value(agent)]),
    otherwise,
  );
}

/**
 * SQL: the labels by which an alert on an agent finds its people. One that the registry does not know has no department, and is
 * the platform’s until somebody owns it.
 */
export function people(registry: RegistryDocument, column = 'agent'): string {
  const platform = literal(platformTeam(registry));
  return [
    `${ofAgent(registry, column, ({ department }) => department)} AS department`,
    `${ofAgent(registry, column, ({ owner }) => owner, platform)} AS owner`,
    `${ofAgent(registry, column, ({ operator }) => operator, platform)} AS operator`,
  ].join(', ');
}

/** SQL: who is on call for the department of a column: whoever operates most of its agents. */
export function operatorOfDepartment(registry: RegistryDocument, column: string): string {
  const pairs = registry.organisation.departments.map(({ id }) => {
    const agents = registry.agents.filter(({ department }) => department === id);
    return [id, mostCommon(agents.map(({ operator }) => operator)) ?? platformTeam(registry)] as const;
  });
  return lookUp(column, pairs, literal(platformTeam(registry)));
}

/** SQL: only environments that somebody is paged for. */
export function paged(registry: RegistryDocument, column = 'environment'): string {
  const list = registry.organisation.paged_environments.map(literal).join(', ');
  return list === '' ? '0' : `${column} IN (${list})`;
}

/** SQL: those, and work that names no environment: it is nobody's test. */
export function notATest(registry: RegistryDocument, column = 'environment'): string {
  return `${column} IN (${[...registry.organisation.paged_environments, ''].map(literal).join(', ')})`;
}

/** SQL: a row for each of these agents, for those without a finding. */
export function everyAgent(ids: readonly string[]): string {
  return `(SELECT arrayJoin(CAST([${ids.map(literal).join(', ')}], 'Array(String)')) AS agent)`;
}

/** Agents that somebody is paged for. */
export function inProduction(registry: RegistryDocument): readonly string[] {
  return registry.agents.filter(({ stage }) => stage === 'production').map(({ id }) => id);
}
