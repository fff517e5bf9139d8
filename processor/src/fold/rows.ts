import { parseUnits } from '../cost/decimal.ts';
import type { LoopFinding } from '../loops/index.ts';
import type {
  ApprovalFacts,
  Claims,
  EvaluationFacts,
  HandoffFacts,
  InferredToolCall,
  ModelFacts,
  ResourceContext,
  SequenceFacts,
  Step,
  ToolFacts,
  Usage,
} from '../model.ts';
import { NO_CLAIMS } from '../normalize/normalizer.ts';
import type { Blocks } from '../store/tables.ts';
import type { AgentFacts, Charge } from './ports.ts';
import type { Attribution, InferredTool, RunFacts } from './project.ts';
import { summarize } from './run-summary.ts';
import type { Skeleton, TraceSet, WrittenLoop } from './trace-set.ts';
import type { Node } from './tree.ts';

type StepBlock = Blocks['steps'];

/** `calledOn`: the invocation of an agent by the run's own. */
export function writeStep(
  block: StepBlock,
  { item, counted, failed }: Node,
  attribution: Attribution,
  calledOn: boolean,
  version: number,
): void {
  const c = block.columns;
  const row = block.add();
  const { step, receipt } = item;
  const { model, tool } = step;
  c.trace_id.set(row, step.traceId);
  c.span_id.set(row, step.spanId);
  c.parent_span_id.set(row, step.parentSpanId);
  c.started_at.set(row, step.startedAt);
  c.ended_at.set(row, step.endedAt);
  c.kind.set(row, step.kind);
  c.name.set(row, step.name);
  c.status.set(row, step.status);
  c.status_message.set(row, step.statusMessage);
  c.error_type.set(row, step.errorType);
  c.dialect.set(row, step.dialect);
  c.service.set(row, step.resource.service);
  c.environment.set(row, attribution.environment);
  c.run_id.set(row, attribution.runId);
  c.task_id.set(row, attribution.taskId);
  c.agent.set(row, attribution.agent.id);
  c.user_id.set(row, attribution.userId);
  if (tool !== null) writeTool(c, row, tool, attribution.agent);
  if (step.approval !== null) c.approval_id.set(row, step.approval.id);
  if (model !== null) writeModel(c, row, model);
  c.counted.set(row, counted ? 1 : 0);
  if (step.waiting) c.waiting.set(row, 1);
  c.sampled_share.set(row, step.sampledShare);
  c.attribute_count.set(row, step.attributeCount);
  c.dropped_attributes.set(row, step.droppedAttributes);
  if (counted && failed && step.status !== 'error') c.failed_inside.set(row, 1);
  if (counted) writePolicy(c, row, step, attribution.agent);
  if (calledOn) writeStanding(c, row, step, attribution.agent);
  if (step.claims !== NO_CLAIMS) c.claims.set(row, claimsText(step.claims));
  c.facts.set(row, factsText(step));
  c.resource_context.set(row, resourceText(step.resource));
  if (item.variants.length > 0) c.variants.set(row, item.variants);
  c.source.set(row, receipt.source);
  c.source_offset.set(row, receipt.offset);
  c.source_index.set(row, item.index);
  c.received_at.set(row, receipt.receivedAt);
  c.version.set(row, version);
}

type StepColumns = StepBlock['columns'];

function writeTool(c: StepColumns, row: number, tool: ToolFacts, agent: AgentFacts): void {
  const entry = agent.tool(tool.name);
  c.tool.set(row, tool.name);
  c.tool_call_id.set(row, tool.callId);
  c.effect.set(row, tool.effect || (entry?.effect ?? ''));
  c.risk.set(row, entry?.risk ?? '');
  c.resource.set(row, tool.resource || (entry?.resource ?? ''));
  if (tool.amount !== '') c.amount.set(row, parseUnits(tool.amount));
  c.amount_currency.set(row, tool.amountCurrency);
  c.arguments_digest.set(row, tool.argumentsDigest);
  c.arguments_shape_digest.set(row, tool.argumentsShapeDigest);
  c.result_digest.set(row, tool.resultDigest);
}

