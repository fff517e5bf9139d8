import { type Claims, type InferredToolCall, NO_CLAIMS } from '../model.ts';
import type { StepRow } from '../steps/row.ts';
import {
  type Attribution,
  agentOf,
  attribute,
  createRunAttributions,
  type RunAttributions,
} from './attribution.ts';
import { groupRuns, type RunGroup } from './group-runs.ts';
import type { RegistryFacts, RegistryTimeline } from './ports.ts';
import type { TraceSet } from './trace-set.ts';
import { INHERITED, type Node } from './tree.ts';

/** One run as the whole set shows it. */
export interface RunFacts {
  readonly traceId: string;
  readonly rootSpanId: string;
  readonly runId: string;
  readonly root: StepRow | null;
  /** In order of their start. */
  readonly nodes: readonly Node[];
  /** It only encloses the work on tasks, and is none itself. */
  readonly frames: boolean;
  readonly claims: Claims;
  readonly attribution: Attribution;
  readonly attributions: RunAttributions;
  readonly registry: RegistryFacts;
  readonly agents: readonly string[];
  readonly inferred: readonly InferredTool[];
}

export interface InferredTool {
  /** The model call that asked for it. */
  readonly node: Node;
  readonly index: number;
  readonly call: InferredToolCall;
}

/** The runs that the trace's steps are. */
export function describeRuns(
  set: TraceSet,
  nodes: readonly Node[],
  registry: RegistryTimeline,
): readonly RunFacts[] {
  return groupRuns(nodes).map((group) => describeRun(set, group, registry));
}

function describeRun(set: TraceSet, group: RunGroup, registry: RegistryTimeline): RunFacts {
  const { root, rootSpanId, lead, nodes, frames } = group;
  const { resource } = lead.step;
  const runId = rootSpanId === '' ? set.traceId : `${set.traceId}-${rootSpanId}`;
  const claims = runClaims(lead, nodes);
  const facts = registry.of(lead.step);
  const name = claims.agentName;
  const agent = agentOf(resource, name, claims.agentId, facts);
  const environment = environmentOf(lead, nodes);
  const agents = [agent.id];
  for (const node of nodes) {
    const own = node.agent?.step.claims.agentName ?? '';
    if (own === '' || own === name) continue;
    const { id } = agentOf(node.step.resource, own, node.agent!.step.claims.agentId, facts);
    if (!agents.includes(id)) agents.push(id);
  }
  return {
    traceId: set.traceId,
    rootSpanId,
    runId,
    root: root?.step ?? null,
    nodes,
    frames,
    claims,
    attribution: attribute(resource, claims, claims, runId, environment, agent, facts),
    attributions: createRunAttributions(runId, environment, claims, registry),
    registry: facts,
    agents,
    inferred: inferTools(nodes),
  };
}

/** The root's, else the first that any step names. */
function environmentOf(lead: Node, nodes: readonly Node[]): string {
  const own = lead.step.resource.environment;
  if (own !== '') return own;
  for (const { step } of nodes) if (step.resource.environment !== '') return step.resource.environment;
  return '';
}

/**
 * What a run claims: its root and the root's ancestors first; a field that they leave open is filled by its steps if
 * those that say anything agree. A task within an invocation is worked on by the agent that is invoked.
 */
function runClaims(lead: Node, nodes: readonly Node[]): Claims {
  const invoked = lead.agent === null || lead.agent === lead ? null : lead.agent.step.claims;
  const claiming: Claims[] = [];
  for (const { step } of nodes) if (step.claims !== NO_CLAIMS) claiming.push(step.claims);
  let filled: Claims | null = null;
  for (const field of FILLED) {
    if (lead.claims[field] !== '') continue;
    let value = invoked !== null && isOfAgent(field) ? invoked[field] : '';
    for (const own of claiming) {
      if (own[field] === '') continue;
      if (value === '') value = own[field];
      else if (value !== own[field]) {
        // Names differ where agents work together: the first in time is the entry agent.
        if (field !== 'agentName') value = '';
        break;
      }
    }
    if (value === '') continue;
    filled ??= { ...lead.claims };
    filled[field] = value;
  }
  return filled ?? lead.claims;
}

function isOfAgent(field: keyof Claims): boolean {
  return field === 'agentName' || field === 'agentVersion';
}

const FILLED = ['agentName', 'agentVersion', ...INHERITED] as const satisfies readonly (keyof Claims)[];

/** Where no tool span was sent at all, the calls that the model asked for stand in, marked as inferred. */
function inferTools(nodes: readonly Node[]): readonly InferredTool[] {
  if (nodes.some(({ step }) => step.kind === 'tool')) return NO_TOOLS;
  const seen = new Set<string>();
  const tools: InferredTool[] = [];
  for (const node of nodes) {
    if (!node.counted) continue;
    node.step.toolCalls.forEach((call, index) => {
      if (call.id !== '' && seen.has(call.id)) return;
      seen.add(call.id);
      tools.push({ node, index, call });
    });
  }
  return tools;
}

const NO_TOOLS: readonly InferredTool[] = [];
