import type { Store } from '@agentops/processor';

const quarter = (time: string): string => `toStartOfFifteenMinutes(toDateTime(${time}, 'UTC'))`;

const sums = (time: string, calls: string, from: string): string =>
  `SELECT ${time} AS quarter, trace_id, task_id, kind, agent, department, user_id, model, state, ${calls} AS calls, sum(input_tokens) AS input,
     sum(output_tokens) AS output, sum(cost) AS cost FROM {}.${from}
   GROUP BY quarter, trace_id, task_id, kind, agent, department, user_id, model, state`;

const totals = (from: string): string =>
  `SELECT at, kind, agent, department, user_id, model, state, sum(e.calls) AS n, sum(e.input_tokens) AS input,
     sum(e.cost) AS money, sum(e.unpriced_calls) AS unpriced
   FROM {}.${from} AS e GROUP BY ALL`;

const violations = 'SELECT trace_id, agent, kind, subject, run_id, first_seen, last_seen, count FROM {}';

/** What is kept by rounds of the maintainer, and what the views work out from all rows. */
const PAIRS: readonly (readonly [kept: string, exact: string])[] = [
  ['SELECT * EXCEPT (offences) FROM {}.tasks', 'SELECT * FROM {}.task_outcomes'],
  ['SELECT * FROM {}.reviews', 'SELECT * FROM {}.approvals'],
  ['SELECT * FROM {}.balance', 'SELECT * FROM {}.conservation'],
  ['SELECT * FROM {}.policy_checks', 'SELECT * FROM {}.step_policy'],
  ['SELECT * FROM {}.scores', 'SELECT * FROM {}.evaluation_scores'],
  [
    'SELECT task_id, offences, environment FROM {}.tasks WHERE offences > 0',
    'SELECT * FROM {}.task_offences',
  ],
  [
    'SELECT trace_id, span_id, kind FROM {}.superseded_charges FINAL',
    `SELECT trace_id, span_id, kind FROM {}.cost_entries WHERE state = 'superseded'`,
  ],
  [totals('cost_totals'), totals('cost_15m')],
  [
    'SELECT * FROM {}.task_totals',
    `SELECT ${quarter('t.ended_at')} AS at, agent, agents, environment, stage, registered, task_type, department, owner_department,
       outcome, outcome_source, count() AS tasks, countIf(planned_interventions > 0) AS planned_tasks,
       countIf(unplanned_interventions > 0) AS unplanned_tasks, sum(t.model_calls) AS model_calls, sum(t.tool_calls) AS tool_calls,
       count(t.cost) AS costed_tasks, sum(t.cost) AS cost, sum(t.unpriced_calls) AS unpriced_calls,
       sumIf(length(run_ids), sampled_share < 1 OR telemetry = 'sampled') AS sampled_runs, max(t.ended_at) AS last_at,
       argMax(t.run_ids[-1], (t.ended_at, t.run_ids[-1])) AS last_run_id, sum(t.tool_errors) AS tool_errors,
       countIf(t.cost > 0 AND t.unpriced_calls = 0) AS whole_costs,
       sum(toInt64(round(1000000 * log(multiIf(t.cost > 0 AND t.unpriced_calls = 0, toFloat64(assumeNotNull(t.cost)), 1.))))) AS log_cost,
       sum(toInt64(round(1000000 * log(1 + t.tool_calls)))) AS log_tool_calls,
       sum(toInt64(round(1000000 * log(1 + t.duration_ms)))) AS log_duration
     FROM {}.task_outcomes AS t
     GROUP BY at, agent, agents, environment, stage, registered, task_type, department, owner_department, outcome, outcome_source`,
  ],
  [
    `SELECT at, agent, environment, tool, effect, risk, sum(t.calls) AS calls, sum(t.errors) AS errors,
       arrayMap(q -> toUInt64(q), quantilesDDMerge(0.01, 0.5, 0.95)(t.durations)) AS durations, max(t.last_at) AS last_at
     FROM {}.tool_totals AS t GROUP BY ALL`,
    `SELECT ${quarter('started_at')} AS at, agent, environment, tool, effect, risk, count() AS calls, countIf(failed = 1) AS errors,
       arrayMap(q -> toUInt64(q), quantilesDD(0.01, 0.5, 0.95)(duration_ms)) AS durations, max(started_at) AS last_at
     FROM {}.run_steps WHERE kind = 'tool' AND counted = 1 GROUP BY ALL`,
  ],
  [
    `SELECT at, decided_at, agent, slo, sli, environment, measure, events, judged, round(good, 6) AS good, total,
       round(bad_shares, 6) AS bad_shares, first_at FROM {}.slo_totals`,
    `SELECT ${quarter('e.at')} AS at, ${quarter('e.decided_at')} AS decided_at, agent, slo, sli, environment, measure, count() AS events,
       countIf(e.total > 0) AS judged, round(sum(e.good), 6) AS good, sum(e.total) AS total,
       round(sumIf((e.total - e.good) / e.total, e.total > 0), 6) AS bad_shares, min(e.at) AS first_at
     FROM {}.slo_events AS e GROUP BY at, decided_at, agent, slo, sli, environment, measure`,
  ],
  [
    'SELECT day, agent, environment, tasks, judged_by_two, disagreed FROM {}.verdict_disagreement',
    `SELECT day, agent, environment, count() AS tasks, countIf(twice) AS judged_by_two, countIf(twice AND differs) AS disagreed
     FROM {}.judged_tasks GROUP BY day, agent, environment`,
  ],
  [`${violations}.violation_states FINAL`, `${violations}.trace_violations`],
  [sums('at', 'sum(calls)', 'cost_15m'), sums(quarter('at'), 'count()', 'cost_entries')],
];

/** Rollups that do not say, to the last digit, what all rows say: the question, and a row that is not as it should be. */
export async function outOfStep(store: Store): Promise<string[]> {
  const rows = async (sql: string): Promise<string[]> =>
    (await store.text(`${sql.replaceAll('{}', store.database)} ORDER BY ALL`, 'JSONEachRow'))
      .trim()
      .split('\n');
  const wrong: string[] = [];
  for (const [kept, exact] of PAIRS) {
    const [found, expected] = [await rows(kept), await rows(exact)];
    const at = expected.findIndex((row, i) => row !== found[i]);
    if (at !== -1 || found.length !== expected.length)
      wrong.push(`${kept}\n  says    ${found[at] ?? found.at(-1)}\n  and not ${expected[at] ?? 'nothing'}`);
  }
  return wrong;
}
