import type { Board } from '../build/board.ts';
import { seriesPanel, statPanel, tablePanel } from '../build/panels.ts';
import { type Context, NONE_IS_GOOD } from './context.ts';

const MINUTES = 'agentops.balance WHERE $__timeFilter(minute)';

/** Whether the numbers can be trusted. */
export function pipelineBoard(context: Context): Board {
  return {
    ...context.frame,
    uid: 'agentops-pipeline',
    title: 'Can these numbers be trusted?',
    description: 'Conservation, freshness, dead letters and coverage of the pipeline itself.',
    folder: 'Pipeline',
    from: 'now-24h',
    variables: [],
    sections: [
      {
        panels: [
          statPanel({
            title: 'Is anything lost?',
            about:
              'received − stored − duplicates − dead letters − dropped − pending, from three independent counts. Anything but 0 is a fault of ours.',
            from: 'balance',
            reader: 'pipeline',
            width: 6,
            thresholds: ['red', [0, 'green'], [1, 'red']],
            sql: `SELECT sum(balance) AS "unaccounted for", max(abs(balance)) AS "worst minute" FROM ${MINUTES}`,
          }),
          statPanel({
            title: 'What could not be read?',
            about: 'Items that no row was made of. They are kept, masked, with the reason.',
            from: 'balance',
            reader: 'pipeline',
            width: 6,
            thresholds: NONE_IS_GOOD,
            sql: `SELECT sum(dead_letters) AS "dead letters", 100 * sum(dead_letters) / nullIf(sum(received), 0) AS "% of received" FROM ${MINUTES}`,
          }),
          statPanel({
            title: 'How old is the newest row?',
            about:
              'Time since the last item was received. Agents that rest look like a pipeline that stands still: see who is silent.',
            from: 'balance',
            reader: 'pipeline',
            width: 6,
            unit: 's',
            thresholds: ['green', [300, 'dark-orange'], [3600, 'red']],
            sql: `SELECT dateDiff('second', max(minute), now()) AS age FROM ${MINUTES} AND received > 0`,
          }),
          statPanel({
            title: 'For how much is the outcome and the price known?',
            about:
              'Coverage: what rates and amounts rest on. Whole: tasks of which sampling dropped nothing, as far as traces and registry say.',
            from: 'task_totals and cost_totals',
            reader: 'pipeline',
            width: 6,
            unit: 'percent',
            decimals: 1,
            thresholds: ['red', [50, 'dark-orange'], [90, 'green']],
            sql: `
              SELECT
                (SELECT 100 * sumIf(tasks, outcome NOT IN ('unknown', 'open')) / nullIf(sumIf(tasks, outcome != 'open'), 0) FROM agentops.task_totals WHERE $__timeFilter(at)) AS outcomes,
                (SELECT 100 * (1 - least(1, sum(sampled_runs) / nullIf(sum(tasks), 0))) FROM agentops.task_totals WHERE $__timeFilter(at)) AS whole,
                (SELECT 100 * (1 - sum(unpriced_calls) / nullIf(sum(calls), 0)) FROM agentops.cost_totals WHERE $__timeFilter(at)) AS prices`,
          }),
        ],
      },
      {
        panels: [
          seriesPanel({
            title: 'What comes in, and what becomes of it?',
            about: 'Items by what became of them.',
            from: 'balance',
            reader: 'pipeline',
            width: 24,
            bars: true,
            stacked: true,
            colors: { stored: 'green', duplicates: 'gray', 'dead letters': 'red', dropped: 'purple' },
            sql: `
              SELECT $__timeInterval(minute) AS time, sum(stored) AS stored, sum(duplicates) AS duplicates, sum(dead_letters) AS "dead letters", sum(dropped) AS dropped
              FROM ${MINUTES} GROUP BY time ORDER BY time`,
          }),
        ],
      },
      {
        panels: [
          tablePanel({
            title: 'Which source is out of balance, or sends what cannot be read?',
            about: 'By source and signal.',
            from: 'balance',
            reader: 'pipeline',
            width: 12,
            columns: {
              balance: { thresholds: ['red', [0, 'green'], [1, 'red']] },
              'dead letters': { thresholds: NONE_IS_GOOD },
            },
            sql: `
              SELECT source, signal, sum(received) AS received, sum(stored) AS stored, sum(duplicates) AS duplicates,
                sum(dead_letters) AS "dead letters", sum(dropped) AS dropped, sum(balance) AS balance
              FROM ${MINUTES} GROUP BY source, signal ORDER BY balance != 0 DESC, "dead letters" DESC LIMIT 200`,
          }),
          tablePanel({
            title: 'Why could it not be read?',
            about: 'Dead letters by reason, with the latest.',
            from: 'dead_letters',
            reader: 'pipeline',
            width: 12,
            noValue: 'everything could be read',
            columns: { latest: { unit: 'dateTimeAsIso' } },
            sql: `
              SELECT reason, count() AS items, any(source) AS source, toDateTime(max(received_at)) AS latest
              FROM agentops.dead_letters WHERE $__timeFilter(received_at) GROUP BY reason ORDER BY items DESC LIMIT 50`,
          }),
        ],
      },
    ],
  };
}
