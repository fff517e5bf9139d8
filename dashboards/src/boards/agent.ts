import type { Board } from '../build/board.ts';
import { seriesPanel, statPanel, tablePanel } from '../build/panels.ts';
import { chosen, environment, oneOf } from '../build/variables.ts';
import { type Context, LINKS, NONE_IS_GOOD, OUTCOME_COLORS, RATE } from './context.ts';

const AGENT = "agent = '${agent:raw}'";
const TASKS = `agentops.tasks WHERE $__timeFilter(ended_at) AND ${AGENT} AND ${chosen('environment')}`;
const TOTALS = `agentops.task_totals WHERE $__timeFilter(at) AND ${AGENT} AND ${chosen('environment')}`;
const CALLS = `agentops.tool_totals WHERE $__timeFilter(at) AND ${AGENT} AND ${chosen('environment')}`;

/** One agent: what it does, for whom, how well, at what price, and who answers for it. */
export function agentBoard(context: Context): Board {
  const { money } = context;
  return {
    ...context.frame,
    uid: 'agentops-agent',
    title: 'Agent',
    description: 'One agent: what it reaches, what it costs, who answers for it and how it is stopped.',
    folder: 'Operations',
    variables: [
      oneOf(
        'agent',
        'Agent',
        'SELECT DISTINCT agent FROM agentops.task_totals WHERE $__timeFilter(at) ORDER BY agent',
      ),
      environment(),
    ],
    sections: [
      {
        panels: [
          tablePanel({
            title: 'Who answers for it, and how is it stopped?',
            about: 'As the registry says now. Nothing here: nobody has registered this agent.',
            from: 'the published registry',
            reader: 'operator',
            width: 24,
            height: 4,
            noValue: 'nobody has registered this agent',
            sql: `
              SELECT
                JSONExtractString(entry, 'name') AS name, JSONExtractString(entry, 'purpose') AS purpose,
                JSONExtractString(entry, 'stage') AS stage, JSONExtractString(entry, 'operator') AS "on call",
                JSONExtractString(entry, 'owner') AS owner, JSONExtractString(entry, 'stop', 'how') AS stop,
                JSONExtractString(entry, 'stop', 'last_tried') AS "stop tried", JSONExtractString(entry, 'version') AS version
              FROM
              (
                SELECT arrayJoin(JSONExtractArrayRaw(document, 'agents')) AS entry
                FROM (SELECT document FROM agentops.registry_versions FINAL WHERE valid_from <= now() ORDER BY valid_from DESC, published_at DESC LIMIT 1)
              )
              WHERE JSONExtractString(entry, 'id') = '\${agent:raw}'`,
          }),
        ],
      },
      {
        panels: [
          statPanel({
            title: 'Which share of its tasks succeeds?',
            about: 'Of the ended tasks whose outcome is known; beside it for how many that is.',
            from: 'tasks',
            reader: 'owner',
            width: 6,
            unit: 'percent',
            decimals: 1,
            thresholds: RATE,
            sql: `
              SELECT
                100 * sumIf(tasks, outcome = 'success') / nullIf(sumIf(tasks, outcome NOT IN ('unknown', 'open')), 0) AS success,
                100 * sumIf(tasks, outcome NOT IN ('unknown', 'open')) / nullIf(sumIf(tasks, outcome != 'open'), 0) AS "outcome known"
              FROM ${TOTALS}`,
          }),
          statPanel({
            title: 'What does a task cost?',
            about: 'Mean and 95th percentile of the ended tasks whose calls all have a price.',
            from: 'tasks',
            reader: 'finance',
            width: 6,
            unit: money,
            sql: `
              SELECT avg(toFloat64(cost)) AS mean, quantile(0.95)(toFloat64(cost)) AS p95
              FROM ${TASKS} AND outcome != 'open' AND cost IS NOT NULL AND unpriced_calls = 0`,
          }),
          statPanel({
            title: 'How long does a task take?',
            about: 'From its first step to its last; waiting for people is in it.',
            from: 'tasks',
            reader: 'owner',
            width: 6,
            unit: 'ms',
            sql: `SELECT quantile(0.5)(duration_ms) AS median, quantile(0.95)(duration_ms) AS p95 FROM ${TASKS} AND outcome != 'open'`,
          }),
          statPanel({
            title: 'How many calls does a task take?',
            about: 'More calls for the same result are the first sign of lost quality.',
            from: 'tasks',
            reader: 'owner',
            width: 6,
            decimals: 1,
            sql: `SELECT sum(tool_calls) / nullIf(sum(tasks), 0) AS "tool calls", sum(model_calls) / nullIf(sum(tasks), 0) AS "model calls" FROM ${TOTALS} AND outcome != 'open'`,
          }),
        ],
      },
      {
        panels: [
          seriesPanel({
            title: 'How do its tasks end?',
            about: 'Ended tasks by outcome.',
            from: 'tasks',
            reader: 'owner',
            width: 12,
            bars: true,
            stacked: true,
            colors: OUTCOME_COLORS,
            sql: `
              SELECT $__timeInterval(at) AS time, outcome, sum(task_totals.tasks) AS tasks FROM ${TOTALS} AND outcome != 'open'
              GROUP BY time, outcome ORDER BY time`,
          }),
          seriesPanel({
            title: 'Which models does it pay for?',
            about: 'Cost by model and tool, at the time of the charge.',
            from: 'cost_totals',
            reader: 'finance',
            width: 12,
            bars: true,
            stacked: true,
            unit: money,
            sql: `
              SELECT $__timeInterval(at) AS time, if(model = '', concat('tool ', tool), model) AS what, sum(cost) AS cost
              FROM agentops.cost_totals WHERE $__timeFilter(at) AND ${AGENT} AND ${chosen('environment')}
              GROUP BY time, what ORDER BY time`,
          }),
        ],
      },
      {
        panels: [
          tablePanel({
            title: 'Which tools does it call, and do they work?',
            about:
              'An error of a tool is not a failure of the task. The 95th percentile is within 1 % of its value.',
            from: 'tool_totals',
            reader: 'operator',
            width: 12,
            columns: {
              'error %': {
                unit: 'percent',
                decimals: 1,
                thresholds: ['green', [5, 'dark-orange'], [20, 'red']],
              },
              p95: { unit: 'ms', decimals: 0 },
              calls: { gauge: {} },
            },
            sql: `
              SELECT tool, argMax(effect, last_at) AS effect, argMax(risk, last_at) AS risk, sum(tool_totals.calls) AS calls,
                100 * sum(errors) / calls AS "error %", quantilesDDMerge(0.01, 0.5, 0.95)(durations)[2] AS p95
              FROM ${CALLS} GROUP BY tool ORDER BY calls DESC LIMIT 50`,
          }),
          tablePanel({
            title: 'What is it held to?',
            about: 'Its objectives over their own windows; of sampled runs only what sampling kept.',
            from: 'slo_status',
            reader: 'owner',
            width: 12,
            noValue: 'it has no objective',
            columns: {
              value: { decimals: 1 },
              'coverage %': { unit: 'percent', decimals: 0 },
              'budget left %': {
                unit: 'percent',
                decimals: 0,
                thresholds: ['red', [0, 'dark-orange'], [25, 'green']],
              },
            },
            sql: `
              SELECT slo, environment, objective, value, denominator AS events, coverage AS "coverage %", 100 * budget_left AS "budget left %",
                sampled_runs AS sampled
              FROM agentops.slo_status WHERE ${AGENT} AND ${chosen('environment')} ORDER BY slo, environment`,
          }),
        ],
      },
      {
        panels: [
          tablePanel({
            title: 'Which tasks went wrong, and what do I look at first?',
            about: 'Failures first, then loops, then cost. A click leads to the task, step by step.',
            from: 'tasks',
            reader: 'operator',
            width: 24,
            height: 10,
            links: [LINKS.task('task')],
            columns: {
              ended: { unit: 'dateTimeAsIso', width: 180 },
              cost: { unit: money, width: 110 },
              duration: { unit: 'ms', width: 110 },
              loops: { thresholds: NONE_IS_GOOD, width: 80 },
            },
            sql: `
              SELECT task_id AS task, toDateTime(ended_at) AS ended, outcome, outcome_source AS "says", outcome_evidence AS evidence,
                department, user_id AS user, tool_calls AS "tool calls", tool_errors AS "tool errors", loops, duration_ms AS duration, cost
              FROM ${TASKS}
              ORDER BY outcome IN ('failure', 'abandoned', 'stopped') DESC, loops DESC, ended DESC LIMIT 200`,
          }),
        ],
      },
    ],
  };
}
