/** What `report --json` prints. Counts are numbers, amounts exact decimal texts (null is unknown), times UTC texts. */
export interface Report {
  readonly currency: string;
  /** Start of the first and end of the last task; null without tasks. */
  readonly first: string | null;
  readonly last: string | null;
  readonly agents: readonly AgentRow[];
  readonly slis: SliRow & ReviewRow;
  /** Every SLI over what was asked for; an SLI without events is left out. */
  readonly indicators: readonly IndicatorRow[];
  readonly human: readonly HumanRow[];
  readonly forecasts: readonly ForecastRow[];
  readonly budgets: readonly BudgetRow[];
  /** The whole ledger: what the parts below sum to. */
  readonly cost: Sampling & {
    readonly cost: string | null;
    readonly unpriced: number;
    readonly tasks: number;
  };
  readonly departments: readonly DepartmentRow[];
  readonly users: readonly UserRow[];
  readonly models: readonly ModelRow[];
  readonly coverage: CoverageRow;
  /** Of tasks judged by two: do they agree? By the business day on which the task started. */
  readonly disagreement: readonly DisagreementRow[];
  /** Verdicts about tasks that have not arrived. */
  readonly waitingVerdicts: number;
  readonly objectives: readonly ObjectiveRow[];
  readonly loops: readonly LoopRow[];
  readonly violations: readonly ViolationRow[];
  /** How soon people take alerts, by severity. */
  readonly response: readonly ResponseRow[];
  /** Alerts of the last 30 days on which nobody has acted. */
  readonly unactedAlerts: readonly UnactedAlertRow[];
  readonly conservation: readonly ConservationRow[];
  readonly deadLetters: readonly DeadLetterRow[];
  /** Declared drops by service: spans of no agent. */
  readonly dropped: readonly DroppedRow[];
}

/** How much of the telemetry a row rests on. */
export interface Sampling {
  /** Of its tasks or events: those of which sampling dropped a part, or may have. */
  readonly sampled: number;
  /** The least share of traces that sampling kept, as these say; null where none does. */
  readonly kept: number | null;
}

/** Tasks by the agent that began them. */
export interface AgentRow extends Sampling {
  readonly agent: string;
  readonly environment: string;
  readonly registered: number;
  readonly stage: string;
  readonly tasks: number;
  readonly success: number;
  /** Ended with a known outcome: the denominator of success. */
  readonly judged: number;
  /** Not open: the denominator of the known-outcome share. */
  readonly ended: number;
  readonly unknown: number;
  readonly open: number;
  readonly abandoned: number;
  readonly escalated: number;
  readonly model_calls: number;
  readonly tool_calls: number;
  readonly tool_errors: number;
  /** Tasks with a human decision that a rule asked for. */
  readonly planned: number;
  /** Tasks in which a human had to step in. */
  readonly unplanned: number;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly cost: string | null;
  /** Cost of the tasks in which every call has a price, and how many they are: the two parts of cost per task. */
  readonly cost_priced: string | null;
  readonly tasks_priced: number;
  readonly unpriced: number;
  readonly currency: string;
}

export interface SliRow {
  readonly tasks: number;
  readonly success: number;
  readonly judged: number;
  readonly ended: number;
  readonly tool_calls: number;
  readonly tool_errors: number;
  readonly planned: number;
  readonly unplanned: number;
  readonly cost_priced: string | null;
  readonly tasks_priced: number;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
}

export interface ReviewRow {
  readonly asked: number;
  readonly decided: number;
  /** Decided, or waiting beyond the time that the rule allows. */
  readonly with_sla: number;
  readonly in_time: number;
}

export interface IndicatorRow extends Sampling {
  readonly sli: string;
  /** Numerator and denominator of a share; `good` is null where a bound would decide it. */
  readonly good: number | null;
  readonly total: number;
  /** Of calls, cost, ms or scores; null for shares. */
  readonly mean: number | null;
  readonly events: number;
  /** Of events: those that could be judged. */
  readonly judged: number;
}

/** What people add to the cost of an agent's ended tasks. */
export interface HumanRow {
  readonly agent: string;
  readonly tasks: number;
  readonly with_people: number;
  /** Of those with people: some of their time is the organisation's assumption. */
  readonly estimated: number;
  /** Of those with people: nobody knows how long they worked. */
  readonly unknown: number;
  readonly known_ms: number | null;
  /** Tasks of which every call has a price and the time of people is known; the costs are theirs. */
  readonly complete_tasks: number;
  readonly cost_complete: string | null;
  readonly human_complete: string | null;
  readonly currency: string;
}

/** The current month of the business. */
export interface ForecastRow {
  readonly kind: 'organisation' | 'department' | 'agent' | 'user';
  readonly subject: string;
  readonly month: string;
  readonly days_left: number;
  readonly spent: string;
  readonly unpriced_calls: number;
  readonly history_days: number;
  readonly forecast: string | null;
  readonly forecast_low: string | null;
  readonly forecast_high: string | null;
  /** Why there is none. */
  readonly reason: string;
  readonly sampled_runs: number;
  readonly currency: string;
  readonly soft: string | null;
  readonly hard: string | null;
  readonly budget_left: string | null;
  readonly exhausted_at: string | null;
}

