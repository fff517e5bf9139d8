import type { BudgetRow, ForecastRow, HumanRow, IndicatorRow } from './model.ts';
import { SAMPLED_TASKS, SAMPLING_OF_EVENTS } from './sampling.ts';

/** Asks and turns the named columns, 64-bit integers that come as texts, into numbers. */
export type Ask = <Row extends object>(
  sql: string,
  counts: readonly (keyof Row & string)[],
) => Promise<Row[]>;

export interface Conditions {
  /** Of a column of time: empty, or one that limits it to the period. */
  since(time: string): string[];
  /** Limits to one agent. */
  readonly byAgent: readonly string[];
  /** `WHERE …`, or nothing. */
  where(conditions: readonly string[]): string;
}

/** Every SLI over what was asked for, those of agents first. */
export async function readIndicators(
  ask: Ask,
  { since, byAgent, where }: Conditions,
): Promise<IndicatorRow[]> {
  const agents = await ask<IndicatorRow>(
    `SELECT sli, sum(e.good) AS good, sum(e.total) AS total, avgIf(e.value, e.total > 0) AS mean,
       count() AS events, countIf(e.total > 0) AS judged, ${SAMPLING_OF_EVENTS}
     FROM agentops.sli_events AS e ${SAMPLED_TASKS} ${where([...since('at'), ...byAgent])} GROUP BY sli`,
    ['events', 'judged', 'sampled'],
  );
  const pipeline = await ask<IndicatorRow>(
    `SELECT sli, sum(p.good) AS good, sum(p.total) AS total, NULL AS mean, sum(p.events) AS events,
       sum(p.judged) AS judged, 0 AS sampled, NULL AS kept
     FROM agentops.pipeline_slis AS p ${where([...since('hour'), ...byAgent])} GROUP BY sli`,
    ['events', 'judged'],
  );
  return [...agents, ...pipeline];
}

/** By agent, over the ended tasks: what people add to the cost of a task, as far as anybody knows. */
export function readHuman(ask: Ask, { since, byAgent, where }: Conditions): Promise<HumanRow[]> {
  return ask<HumanRow>(
    `SELECT agent, count() AS tasks, countIf(human_time != 'none') AS with_people,
       countIf(human_time = 'estimated') AS estimated, countIf(human_time = 'unknown') AS unknown,
       sum(human_ms) AS known_ms, countIf(complete) AS complete_tasks,
       sumIf(t.cost, complete) AS cost_complete, sumIf(t.human_cost, complete) AS human_complete,
       any(t.currency) AS currency
     FROM (SELECT *, unpriced_calls = 0 AND cost_with_human IS NOT NULL AS complete FROM agentops.cost_per_task) AS t
     ${where([`outcome != 'open'`, ...since('ended_at'), ...byAgent])}
     GROUP BY agent HAVING with_people > 0 ORDER BY human_complete DESC NULLS LAST, agent`,
    ['tasks', 'with_people', 'estimated', 'unknown', 'complete_tasks'],
  );
}

/** The current month to its end, whatever period the report is limited to. */
export function readForecasts(ask: Ask, agent: string | null): Promise<ForecastRow[]> {
  return ask<ForecastRow>(
    `SELECT kind, subject, month, days_left, spent, unpriced_calls, history_days, forecast, forecast_low, forecast_high,
       reason, sampled_runs, currency, soft, hard, budget_left, exhausted_at
     FROM agentops.cost_forecast ${agent === null ? '' : `WHERE kind = 'agent' AND subject = {agent:String}`}
     ORDER BY indexOf(['organisation', 'department', 'user', 'agent'], kind), spent DESC, subject`,
    ['unpriced_calls', 'sampled_runs'],
  );
}

/** Every budget of the registry over its current period. */
export function readBudgets(ask: Ask, agent: string | null): Promise<BudgetRow[]> {
  return ask<BudgetRow>(
    `SELECT kind, subject, per, spent, currency, soft, hard, budget_left, state, exhausted_at, unpriced_calls,
       sampled_runs, tasks, tasks_over_hard, dearest_task, on_breach, owner
     FROM agentops.budget_status ${agent === null ? '' : `WHERE kind = 'agent' AND subject = {agent:String}`}
     ORDER BY indexOf(['hard', 'soft', 'no_rate', 'sampled', 'within'], state), kind, subject, per`,
    ['unpriced_calls', 'sampled_runs', 'tasks', 'tasks_over_hard'],
  );
}
