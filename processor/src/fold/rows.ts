import type {
  ApprovalFacts,
  EvaluationFacts,
  HandoffFacts,
  InferredToolCall,
  ResourceContext,
  SequenceFacts,
  Step,
  Usage,
} from '../model.ts';
import { NO_CLAIMS } from '../normalize/normalizer.ts';
import { parseUnits } from '../cost/decimal.ts';
import type { Blocks } from '../store/tables.ts';
import type { Charge } from './ports.ts';
import type { Attribution, InferredTool, RunFacts, WrittenStep } from './project.ts';
import { summarize } from './run-summary.ts';
import type { Item, Skeleton, TraceSet } from './trace-set.ts';
import type { Node } from './tree.ts';

type StepColumns = Blocks['steps']['columns'];

const NO_USAGE: Usage = {
  input: 0,
  cachedInput: 0,
  cacheWrite: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
};

const NO_VARIANTS: readonly string[] = [];

export function writeStep(c: StepColumns, item: Item, written: WrittenStep, version: number): void {
  const { step, position } = item;
  const { attribution } = written;
  const { model, tool } = step;
  const usage = model?.usage ?? null;
  const counts = usage ?? NO_USAGE;
  const entry = tool === null ? null : attribution.agent.tool(tool.name);
  c.trace_id.push(step.traceId);
  c.span_id.push(step.spanId);
  c.parent_span_id.push(step.parentSpanId);
  c.started_at.push(step.startedAt);
  c.ended_at.push(step.endedAt);
  c.kind.push(step.kind);
  c.name.push(step.name);
  c.status.push(step.status);
  c.status_message.push(step.statusMessage);
  c.error_type.push(step.errorType);
  c.dialect.push(step.dialect);
  c.service.push(step.resource.service);
  c.environment.push(attribution.environment);
  c.run_id.push(attribution.runId);
  c.task_id.push(attribution.taskId);
  c.agent.push(attribution.agent.id);
  c.user_id.push(attribution.userId);
  c.tool.push(tool?.name ?? '');
  c.tool_call_id.push(tool?.callId ?? '');
  c.effect.push(tool === null ? '' : tool.effect || (entry?.effect ?? ''));
  c.risk.push(entry?.risk ?? '');
  c.resource.push(tool === null ? '' : tool.resource || (entry?.resource ?? ''));
  c.amount.push(tool === null || tool.amount === '' ? null : parseUnits(tool.amount));
  c.amount_currency.push(tool?.amountCurrency ?? '');
  c.arguments_digest.push(tool?.argumentsDigest ?? '');
  c.arguments_shape_digest.push(tool?.argumentsShapeDigest ?? '');
  c.result_digest.push(tool?.resultDigest ?? '');
  c.approval_id.push(step.approval?.id ?? '');
  c.request_model.push(model?.requestModel ?? '');
  c.response_model.push(model?.responseModel ?? '');
  c.provider.push(model?.provider ?? '');
  c.response_id.push(model?.responseId ?? '');
  c.usage_known.push(usage === null ? 0 : 1);
  writeUsage(c, counts);
  c.reported_cost.push(model?.reportedCost ?? '');
  c.reported_currency.push(model?.reportedCurrency ?? '');
  c.counted.push(written.counted ? 1 : 0);
  c.inferred.push(0);
  c.waiting.push(step.waiting ? 1 : 0);
  c.sampled_share.push(step.sampledShare);
  c.attribute_count.push(step.attributeCount);
  c.dropped_attributes.push(step.droppedAttributes);
  c.claims.push(step.claims === NO_CLAIMS ? '' : claimsText(step));
  c.facts.push(factsText(step));
  c.resource_context.push(resourceText(step.resource));
  c.variants.push(item.variants.length === 0 ? NO_VARIANTS : item.variants);
  c.source.push(position.source);
  c.source_offset.push(position.offset);
  c.source_index.push(position.index);
  c.received_at.push(position.receivedAt);
  c.version.push(version);
  c.deleted.push(0);
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
  usage: Usage,
): void {
  c.input_tokens.push(usage.input);
  c.cached_input_tokens.push(usage.cachedInput);
  c.cache_write_tokens.push(usage.cacheWrite);
  c.cache_write_5m_tokens.push(usage.cacheWrite5m);
  c.cache_write_1h_tokens.push(usage.cacheWrite1h);
  c.output_tokens.push(usage.output);
  c.reasoning_tokens.push(usage.reasoning);
}

/** Only what is said: empty fields are left out. */
function claimsText(step: Step): string {
  return JSON.stringify(step.claims, (_, value) => (value === '' ? undefined : value));
}

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

/** A resource's text is made once: the object is shared by all its spans. */
const resourceTexts = new WeakMap<ResourceContext, string>();
function resourceText(resource: ResourceContext): string {
  let text = resourceTexts.get(resource);
  if (text === undefined) {
    text = JSON.stringify(resource, (_, value) => (value === '' ? undefined : value));
    resourceTexts.set(resource, text);
  }
  return text;
}

const NO_TIME = 0n;

