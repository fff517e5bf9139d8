import { globMatcher } from '../glob.ts';
import type { Agent } from '../schema/agent.ts';

/** Something that telemetry showed of one agent within the time that was looked at. */
export interface Observation {
  /** The agent as the store names it: a registry id, or `unregistered:<name>`. */
  readonly agent: string;
  /** service.name and service.namespace; '' where the telemetry names none. */
  readonly service: string;
  readonly namespace: string;
  /**
   * `run`: the agent began work. `delegate`: `name` worked for it. `tool`, `model`, `version`, `data`, `department`: what
   * it used, ran as, touched, and for whom.
   */
  readonly what: 'run' | 'delegate' | 'tool' | 'model' | 'version' | 'data' | 'department';
  readonly name: string;
  /** Effect of a tool, or of the calls that touched data, where known; '' otherwise. */
  readonly effect: string;
  readonly count: number;
  /** ms since the epoch. */
  readonly first: number;
  readonly last: number;
}

const UNREGISTERED = 'unregistered:';

/** The name that the telemetry gives the agent. */
export function telemetryName(agent: string): string {
  return agent.startsWith(UNREGISTERED) ? agent.slice(UNREGISTERED.length) : agent;
}

/**
 * Finds an observation's entry in a registry that may be newer than the one that the store was filled by. `null`: none
 * matches.
 */
export function createMatcher(agents: readonly Agent[]): (observation: Observation) => Agent | null {
  const entries = agents.map((agent) => ({
    agent,
    rules: agent.match.map((rule) => ({
      service: globMatcher(rule.service ?? '*'),
      agent: globMatcher(rule.agent ?? '*'),
      namespace: globMatcher(rule.namespace ?? '*'),
    })),
  }));
  const ids = new Map(agents.map((agent) => [agent.id, agent]));
  return ({ agent, service, namespace }) => {
    const known = ids.get(agent);
    if (known !== undefined) return known;
    const name = telemetryName(agent);
    // An agent without a name of its own goes by its service's.
    const names = name === service ? [name, ''] : [name];
    const entry = entries.find(({ rules }) =>
      rules.some(
        (rule) => rule.service(service) && rule.namespace(namespace) && names.some((own) => rule.agent(own)),
      ),
    );
    return entry?.agent ?? null;
  };
}
