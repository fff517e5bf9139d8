import type { StepKind } from '@agentops/registry/contract';

/** One telemetry request as a source delivers it: an OTLP Export…ServiceRequest, decompressed. */
export interface SourceRecord {
  /** Position within its partition; grows by at least one a record. */
  readonly offset: number;
  readonly signal: Signal;
  readonly encoding: 'protobuf' | 'json';
  readonly body: Uint8Array;
  /** Milliseconds since the epoch at which the door accepted it. The same at every replay. */
  readonly receivedAt: number;
  /** Items (spans or log records) that the door counted with a scanner of its own; 0 for an unreadable body. */
  readonly counted: number;
  /**
   * Set when the source already knows that the body cannot be read (a failed checksum, a line beyond the limit):
   * why. Such a record is a dead letter as a whole, its body is what is left of it.
   */
  readonly fault?: string;
}

export type Signal = 'spans' | 'logs';

/** A run of records of one partition, in order. */
export interface SourceChunk {
  /** Stable name of source and partition, e.g. `otlp`, `file:<digest>:1`, `kafka:otlp_spans/3`. */
  readonly source: string;
  readonly records: readonly SourceRecord[];
  /** The offset to commit once everything here is stored: one past the last record. */
  readonly next: number;
}

/**
 * Where telemetry comes from. Offsets travel with the records; the last step commits.
 * At-least-once: what was not committed is delivered again, in the same order, after a restart.
 */
export interface StreamSource {
  /**
   * The next chunk of at most about `maxBytes` (one larger record comes alone), waiting up to `waitMs`.
   * `null` when nothing came in time.
   */
  poll(limits: { readonly maxBytes: number; readonly waitMs: number }): Promise<SourceChunk | null>;
  /**
   * Asked before anything is stored, where others may take the source over: `ends` are the offsets, by source name, up to
   * which it will be. False when another one has it by now: store nothing. Whoever takes it over later reads up to these
   * offsets first, by themselves, so that he makes the very rows that may still be on their way.
   */
  claim?(ends: ReadonlyMap<string, number>): Promise<boolean>;
  /** Everything of `source` before `next` is stored. */
  commit(source: string, next: number): Promise<void>;
  /** True when a bounded source (a file) has delivered all it has. */
  readonly exhausted: boolean;
  close(): Promise<void>;
}

/** Token counts of one model call; classes do not overlap. */
export interface Usage {
  /** Input charged at the full rate. */
  readonly input: number;
  readonly cachedInput: number;
  /** All cache writes; `cacheWrite5m` and `cacheWrite1h` are parts of it where the emitter splits them. */
  readonly cacheWrite: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly output: number;
  /** The part of `output` that was reasoning. */
  readonly reasoning: number;
}

/** What tells which resource (process, service) sent a span. Shared by all its spans. */
export interface ResourceContext {
  readonly service: string;
  readonly namespace: string;
  readonly version: string;
  readonly environment: string;
  readonly department: string;
  readonly team: string;
  readonly costCenter: string;
  readonly tenant: string;
  readonly userId: string;
  readonly agentName: string;
}

/** A resource that says nothing. */
export const NO_RESOURCE: ResourceContext = Object.freeze({
  service: '',
  namespace: '',
  version: '',
  environment: '',
  department: '',
  team: '',
  costCenter: '',
  tenant: '',
  userId: '',
  agentName: '',
});

/** A request for, or decision on, a human's approval. */
export interface ApprovalFacts {
  id: string;
  event: 'requested' | 'decided' | 'both';
  rule: string;
  decision: string;
  channel: string;
  reviewer: string;
  requestedBy: string;
  /** Seconds; 0 when not given. */
  slaS: number;
  /** RFC 3339 or empty. */
  deadline: string;
}

export interface EvaluationFacts {
  name: string;
  score: number | null;
  label: string;
  evaluator: string;
  /** The provider's id of the answer that was scored; left out where the score says none. */
  responseId?: string;
}

