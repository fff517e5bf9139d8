import { type Claims, NO_CLAIMS, type ResourceContext } from '../model.ts';
import type { AgentFacts, RegistryFacts, RegistryTimeline } from './ports.ts';
import type { Node } from './tree.ts';

/** Whose work a step is: everything about it that depends on the other items of its trace and on the registry. */
export interface Attribution {
  readonly runId: string;
  /** `agentops.task.id` as its run claims it, else the run's id. */
  readonly taskId: string;
  readonly agent: AgentFacts;
  /** Of the run: what a production agent has done by others is production's. */
  readonly environment: string;
  readonly department: string;
  readonly team: string;
  readonly costCenter: string;
  readonly tenant: string;
  readonly userId: string;
  readonly conversationId: string;
}

export function sameAttribution(a: Attribution, b: Attribution): boolean {
  return (
    a === b ||
    (a.runId === b.runId &&
      a.taskId === b.taskId &&
      a.agent === b.agent &&
      a.environment === b.environment &&
      a.department === b.department &&
      a.team === b.team &&
      a.costCenter === b.costCenter &&
      a.tenant === b.tenant &&
      a.userId === b.userId &&
      a.conversationId === b.conversationId)
  );
}

/** The agent that spans of a resource are, under the name that they give. */
export function agentOf(
  resource: ResourceContext,
  agentName: string,
  agentId: string,
  facts: RegistryFacts,
): AgentFacts {
  return facts.agent({
    service: resource.service,
    namespace: resource.namespace,
    agentName: agentName || resource.agentName,
    agentId,
  });
}

/** Usage attribution: span > baggage (copied onto spans) > resource > registry. Ownership: registry only. */
export function attribute(
  resource: ResourceContext,
  claims: Claims,
  run: Claims,
  runId: string,
  environment: string,
  agent: AgentFacts,
  facts: RegistryFacts,
): Attribution {
  return {
    runId,
    taskId: run.taskId || runId,
    agent,
    environment,
    department: facts.department(
      claims.department || run.department || resource.department || agent.department,
    ),
    team: facts.team(claims.team || run.team || resource.team || agent.team),
    costCenter: facts.costCenter(
      claims.costCenter || run.costCenter || resource.costCenter || agent.costCenter,
    ),
    tenant: claims.tenant || run.tenant || resource.tenant,
    userId: claims.userId || run.userId || resource.userId,
    conversationId: claims.conversationId || run.conversationId,
  };
}

/** The attributions of one run's steps: most of them share one. */
export interface RunAttributions {
  of(node: Node): Attribution;
}

/** What an attribution was made of. */
interface Known {
  readonly agentNode: Node | null;
  readonly claims: Claims;
  readonly resource: ResourceContext;
  readonly facts: RegistryFacts;
  readonly ownName: string;
  readonly attribution: Attribution;
}

export function createRunAttributions(
  runId: string,
  environment: string,
  run: Claims,
  registry: RegistryTimeline,
): RunAttributions {
  const known: Known[] = [];

  function attributionOf({ step, claims, agent: agentNode }: Node, facts: RegistryFacts): Attribution {
    const { resource } = step;
    const ownName = step.claims.agentName;
    const own = agentNode?.step.claims ?? NO_CLAIMS;
    const agent = agentOf(
      resource,
      own.agentName || ownName || run.agentName,
      own.agentId || step.claims.agentId,
      facts,
    );
    const fresh = attribute(resource, claims, run, runId, environment, agent, facts);
    const attribution = known.find((made) => sameAttribution(made.attribution, fresh))?.attribution ?? fresh;
    known.push({ agentNode, claims, resource, facts, ownName, attribution });
    return attribution;
  }

  return {
    of(node) {
      const { step, claims } = node;
      const { resource } = step;
      const facts = registry.of(step);
      const ownName = step.claims.agentName;
      for (const made of known) {
        if (
          made.agentNode === node.agent &&
          made.claims === claims &&
          made.resource === resource &&
          made.facts === facts &&
          made.ownName === ownName
        ) {
          return made.attribution;
        }
      }
      return attributionOf(node, facts);
    },
  };
}
