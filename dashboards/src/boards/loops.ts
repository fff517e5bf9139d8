import type { Board } from '../build/board.ts';
import { barPanel, seriesPanel, statPanel, tablePanel } from '../build/panels.ts';
import { agents, chosen, environment } from '../build/variables.ts';
import { type Context, LINKS, NONE_IS_GOOD } from './context.ts';

const FINDINGS = `agentops.loop_findings WHERE $__timeFilter(detected_at) AND ${chosen('environment', 'agent')}`;

/** Work in circles, and what it wastes. */
export function loopsBoard(context: Context): Board {
  const { money } = context;
  return {
    ...context.frame,
    uid: 'agentops-loops',
    title: 'Loops',
    description: 'Which agents run in circles without failing, and what that wastes.',
    folder: 'Operations',
    variables: [environment(), agents()],
    sections: [
      {
        panels: [
          statPanel({
            title: 'How often do agents run in circles?',
            about: 'Findings, also of runs that go on; and the share of tasks without one.',
            from: 'loop_findings and tasks',
            reader: 'operator',
            width: 8,
            thresholds: NONE_IS_GOOD,
            sql: `SELECT count() AS findings, uniqExact(run_id) AS runs FROM ${FINDINGS}`,
          }),
          statPanel({
            title: 'What did that waste?',
            about:
              'Calls and cost from the moment at which the pattern was established. Calls without a price are not in the cost.',
            from: 'loop_findings',
            reader: 'owner',
            width: 8,
            unit: money,
            sql: `SELECT sum(wasted_cost) AS cost FROM ${FINDINGS}`,
          }),
          statPanel({
            title: 'How many calls were for nothing?',
            about: 'Wasted calls and tokens.',
            from: 'loop_findings',
            reader: 'operator',
            width: 8,
            unit: 'short',
            sql: `SELECT sum(wasted_calls) AS calls, sum(wasted_tokens) AS tokens FROM ${FINDINGS}`,
          }),
        ],
      },
      {
        panels: [
          seriesPanel({
            title: 'When do they start?',
            about: 'Findings by pattern, at the time of their detection.',
            from: 'loop_findings',
            reader: 'operator',
            width: 12,
            bars: true,
            stacked: true,
            sql: `
              SELECT $__timeInterval(detected_at) AS time, pattern, count() AS findings FROM ${FINDINGS}
              GROUP BY time, pattern ORDER BY time`,
          }),
          barPanel({
            title: 'Which agent and which tool?',
            about: 'Wasted calls.',
            from: 'loop_findings',
            reader: 'owner',
            width: 12,
            sql: `
              SELECT concat(agent, ' · ', subject) AS what, sum(wasted_calls) AS calls FROM ${FINDINGS}
              GROUP BY what ORDER BY calls DESC LIMIT 12`,
          }),
        ],
      },
      {
        panels: [
          tablePanel({
            title: 'Which runs are these?',
            about: 'A click leads to the task; the mark "loop" stands where it begins.',
            from: 'loop_findings and tasks',
            reader: 'operator',
            width: 24,
            height: 12,
            links: [LINKS.task('task'), LINKS.agent('agent')],
            columns: {
              detected: { unit: 'dateTimeAsIso', width: 180 },
              'wasted cost': { unit: money },
              'wasted calls': { gauge: {} },
              'wasted tokens': { unit: 'short' },
              task: { width: 250 },
            },
            sql: `
              SELECT toDateTime(f.detected_at) AS detected, f.agent AS agent, f.pattern AS pattern, f.subject AS subject,
                f.wasted_calls AS "wasted calls", f.wasted_tokens AS "wasted tokens", f.wasted_cost AS "wasted cost", t.task_id AS task, t.outcome AS outcome
              FROM (SELECT * FROM ${FINDINGS}) AS f
              LEFT JOIN (SELECT task_id, outcome, arrayJoin(run_ids) AS run_id FROM agentops.tasks WHERE loops > 0 AND ended_at >= $__fromTime - INTERVAL 1 DAY) AS t ON t.run_id = f.run_id
              ORDER BY detected DESC LIMIT 200`,
          }),
        ],
      },
    ],
  };
}
