import type { Agent, RegistryDocument } from '@agentops/registry';
import { ATTR } from '@agentops/registry/contract';
import { attribute, type Context, literal, matches, type StatementGroup } from './ottl.ts';

/**
 * Adds whose agent sent a span, by the registry's match rules. Rules without an agent's name are decided on the
 * resource; the others on each span or log record, where its attributes name the agent. `registry check` lets no two
 * agents claim the same telemetry, so that the order of rules does not matter.
 */
export function enrichment(registry: RegistryDocument, item: 'span' | 'log'): StatementGroup[] {
  const agents = registry.agents.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return [
    ...agents.flatMap((agent) =>
      groupOf(
        'resource',
        agent,
        agent.match.filter((rule) => rule.agent === undefined),
      ),
    ),
    ...agents.flatMap((agent) =>
      groupOf(
        item,
        agent,
        agent.match.filter((rule) => rule.agent !== undefined),
      ),
    ),
  ];
}

function groupOf(context: Context, agent: Agent, rules: Agent['match']): StatementGroup[] {
  if (rules.length === 0) return [];
  const facts = [
    [ATTR.registryAgent, agent.id],
    [ATTR.registryStage, agent.stage],
    [ATTR.registryOwner, agent.owner],
    [ATTR.registryOperator, agent.operator],
    [ATTR.registryDepartment, agent.department],
  ] as const;
  return [
    {
      context,
      conditions: rules.map((rule) => conditionOf(context, rule)),
      statements: facts.map(([key, value]) => `set(${attribute(context, key)}, ${literal(value)})`),
    },
  ];
}

function conditionOf(context: Context, { service, namespace, agent }: Agent['match'][number]): string {
  const parts: string[] = [];
  if (service !== undefined) parts.push(matches(attribute('resource', 'service.name'), service));
  if (namespace !== undefined) parts.push(matches(attribute('resource', 'service.namespace'), namespace));
  if (agent !== undefined) parts.push(matches(attribute(context, 'gen_ai.agent.name'), agent));
  return parts.join(' and ');
}