function writeModel(c: StepColumns, row: number, model: ModelFacts): void {
  c.request_model.set(row, model.requestModel);
  c.response_model.set(row, model.responseModel);
  c.provider.set(row, model.provider);
  c.response_id.set(row, model.responseId);
  c.reported_cost.set(row, model.reportedCost);
  c.reported_currency.set(row, model.reportedCurrency);
  if (model.usage === null) return;
  c.usage_known.set(row, 1);
  writeUsage(c, row, model.usage);
}

/** What the registry says against the call, as of its end. */
function writePolicy(c: StepColumns, row: number, step: Step, { policy }: AgentFacts): void {
  const { model, tool } = step;
  if (step.kind === 'tool' && tool !== null) {
    if (!policy.declaresTool(tool.name)) c.undeclared.set(row, 'tool');
    if (tool.resource !== '' && !policy.declaresData(tool.resource, tool.effect)) {
      c.undeclared_data.set(row, tool.resource);
    }
    const { rule, percent } = policy.approval(tool.name, tool.amount, tool.amountCurrency, step.endedAt);
    c.approval_rule.set(row, rule);
    if (percent > 0) c.approval_percent.set(row, percent);
  } else if (model !== null && (model.requestModel !== '' || model.responseModel !== '')) {
    if (!policy.declaresModel(model.requestModel, model.responseModel)) c.undeclared.set(row, 'model');
  }
}

/** What the registry says against an agent that is called on, as of its end. */
function writeStanding(c: StepColumns, row: number, step: Step, agent: AgentFacts): void {
  if (!agent.registered) c.agent_violation.set(row, 'unregistered_agent');
  else if (agent.stage === 'retired') c.agent_violation.set(row, 'retired_agent');
  const version = step.claims.agentVersion || step.resource.version;
  const declared = agent.policy.version;
  if (version !== '' && declared !== '' && version !== declared) c.undeclared_version.set(row, version);
}

function writeUsage(
  c: Pick<
    StepColumns,
    | 'input_tokens'
    | 'cached_input_tokens'
    | 'cache_write_tokens'
    | 'cache_write_5m_tokens'
    | 'cache_write_1h_tokens'
    | 'output_tokens'
    | 'reasoning_tokens'
  >,
  row: number,
  usage: Usage,
): void {
  c.input_tokens.set(row, usage.input);
  c.cached_input_tokens.set(row, usage.cachedInput);
  c.output_tokens.set(row, usage.output);
  if (usage.reasoning > 0) c.reasoning_tokens.set(row, usage.reasoning);
  if (usage.cacheWrite === 0) return;
  c.cache_write_tokens.set(row, usage.cacheWrite);
  c.cache_write_5m_tokens.set(row, usage.cacheWrite5m);
  c.cache_write_1h_tokens.set(row, usage.cacheWrite1h);
}

/** Only what is said, as JSON: empty fields are left out. */
function claimsText(claims: Claims): string {
  let out = '';
  for (const { field, key } of CLAIM_KEYS) {
    const value = claims[field];
    if (value !== '') out += (out === '' ? '{' : ',') + key + quoted(value);
  }
  return out === '' ? '' : `${out}}`;
}

const CLAIM_KEYS = (Object.keys(NO_CLAIMS) as (keyof Claims)[]).map((field) => ({
  field,
  key: `"${field}":`,
}));

