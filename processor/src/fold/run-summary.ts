import { OUTCOME_SOURCES } from '@agentops/registry/contract';
import type { StepRow } from '../steps/row.ts';
import { isModelCall } from './count-calls.ts';
import type { RunFacts } from './runs.ts';
import type { Node } from './tree.ts';

export interface Verdict {
  readonly outcome: string;
  readonly source: string;
  readonly at: bigint;
  readonly evidence: string;
}

/** The counts of one run, each a sum over its distinct steps. */
export interface RunSummary {
  readonly startedAt: bigint;
  readonly endedAt: bigint;
  readonly modelCalls: number;
  readonly toolCalls: number;
  readonly toolErrors: number;
  readonly handoffs: number;
  /** Decisions that an always, threshold or sample rule asked for. */
  readonly planned: number;
  /** Takeovers: escalations, and requests that were edited or rejected. */
  readonly unplanned: number;
  /** Decisions and takeovers by people, each once. */
  readonly humanSteps: number;
  /** Steps that say how long a person worked on them, and that time. */
  readonly humanTimed: number;
  readonly humanMs: number;
  readonly conflicts: number;
  readonly droppedAttributes: number;
  readonly sampledShare: number;
  readonly waiting: boolean;
  /**
   * The work has ended: its root came; or, where no agent's span encloses it, nothing of it hangs on a span to come.
   * Verdicts, scores and decisions alone are no work.
   */
  readonly rootSeen: boolean;
  readonly rootError: boolean;
  readonly verdicts: readonly Verdict[];
}

export function summarize(run: RunFacts): RunSummary {
  // In order of their start.
  const startedAt = run.nodes[0]?.step.startedAt ?? 0n;
  let last: StepRow | null = null;
  let modelCalls = 0;
  let toolCalls = run.inferred.length;
  let toolErrors = 0;
  let handoffs = 0;
  let planned = 0;
  let unplanned = 0;
  let humanSteps = 0;
  let humanTimed = 0;
  let humanMs = 0;
  let conflicts = 0;
  let droppedAttributes = 0;
  let sampledShare = 1;
  const verdicts: Verdict[] = [];
  for (const node of run.nodes) {
    const { step } = node;
    if (last === null || step.compareEnd(last) > 0) last = step;
    conflicts += node.variants.length;
    droppedAttributes += step.droppedAttributes;
    if (step.sampledShare < sampledShare) sampledShare = step.sampledShare;
    const { claims } = step;
    if (claims.outcome !== '') verdicts.push(claimedVerdict(step));
    if (claims.humanMs !== '') {
      humanTimed++;
      humanMs += Number(claims.humanMs);
    }
    if (node.counted && isModelCall(node)) modelCalls++;
    else if (node.counted && step.kind === 'tool') {
      toolCalls++;
      if (node.failed) toolErrors++;
    }
    if (!step.saysMore) continue;
    const { handoff, approval } = step;
    if (isHumanWork(step)) humanSteps++;
    if (handoff !== null) {
      if (handoff.human) unplanned++;
      else handoffs++;
    }
    if (approval !== null && approval.event !== 'requested') {
      if (approval.rule !== 'emitter' && approval.reviewer !== '') planned++;
      if (approval.decision === 'edited' || approval.decision === 'rejected') unplanned++;
    }
  }
  const waiting = isWaiting(run.nodes);
  const rootError = run.root?.status === 'error' && !waiting;
  if (rootError) verdicts.push(errorVerdict(run.root!));
  return {
    startedAt,
    endedAt: last?.endedAt ?? 0n,
    modelCalls,
    toolCalls,
    toolErrors,
    handoffs,
    planned,
    unplanned,
    humanSteps,
    humanTimed,
    humanMs,
    conflicts,
    droppedAttributes,
    sampledShare,
    waiting,
    rootSeen: !run.frames && (run.root !== null || isWhole(run.nodes)),
    rootError,
    verdicts,
  };
}

/** A takeover, or a decision that a person took: one with a reviewer, or one that no rule takes by itself. */
function isHumanWork({ approval, handoff }: StepRow): boolean {
  if (handoff?.human) return true;
  if (approval === null || approval.event === 'requested') return false;
  const { decision, reviewer } = approval;
  return decision === 'edited' || decision === 'rejected' || (decision === 'approved' && reviewer !== '');
}

/** Work of which nothing hangs on a span to come. */
function isWhole(nodes: readonly Node[]): boolean {
  return nodes.some(isWork) && !nodes.some((node) => node.awaitsParent);
}

/** What judges work that was done elsewhere is none itself. */
function isWork({ step }: Node): boolean {
  if (step.kind === 'other') return step.claims.outcome === '';
  return step.kind !== 'evaluation' && (step.approval === null || step.approval.event === 'requested');
}

function claimedVerdict(step: StepRow): Verdict {
  const { outcome, outcomeSource, outcomeEvidence } = step.claims;
  const known = (OUTCOME_SOURCES as readonly string[]).includes(outcomeSource);
  return { outcome, source: known ? outcomeSource : 'agent', at: step.endedAt, evidence: outcomeEvidence };
}

/** Errors by which a user, not a failure, ended the run. */
const CANCELLED = /^(AbortError|CancelledError|asyncio\.CancelledError|Canceled|Cancelled)$/;

function errorVerdict(root: StepRow): Verdict {
  return {
    outcome: CANCELLED.test(root.errorType) ? 'cancelled' : 'failure',
    source: 'emitter',
    at: root.endedAt,
    evidence: `root span ended in error${root.errorType === '' ? '' : `: ${root.errorType}`}`,
  };
}

/**
 * A run ended waiting when a request for approval stands undecided, or when a step was interrupted and no model or tool
 * call began after it.
 */
function isWaiting(nodes: readonly Node[]): boolean {
  if (!nodes.some(({ step }) => step.waiting || step.approval !== null)) return false;
  const open = new Set<string>();
  let interruptedAt = -1n;
  for (const { step } of nodes) {
    if (step.approval !== null && step.approval.event === 'requested') open.add(step.approval.id);
    if (step.waiting && step.approval === null && step.endedAt > interruptedAt) interruptedAt = step.endedAt;
  }
  if (open.size === 0 && interruptedAt === -1n) return false;
  let resumed = false;
  for (const node of nodes) {
    const { step } = node;
    if (step.approval !== null && step.approval.event !== 'requested') open.delete(step.approval.id);
    if ((isModelCall(node) || step.kind === 'tool') && !step.waiting && step.startedAt >= interruptedAt)
      resumed = true;
  }
  return open.size > 0 || (interruptedAt !== -1n && !resumed);
}
