import { OUTCOME_SOURCES } from '@agentops/registry/contract';
import { type AgentHistories, createLoopDetector } from '../loops/index.ts';
import { createPages } from '../steps/page.ts';
import type { Blocks } from '../store/tables.ts';
import type { Attribution } from './attribution.ts';
import { writeCharge } from './charge-rows.ts';
import { countCalls, isModelCall } from './count-calls.ts';
import { deleteLoop, writeApproval, writeEvaluation, writeLoop } from './event-rows.ts';
import { nameSeveralTasks } from './group-runs.ts';
import type { AgentFacts, Pricing, RegistryTimeline } from './ports.ts';
import { writeRun } from './run-rows.ts';
import { describeRuns, type RunFacts } from './runs.ts';
import { writeStep } from './step-rows.ts';
import { writeInferredTool, writeSkeleton } from './stub-rows.ts';
import { sizeOf, type TraceSet, type WrittenLoop } from './trace-set.ts';
import { buildTree, type Node } from './tree.ts';
import { isFresh, wasCharged, wordOf } from './written.ts';

/**
 * Raise it when a change of this folder makes other rows from the same set: versions order rows by it first, so that a
 * new processor's rows replace an old one's.
 */
export const FOLD_VERSION = 3;

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
  const stubs = createPages();
  const loops = createLoopDetector();
  /** Of the trace being projected. */
  let found: WrittenLoop[] = [];
  return {
    project(set, out) {
      const version = FOLD_VERSION * 2 ** 32 + sizeOf(set);
      const nodes = buildTree(set, pool);
      countCalls(nodes);
      const runs = describeRuns(set, nodes, registry);
      for (const run of runs) {
        for (const node of run.nodes) writeNode(node, run, set, version, out);
        for (const tool of run.inferred) {
          writeInferredTool(out.steps, stubs.open(), tool, run.attributions.of(tool.node), version, false);
        }
        writeRun(out.runs, run, version);
        writeLoops(run, version, out);
      }
      deleteDissolved(set, version, out);
      deleteVanishedRuns(set, runs, nodes, version, out);
      if (set.reloaded || set.skeletons.size > 0) {
        for (const skeleton of set.skeletons.values()) {
          writeSkeleton(out.steps, stubs.open(), set, skeleton, version);
        }
      }
      set.dirty = false;
      set.reloaded = false;
      if (pool.length > MAX_POOL) pool.length = MAX_POOL;
    },
  };

  function writeLoops(run: RunFacts, version: number, out: Blocks): void {
    const agentOfNode = (node: Node): AgentFacts => run.attributions.of(node).agent;
    const findings = loops.detect(run, {
      rules: (node, tool) => agentOfNode(node as Node).tool(tool),
      history: histories.at(run.attribution.agent.id, run.nodes[0]!.step.startedAt),
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

  function writeNode(node: Node, run: RunFacts, set: TraceSet, version: number, out: Blocks): void {
    const { step } = node;
    const attribution = run.attributions.of(node);
    const estimated = node.counted && !isModelCall(node) && step.kind !== 'tool';
    const chargeable = node.counted && (isModelCall(node) || step.kind === 'tool' || estimated);
    const { written } = step.page;
    const before = written[step.row]!;
    const word = wordOf(set, attribution, node.counted, node.failed, chargeable);
    if (!set.reloaded && word === before) return;
    written[step.row] = word;
    const fresh = isFresh(before);
    const hadCharge = fresh ? set.reloaded && (step.hasModel || step.kind === 'tool') : wasCharged(before);
    writeStep(out.steps, node, attribution, isCalledOn(node, run), version);
    const charge = chargeable ? pricing.charge(step, attribution.agent, estimated) : null;
    if (charge !== null) writeCharge(out.costLedger, step, attribution, charge, version);
    // What an earlier state of the set may have charged is taken back.
    else if (hadCharge) writeCharge(out.costLedger, step, attribution, null, version);
    if (step.approval !== null) writeApproval(out.approvalEvents, node, attribution, version);
    if (step.evaluation !== null) writeEvaluation(out.evaluations, step, attribution, version);
    if (!fresh || set.reloaded) deleteInferred(node, run, attribution, version, out);
  }

  /** Takes back inferred tool rows once real ones are there, or their model call no longer counts. */
  function deleteInferred(node: Node, run: RunFacts, at: Attribution, version: number, out: Blocks): void {
    node.step.toolCalls.forEach((call, index) => {
      if (run.inferred.some((tool) => tool.node === node && tool.index === index)) return;
      writeInferredTool(out.steps, stubs.open(), { node, index, call }, at, version, true);
    });
  }
}

/** How many nodes are kept for the next tree. */
const MAX_POOL = 1024;

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