/** A text as JSON writes it; nearly none has anything to escape. */
function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** The facts that have no column of their own; empty for nearly every step. Read back by `store/loader.ts`. */
function factsText(step: Step): string {
  const { model, tool, handoff, approval, evaluation, sequence } = step;
  const calls = model !== null && model.toolCalls.length > 0 ? model.toolCalls : undefined;
  const claimed =
    tool !== null && (tool.effect !== '' || tool.resource !== '')
      ? { effect: tool.effect, resource: tool.resource }
      : undefined;
  const wrapper = model !== null && step.kind !== 'llm' && step.kind !== 'embedding' ? true : undefined;
  if (!calls && !claimed && !wrapper && !handoff && !approval && !evaluation && !sequence) return '';
  return JSON.stringify({
    calls,
    claimed,
    wrapper,
    handoff: handoff ?? undefined,
    approval: approval ?? undefined,
    evaluation: evaluation ?? undefined,
    sequence: sequence ?? undefined,
  } satisfies StoredFacts);
}

/** The shape of the column `facts`. */
export interface StoredFacts {
  readonly calls?: readonly InferredToolCall[] | undefined;
  readonly claimed?: { readonly effect: string; readonly resource: string } | undefined;
  readonly wrapper?: boolean | undefined;
  readonly handoff?: HandoffFacts | undefined;
  readonly approval?: ApprovalFacts | undefined;
  readonly evaluation?: EvaluationFacts | undefined;
  readonly sequence?: SequenceFacts | undefined;
}

/** A resource's text is made once: the object is shared by all its spans, which mostly come together. */
const resourceTexts = new WeakMap<ResourceContext, string>();
let lastResource: ResourceContext | null = null;
let lastResourceText = '';
function resourceText(resource: ResourceContext): string {
  if (resource === lastResource) return lastResourceText;
  let text = resourceTexts.get(resource);
  if (text === undefined) {
    text = JSON.stringify(resource, (_, value) => (value === '' ? undefined : value));
    resourceTexts.set(resource, text);
  }
  lastResource = resource;
  lastResourceText = text;
  return text;
}

const NO_TIME = 0n;

export function writeSkeleton(block: StepBlock, set: TraceSet, skeleton: Skeleton, version: number): void {
  writeStub(block, {
    traceId: set.traceId,
    spanId: skeleton.spanId,
    parentSpanId: skeleton.parentSpanId,
    startedAt: skeleton.startedAt,
    endedAt: skeleton.startedAt,
    kind: 'skeleton',
    service: skeleton.service,
    version,
    deleted: false,
  });
}

export function writeInferredTool(
  block: StepBlock,
  tool: InferredTool,
  attribution: Attribution,
  version: number,
  deleted: boolean,
): void {
  const { step } = tool.node;
  const entry = attribution.agent.tool(tool.call.name);
  writeStub(block, {
    traceId: step.traceId,
    spanId: `${step.spanId}-${tool.index}`,
    parentSpanId: step.spanId,
    startedAt: step.startedAt,
    endedAt: step.endedAt,
    kind: 'tool',
    service: step.resource.service,
    version,
    deleted,
    name: `execute_tool ${tool.call.name}`,
    dialect: step.dialect,
    attribution,
    tool: tool.call.name,
    toolCallId: tool.call.id,
    argumentsDigest: tool.call.argumentsDigest,
    argumentsShapeDigest: tool.call.argumentsShapeDigest,
    effect: entry?.effect ?? '',
    risk: entry?.risk ?? '',
    resource: entry?.resource ?? '',
    inferred: true,
    undeclared: attribution.agent.policy.declaresTool(tool.call.name) ? '' : 'tool',
  });
}

interface Stub {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly startedAt: bigint;
  readonly endedAt: bigint;
  readonly kind: string;
  readonly service: string;
  readonly version: number;
  readonly deleted: boolean;
  readonly name?: string;
  readonly dialect?: string;
  readonly attribution?: Attribution;
  readonly tool?: string;
  readonly toolCallId?: string;
  readonly argumentsDigest?: string;
  readonly argumentsShapeDigest?: string;
  readonly effect?: string;
  readonly risk?: string;
  readonly resource?: string;
  readonly inferred?: boolean;
  readonly undeclared?: string;
}

