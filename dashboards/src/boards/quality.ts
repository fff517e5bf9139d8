import type { Board } from '../build/board.ts';
import { seriesPanel, statPanel, tablePanel } from '../build/panels.ts';
import { agents, chosen, environment } from '../build/variables.ts';
import { type Context, LINKS } from './context.ts';

const SCORES = `agentops.scores WHERE $__timeFilter(at) AND ${chosen('environment', 'agent')}`;

/** What evaluators and people think of the work. */
export function qualityBoard(context: Context): Board {
  return {
    ...context.frame,
    uid: 'agentops-quality',
    title: 'Quality',
    description: 'Scores of evaluators, and how often judges disagree.',
    folder: 'Operations',
    variables: [environment(), agents()],
    sections: [
      {
        panels: [
          statPanel({
            title: 'How do evaluators score the work?',
            about: 'Mean of all scores and their number.',
            from: 'scores',
            reader: 'owner',
            width: 8,
            noValue: 'nothing was scored',
            sql: `SELECT avg(score) AS mean, count() AS scores FROM ${SCORES}`,
          }),
          statPanel({
            title: 'Do agents judge themselves as people do?',
            about: 'Of the tasks that both the agent and a person judged, the share on which they disagree.',
            from: 'verdict_disagreement',
            reader: 'owner',
            width: 8,
            unit: 'percent',
            decimals: 1,
            noValue: 'no task was judged by both',
            sql: `
              SELECT 100 * sum(agent_human_disagreed) / nullIf(sum(agent_human), 0) AS disagree FROM agentops.verdict_disagreement
              WHERE $__dateFilter(day) AND ${chosen('environment', 'agent')}`,
          }),
          statPanel({
            title: 'How much is only the agent’s own word?',
            about: 'Of the tasks with a verdict, those whose only judge is the agent itself.',
            from: 'task_totals',
            reader: 'owner',
            width: 8,
            unit: 'percent',
            decimals: 1,
            sql: `
              SELECT 100 * sumIf(tasks, outcome_source = 'agent') / nullIf(sumIf(tasks, outcome NOT IN ('unknown', 'open')), 0) AS "self-reported"
              FROM agentops.task_totals WHERE $__timeFilter(at) AND ${chosen('environment', 'agent')}`,
          }),
        ],
      },
      {
        panels: [
          seriesPanel({
            title: 'How do scores develop?',
            about: 'Mean score by agent and kind of score.',
            from: 'scores',
            reader: 'owner',
            width: 24,
            sql: `
              SELECT $__timeInterval(at) AS time, concat(agent, ' · ', name) AS what, avg(score) AS mean FROM ${SCORES} AND score IS NOT NULL
              GROUP BY time, what ORDER BY time`,
          }),
          tablePanel({
            title: 'Which tasks scored worst?',
            about: 'The lowest scores first.',
            from: 'scores',
            reader: 'owner',
            width: 24,
            links: [LINKS.task('task')],
            columns: { at: { unit: 'dateTimeAsIso' }, score: { decimals: 2 } },
            sql: `
              SELECT toDateTime(at) AS at, agent, name, score, label, evaluator, task_id AS task FROM ${SCORES} AND score IS NOT NULL
              ORDER BY score LIMIT 200`,
          }),
        ],
      },
    ],
  };
}
