import type { Blocks } from '../store/tables.ts';
import { summarize } from './run-summary.ts';
import type { RunFacts } from './runs.ts';

const NO_TIME = 0n;

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
