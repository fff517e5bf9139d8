import { OUTCOME_SOURCES } from '@agentops/registry/contract';
import { type AgentHistories, createLoopDetector } from '../loops/index.ts';
import type { Claims, InferredToolCall, ResourceContext, Step } from '../model.ts';
import { NO_CLAIMS } from '../normalize/normalizer.ts';
import type { Blocks } from '../store/tables.ts';
import { groupRuns, nameSeveralTasks, type RunGroup } from './group-runs.ts';
import type { AgentFacts, Charge, Pricing, RegistryFacts, RegistryTimeline } from './ports.ts';
import {
  deleteLoop,
  writeApproval,
  writeCharge,
  writeEvaluation,
  writeInferredTool,
  writeLoop,
  writeRun,
  writeSkeleton,
  writeStep,
} from './rows.ts';
import { type Item, sizeOf, type TraceSet, type WrittenLoop } from './trace-set.ts';
import { buildTree, countCalls, isModelCall, type Node } from './tree.ts';

/**
 * Raise it when a change of this folder makes other rows from the same set: versions order rows by it first, so that a
 * new processor's rows replace an old one's.
 */
export const FOLD_VERSION = 3;

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

/** One run as the whole set shows it. */
export interface RunFacts {
  readonly traceId: string;
  readonly rootSpanId: string;
  readonly runId: string;
  readonly root: Step | null;
  readonly nodes: readonly Node[];
  /** It only encloses the work on tasks, and is none itself. */
  readonly frames: boolean;
  readonly claims: Claims;
  readonly attribution: Attribution;
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

export interface ProjectorOptions {
  readonly registry: RegistryTimeline;
  readonly pricing: Pricing;
  /** What agents needed before. */
  readonly histories: AgentHistories;
}

export interface Projector {
  /** Appends to `out` every row of the set that is new or changed. */
  project(set: TraceSet, out: Blocks): void;
}

export function createProjector({ registry, pricing, histories }: ProjectorOptions): Projector {
  const pool: Node[] = [];
  const loops = createLoopDetector();
  /** Of the trace being projected. */
  let found: WrittenLoop[] = [];
  return {
    project(set, out) {
      const version = FOLD_VERSION * 2 ** 32 + sizeOf(set);
      const nodes = buildTree(set, NO_CLAIMS, pool);
      countCalls(nodes);
      const runs = groupRuns(nodes).map((group) => describeRun(set, group, registry));
      for (const run of runs) {
        const known: Known[] = [];
        for (const node of run.nodes) writeNode(node, run, known, set, version, out);
        for (const tool of run.inferred) {
          const attribution = attributionOf(tool.node, run, known, registry);
          writeInferredTool(out.steps, tool, attribution, version, false);
        }
        writeRun(out.runs, run, version);
        writeLoops(run, known, version, out);
      }
      deleteDissolved(set, version, out);
      deleteVanishedRuns(set, runs, nodes, version, out);
      if (set.reloaded || set.skeletons.size > 0) {
        for (const skeleton of set.skeletons.values()) writeSkeleton(out.steps, set, skeleton, version);
      }
      set.dirty = false;
      set.reloaded = false;
      if (pool.length > MAX_POOL) pool.length = MAX_POOL;
    },
  };

  function writeLoops(run: RunFacts, known: Known[], version: number, out: Blocks): void {
    const agentOfNode = (node: Node): AgentFacts => attributionOf(node, run, known, registry).agent;
    const findings = loops.detect(run, {
      rules: (node, tool) => agentOfNode(node as Node).tool(tool),
      history: histories.at(run.attribution.agent.id, startOf(run.nodes)),
      cost(node) {
        const { step } = node as Node;
        if (!isModelCall(node as Node) && step.kind !== 'tool') return 0;
        const charge = pricing.charge(step, agentOfNode(node as Node), false);
        return charge === null ? 0 : charge.cost;
      },
    });
    for (const finding of findings) {
      const agent = finding.agent === null ? run.attribution.agent : agentOfNode(finding.agent as Node);
      writeLoop(out.loops, run, finding, agent.id, pricing.currency(finding.detectedAt), version);
      found.push(finding);
    }
  }

  /** Loops that earlier states of the set showed and this one does not. */
  function deleteDissolved(set: TraceSet, version: number, out: Blocks): void {
    for (const before of set.writtenLoops) {
      if (!found.some(({ findingId }) => findingId === before.findingId)) {
        deleteLoop(out.loops, set.traceId, before, version);
      }
    }
    if (found.length === 0 && set.writtenLoops.length === 0) return;
    set.writtenLoops = found.map(({ findingId, detectedAt }) => ({ findingId, detectedAt }));
    found = [];
  }

  function writeNode(
    node: Node,
    run: RunFacts,
    known: Known[],
    set: TraceSet,
    version: number,
    out: Blocks,
  ): void {
    const { item, step } = node;
    const attribution = attributionOf(node, run, known, registry);
    const estimated = node.counted && !isModelCall(node) && step.kind !== 'tool';
    const chargeable = node.counted && (isModelCall(node) || step.kind === 'tool' || estimated);
    const fresh = item.written === null;
    const hadCharge = fresh
      ? set.reloaded && (step.model !== null || step.kind === 'tool')
      : item.writtenCharged;
    if (!set.reloaded && !changes(item, attribution, node, chargeable)) return;
    item.written = step;
    item.writtenAttribution = attribution;
    item.writtenCounted = node.counted;
    item.writtenFailed = node.failed;
    item.writtenCharged = chargeable;
    item.writtenVariants = item.variants.length;
    writeStep(out.steps, node, attribution, isCalledOn(node, run), version);
    const charge = chargeable ? pricing.charge(step, attribution.agent, estimated) : null;
    if (charge !== null) writeCharge(out.costLedger, step, attribution, charge, version, false);
    // What an earlier state of the set may have charged is taken back.
    else if (hadCharge) writeCharge(out.costLedger, step, attribution, null, version, true);
    if (step.approval !== null) writeApproval(out.approvalEvents, node, attribution, version);
    if (step.evaluation !== null) writeEvaluation(out.evaluations, step, attribution, version);
    deleteInferred(item, fresh, run, attribution, set, version, out);
  }
}

/** How many nodes are kept for the next tree. */
const MAX_POOL = 1024;

/** Would the item's rows say anything else than when they were last written? */
function changes(item: Item, attribution: Attribution, { counted, failed }: Node, charged: boolean): boolean {
  return (
    item.written !== item.step ||
    item.writtenCounted !== counted ||
    item.writtenFailed !== failed ||
    item.writtenCharged !== charged ||
    item.writtenVariants !== item.variants.length ||
    !sameAttribution(item.writtenAttribution!, attribution)
  );
}

function sameAttribution(a: Attribution, b: Attribution): boolean {
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

function describeRun(set: TraceSet, group: RunGroup, registry: RegistryTimeline): RunFacts {
  const { root, rootSpanId, lead, nodes, frames } = group;
  const runId = rootSpanId === '' ? set.traceId : `${set.traceId}-${rootSpanId}`;
  const claims = runClaims(lead, nodes);
  const facts = registry.at(lead.step.endedAt);
  const name = claims.agentName;
  const agent = facts.agent({
    service: lead.step.resource.service,
    namespace: lead.step.resource.namespace,
    agentName: name || lead.step.resource.agentName,
    agentId: claims.agentId,
  });
  const agents = [agent.id];
  for (const node of nodes) {
    const own = node.agent?.step.claims.agentName ?? '';
    if (own === '' || own === name) continue;
    const { id } = agentOf(node.step, own, node.agent!.step.claims.agentId, facts);
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
    attribution: attribute(lead.step, claims, claims, runId, environmentOf(lead, nodes), agent, facts),
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

const FILLED = [
  'agentName',
  'agentVersion',
  'conversationId',
  'userId',
  'tenant',
  'department',
  'team',
  'costCenter',
  'taskId',
  'taskType',
  'taskRef',
] as const satisfies readonly (keyof Claims)[];

function agentOf(step: Step, agentName: string, agentId: string, facts: RegistryFacts): AgentFacts {
  return facts.agent({
    service: step.resource.service,
    namespace: step.resource.namespace,
    agentName: agentName || step.resource.agentName,
    agentId,
  });
}

/** Usage attribution: span > baggage (copied onto spans) > resource > registry. Ownership: registry only. */
function attribute(
  step: Step,
  claims: Claims,
  run: Claims,
  runId: string,
  environment: string,
  agent: AgentFacts,
  facts: RegistryFacts,
): Attribution {
  const { resource } = step;
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

/** Nodes are in order of their start. */
function startOf(nodes: readonly Node[]): bigint {
  return nodes[0]?.step.startedAt ?? 0n;
}

/** An attribution and what it was made of: most steps of a run share one. */
interface Known {
  readonly agentNode: Node | null;
  readonly claims: Claims;
  readonly resource: ResourceContext;
  readonly facts: RegistryFacts;
  readonly ownName: string;
  readonly attribution: Attribution;
}

function attributionOf(node: Node, run: RunFacts, known: Known[], registry: RegistryTimeline): Attribution {
  const { step, claims } = node;
  const facts = registry.at(step.endedAt);
  const ownName = step.claims.agentName;
  for (const made of known) {
    if (
      made.agentNode === node.agent &&
      made.claims === claims &&
      made.resource === step.resource &&
      made.facts === facts &&
      made.ownName === ownName
    ) {
      return made.attribution;
    }
  }
  const own = node.agent?.step.claims ?? NO_CLAIMS;
  const agent = agentOf(
    step,
    own.agentName || ownName || run.claims.agentName,
    own.agentId || step.claims.agentId,
    facts,
  );
  const { environment } = run.attribution;
  const fresh = attribute(step, claims, run.claims, run.runId, environment, agent, facts);
  const attribution = known.find((made) => sameAttribution(made.attribution, fresh))?.attribution ?? fresh;
  known.push({ agentNode: node.agent, claims, resource: step.resource, facts, ownName, attribution });
  return attribution;
}

/** Where no tool span was sent at all, the calls that the model asked for stand in, marked as inferred. */
function inferTools(nodes: readonly Node[]): InferredTool[] {
  if (nodes.some((node) => node.step.kind === 'tool')) return [];
  const seen = new Set<string>();
  const tools: InferredTool[] = [];
  for (const node of nodes) {
    if (!node.counted || node.step.model === null) continue;
    node.step.model.toolCalls.forEach((call, index) => {
      if (call.id !== '' && seen.has(call.id)) return;
      seen.add(call.id);
      tools.push({ node, index, call });
    });
  }
  return tools;
}

/** Takes back inferred tool rows once real ones are there, or their model call no longer counts. */
function deleteInferred(
  item: Item,
  fresh: boolean,
  run: RunFacts,
  attribution: Attribution,
  set: TraceSet,
  version: number,
  out: Blocks,
): void {
  const calls = item.step.model?.toolCalls ?? [];
  if (calls.length === 0 || (fresh && !set.reloaded)) return;
  calls.forEach((call, index) => {
    if (run.inferred.some((tool) => tool.node.item === item && tool.index === index)) return;
    const node = run.nodes.find((candidate) => candidate.item === item)!;
    writeInferredTool(out.steps, { node, index, call }, attribution, version, true);
  });
}

/** A run's row outlives the moment in which its root turned out to have an ancestor, or leaves got a root. */
function deleteVanishedRuns(
  set: TraceSet,
  runs: readonly RunFacts[],
  nodes: readonly Node[],
  version: number,
  out: Blocks,
): void {
  const roots = runs.map((run) => run.rootSpanId);
  const before = set.reloaded
    ? ['', ...nodes.filter(nameSeveralTasks(nodes) ? namesTask : invokes).map((n) => n.step.spanId)]
    : set.writtenRuns;
  for (const rootSpanId of before) {
    if (!roots.includes(rootSpanId)) writeRun(out.runs, { ...runs[0]!, rootSpanId, nodes: [] }, version);
  }
  set.writtenRuns = roots;
}

function invokes({ step }: Node): boolean {
  return step.kind === 'run' || step.kind === 'workflow';
}

function namesTask(node: Node): boolean {
  return invokes(node) || node.step.claims.taskId !== '';
}

/** An agent that the run's own agent called on. */
function isCalledOn(node: Node, run: RunFacts): boolean {
  return node.step.kind === 'run' && node.step.spanId !== run.rootSpanId;
}

export function sourceRank(source: string): number {
  const rank = (OUTCOME_SOURCES as readonly string[]).indexOf(source);
  return rank === -1 ? OUTCOME_SOURCES.length : rank;
}

export type { Charge };