/** A row that no received item stands behind: a link of the tree, or an inferred call. */
function writeStub(block: StepBlock, stub: Stub): void {
  const c = block.columns;
  const row = block.add();
  const at = stub.attribution;
  c.trace_id.set(row, stub.traceId);
  c.span_id.set(row, stub.spanId);
  c.parent_span_id.set(row, stub.parentSpanId);
  c.started_at.set(row, stub.startedAt);
  c.ended_at.set(row, stub.endedAt);
  c.kind.set(row, stub.kind);
  c.name.set(row, stub.name ?? '');
  c.status.set(row, 'unset');
  c.dialect.set(row, stub.dialect ?? '');
  c.service.set(row, stub.service);
  c.environment.set(row, at?.environment ?? '');
  c.run_id.set(row, at?.runId ?? '');
  c.task_id.set(row, at?.taskId ?? '');
  c.agent.set(row, at?.agent.id ?? '');
  c.user_id.set(row, at?.userId ?? '');
  c.tool.set(row, stub.tool ?? '');
  c.tool_call_id.set(row, stub.toolCallId ?? '');
  c.effect.set(row, stub.effect ?? '');
  c.risk.set(row, stub.risk ?? '');
  c.resource.set(row, stub.resource ?? '');
  c.arguments_digest.set(row, stub.argumentsDigest ?? '');
  c.arguments_shape_digest.set(row, stub.argumentsShapeDigest ?? '');
  c.counted.set(row, stub.inferred ? 1 : 0);
  c.inferred.set(row, stub.inferred ? 1 : 0);
  c.undeclared.set(row, stub.undeclared ?? '');
  c.sampled_share.set(row, 1);
  c.version.set(row, stub.version);
  c.deleted.set(row, stub.deleted ? 1 : 0);
}

/** `charge` null with `deleted`: takes a charge back. */
export function writeCharge(
  block: Blocks['costLedger'],
  step: Step,
  at: Attribution,
  charge: Charge | null,
  version: number,
  deleted: boolean,
): void {
  const { model, tool } = step;
  const c = block.columns;
  const row = block.add();
  const usage = charge?.kind === 'model' ? (model?.usage ?? null) : null;
  const kind = charge?.kind ?? (step.kind === 'tool' ? 'tool' : 'model');
  c.trace_id.set(row, step.traceId);
  c.span_id.set(row, step.spanId);
  c.kind.set(row, kind);
  c.started_at.set(row, step.startedAt);
  c.at.set(row, step.endedAt);
  c.charge_id.set(
    row,
    model !== null && model.responseId !== ''
      ? `${charge?.provider ?? model.provider}:${model.responseId}`
      : '',
  );
  c.task_id.set(row, at.taskId);
  c.run_id.set(row, at.runId);
  c.agent.set(row, at.agent.id);
  c.environment.set(row, at.environment);
  c.department.set(row, at.department);
  c.team.set(row, at.team);
  c.cost_center.set(row, at.costCenter);
  c.tenant.set(row, at.tenant);
  c.user_id.set(row, at.userId);
  c.owner_department.set(row, at.agent.ownerDepartment);
  c.owner_team.set(row, at.agent.ownerTeam);
  c.owner_cost_center.set(row, at.agent.ownerCostCenter);
  c.provider.set(row, charge?.provider ?? model?.provider ?? '');
  c.model.set(row, charge?.model ?? '');
  c.tool.set(row, kind === 'tool' ? (tool?.name ?? '') : '');
  if (usage !== null) {
    c.usage_known.set(row, 1);
    writeUsage(c, row, usage);
  }
  if (charge !== null) {
    c.amount.set(row, charge.amount);
    c.amount_currency.set(row, charge.amountCurrency);
    c.reported_amount.set(row, charge.reportedAmount);
    c.reported_currency.set(row, charge.reportedCurrency);
    c.cost.set(row, charge.cost);
    c.currency.set(row, charge.currency);
    c.state.set(row, charge.state);
    c.price_id.set(row, charge.priceId);
    c.confidence.set(row, charge.confidence);
  }
  c.version.set(row, version);
  if (deleted) c.deleted.set(row, 1);
}

