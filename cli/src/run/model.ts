/** A task with all that is known of its outcome, as `run show --json` prints it. */
export interface Task {
  readonly task_id: string;
  readonly task_ref: string;
  readonly agent: string;
  readonly registered: number;
  readonly environment: string;
  readonly department: string;
  readonly user_id: string;
  readonly outcome: string;
  readonly outcome_source: string;
  readonly outcome_evidence: string;
  readonly verdicts: readonly { outcome: string; source: string; at: string; evidence: string }[];
  readonly started_at: string;
  readonly duration_ms: number;
  readonly model_calls: string;
  readonly tool_calls: string;
  readonly tool_errors: string;
  readonly cost: string | null;
  readonly currency: string;
  readonly unpriced_calls: string;
  readonly run_ids: readonly string[];
  readonly trace_ids: readonly string[];
}

export interface Step {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly run_id: string;
  readonly kind: string;
  readonly name: string;
  readonly agent: string;
  readonly tool: string;
  readonly model: string;
  readonly status: string;
  readonly error_type: string;
  readonly status_message: string;
  /** 0 for wrappers and copies, which count nowhere. */
  readonly counted: number;
  /** 1 for a tool call that was read from a model's output. */
  readonly inferred: number;
  readonly waiting: number;
  /** Input of all classes, and output. */
  readonly input: string;
  readonly output: string;
  /** Milliseconds since the epoch. */
  readonly start_ms: string;
  readonly duration_ms: number;
  readonly cost: string | null;
  /** State of its charges; empty without any. */
  readonly cost_state: string;
}

export interface Approval {
  readonly approval_id: string;
  readonly tool: string;
  readonly amount: string | null;
  readonly amount_currency: string;
  readonly rule: string;
  readonly channel: string;
  readonly reviewer: string;
  readonly decision: string;
  readonly requested_at: string;
  readonly wait_ms: number | null;
  readonly sla_ms: string;
}

/** One masked text that a step took in or gave out. */
export interface Content {
  readonly trace_id: string;
  readonly span_id: string;
  readonly part: string;
  readonly text: string;
}

/** A circle in which the task ran. */
export interface Loop {
  readonly run_id: string;
  readonly pattern: string;
  readonly subject: string;
  readonly period: number;
  /** The first of the calls that repeat. */
  readonly since_span_id: string;
  readonly wasted_calls: string;
  readonly wasted_tokens: string;
  readonly wasted_cost: string | null;
  readonly currency: string;
}

export interface ShownTask {
  readonly task: Task;
  readonly steps: readonly Step[];
  readonly approvals: readonly Approval[];
  readonly loops: readonly Loop[];
  readonly contents: readonly Content[];
}
