import type { Board } from '../build/board.ts';
import { seriesPanel, statPanel, tablePanel } from '../build/panels.ts';
import { agents, chosen, environment } from '../build/variables.ts';
import { type Context, LINKS } from './context.ts';

/** SLOs and error budgets. */
export function objectivesBoard(context: Context): Board {
  return {
    ...context.frame,
    uid: 'agentops-slo',
    title: 'Objectives and error budgets',
    description: 'What each agent is held to, and how much of its error budget is left.',
    folder: 'Operations',
    from: 'now-28d',
    variables: [environment(), agents()],
    sections: [
      {
        panels: [
          statPanel({
            title: 'How many objectives are missed?',
            about: 'Objectives whose error budget is overspent over their own window.',
            from: 'slo_status',
            reader: 'operator',
            width: 6,
            sql: `
              SELECT concat(toString(countIf(budget_left < 0)), ' of ', toString(countIf(objective IS NOT NULL))) AS missed
              FROM agentops.slo_status WHERE ${chosen('environment', 'agent')}`,
          }),
          statPanel({
            title: 'How many cannot be judged?',
            about:
              'Objectives without an event in their window, or with less than half of the outcomes known.',
            from: 'slo_status',
            reader: 'owner',
            width: 6,
            thresholds: ['green', [1, 'dark-orange']],
            sql: `
              SELECT countIf(denominator = 0 OR coverage < 50) AS objectives
              FROM agentops.slo_status WHERE ${chosen('environment', 'agent')}`,
          }),
          statPanel({
            title: 'Which budget is gone first?',
            about: 'At the pace of its window. One that is overspent already is not named here.',
            from: 'slo_status',
            reader: 'operator',
            width: 12,
            noValue: 'none at the present pace',
            sql: `
              SELECT concat(agent, ' · ', slo, ': ', formatDateTime(min(exhausted_at), '%Y-%m-%d %H:%i')) AS first
              FROM agentops.slo_status
              WHERE exhausted_at > now() AND ${chosen('environment', 'agent')}
              GROUP BY agent, slo ORDER BY min(exhausted_at) LIMIT 1`,
          }),
        ],
      },
      {
        panels: [
          tablePanel({
            title: 'What is each agent held to, and where does it stand?',
            about:
              'Value over the objective’s own window, with the interval in which the true share lies (Wilson, 95 %). Coverage: tasks that could be judged. Sampled runs: of these only a part came, or may have.',
            from: 'slo_status',
            reader: 'owner',
            width: 24,
            height: 13,
            links: [LINKS.agent('agent')],
            columns: {
              slo: { width: 170 },
              environment: { width: 100 },
              objective: { width: 90 },
              window: { width: 80 },
              value: { decimals: 1 },
              from: { unit: 'percent', decimals: 1 },
              to: { unit: 'percent', decimals: 1 },
              'coverage %': { unit: 'percent', decimals: 0 },
              'budget left %': {
                unit: 'percent',
                decimals: 0,
                thresholds: ['red', [0, 'dark-orange'], [25, 'green']],
              },
              'gone at': { unit: 'dateTimeAsIso', width: 170 },
            },
            sql: `
              SELECT agent, slo, environment, objective, window, value, value_low AS from, value_high AS to, denominator AS events,
                coverage AS "coverage %", 100 * budget_left AS "budget left %", toDateTime(exhausted_at) AS "gone at", sampled_runs AS sampled
              FROM agentops.slo_status
              WHERE ${chosen('environment', 'agent')}
              ORDER BY ifNull(budget_left, 9), agent, slo`,
          }),
        ],
      },
      {
        panels: [
          seriesPanel({
            title: 'How has task success developed?',
            about:
              'Share of the tasks with a known outcome that succeeded, by the business day on which they ended.',
            from: 'task_totals',
            reader: 'owner',
            width: 24,
            unit: 'percent',
            max: 100,
            sql: `
              SELECT toDateTime(toDate(at, '${context.timeZone}')) AS time, agent,
                100 * sumIf(tasks, outcome = 'success') / sumIf(tasks, outcome NOT IN ('unknown', 'open')) AS success
              FROM agentops.task_totals
              WHERE $__timeFilter(at) AND registered = 1 AND ${chosen('environment', 'agent')}
              GROUP BY time, agent HAVING sumIf(tasks, outcome NOT IN ('unknown', 'open')) > 0 ORDER BY time`,
          }),
        ],
      },
    ],
  };
}