export function writeSkeleton(c: StepColumns, set: TraceSet, skeleton: Skeleton, version: number): void {
  writeStub(c, {
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
  c: StepColumns,
  tool: InferredTool,
  attribution: Attribution,
  version: number,
  deleted: boolean,
): void {
  const { step } = tool.node;
  const entry = attribution.agent.tool(tool.call.name);
  writeStub(c, {
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
}

/** A row that no received item stands behind: a link of the tree, or an inferred call. */
function writeStub(c: StepColumns, stub: Stub): void {
  const at = stub.attribution;
  c.trace_id.push(stub.traceId);
  c.span_id.push(stub.spanId);
  c.parent_span_id.push(stub.parentSpanId);
  c.started_at.push(stub.startedAt);
  c.ended_at.push(stub.endedAt);
  c.kind.push(stub.kind);
  c.name.push(stub.name ?? '');
  c.status.push('unset');
  c.status_message.push('');
  c.error_type.push('');
  c.dialect.push(stub.dialect ?? '');
  c.service.push(stub.service);
  c.environment.push(at?.environment ?? '');
  c.run_id.push(at?.runId ?? '');
  c.task_id.push(at?.taskId ?? '');
  c.agent.push(at?.agent.id ?? '');
  c.user_id.push(at?.userId ?? '');
  c.tool.push(stub.tool ?? '');
  c.tool_call_id.push(stub.toolCallId ?? '');
  c.effect.push(stub.effect ?? '');
  c.risk.push(stub.risk ?? '');
  c.resource.push(stub.resource ?? '');
  c.amount.push(null);
  c.amount_currency.push('');
  c.arguments_digest.push(stub.argumentsDigest ?? '');
  c.arguments_shape_digest.push(stub.argumentsShapeDigest ?? '');
  c.result_digest.push('');
  c.approval_id.push('');
  c.request_model.push('');
  c.response_model.push('');
  c.provider.push('');
  c.response_id.push('');
  c.usage_known.push(0);
  writeUsage(c, NO_USAGE);
  c.reported_cost.push('');
  c.reported_currency.push('');
  c.counted.push(stub.inferred ? 1 : 0);
  c.inferred.push(stub.inferred ? 1 : 0);
  c.waiting.push(0);
  c.sampled_share.push(1);
  c.attribute_count.push(0);
  c.dropped_attributes.push(0);
  c.claims.push('');
  c.facts.push('');
  c.resource_context.push('');
  c.variants.push(NO_VARIANTS);
  c.source.push('');
  c.source_offset.push(0);
  c.source_index.push(0);
  c.received_at.push(0);
  c.version.push(stub.version);
  c.deleted.push(stub.deleted ? 1 : 0);
}

/** `charge` null with `deleted`: takes a charge back. */
export function writeCharge(
  c: Blocks['costLedger']['columns'],
  step: Step,
  at: Attribution,
  charge: Charge | null,
  version: number,
  deleted: boolean,
): void {
  const { model, tool } = step;
  const usage = charge?.kind === 'model' ? (model?.usage ?? null) : null;
  const kind = charge?.kind ?? (step.kind === 'tool' ? 'tool' : 'model');
  c.trace_id.push(step.traceId);
  c.span_id.push(step.spanId);
  c.kind.push(kind);
  c.started_at.push(step.startedAt);
  c.at.push(step.endedAt);
  c.charge_id.push(
    model !== null && model.responseId !== '' ? `${charge?.provider ?? model.provider}:${model.responseId}` : '',
  );
  c.task_id.push(at.taskId);
  c.run_id.push(at.runId);
  c.agent.push(at.agent.id);
  c.environment.push(at.environment);
  c.department.push(at.department);
  c.team.push(at.team);
  c.cost_center.push(at.costCenter);
  c.tenant.push(at.tenant);
  c.user_id.push(at.userId);
  c.owner_department.push(at.agent.ownerDepartment);
  c.owner_team.push(at.agent.ownerTeam);
  c.owner_cost_center.push(at.agent.ownerCostCenter);
  c.provider.push(charge?.provider ?? model?.provider ?? '');
  c.model.push(charge?.model ?? '');
  c.tool.push(kind === 'tool' ? (tool?.name ?? '') : '');
  writeUsage(c, usage ?? NO_USAGE);
  c.usage_known.push(usage === null ? 0 : 1);
  c.amount.push(charge?.amount ?? null);
  c.amount_currency.push(charge?.amountCurrency ?? '');
  c.reported_amount.push(charge?.reportedAmount ?? null);
  c.reported_currency.push(charge?.reportedCurrency ?? '');
  c.cost.push(charge?.cost ?? null);
  c.currency.push(charge?.currency ?? '');
  c.state.push(charge?.state ?? '');
  c.price_id.push(charge?.priceId ?? '');
  c.confidence.push(charge?.confidence ?? '');
  c.version.push(version);
  c.deleted.push(deleted ? 1 : 0);
}

/** Requests name the tool by the call that they ask for: their own, or the one that they stand under. */
export function writeApproval(
  c: Blocks['approvalEvents']['columns'],
  node: Node,
  at: Attribution,
  version: number,
): void {
  const { step } = node;
  const facts = step.approval!;
  const call = step.tool ?? node.parent?.step.tool ?? null;
  c.trace_id.push(step.traceId);
  c.span_id.push(step.spanId);
  c.started_at.push(step.startedAt);
  c.ended_at.push(step.endedAt);
  c.approval_id.push(facts.id || `${step.traceId}-${step.spanId}`);
  c.event.push(facts.event);
  c.task_id.push(at.taskId);
  c.run_id.push(at.runId);
  c.conversation_id.push(at.conversationId);
  c.agent.push(at.agent.id);
  c.tool.push(call?.name ?? '');
  c.tool_call_id.push(call?.callId ?? '');
  c.amount.push(call === null || call.amount === '' ? null : parseUnits(call.amount));
  c.amount_currency.push(call?.amountCurrency ?? '');
  c.requested_by.push(facts.requestedBy);
  c.rule.push(facts.rule);
  c.decision.push(facts.decision);
  c.channel.push(facts.channel);
  c.reviewer.push(facts.reviewer);
  c.sla_ms.push(Math.round(facts.slaS * 1000));
  c.deadline.push(facts.deadline);
  c.version.push(version);
  c.deleted.push(0);
}

export function writeEvaluation(
  c: Blocks['evaluations']['columns'],
  step: Step,
  at: Attribution,
  version: number,
): void {
  const facts = step.evaluation!;
  c.trace_id.push(step.traceId);
  c.span_id.push(step.spanId);
  c.at.push(step.endedAt);
  c.run_id.push(at.runId);
  c.task_id.push(at.taskId);
  c.agent.push(at.agent.id);
  c.name.push(facts.name);
  c.score.push(facts.score);
  c.label.push(facts.label);
  c.evaluator.push(facts.evaluator);
  c.version.push(version);
  c.deleted.push(0);
}

/** A run without nodes is one that an earlier state of the set showed and this one does not: deleted. */
export function writeRun(c: Blocks['runs']['columns'], run: RunFacts, version: number): void {
  const { attribution: at, claims, root } = run;
  const summary = summarize(run);
  c.trace_id.push(run.traceId);
  c.root_span_id.push(run.rootSpanId);
  c.run_id.push(run.runId);
  c.task_id.push(claims.taskId);
  c.task_ref.push(claims.taskRef);
  c.task_type.push(claims.taskType);
  c.conversation_id.push(claims.conversationId);
  c.agent.push(at.agent.id);
  c.agents.push(run.agents);
  c.agent_version.push(claims.agentVersion || (root?.resource.version ?? ''));
  c.registered.push(at.agent.registered ? 1 : 0);
  c.stage.push(at.agent.stage);
  c.environment.push(at.environment);
  c.service.push((root ?? run.nodes[0]?.step)?.resource.service ?? '');
  c.department.push(at.department);
  c.team.push(at.team);
  c.cost_center.push(at.costCenter);
  c.tenant.push(at.tenant);
  c.user_id.push(at.userId);
  c.owner_department.push(at.agent.ownerDepartment);
  c.owner_team.push(at.agent.ownerTeam);
  c.owner_cost_center.push(at.agent.ownerCostCenter);
  c.started_at.push(summary.startedAt);
  c.ended_at.push(summary.endedAt);
  c.deadline_at.push(summary.startedAt === NO_TIME ? NO_TIME : summary.startedAt + at.agent.taskTimeoutNs);
  c.settles_at.push(summary.endedAt === NO_TIME ? NO_TIME : summary.endedAt + at.agent.taskIdleNs);
  c.root_seen.push(root === null ? 0 : 1);
  c.waiting.push(summary.waiting ? 1 : 0);
  c.root_error.push(summary.rootError ? 1 : 0);
  c.error_type.push(root?.errorType ?? '');
  c.success_without_verdict.push(at.agent.successWithoutVerdict ? 1 : 0);
  c.steps.push(run.nodes.length);
  c.model_calls.push(summary.modelCalls);
  c.tool_calls.push(summary.toolCalls);
  c.inferred_tool_calls.push(run.inferred.length);
  c.tool_errors.push(summary.toolErrors);
  c.handoffs.push(summary.handoffs);
  c.planned_interventions.push(summary.planned);
  c.unplanned_interventions.push(summary.unplanned);
  c.conflicts.push(summary.conflicts);
  c.dropped_attributes.push(summary.droppedAttributes);
  c.sampled_share.push(summary.sampledShare);
  c.telemetry.push(at.agent.telemetry);
  c.verdict_outcomes.push(summary.verdicts.map((verdict) => verdict.outcome));
  c.verdict_sources.push(summary.verdicts.map((verdict) => verdict.source));
  c.verdict_times.push(summary.verdicts.map((verdict) => verdict.at));
  c.verdict_evidence.push(summary.verdicts.map((verdict) => verdict.evidence));
  c.registry_version.push(run.registry.hash);
  c.registry_backfilled.push(run.registry.backfilled ? 1 : 0);
  c.version.push(version);
  c.deleted.push(run.nodes.length === 0 ? 1 : 0);
}
