import { createHash } from 'node:crypto';
import type { Candidate } from './candidate.ts';
import { type Lanes, nameOf } from './lane.ts';
import { isPause } from './patterns.ts';
import { type LoopContext, type LoopFinding, type LoopNode, type LoopRun, MAX_EVIDENCE } from './types.ts';

/** What a candidate comes to: its evidence, and what was spent from the establishing step on. */
export function describe(
  candidate: Candidate,
  run: LoopRun,
  lanes: Lanes,
  context: LoopContext,
): LoopFinding {
  const { pattern, established, subject, period } = candidate;
  const { nodes } = run;
  const evidence = evidenceOf(candidate, run, lanes);
  const until = endOf(candidate, nodes);
  let wastedCalls = 0;
  let wastedTokens = 0n;
  let wastedCost: bigint | null = 0n;
  for (let i = established; i <= until; i++) {
    const node = nodes[i]!;
    if (!node.counted || !belongs(candidate, node, lanes)) continue;
    wastedCalls++;
    wastedTokens += tokensOf(node);
    const cost = context.cost(node);
    wastedCost = cost === null || wastedCost === null ? null : wastedCost + BigInt(cost);
  }
  for (const { node } of run.inferred) {
    if (isWithin(node, nodes[established]!, nodes[until]!) && belongs(candidate, node, lanes)) wastedCalls++;
  }
  return {
    findingId: idOf(run.traceId, `${pattern}/${period}`, evidence[0]!),
    pattern,
    sinceSpanId: evidence[0]!,
    agent: candidate.lane?.invocation ?? nodes[established]!.agent,
    subject,
    period,
    detectedSpanId: nodes[established]!.step.spanId,
    detectedAt: nodes[established]!.step.endedAt,
    endedAt: nodes[until]!.step.endedAt,
    evidence,
    wastedCalls,
    wastedTokens,
    wastedCost,
  };
}

/** Position of the last step that the candidate may have wasted. */
function endOf({ pattern, established, last }: Candidate, nodes: readonly LoopNode[]): number {
  if (pattern !== 'recursion') return last;
  const { endedAt } = nodes[established]!.step;
  let end = last;
  while (end + 1 < nodes.length && nodes[end + 1]!.step.startedAt <= endedAt) end++;
  return end;
}

function belongs({ lane }: Candidate, node: LoopNode, lanes: Lanes): boolean {
  return lane === null || lanes.of(node) === lane;
}

function isWithin(node: LoopNode, first: LoopNode, last: LoopNode): boolean {
  const { startedAt } = node.step;
  return startedAt >= first.step.startedAt && startedAt <= last.step.startedAt;
}

function evidenceOf(candidate: Candidate, run: LoopRun, lanes: Lanes): string[] {
  const { pattern, of, since, established, subject } = candidate;
  const { nodes } = run;
  if (pattern === 'recursion') return levelsOf(nodes[established]!, subject);
  if (pattern === 'beyond_history') return [nodes[established]!.step.spanId];
  const evidence: string[] = [];
  if (of === 'tool' && run.inferred.length > 0) {
    for (const { node, index } of run.inferred) {
      if (isWithin(node, nodes[since]!, nodes[established]!) && belongs(candidate, node, lanes)) {
        evidence.push(`${node.step.spanId}-${index}`);
      }
    }
    return evidence.slice(0, MAX_EVIDENCE);
  }
  for (let i = since; i <= established && evidence.length < MAX_EVIDENCE; i++) {
    const node = nodes[i]!;
    if (isEvidence(candidate, node) && belongs(candidate, node, lanes)) evidence.push(node.step.spanId);
  }
  return evidence;
}

function isEvidence({ of, pattern }: Candidate, node: LoopNode): boolean {
  const { kind, handoff, toolName } = node.step;
  if (of === 'handoff') return handoff !== null && !handoff.human;
  if (!node.counted || kind !== of) return false;
  if (of === 'llm') return pattern !== 'retry_storm' || node.failed;
  return !isPause(toolName);
}

/** The invocations of one agent within each other, the outermost first. */
function levelsOf(innermost: LoopNode, name: string): string[] {
  const levels: string[] = [];
  for (let at: LoopNode | null = innermost; at !== null; at = at.parent?.agent ?? null) {
    if (nameOf(at) === name) levels.push(at.step.spanId);
  }
  return levels.reverse().slice(0, MAX_EVIDENCE);
}

function tokensOf({ step }: LoopNode): bigint {
  return step.outputTokens < 0 ? 0n : BigInt(step.inputTokens + step.outputTokens);
}

/** The trace, not the run: a run is named anew when its root arrives, its steps are not. */
function idOf(traceId: string, pattern: string, firstSpanId: string): string {
  return createHash('sha256').update(`${traceId}\0${pattern}\0${firstSpanId}`).digest('hex').slice(0, 32);
}