export interface BudgetRow {
  readonly kind: 'department' | 'agent' | 'user';
  readonly subject: string;
  readonly per: 'task' | 'day' | 'month';
  readonly spent: string;
  readonly currency: string;
  readonly soft: string | null;
  readonly hard: string | null;
  readonly budget_left: string | null;
  readonly state: 'within' | 'sampled' | 'soft' | 'hard' | 'no_rate';
  readonly exhausted_at: string | null;
  readonly unpriced_calls: number;
  readonly sampled_runs: number;
  readonly tasks: number;
  readonly tasks_over_hard: number;
  readonly dearest_task: string;
  readonly on_breach: string;
  readonly owner: string;
}

export interface DepartmentRow extends Sampling {
  /** Whose work it was. */
  readonly department: string;
  /** Whose agent it is. */
  readonly owner_department: string;
  readonly cost: string | null;
  readonly tasks: number;
  readonly unpriced: number;
}

export interface UserRow extends Sampling {
  readonly user_id: string;
  readonly cost: string | null;
  readonly tasks: number;
  readonly unpriced: number;
}

export interface ModelRow extends Sampling {
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  readonly tasks: number;
  readonly input_tokens: number;
  readonly cached_input_tokens: number;
  readonly cache_write_tokens: number;
  readonly output_tokens: number;
  readonly priced_tokens: number;
  readonly cost: string | null;
  readonly unpriced: number;
}

export interface CoverageRow extends Sampling {
  readonly tasks: number;
  readonly ended: number;
  readonly known_outcomes: number;
  readonly self_reported: number;
  /** Tasks that both a human and the agent itself judged, and those where they differ. */
  readonly judged_twice: number;
  readonly contradicted: number;
  /** Tasks of agents whose telemetry the registry declares complete. */
  readonly declared_complete: number;
  readonly inferred_tool_calls: number;
  readonly tool_calls: number;
  readonly priced_tokens: number;
  readonly tokens: number;
  readonly without_usage: number;
  readonly model_charges: number;
}

export interface DisagreementRow {
  readonly agent: string;
  readonly environment: string;
  readonly tasks: number;
  readonly judged_by_two: number;
  readonly disagreed: number;
  readonly agent_human: number;
  readonly agent_human_disagreed: number;
  readonly agent_system: number;
  readonly agent_system_disagreed: number;
  readonly agent_evaluator: number;
  readonly agent_evaluator_disagreed: number;
  readonly evaluator_human: number;
  readonly evaluator_human_disagreed: number;
  readonly system_human: number;
  readonly system_human_disagreed: number;
  readonly overclaimed: number;
}

/** An objective of the registry over its own window, whatever period the report is limited to. */
export interface ObjectiveRow {
  readonly agent: string;
  readonly slo: string;
  readonly environment: string;
  /** Percent; null only measures. */
  readonly objective: number | null;
  readonly window: string;
  /** Percent; a mean where there is no interval. */
  readonly value: number | null;
  readonly numerator: number;
  readonly denominator: number;
  readonly value_low: number | null;
  readonly value_high: number | null;
  readonly coverage: number | null;
  /** Share of the error budget: 1 untouched, below 0 overspent. */
  readonly budget_left: number | null;
  readonly exhausted_at: string | null;
  /** Runs of the window of which only a part came. */
  readonly sampled_runs: number;
}

/** What ran in circles, by agent, pattern and what repeated. */
export interface LoopRow {
  readonly agent: string;
  readonly pattern: string;
  readonly subject: string;
  readonly findings: number;
  readonly wasted_calls: number;
  readonly wasted_tokens: number;
  /** null: the cost of none of them is known. */
  readonly wasted_cost: string | null;
  readonly currency: string;
  readonly last: string;
  /** The latest run that shows it. */
  readonly run_id: string;
}

export interface ViolationRow {
  readonly kind: string;
  readonly agent: string;
  readonly subject: string;
  readonly count: number;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly run_id: string;
}

export interface ResponseRow {
  readonly severity: string;
  readonly fired: number;
  /** Somebody took it. */
  readonly acknowledged: number;
  /** Nobody had in time, and the next one was called. */
  readonly escalated: number;
  /** From notification to acknowledgement, of those that somebody took; null where nobody took any. */
  readonly mean_ms: number | null;
  readonly longest_ms: number | null;
}

export interface UnactedAlertRow {
  readonly alert: string;
  /** Agent, budget, tool or source; empty where it is of none. */
  readonly of: string;
  readonly severity: string;
  readonly operator: string;
  readonly fired: number;
  readonly last: string;
  readonly summary: string;
}

export interface ConservationRow {
  readonly source: string;
  readonly signal: string;
  readonly received: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly dead_letters: number;
  readonly dropped: number;
  readonly pending: number;
  /** Items unaccounted for, summed over the minutes without their signs: 0 when right. */
  readonly off: number;
}

export interface DeadLetterRow {
  readonly why: string;
  readonly items: number;
}

export interface DroppedRow {
  readonly service: string;
  readonly items: number;
}