/** What a span itself says about whose work it is; '' where it says nothing. */
export interface Claims {
  agentName: string;
  agentId: string;
  agentVersion: string;
  conversationId: string;
  userId: string;
  tenant: string;
  department: string;
  team: string;
  costCenter: string;
  taskId: string;
  taskType: string;
  taskRef: string;
  outcome: string;
  outcomeSource: string;
  outcomeEvidence: string;
  /** Milliseconds that a person worked on it, a whole number; '' where nobody measured. */
  humanMs: string;
}

/** A step that says nothing of whose work it is. */
export const NO_CLAIMS: Claims = Object.freeze({
  agentName: '',
  agentId: '',
  agentVersion: '',
  conversationId: '',
  userId: '',
  tenant: '',
  department: '',
  team: '',
  costCenter: '',
  taskId: '',
  taskType: '',
  taskRef: '',
  outcome: '',
  outcomeSource: '',
  outcomeEvidence: '',
  humanMs: '',
});

export interface ModelFacts {
  provider: string;
  requestModel: string;
  responseModel: string;
  responseId: string;
  /** null when the emitter gave none: unknown, never 0. */
  usage: Usage | null;
  /** Decimal string in `reportedCurrency`; '' when the emitter reports none. */
  reportedCost: string;
  reportedCurrency: string;
  /** Tool calls that the model asked for, where its output was sent along. */
  toolCalls: readonly InferredToolCall[];
}

export interface InferredToolCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsDigest: string;
  readonly argumentsShapeDigest: string;
}

export interface ToolFacts {
  name: string;
  callId: string;
  argumentsDigest: string;
  argumentsShapeDigest: string;
  resultDigest: string;
  /** Decimal string; '' when none. */
  amount: string;
  amountCurrency: string;
  /** As the emitter says; '' leaves it to the registry. */
  effect: string;
  resource: string;
}

export interface HandoffFacts {
  from: string;
  to: string;
  /** To people, not to another agent: an escalation. */
  human: boolean;
}

/** Numbers that our own instrumentation gives its spans, so that gaps are seen. */
export interface SequenceFacts {
  readonly instance: string;
  readonly number: number;
  readonly dropped: number;
}

/** Masked text of a span, kept only where the registry allows it. */
export interface ContentPart {
  readonly part: 'input' | 'output' | 'arguments' | 'result' | 'system';
  readonly text: string;
}

/**
 * A span or log record after its dialects were applied: what the fold works on, one item of a trace's set.
 * Every text in it is masked. Times are nanoseconds since the epoch.
 */
export interface Step {
  readonly traceId: string;
  /** 16 lower-case hex characters; `log-` and 32 hex characters for a log record. */
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly kind: StepKind;
  readonly name: string;
  readonly startedAt: bigint;
  readonly endedAt: bigint;
  readonly status: 'ok' | 'error' | 'unset';
  readonly statusMessage: string;
  readonly errorType: string;
  readonly dialect: string;
  readonly resource: ResourceContext;
  readonly claims: Claims;
  readonly model: ModelFacts | null;
  readonly tool: ToolFacts | null;
  readonly handoff: HandoffFacts | null;
  readonly approval: ApprovalFacts | null;
  readonly evaluation: EvaluationFacts | null;
  readonly sequence: SequenceFacts | null;
  /** The work stands still until somebody answers: an interrupt, a deferral, an approval request. */
  readonly waiting: boolean;
  /** `ot=th` of tracestate as the share of traces kept, in (0, 1]; 1 when unsampled or unknown. */
  readonly sampledShare: number;
  readonly attributeCount: number;
  readonly droppedAttributes: number;
}

/** Where and when a request came in: shared by its items. */
export interface Receipt {
  readonly source: string;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** Of what no request brought. */
export const NO_RECEIPT: Receipt = Object.freeze({ source: '', offset: 0, receivedAt: 0 });
