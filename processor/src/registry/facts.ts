import {
  type Agent,
  globMatcher,
  type Organisation,
  type RegistryDocument,
  type RegistryVersion,
  seconds,
  sortVersions,
} from '@agentops/registry';
import type { AgentFacts, AgentQuery, Ended, RegistryFacts, RegistryTimeline } from '../fold/ports.ts';
import { compilePolicy, NO_POLICY } from './policy.ts';

const NS = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;
/** Agents without an entry: long enough for any task that people wait for. */
const DEFAULT_TIMEOUT_NS = 86_400n * NS;
const DEFAULT_IDLE_NS = 3_600n * NS;
/** Distinct agents remembered; a flood of made-up names empties the memory, not the machine's. */
const MAX_REMEMBERED = 20_000;

/** A registry version ready for the hot path, and its document for prices and names. */
export interface CompiledVersion extends RegistryFacts {
  readonly document: RegistryDocument | null;
  /** May the content of any agent be kept? */
  readonly keepsContent: boolean;
}

export interface CompiledTimeline extends RegistryTimeline {
  at(timeNs: bigint): CompiledVersion;
  of(step: Ended): CompiledVersion;
  /** Takes up what was published since; steps before the new version keep theirs. */
  replace(versions: readonly RegistryVersion[]): void;
  /** The version that is valid last: for names and views, never for attribution. */
  readonly latest: CompiledVersion;
}

/** `from`: null for what came before the first. */
interface Period {
  readonly from: bigint | null;
  readonly fromMs: number;
  readonly version: CompiledVersion;
}

/** The published versions as a timeline. With none, every agent is unregistered. */
export function createTimeline(versions: readonly RegistryVersion[] = []): CompiledTimeline {
  const compiled = new Map<string, CompiledVersion>();
  const nothing = compile(null, '', false);
  /** In order of validity; the first stands once more for what came before it. */
  let periods: Period[] = [];
  let latest = nothing;

  /** The same version is one object, so that what hangs on it is made once. */
  function get(version: RegistryVersion, backfilled: boolean): CompiledVersion {
    const key = `${version.hash}:${backfilled}`;
    let found = compiled.get(key);
    if (found === undefined) {
      found = compile(version.document, version.hash, backfilled);
      compiled.set(key, found);
    }
    return found;
  }

  const timeline: CompiledTimeline = {
    at(timeNs) {
      for (let i = periods.length - 1; i >= 0; i--) {
        const { from, version } = periods[i]!;
        if (from === null || timeNs >= from) return version;
      }
      return nothing;
    },
    of(step) {
      for (let i = periods.length - 1; i >= 0; i--) {
        const { from, fromMs, version } = periods[i]!;
        if (from === null || step.endedMs > fromMs) return version;
        if (step.endedMs === fromMs && step.endedAt >= from) return version;
      }
      return nothing;
    },
    replace(next) {
      const sorted = sortVersions(next);
      periods = sorted.map((version) => ({
        from: version.validFrom,
        fromMs: Number(version.validFrom / NS_PER_MS),
        version: get(version, false),
      }));
      if (sorted.length > 0) periods.unshift({ from: null, fromMs: 0, version: get(sorted[0]!, true) });
      latest = periods.at(-1)?.version ?? nothing;
    },
    get latest() {
      return latest;
    },
  };
  timeline.replace(versions);
  return timeline;
}

function compile(document: RegistryDocument | null, hash: string, backfilled: boolean): CompiledVersion {
  const organisation = document?.organisation ?? null;
  const entries = (document?.agents ?? []).map((agent) => ({
    facts: registered(agent, organisation),
    rules: agent.match.map((rule) => ({
      service: globMatcher(rule.service ?? '*'),
      agent: globMatcher(rule.agent ?? '*'),
      namespace: globMatcher(rule.namespace ?? '*'),
    })),
  }));
  const departments = new Set(organisation?.departments.map((entry) => entry.id));
  const teams = new Set(organisation?.teams.map((entry) => entry.id));
  const costCenters = new Set(organisation?.departments.flatMap((entry) => entry.cost_centers));
  /** By service, agent and namespace: no key has to be made of them. */
  const remembered = new Map<string, Map<string, Map<string, AgentFacts>>>();
  let count = 0;

  function match(query: AgentQuery): AgentFacts {
    for (const { facts, rules } of entries) {
      if (
        rules.some(
          (rule) =>
            rule.service(query.service) && rule.agent(query.agentName) && rule.namespace(query.namespace),
        )
      ) {
        return facts;
      }
    }
    return unregistered(query.agentName || query.service || 'unknown');
  }

  return {
    hash,
    backfilled,
    document,
    keepsContent: entries.some(({ facts }) => facts.keepsContentNs > 0n),
    agent(query) {
      const { service, agentName, namespace } = query;
      const known = remembered.get(service)?.get(agentName)?.get(namespace);
      if (known !== undefined) return known;
      if (count >= MAX_REMEMBERED) {
        remembered.clear();
        count = 0;
      }
      const facts = match(query);
      entryOf(entryOf(remembered, service), agentName).set(namespace, facts);
      count++;
      return facts;
    },
    department: knownOr(departments),
    team: knownOr(teams),
    costCenter: knownOr(costCenters),
  };
}

function entryOf<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let entry = map.get(key);
  if (entry === undefined) {
    entry = new Map();
    map.set(key, entry);
  }
  return entry;
}

/** Without an organisation file there is nothing to know a value by: it stays as it is. */
function knownOr(known: ReadonlySet<string>): (value: string) => string {
  return (value) => (value === '' || known.size === 0 || known.has(value) ? value : `unknown:${value}`);
}

function registered(agent: Agent, organisation: Organisation | null): AgentFacts {
  const tools = new Map(
    agent.tools.map((tool) => [
      tool.name,
      {
        effect: tool.effect,
        risk: tool.risk,
        resource: tool.resource ?? '',
        price: tool.price ?? null,
        polling: tool.repeats?.polling ?? false,
        pagination: tool.repeats?.pagination ?? false,
        identical: tool.repeats?.identical ?? 0,
      },
    ]),
  );
  return {
    id: agent.id,
    registered: true,
    stage: agent.stage,
    department: agent.department,
    team: agent.team ?? '',
    costCenter: agent.cost_center ?? '',
    ownerDepartment: agent.department,
    ownerTeam: agent.owner,
    ownerCostCenter: agent.cost_center ?? '',
    taskTimeoutNs: BigInt(seconds(agent.task_timeout)) * NS,
    taskIdleNs: BigInt(seconds(agent.task_idle)) * NS,
    successWithoutVerdict: agent.success_without_verdict,
    telemetry: agent.telemetry,
    keepsContentNs: agent.content === 'masked' ? BigInt(seconds(agent.content_retention)) * NS : 0n,
    tool: (name) => tools.get(name) ?? null,
    policy: compilePolicy(agent, organisation),
  };
}

function unregistered(name: string): AgentFacts {
  return {
    id: `unregistered:${name}`,
    registered: false,
    stage: '',
    department: '',
    team: '',
    costCenter: '',
    ownerDepartment: '',
    ownerTeam: '',
    ownerCostCenter: '',
    taskTimeoutNs: DEFAULT_TIMEOUT_NS,
    taskIdleNs: DEFAULT_IDLE_NS,
    successWithoutVerdict: false,
    telemetry: 'unknown',
    keepsContentNs: 0n,
    tool: () => null,
    policy: NO_POLICY,
  };
}
