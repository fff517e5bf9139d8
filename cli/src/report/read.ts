import type { Access } from '../access.ts';
import type {
  AgentRow,
  ConservationRow,
  CoverageRow,
  DeadLetterRow,
  DepartmentRow,
  DisagreementRow,
  DroppedRow,
  LoopRow,
  ModelRow,
  ObjectiveRow,
  Report,
  ResponseRow,
  Sampling,
  UnactedAlertRow,
  UserRow,
  ViolationRow,
} from './model.ts';
import { readBudgets, readForecasts, readHuman, readIndicators } from './read-finops.ts';
import { SAMPLED_RUNS, SAMPLING, SAMPLING_OF_CHARGES } from './sampling.ts';

/** One reading of all tasks, for the parts of the report that speak of the whole. */
interface WholeRow extends Omit<Report['slis'], 'tool_calls' | 'tool_errors'>, Sampling {
  readonly all_tool_calls: number;
  readonly all_tool_errors: number;
  readonly all_inferred: number;
  readonly reporting_currency: string;
  readonly first: string | null;
  readonly last: string | null;
  readonly self_reported: number;
  readonly judged_twice: number;
  readonly contradicted: number;
  readonly declared_complete: number;
}

export interface ReportFilter {
  /** How far back, in seconds; null for everything. */
  readonly seconds: number | null;
  /** One agent only: tasks that it began, charges that it made. */
  readonly agent: string | null;
}

/** Success is a share of the tasks that ended with an outcome somebody knows. */
const JUDGED = `outcome NOT IN ('open', 'unknown')`;
/** The outcome that stands first among the verdicts of a source; empty without one. An unknown outcome judges nothing. */
const HUMAN = `replaceOne(arrayFirst(v -> v.2 = 'human', verdicts).1, 'unknown', '')`;
const SELF = `replaceOne(arrayFirst(v -> v.2 = 'agent', verdicts).1, 'unknown', '')`;
/** A task whose cost is known and whole, as the SLI cost_per_task counts them. */
const PRICED = `outcome != 'open' AND cost IS NOT NULL AND unpriced_calls = 0`;
/** A request that is decided, or whose time is over, as the SLI reviewer_response counts them. */
const DUE = `sla_ms > 0 AND (decision != 'pending' OR late)`;
const TOKENS = 'input_tokens + cached_input_tokens + cache_write_tokens + output_tokens';

const DISAGREEMENT = [
  'tasks',
  'judged_by_two',
  'disagreed',
  'agent_human',
  'agent_human_disagreed',
  'agent_system',
  'agent_system_disagreed',
  'agent_evaluator',
  'agent_evaluator_disagreed',
  'evaluator_human',
  'evaluator_human_disagreed',
  'system_human',
  'system_human_disagreed',
  'overclaimed',
] as const satisfies readonly (keyof DisagreementRow)[];

