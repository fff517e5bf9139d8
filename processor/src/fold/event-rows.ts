import { parseUnits } from '../cost/decimal.ts';
import type { LoopFinding } from '../loops/index.ts';
import type { StepRow } from '../steps/row.ts';
import type { Blocks } from '../store/tables.ts';
import type { Attribution } from './attribution.ts';
import type { RunFacts } from './runs.ts';
import type { WrittenLoop } from './trace-set.ts';
import type { Node } from './tree.ts';

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
  const call =
    step.toolName === '' && node.parent !== null && node.parent.step.hasTool ? node.parent.step : step;
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
  c.tool.set(row, call.toolName);
  c.tool_call_id.set(row, call.callId);
  if (call.amount !== '') c.amount.set(row, parseUnits(call.amount));
  c.amount_currency.set(row, call.amountCurrency);
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
  step: StepRow,
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