/** Requests name the tool by the call that they ask for: their own, or the one that they stand under. */
export function writeApproval(
  block: Blocks['approvalEvents'],
  node: Node,
  at: Attribution,
  version: number,
): void {
  const c = block.columns;
  const row = block.add();
  const { step } = node;
  const facts = step.approval!;
  // Some name the call by its id alone: the tool stands above.
  const call = (step.tool?.name ? step.tool : node.parent?.step.tool) ?? step.tool;
  c.trace_id.set(row, step.traceId);
  c.span_id.set(row, step.spanId);
  c.started_at.set(row, step.startedAt);
  c.ended_at.set(row, step.endedAt);
  c.approval_id.set(row, facts.id || `${step.traceId}-${step.spanId}`);
  c.event.set(row, facts.event);
  c.task_id.set(row, at.taskId);
  c.run_id.set(row, at.runId);
  c.conversation_id.set(row, at.conversationId);
  c.agent.set(row, at.agent.id);
  c.tool.set(row, call?.name ?? '');
  c.tool_call_id.set(row, call?.callId ?? '');
  c.amount.set(row, call === null || call.amount === '' ? null : parseUnits(call.amount));
  c.amount_currency.set(row, call?.amountCurrency ?? '');
  c.requested_by.set(row, facts.requestedBy);
  c.rule.set(row, facts.rule);
  c.decision.set(row, facts.decision);
  c.channel.set(row, facts.channel);
  c.reviewer.set(row, facts.reviewer);
  c.sla_ms.set(row, Math.round(facts.slaS * 1000));
  c.human_ms.set(row, step.claims.humanMs === '' ? null : Number(step.claims.humanMs));
  c.deadline.set(row, facts.deadline);
  c.version.set(row, version);
}

export function writeEvaluation(
  block: Blocks['evaluations'],
  step: Step,
  at: Attribution,
  version: number,
): void {
  const c = block.columns;
  const row = block.add();
  const facts = step.evaluation!;
  c.trace_id.set(row, step.traceId);
  c.span_id.set(row, step.spanId);
  c.at.set(row, step.endedAt);
  c.run_id.set(row, at.runId);
  c.task_id.set(row, at.taskId);
  c.agent.set(row, at.agent.id);
  c.name.set(row, facts.name);
  c.score.set(row, facts.score);
  c.label.set(row, facts.label);
  c.evaluator.set(row, facts.evaluator);
  c.response_id.set(row, facts.responseId ?? '');
  c.version.set(row, version);
}

/** A circle of a run. */
export function writeLoop(
  block: Blocks['loops'],
  run: RunFacts,
  finding: LoopFinding,
  agent: string,
  currency: string,
  version: number,
): void {
  const c = block.columns;
  const row = block.add();
  c.trace_id.set(row, run.traceId);
  c.finding_id.set(row, finding.findingId);
  c.run_id.set(row, run.runId);
  c.agent.set(row, agent);
  c.environment.set(row, run.attribution.environment);
  c.pattern.set(row, finding.pattern);
  c.subject.set(row, finding.subject);
  c.period.set(row, finding.period);
  c.since_span_id.set(row, finding.sinceSpanId);
  c.detected_at.set(row, finding.detectedAt);
  c.ended_at.set(row, finding.endedAt);
  c.evidence.set(row, finding.evidence);
  c.wasted_calls.set(row, finding.wastedCalls);
  c.wasted_tokens.set(row, Number(finding.wastedTokens));
  c.wasted_cost.set(row, finding.wastedCost);
  c.currency.set(row, currency);
  c.version.set(row, version);
}

/** Takes back a circle that further steps dissolved. */
export function deleteLoop(
  block: Blocks['loops'],
  traceId: string,
  { findingId, detectedAt }: WrittenLoop,
  version: number,
): void {
  const c = block.columns;
  const row = block.add();
  c.trace_id.set(row, traceId);
  c.finding_id.set(row, findingId);
  c.detected_at.set(row, detectedAt);
  c.version.set(row, version);
  c.deleted.set(row, 1);
}