/** Reads the whole report from the documented views: counts as numbers, amounts as exact decimal texts. */
export async function readReport(access: Pick<Access, 'query'>, filter: ReportFilter): Promise<Report> {
  const params = { seconds: filter.seconds ?? 0, agent: filter.agent ?? '', zone: await readZone(access) };
  const since = (time: string): string[] =>
    filter.seconds === null ? [] : [`${time} >= now64(9) - INTERVAL {seconds:UInt64} SECOND`];
  const sinceDay =
    filter.seconds === null ? [] : ['day >= toDate(now() - INTERVAL {seconds:UInt64} SECOND, {zone:String})'];
  const byAgent = filter.agent === null ? [] : ['agent = {agent:String}'];
  const tasks = `agentops.task_outcomes ${where([...since('ended_at'), ...byAgent])}`;
  const entries = `agentops.cost_entries ${where([...since('at'), ...byAgent])}`;
  const receipts = where(since('received_at'));

  /** 64-bit integers come as texts, so that none loses a digit; counts are far below 2^53. */
  async function ask<Row extends object>(
    sql: string,
    counts: readonly (keyof Row & string)[],
  ): Promise<Row[]> {
    const rows = await access.query<Record<string, unknown>>(sql, params);
    return rows.map((row) => {
      for (const key of counts) row[key] = Number(row[key]);
      return row as Row;
    });
  }

  const agents = await ask<AgentRow>(
    `SELECT agent, environment, any(registered) AS registered, argMax(stage, started_at) AS stage, count() AS tasks,
       countIf(outcome = 'success') AS success, countIf(${JUDGED}) AS judged, countIf(outcome != 'open') AS ended,
       countIf(outcome = 'unknown') AS unknown, countIf(outcome = 'open') AS open,
       countIf(outcome = 'abandoned') AS abandoned, countIf(outcome = 'escalated') AS escalated,
       sum(model_calls) AS model_calls, sum(tool_calls) AS tool_calls, sum(tool_errors) AS tool_errors,
       countIf(outcome != 'open' AND planned_interventions > 0) AS planned,
       countIf(outcome != 'open' AND unplanned_interventions > 0) AS unplanned,
       if(ended = 0, NULL, quantileExactIf(0.5)(duration_ms, outcome != 'open')) AS p50_ms,
       if(ended = 0, NULL, quantileExactIf(0.95)(duration_ms, outcome != 'open')) AS p95_ms,
       sum(t.cost) AS cost, sumIf(t.cost, priced) AS cost_priced,
       countIf(priced) AS tasks_priced, sum(unpriced_calls) AS unpriced, any(t.currency) AS currency,
       ${SAMPLING}
     FROM (SELECT *, ${PRICED} AS priced FROM ${tasks}) AS t GROUP BY agent, environment ORDER BY tasks DESC, agent, environment`,
    [
      'registered',
      'tasks',
      'success',
      'judged',
      'ended',
      'unknown',
      'open',
      'abandoned',
      'escalated',
      'model_calls',
      'tool_calls',
      'tool_errors',
      'planned',
      'unplanned',
      'tasks_priced',
      'unpriced',
      'sampled',
    ],
  );
  const [whole] = await ask<WholeRow>(
    `SELECT count() AS tasks, countIf(outcome = 'success') AS success, countIf(${JUDGED}) AS judged,
       countIf(outcome != 'open') AS ended, sum(tool_calls) AS all_tool_calls, sum(tool_errors) AS all_tool_errors,
       countIf(outcome != 'open' AND planned_interventions > 0) AS planned,
       countIf(outcome != 'open' AND unplanned_interventions > 0) AS unplanned,
       sumIf(cost, ${PRICED}) AS cost_priced, countIf(${PRICED}) AS tasks_priced,
       any(currency) AS reporting_currency,
       if(tasks = 0, NULL, min(started_at)) AS first, if(tasks = 0, NULL, max(ended_at)) AS last,
       if(ended = 0, NULL, quantileExactIf(0.5)(duration_ms, outcome != 'open')) AS p50_ms,
       if(ended = 0, NULL, quantileExactIf(0.95)(duration_ms, outcome != 'open')) AS p95_ms,
       countIf(${JUDGED} AND outcome_source IN ('agent', 'emitter')) AS self_reported,
       countIf(${HUMAN} != '' AND ${SELF} != '') AS judged_twice,
       countIf(${HUMAN} != '' AND ${SELF} != '' AND (${HUMAN} = 'success') != (${SELF} = 'success')) AS contradicted,
       ${SAMPLING}, countIf(telemetry = 'complete') AS declared_complete,
       sum(inferred_tool_calls) AS all_inferred
     FROM ${tasks}`,
    [
      'tasks',
      'success',
      'judged',
      'ended',
      'all_tool_calls',
      'all_tool_errors',
      'planned',
      'unplanned',
      'tasks_priced',
      'self_reported',
      'judged_twice',
      'contradicted',
      'sampled',
      'declared_complete',
      'all_inferred',
    ],
  );
  const [reviews] = await ask<{ asked: number; decided: number; with_sla: number; in_time: number }>(
    `SELECT count() AS asked, countIf(decision NOT IN ('pending', 'expired')) AS decided,
       countIf(${DUE}) AS with_sla, countIf(${DUE} AND NOT late) AS in_time
     FROM agentops.approvals ${where([...since('requested_at'), ...byAgent])}`,
    ['asked', 'decided', 'with_sla', 'in_time'],
  );
  const [charged] = await ask<
    Pick<CoverageRow, 'priced_tokens' | 'tokens' | 'without_usage' | 'model_charges'>
  >(
    `SELECT sumIf(${TOKENS}, cost IS NOT NULL) AS priced_tokens, sum(${TOKENS}) AS tokens,
       countIf(usage_known = 0 AND kind = 'model') AS without_usage, countIf(kind = 'model') AS model_charges
     FROM ${entries}`,
    ['priced_tokens', 'tokens', 'without_usage', 'model_charges'],
  );
  /** Charges with, as `s`, the sampled run that they belong to. */
  const charges = `(SELECT * FROM ${entries}) AS e ${SAMPLED_RUNS}`;
  const [ledger] = await ask<Report['cost']>(
    `SELECT sum(e.cost) AS cost, countIf(e.cost IS NULL) AS unpriced, uniqExact(task_id) AS tasks,
       ${SAMPLING_OF_CHARGES}
     FROM ${charges}`,
    ['unpriced', 'tasks', 'sampled'],
  );
  // Whose they are is not known yet, so they are no single agent's.
  const [waiting] = await ask<{ verdicts: number }>(
    `SELECT count() AS verdicts FROM agentops.task_verdicts ${where(['joined = 0', ...since('at')])}`,
    ['verdicts'],
  );
  const conditions = { since, byAgent, where };
  return {
    currency: whole!.reporting_currency,
    first: whole!.first,
    last: whole!.last,
    agents,
    slis: {
      tasks: whole!.tasks,
      success: whole!.success,
      judged: whole!.judged,
      ended: whole!.ended,
      tool_calls: whole!.all_tool_calls,
      tool_errors: whole!.all_tool_errors,
      planned: whole!.planned,
      unplanned: whole!.unplanned,
      p50_ms: whole!.p50_ms,
      p95_ms: whole!.p95_ms,
      cost_priced: whole!.cost_priced,
      tasks_priced: whole!.tasks_priced,
      ...reviews!,
    },
    indicators: await readIndicators(ask, conditions),
    human: await readHuman(ask, conditions),
    forecasts: await readForecasts(ask, filter.agent),
    budgets: await readBudgets(ask, filter.agent),
    cost: ledger!,
    departments: await ask<DepartmentRow>(
      `SELECT department, owner_department, sum(e.cost) AS cost, uniqExact(task_id) AS tasks,
         countIf(e.cost IS NULL) AS unpriced, ${SAMPLING_OF_CHARGES}
       FROM ${charges} GROUP BY department, owner_department
       ORDER BY cost DESC NULLS LAST, department, owner_department`,
      ['tasks', 'unpriced', 'sampled'],
    ),
    users: await ask<UserRow>(
      `SELECT user_id, sum(e.cost) AS cost, uniqExact(task_id) AS tasks,
         countIf(e.cost IS NULL) AS unpriced, ${SAMPLING_OF_CHARGES}
       FROM ${charges} GROUP BY user_id ORDER BY cost DESC NULLS LAST, user_id`,
      ['tasks', 'unpriced', 'sampled'],
    ),
    models: await ask<ModelRow>(
      `SELECT provider, model, countIf(state != 'superseded') AS calls,
         sum(e.input_tokens) AS input_tokens, sum(e.cached_input_tokens) AS cached_input_tokens,
         sum(e.cache_write_tokens) AS cache_write_tokens, sum(e.output_tokens) AS output_tokens,
         sumIf(e.input_tokens + e.cached_input_tokens + e.cache_write_tokens + e.output_tokens, e.cost IS NOT NULL) AS priced_tokens,
         sum(e.cost) AS cost, countIf(e.cost IS NULL) AS unpriced, uniqExact(task_id) AS tasks,
         ${SAMPLING_OF_CHARGES}
       FROM ${charges} WHERE kind = 'model'
       GROUP BY provider, model ORDER BY cost DESC NULLS LAST, provider, model`,
      [
        'calls',
        'input_tokens',
        'cached_input_tokens',
        'cache_write_tokens',
        'output_tokens',
        'priced_tokens',
        'unpriced',
        'tasks',
        'sampled',
      ],
    ),
    coverage: {
      tasks: whole!.tasks,
      ended: whole!.ended,
      known_outcomes: whole!.judged,
      self_reported: whole!.self_reported,
      judged_twice: whole!.judged_twice,
      contradicted: whole!.contradicted,
      sampled: whole!.sampled,
      kept: whole!.kept,
      declared_complete: whole!.declared_complete,
      tool_calls: whole!.all_tool_calls,
      inferred_tool_calls: whole!.all_inferred,
      ...charged!,
    },
    disagreement: await ask<DisagreementRow>(
      `SELECT agent, environment, ${DISAGREEMENT.map((column) => `sum(d.${column}) AS ${column}`).join(', ')}
       FROM agentops.verdict_disagreement AS d ${where([...sinceDay, ...byAgent])}
       GROUP BY agent, environment HAVING judged_by_two > 0 ORDER BY disagreed DESC, agent, environment`,
      DISAGREEMENT,
    ),
    waitingVerdicts: waiting!.verdicts,
    objectives: await ask<ObjectiveRow>(
      `SELECT agent, slo, environment, objective, window, value, numerator, denominator, value_low, value_high,
         coverage, budget_left, exhausted_at, sampled_runs
       FROM agentops.slo_status ${where(byAgent)} ORDER BY budget_left IS NULL, budget_left, agent, slo, environment`,
      ['sampled_runs'],
    ),
    loops: await ask<LoopRow>(
      `SELECT agent, pattern, subject, count() AS findings, sum(l.wasted_calls) AS wasted_calls,
         sum(l.wasted_tokens) AS wasted_tokens, sum(l.wasted_cost) AS wasted_cost, any(l.currency) AS currency,
         max(detected_at) AS last, argMax(l.run_id, (detected_at, l.run_id)) AS run_id
       FROM
       (
         SELECT agent, pattern, subject, detected_at, run_id, wasted_calls, wasted_tokens, wasted_cost, currency
         FROM agentops.loop_findings
         UNION ALL
         SELECT agent, concat(pattern, ' over runs'), subject, detected_at, run_id, wasted_calls, 0, wasted_cost, currency
         FROM agentops.conversation_loops
       ) AS l ${where([...since('detected_at'), ...byAgent])}
       GROUP BY agent, pattern, subject ORDER BY wasted_cost DESC NULLS LAST, wasted_calls DESC, agent, pattern, subject`,
      ['findings', 'wasted_calls', 'wasted_tokens'],
    ),
    violations: await ask<ViolationRow>(
      `SELECT kind, agent, subject, sum(v.count) AS count, min(v.first_seen) AS first_seen, max(v.last_seen) AS last_seen,
         argMax(v.run_id, v.last_seen) AS run_id
       FROM agentops.violations AS v ${where([...since('v.last_seen'), ...byAgent])}
       GROUP BY kind, agent, subject ORDER BY kind, agent, subject`,
      ['count'],
    ),
    response: await ask<ResponseRow>(
      `SELECT severity, sum(r.fired) AS fired, sum(r.acknowledged) AS acknowledged, sum(r.escalated) AS escalated,
         if(acknowledged = 0, NULL, sum(r.acknowledge_ms) / acknowledged) AS mean_ms, max(r.longest_ms) AS longest_ms
       FROM agentops.alert_response AS r ${where([...sinceDay, ...byAgent])} GROUP BY severity ORDER BY severity`,
      ['fired', 'acknowledged', 'escalated'],
    ),
    unactedAlerts: await ask<UnactedAlertRow>(
      `SELECT alert, if(agent = '', subject, agent) AS of, severity, operator, fired, last, summary
       FROM agentops.unacted_alerts ${where(byAgent)} ORDER BY severity, fired DESC, alert, of`,
      ['fired'],
    ),
    conservation: await ask<ConservationRow>(
      `SELECT source_kind AS source, signal, sum(received) AS received, sum(stored) AS stored,
         sum(duplicates) AS duplicates, sum(conflicts) AS conflicts, sum(dead_letters) AS dead_letters,
         sum(dropped) AS dropped, sum(pending) AS pending, sum(abs(balance)) AS off
       FROM (SELECT splitByChar(':', source)[1] AS source_kind, * FROM agentops.conservation ${where(since('minute'))})
       GROUP BY source_kind, signal ORDER BY source_kind, signal`,
      ['received', 'stored', 'duplicates', 'conflicts', 'dead_letters', 'dropped', 'pending', 'off'],
    ),
    deadLetters: await ask<DeadLetterRow>(
      `SELECT replaceRegexpAll(reason, '[0-9]+', 'N') AS why, count() AS items
       FROM agentops.dead_letters FINAL ${receipts} GROUP BY why ORDER BY items DESC, why`,
      ['items'],
    ),
    dropped: await ask<DroppedRow>(
      `SELECT service, sum(spans) AS items FROM agentops.ingest_ledger FINAL
       ARRAY JOIN dropped_services AS service, dropped_counts AS spans ${receipts}
       GROUP BY service ORDER BY items DESC, service`,
      ['items'],
    ),
  };
}

/** The business's time zone, as the registry has it now. */
async function readZone({ query }: Pick<Access, 'query'>): Promise<string> {
  const [row] = await query<{ zone: string }>(
    `SELECT JSONExtractString(argMax(document, (valid_from, published_at)), 'organisation', 'time_zone') AS zone
     FROM agentops.registry_versions FINAL WHERE valid_from <= now64(9)`,
  );
  return row?.zone || 'UTC';
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}
