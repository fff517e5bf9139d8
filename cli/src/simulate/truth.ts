import type { LoopPattern } from './loops.ts';

/** What really happened to one agent's tasks, counted while it was made up: what the product's numbers are held to. */
export interface Truth {
  tasks: number;
  /** Of all tasks, by the department that had them done; '' where nobody said. */
  tasksByDepartment: Record<string, number>;
  /** By the verdict that counts: a person's before a system's before the agent's own; `open` where work goes on. */
  outcomes: Record<string, number>;
  /** Spans that were ended, and so exported. */
  spans: number;
  /** Invocations of the agent itself, those that resume a task included. */
  runs: number;
  /** Invocations of its sub-agents. */
  subRuns: number;
  modelCalls: number;
  modelErrors: number;
  toolCalls: number;
  toolErrors: number;
  handoffs: number;
  escalations: number;
  evaluations: number;
  /** The token classes do not overlap; `reasoningTokens` is a part of `outputTokens`. */
  inputTokens: number;
  cachedInputTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  /** Tasks that burnt many times the usual tokens. */
  overspent: number;
  loops: number;
  loopsByPattern: Partial<Record<LoopPattern, number>>;
  approvals: number;
  /** Of all approvals; `pending` where nobody has answered. */
  approvalDecisions: Record<string, number>;
  /** Answered after the SLA. */
  approvalsLate: number;
  /** Calls that a rule wanted a person to see, and that nobody was asked about. */
  approvalsForgotten: number;
}

export function emptyTruth(): Truth {
  return {
    tasks: 0,
    tasksByDepartment: {},
    outcomes: {},
    spans: 0,
    runs: 0,
    subRuns: 0,
    modelCalls: 0,
    modelErrors: 0,
    toolCalls: 0,
    toolErrors: 0,
    handoffs: 0,
    escalations: 0,
    evaluations: 0,
    inputTokens: 0,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    overspent: 0,
    loops: 0,
    loopsByPattern: {},
    approvals: 0,
    approvalDecisions: {},
    approvalsLate: 0,
    approvalsForgotten: 0,
  };
}

/** Adds one to a count by name. */
export function tally(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
