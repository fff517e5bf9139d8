import type { Board } from '../build/board.ts';
import { barPanel, seriesPanel, statPanel, tablePanel } from '../build/panels.ts';
import { agents, chosen, environment } from '../build/variables.ts';
import { type Context, LINKS } from './context.ts';

const CHOSEN = `agentops.reviews WHERE ${chosen('environment', 'agent')}`;
const APPROVALS = `${CHOSEN} AND $__timeFilter(requested_at)`;
const TASKS = `agentops.task_totals WHERE $__timeFilter(at) AND outcome != 'open' AND ${chosen('environment', 'agent')}`;

/** Where people step in, as was planned and as was not. */
export function peopleBoard(context: Context): Board {
  return {
    ...context.frame,
    uid: 'agentops-people',
    title: 'Human in the loop',
    description: 'Where people decide, how long they take, and where they had to step in.',
    folder: 'Operations',
    variables: [environment(), agents()],
    sections: [
      {
        panels: [
          statPanel({
            title: 'How often do people step in?',
            about:
              'Planned: a rule asked for a decision. Unplanned: takeover, edit, rejection, escalation; the fewer the better.',
            from: 'task_totals',
            reader: 'owner',
            width: 8,
            unit: 'percent',
            decimals: 1,
            sql: `
              SELECT 100 * sum(planned_tasks) / nullIf(sum(tasks), 0) AS planned,
                100 * sum(unplanned_tasks) / nullIf(sum(tasks), 0) AS unplanned
              FROM ${TASKS}`,
          }),
          statPanel({
            title: 'Who waits for an answer now?',
            about:
              'Requests that nobody has decided, whenever they were made, and those whose time is over, in working hours of their channel.',
            from: 'reviews',
            reader: 'reviewers',
            width: 8,
            thresholds: ['green', [1, 'dark-orange']],
            sql: `
              SELECT count() AS waiting, countIf(late = 1) AS overdue FROM ${CHOSEN} AND decision = 'pending'`,
          }),
          statPanel({
            title: 'Are reviewers in time?',
            about:
              'Share of the requests that were answered within their time, in working hours of their channel. What expired or still waits beyond it was not.',
            from: 'reviews',
            reader: 'reviewers',
            width: 8,
            unit: 'percent',
            decimals: 1,
            thresholds: ['red', [80, 'dark-orange'], [95, 'green']],
            sql: `
              SELECT 100 * countIf(late = 0) / nullIf(count(), 0) AS "in time"
              FROM ${APPROVALS} AND sla_ms > 0 AND (decision != 'pending' OR late = 1)`,
          }),
        ],
      },
      {
        panels: [
          tablePanel({
            title: 'How does the pilot compare with production?',
            about:
              'The share of work that people take part in is expected to change from pilot to production.',
            from: 'task_totals',
            reader: 'owner',
            width: 12,
            columns: {
              'planned %': { unit: 'percent', decimals: 1 },
              'unplanned %': { unit: 'percent', decimals: 1 },
              'success %': { unit: 'percent', decimals: 1 },
            },
            sql: `
              SELECT stage, sum(s.tasks) AS tasks, 100 * sum(planned_tasks) / tasks AS "planned %",
                100 * sum(unplanned_tasks) / tasks AS "unplanned %",
                100 * sumIf(s.tasks, outcome = 'success') / nullIf(sumIf(s.tasks, outcome != 'unknown'), 0) AS "success %"
              FROM (SELECT * FROM ${TASKS}) AS s GROUP BY stage ORDER BY stage`,
          }),
          barPanel({
            title: 'Where do requests wait longest?',
            about: 'Median wait in working hours, by reviewer channel.',
            from: 'reviews',
            reader: 'reviewers',
            width: 12,
            unit: 'ms',
            sql: `
              SELECT if(channel = '', 'no channel', channel) AS channel, quantile(0.5)(ifNull(wait_working_ms, wait_ms)) AS wait
              FROM ${APPROVALS} AND wait_ms IS NOT NULL GROUP BY channel ORDER BY wait DESC LIMIT 12`,
          }),
        ],
      },
      {
        panels: [
          seriesPanel({
            title: 'What do people decide?',
            about: 'Requests by decision, at the time of the request.',
            from: 'reviews',
            reader: 'reviewers',
            width: 24,
            height: 7,
            bars: true,
            stacked: true,
            colors: {
              approved: 'green',
              rejected: 'red',
              edited: 'orange',
              pending: 'gray',
              expired: 'purple',
            },
            sql: `
              SELECT $__timeInterval(requested_at) AS time, decision, count() AS requests FROM ${APPROVALS}
              GROUP BY time, decision ORDER BY time`,
          }),
        ],
      },
      {
        panels: [
          tablePanel({
            title: 'Which requests stand open, or came too late?',
            about: 'What waits, whenever it was asked, the longest first; then what came too late.',
            from: 'reviews',
            reader: 'reviewers',
            width: 24,
            links: [LINKS.task('task')],
            columns: {
              requested: { unit: 'dateTimeAsIso', width: 170 },
              waited: { unit: 'ms' },
              allowed: { unit: 'ms' },
            },
            sql: `
              SELECT toDateTime(requested_at) AS requested, agent, tool, rule, channel, decision, reviewer,
                ifNull(wait_working_ms, wait_ms) AS waited, sla_ms AS allowed, task_id AS task
              FROM ${CHOSEN} AND (decision = 'pending' OR (late = 1 AND $__timeFilter(requested_at)))
              ORDER BY decision = 'pending' DESC, requested LIMIT 200`,
          }),
        ],
      },
    ],
  };
}