/** A run without nodes is one that an earlier state of the set showed and this one does not: deleted. */
export function writeRun(block: Blocks['runs'], run: RunFacts, version: number): void {
  const c = block.columns;
  const row = block.add();
  const { attribution: at, claims, root } = run;
  const summary = summarize(run);
  c.trace_id.set(row, run.traceId);
  c.root_span_id.set(row, run.rootSpanId);
  c.run_id.set(row, run.runId);
  c.task_id.set(row, claims.taskId);
  c.task_ref.set(row, claims.taskRef);
  c.task_type.set(row, claims.taskType);
  c.conversation_id.set(row, claims.conversationId);
  c.agent.set(row, at.agent.id);
  c.agents.set(row, run.agents);
  c.agent_version.set(row, claims.agentVersion || (root?.resource.version ?? ''));
  c.registered.set(row, at.agent.registered ? 1 : 0);
  c.declared_version.set(row, at.agent.policy.version);
  c.stage.set(row, at.agent.stage);
  c.environment.set(row, at.environment);
  c.service.set(row, (root ?? run.nodes[0]?.step)?.resource.service ?? '');
  c.department.set(row, at.department);
  c.team.set(row, at.team);
  c.cost_center.set(row, at.costCenter);
  c.tenant.set(row, at.tenant);
  c.user_id.set(row, at.userId);
  c.owner_department.set(row, at.agent.ownerDepartment);
  c.owner_team.set(row, at.agent.ownerTeam);
  c.owner_cost_center.set(row, at.agent.ownerCostCenter);
  c.started_at.set(row, summary.startedAt);
  c.ended_at.set(row, summary.endedAt);
  c.deadline_at.set(
    row,
    summary.startedAt === NO_TIME ? NO_TIME : summary.startedAt + at.agent.taskTimeoutNs,
  );
  c.settles_at.set(row, summary.endedAt === NO_TIME ? NO_TIME : summary.endedAt + at.agent.taskIdleNs);
  c.root_seen.set(row, summary.rootSeen ? 1 : 0);
  c.waiting.set(row, summary.waiting ? 1 : 0);
  c.root_error.set(row, summary.rootError ? 1 : 0);
  c.error_type.set(row, root?.errorType ?? '');
  c.success_without_verdict.set(row, at.agent.successWithoutVerdict ? 1 : 0);
  c.steps.set(row, run.nodes.length);
  c.model_calls.set(row, summary.modelCalls);
  c.tool_calls.set(row, summary.toolCalls);
  c.inferred_tool_calls.set(row, run.inferred.length);
  c.tool_errors.set(row, summary.toolErrors);
  c.handoffs.set(row, summary.handoffs);
  c.planned_interventions.set(row, summary.planned);
  c.unplanned_interventions.set(row, summary.unplanned);
  c.human_steps.set(row, summary.humanSteps);
  c.human_timed.set(row, summary.humanTimed);
  c.human_ms.set(row, summary.humanMs);
  c.conflicts.set(row, summary.conflicts);
  c.dropped_attributes.set(row, summary.droppedAttributes);
  c.sampled_share.set(row, summary.sampledShare);
  c.telemetry.set(row, at.agent.telemetry);
  c.verdict_outcomes.set(
    row,
    summary.verdicts.map((verdict) => verdict.outcome),
  );
  c.verdict_sources.set(
    row,
    summary.verdicts.map((verdict) => verdict.source),
  );
  c.verdict_times.set(
    row,
    summary.verdicts.map((verdict) => verdict.at),
  );
  c.verdict_evidence.set(
    row,
    summary.verdicts.map((verdict) => verdict.evidence),
  );
  c.registry_version.set(row, run.registry.hash);
  c.registry_backfilled.set(row, run.registry.backfilled ? 1 : 0);
  c.version.set(row, version);
  c.deleted.set(row, run.nodes.length === 0 ? 1 : 0);
}
