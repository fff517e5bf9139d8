import { markOfText } from '../steps/digests.ts';
import type { Candidate } from './candidate.ts';
import { describe } from './finding.ts';
import { clearHandOffs, createHandOffs, seeAnswer, seeHandOff } from './hand-offs.ts';
import { createLanes } from './lane.ts';
import { interruptModel, seeModelCall } from './model-calls.ts';
import { boundOf } from './patterns.ts';
import { seeInvocation } from './recursion.ts';
import { type Scan, seeToolCall } from './tool-calls.ts';
import type { InferredCall, LoopContext, LoopFinding, LoopNode, LoopRun, ToolCall } from './types.ts';

export interface LoopDetector {
  /**
   * The circles of a run, in the order in which they were established: a pure function of its steps and the context.
   * Of a run that goes on they are provisional; asked again with more steps, what still stands keeps its id.
   */
  detect(run: LoopRun, context: LoopContext): readonly LoopFinding[];
}

const NONE: readonly LoopFinding[] = [];
const NO_NODES: readonly LoopNode[] = [];
const NO_CONTEXT: LoopContext = { rules: () => null, history: null, cost: () => null };

/** No pattern has fewer calls. */
const LEAST_CALLS = 3;

/**
 * Looks at a run in one pass. What it remembers meanwhile is of a size that does not depend on the number of steps; it
 * grows with the agents at work side by side and with the findings.
 */
export function createLoopDetector(): LoopDetector {
  const lanes = createLanes();
  const handOffs = createHandOffs();
  const scan: Scan = { nodes: NO_NODES, context: NO_CONTEXT, handOffs: 0, candidates: [] };

  /** To the other patterns, any call that is no repetition is work done. */
  function takeToolCall(call: ToolCall, node: LoopNode, at: number): void {
    const lane = lanes.of(node);
    interruptModel(lane);
    if (!seeToolCall(scan, lane, call, node.failed && node.step.kind === 'tool', at)) clearHandOffs(handOffs);
  }

  function takeHandOff(node: LoopNode, at: number): void {
    scan.handOffs++;
    seeHandOff(scan, handOffs, node, at);
  }

  function look({ nodes, inferred }: LoopRun, bound: number): void {
    let calls = 0;
    let asked = 0;
    let beyond: Candidate | null = null;
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at]!;
      const { kind, handoff } = node.step;
      const before = calls;
      if (kind === 'tool') {
        if (node.counted) {
          calls++;
          takeToolCall(node.step, node, at);
        }
      } else if (kind === 'llm') {
        if (node.counted) {
          calls++;
          seeAnswer(handOffs, seeModelCall(scan, lanes.of(node), node, at));
        }
        for (; asked < inferred.length && inferred[asked]!.node === node; asked++) {
          calls++;
          takeToolCall(askedFor(inferred[asked]!), node, at);
        }
      } else if (kind === 'run') {
        seeInvocation(scan, lanes, node, at);
      }
      if (handoff !== null && !handoff.human) takeHandOff(node, at);
      if (calls === before || calls <= bound) continue;
      if (beyond === null) {
        beyond = outgrown(node, at);
        scan.candidates.push(beyond);
      }
      beyond.last = at;
    }
  }

  return {
    detect(run, context) {
      if (run.nodes.length + run.inferred.length < LEAST_CALLS) return NONE;
      lanes.clear();
      clearHandOffs(handOffs);
      scan.nodes = run.nodes;
      scan.context = context;
      scan.handOffs = 0;
      scan.candidates.length = 0;
      look(run, boundOf(context.history));
      const findings =
        scan.candidates.length === 0
          ? NONE
          : scan.candidates.map((candidate) => describe(candidate, run, lanes, context));
      scan.nodes = NO_NODES;
      scan.context = NO_CONTEXT;
      return findings;
    },
  };
}

/** A call that only the model's answer shows: its result is unknown. */
function askedFor({ call }: InferredCall): ToolCall {
  const { name, argumentsDigest, argumentsShapeDigest } = call;
  return {
    toolName: name,
    argumentsMark: markOfText(argumentsDigest),
    argumentsDigest,
    argumentsShapeDigest,
    resultMark: 0,
    resultDigest: '',
  };
}

/** The run left its agent's history behind. */
function outgrown(node: LoopNode, at: number): Candidate {
  const { kind, toolName, requestModel, name } = node.step;
  return {
    pattern: 'beyond_history',
    of: kind === 'llm' ? 'llm' : 'tool',
    subject: toolName || requestModel || name,
    period: 1,
    lane: null,
    since: at,
    established: at,
    last: at,
  };
}
