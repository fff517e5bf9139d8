import type { Claims, InferredToolCall, Step } from '../model.ts';
import type { LoopPattern } from './patterns.ts';

/** A tool call as the detector compares it. Texts may be made when they are asked for: mostly marks tell calls apart. */
export interface ToolCall {
  /** '' when it is no tool's. */
  readonly toolName: string;
  /** The same number for equal arguments, mostly another for others; 0: unknown. Likewise for results. */
  readonly argumentsMark: number;
  readonly resultMark: number;
  /** Digests; '' when unknown. */
  readonly argumentsDigest: string;
  readonly argumentsShapeDigest: string;
  readonly resultDigest: string;
}

/** What the detector reads of a step; the fold's fit as they are. */
export interface LoopStep
  extends ToolCall,
    Pick<Step, 'spanId' | 'parentSpanId' | 'kind' | 'name' | 'startedAt' | 'endedAt' | 'handoff'> {
  readonly claims: Pick<Claims, 'agentName'>;
  /** '' when it is no model's. */
  readonly requestModel: string;
  /** All that the model read, cached or not, and what it wrote; −1 when unknown. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A step in the tree of its trace. */
export interface LoopNode {
  readonly step: LoopStep;
  readonly parent: LoopNode | null;
  /** The nearest agent invocation above it, itself included. */
  readonly agent: LoopNode | null;
  /** A model or tool call that counts: no wrapper, no copy. */
  readonly counted: boolean;
  readonly failed: boolean;
}

/** One run, its steps in event order: by start, then by span id. */
export interface LoopRun {
  readonly traceId: string;
  readonly nodes: readonly LoopNode[];
  /** Tool calls that no span showed, in the order of their model calls. Their results are unknown. */
  readonly inferred: readonly InferredCall[];
}

export interface InferredCall {
  readonly node: LoopNode;
  /** Which of the model call's tool calls it is. */
  readonly index: number;
  readonly call: InferredToolCall;
}

/** What the registry says of a tool; asked for only when one seems to loop. */
export interface ToolRules {
  /** read | write | destructive | external; '' when unknown. */
  readonly effect: string;
  readonly polling: boolean;
  readonly pagination: boolean;
  /** Equal calls in a row that are no loop; 0 leaves it to the pattern. */
  readonly identical: number;
}

/**
 * What an agent's settled runs needed, as of the run's start. A dated input like the registry and the prices: replays
 * must use the same one.
 */
export interface AgentHistory {
  readonly runs: number;
  /** Model and tool calls of the longest of them. */
  readonly mostCalls: number;
}

/** Everything about a run that its spans do not say. Pure functions. */
export interface LoopContext {
  rules(node: LoopNode, tool: string): ToolRules | null;
  readonly history: AgentHistory | null;
  /** In units of 10^-12 of the reporting currency; 0 when nobody prices the step, null when its cost is unknown. */
  cost(node: LoopNode): bigint | number | null;
}

export interface LoopFinding {
  /** 32 hex characters: hash of trace, pattern, period and first evidence. Later steps of the same loop keep it. */
  readonly findingId: string;
  readonly pattern: LoopPattern;
  /** Where the circle began: the first of the calls that repeat. Also the first of {@link evidence}. */
  readonly sinceSpanId: string;
  /** Whose circle it is; null when the run has no agent's span. */
  readonly agent: LoopNode | null;
  /** The tool, model, receiving agent or recursing agent that established the pattern. */
  readonly subject: string;
  /** Calls until they repeat: 1 but for cycles and hand-offs. */
  readonly period: number;
  /** The step that established the pattern. */
  readonly detectedSpanId: string;
  /** Its end, nanoseconds since the epoch. */
  readonly detectedAt: bigint;
  /** End of the last step that belongs to it. */
  readonly endedAt: bigint;
  /** Span ids from the first repeated call on, at most {@link MAX_EVIDENCE}. */
  readonly evidence: readonly string[];
  /** Model and tool calls from the establishing one on, itself included. */
  readonly wastedCalls: number;
  readonly wastedTokens: bigint;
  /** In units of 10^-12 of the reporting currency; null when the cost of one of the calls is unknown. */
  readonly wastedCost: bigint | null;
}

/** Enough for three rounds of the longest cycle. */
export const MAX_EVIDENCE = 32;
