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
  /** Everything of `source` before `next` is stored. */
  commit(source: string, next: number): Promise<void>;
  /** True when a bounded source (a file) has delivered all it has. */
  readonly exhausted: boolean;
  close(): Promise<void>;
}

/** Token counts of one model call; classes do not overlap. */
export interface Usage {
  /** Input charged at the full rate. */
  input: number;
  cachedInput: number;
  /** All cache writes; `cacheWrite5m` and `cacheWrite1h` are parts of it where the emitter splits them. */
  cacheWrite: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  output: number;
  /** The part of `output` that was reasoning. */
  reasoning: number;
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
}

/** A span or log record after its dialects were applied: what the fold works on. Times in ns since the epoch. */
export interface Step {
  readonly traceId: string;
  /** 16 lower-case hex characters; `log-` and 32 hex characters for a log record. */
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly kind: StepKind;
  readonly name: string;
  readonly startedAt: bigint;
  readonly endedAt: bigint;
}
