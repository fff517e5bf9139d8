/**
 * Every attribute name of our own, once. Everything else is the OpenTelemetry GenAI convention.
 * They are read from spans, from resources and from baggage copied onto spans.
 */
export const ATTR = {
  /** The unit of work that the business counts; shared by every trace that belongs to it. */
  taskId: 'agentops.task.id',
  taskType: 'agentops.task.type',
  /** One of {@link OUTCOMES} without `open` and `abandoned`, which are derived. */
  taskOutcome: 'agentops.task.outcome',
  /** One of {@link OUTCOME_SOURCES}; `agent` when absent. */
  taskOutcomeSource: 'agentops.task.outcome.source',
  /** Free text or a pointer to what the outcome rests on. */
  taskOutcomeEvidence: 'agentops.task.outcome.evidence',
  /** The business's own reference: an order or ticket number. */
  taskRef: 'agentops.task.ref',

  /** Overrides the kind that a dialect derives: one of {@link STEP_KINDS}. */
  kind: 'agentops.kind',
  agentVersion: 'agentops.agent.version',

  department: 'agentops.department',
  team: 'agentops.team',
  costCenter: 'agentops.cost_center',
  tenant: 'agentops.tenant.id',

  toolAmount: 'agentops.tool.amount',
  /** ISO 4217 code of {@link ATTR.toolAmount}. */
  toolCurrency: 'agentops.tool.currency',
  /** read | write | destructive | external */
  toolSideEffect: 'agentops.tool.side_effect',
  toolResource: 'agentops.tool.resource',
  /** Digests: `<place>:<algorithm>:<hex>`, compared only within one prefix. */
  argumentsDigest: 'agentops.tool.arguments.digest',
  argumentsShapeDigest: 'agentops.tool.arguments.shape_digest',
  resultDigest: 'agentops.tool.result.digest',

  approvalId: 'agentops.approval.id',
  /** requested | decided */
  approvalEvent: 'agentops.approval.event',
  /** always | threshold | sample | emitter */
  approvalRule: 'agentops.approval.rule',
  /** approved | edited | rejected | expired */
  approvalDecision: 'agentops.approval.decision',
  approvalChannel: 'agentops.approval.channel',
  approvalReviewer: 'agentops.approval.reviewer',
  approvalRequestedBy: 'agentops.approval.requested_by',
  /** RFC 3339 time by which a decision is due. */
  approvalDeadline: 'agentops.approval.deadline',
  /** Seconds that the rule allows for a decision. */
  approvalSla: 'agentops.approval.sla_s',

  /**
   * Seconds that a person worked on a decision, an escalation or a verdict, measured where they did: never the time
   * that the request waited.
   */
  humanTime: 'agentops.human.time_s',

  /** business | security | reviewers | operator */
  escalationChannel: 'agentops.escalation.channel',
  escalationReason: 'agentops.escalation.reason',

  /** Who produced a `gen_ai.evaluation.*` score: human | system | evaluator. */
  evaluator: 'agentops.evaluation.evaluator',

  /** Random id of one started SDK instance; with {@link ATTR.sequence} gaps become visible. */
  instance: 'agentops.sdk.instance',
  /** 1, 2, 3 … per {@link ATTR.instance}, in order of span end. */
  sequence: 'agentops.sdk.sequence',
  /** Spans that this instance had to drop so far. */
  dropped: 'agentops.sdk.dropped',

  /**
   * What a Collector adds from the registry, for other readers of the stream. Processors attribute by the registry
   * version of a step's own time and read none of these.
   */
  registryAgent: 'agentops.registry.agent',
  registryStage: 'agentops.registry.stage',
  registryOwner: 'agentops.registry.owner',
  registryOperator: 'agentops.registry.operator',
  registryDepartment: 'agentops.registry.department',
} as const;

export const STEP_KINDS = [
  'run',
  'workflow',
  'llm',
  'embedding',
  'tool',
  'handoff',
  'retrieval',
  'approval',
  'evaluation',
  'guardrail',
  'other',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** States of a task. `open` stands outside every ratio. */
export const OUTCOMES = [
  'open',
  'success',
  'failure',
  'escalated',
  'stopped',
  'cancelled',
  'abandoned',
  'unknown',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** In order of evidence, strongest first. */
export const OUTCOME_SOURCES = ['human', 'system', 'evaluator', 'agent', 'emitter'] as const;
export type OutcomeSource = (typeof OUTCOME_SOURCES)[number];

export const TOOL_EFFECTS = ['read', 'write', 'destructive', 'external'] as const;
export type ToolEffect = (typeof TOOL_EFFECTS)[number];

export const APPROVAL_RULES = ['always', 'threshold', 'sample', 'emitter'] as const;
export type ApprovalRule = (typeof APPROVAL_RULES)[number];

export const APPROVAL_DECISIONS = ['pending', 'approved', 'edited', 'rejected', 'expired'] as const;
export type ApprovalDecision = (typeof APPROVAL_DECISIONS)[number];
