import type { Board } from '../build/board.ts';
import { barPanel, seriesPanel, statPanel, tablePanel } from '../build/panels.ts';
import { agents, chosen, department, environment, stage } from '../build/variables.ts';
import { type Context, LINKS, literal, NONE_IS_GOOD, OUTCOME_COLORS, RATE } from './context.ts';

const TASKS = `agentops.task_totals
  WHERE $__timeFilter(at) AND ${chosen('environment', 'department', 'agent', 'stage')}`;

/** SQL: how many of the registered agents had a task; without any, how many there are. */
function atWork(active: readonly string[]): string {
  if (active.length === 0) return "concat(toString(uniqExact(agent)), ' unregistered')";
  const known = active.map(literal).join(', ');
  return `concat(toString(uniqExactIf(agent, agent IN (${known}))), ' of ${active.length}')`;
}

/** The first page: which agent is wrong, what it costs, whom to call. */
export function fleetBoard(context: Context): Board {
  const { money, active, team } = context;
  return {
    ...context.frame,
    uid: 'agentops-fleet',
    title: 'Agent fleet',
    description: 'Which agent is wrong, what it costs and whom to call.',
    folder: 'Operations',
    variables: [environment(), department(), agents(), stage()],
    sections: [
      {
        panels: [
          statPanel({
            title: 'Who is at work?',
            about: `Agents with a task in this time, of ${active.length} in the registry that are not retired. A count alone says nothing: look at what they reach.`,
            from: 'task_totals and the registry',
            reader: 'operator',
            width: 3,
            sql: `SELECT ${atWork(active)} AS agents FROM ${TASKS}`,
          }),
          statPanel({
            title: 'What succeeds?',
            about:
              'Of the ended tasks whose outcome is known. Escalated, stopped and abandoned ones did not succeed. Beside it: for how many the outcome is known.',
            from: 'task_totals',
            reader: 'owner',
            width: 5,
            unit: 'percent',
            decimals: 1,
            thresholds: RATE,
            sql: `
              SELECT
                100 * sumIf(tasks, outcome = 'success') / nullIf(sumIf(tasks, outcome NOT IN ('unknown', 'open')), 0) AS success,
                100 * sumIf(tasks, outcome NOT IN ('unknown', 'open')) / nullIf(sumIf(tasks, outcome != 'open'), 0) AS "outcome known"
              FROM ${TASKS}`,
          }),
          statPanel({
            title: 'What did it cost?',
            about:
              'List prices of what was used, in the reporting currency. Calls without a known price are not in it.',
            from: 'task_totals',
            reader: 'finance',
            width: 4,
            unit: money,
            links: [LINKS.cost],
            sql: `SELECT sum(cost) AS cost FROM ${TASKS}`,
          }),
          statPanel({
            title: 'What is in no amount?',
            about:
              'Calls without a known price. And what sampling dropped: of these runs only a part came, or may have; nothing is extrapolated.',
            from: 'task_totals',
            reader: 'finance',
            width: 4,
            thresholds: NONE_IS_GOOD,
            links: [LINKS.cost],
            sql: `SELECT sum(unpriced_calls) AS calls, sum(sampled_runs) AS "sampled runs" FROM ${TASKS}`,
          }),
          statPanel({
            title: 'What ran in circles?',
            about: 'Loops that were found, also while a run goes on, and what they wasted.',
            from: 'loop_findings',
            reader: 'operator',
            width: 4,
            thresholds: NONE_IS_GOOD,
            links: [LINKS.loops],
            sql: `
              SELECT count() AS loops, sum(wasted_calls) AS "wasted calls"
              FROM agentops.loop_findings
              WHERE $__timeFilter(detected_at) AND ${chosen('environment', 'agent')}`,
          }),
          statPanel({
            title: 'Who is unregistered?',
            about: 'Agents that telemetry shows and nobody has registered: no owner, no one to call.',
            from: 'task_totals',
            reader: 'security',
            width: 4,
            thresholds: NONE_IS_GOOD,
            links: [LINKS.governance],
            sql: `
              SELECT uniqExactIf(agent, registered = 0) AS agents
              FROM agentops.task_totals WHERE $__timeFilter(at) AND ${chosen('environment')}`,
          }),
        ],
      },
      {
        title: 'Which agent needs attention?',
        panels: [
          tablePanel({
            title: 'Which agent is wrong, and whom do I call?',
            about:
              'The worst first: lost error budget, then loops, then violations. A click on an agent leads to it.',
            from: 'task_totals, slo_status, loop_findings, violation_totals and the registry',
            reader: 'operator',
            width: 24,
            height: 11,
            links: [LINKS.agent('agent')],
            columns: {
              agent: { width: 200 },
              stage: { width: 95 },
              tasks: { width: 75 },
              'success %': { unit: 'percent', decimals: 1, thresholds: RATE, width: 100 },
              'known %': { unit: 'percent', decimals: 0, width: 95 },
              'budget left %': {
                unit: 'percent',
                decimals: 0,
                thresholds: ['red', [0, 'dark-orange'], [25, 'green']],
                width: 120,
              },
              loops: { thresholds: NONE_IS_GOOD, width: 80 },
              violations: { thresholds: NONE_IS_GOOD, width: 100 },
              cost: { unit: money, gauge: {}, width: 175 },
              sampled: { thresholds: NONE_IS_GOOD, width: 80 },
              'last task': { unit: 'dateTimeFromNow', width: 130 },
            },
            sql: `
              SELECT
                t.agent AS agent, t.last_stage AS stage, ${team('operator', 't.agent')} AS "on call", ${team('owner', 't.agent')} AS owner,
                t.tasks AS tasks, t.success AS "success %", t.known AS "known %", s.left AS "budget left %",
                ifNull(l.loops, 0) AS loops, ifNull(v.violations, 0) AS violations, t.cost AS cost, t.sampled AS sampled, t.last AS "last task"
              FROM
              (
                SELECT
                  agent, argMax(stage, last_at) AS last_stage, sum(s.tasks) AS tasks, sum(s.cost) AS cost, sum(s.sampled_runs) AS sampled, max(toDateTime(last_at)) AS last,
                  100 * sumIf(s.tasks, outcome = 'success') / nullIf(sumIf(s.tasks, outcome NOT IN ('unknown', 'open')), 0) AS success,
                  100 * sumIf(s.tasks, outcome NOT IN ('unknown', 'open')) / nullIf(sumIf(s.tasks, outcome != 'open'), 0) AS known
                FROM (SELECT * FROM ${TASKS}) AS s
                GROUP BY agent
              ) AS t
              LEFT JOIN
              (
                SELECT agent, 100 * min(budget_left) AS left FROM agentops.slo_status
                WHERE ${chosen('environment')} GROUP BY agent
              ) AS s ON s.agent = t.agent
              LEFT JOIN
              (
                SELECT agent, count() AS loops FROM agentops.loop_findings
                WHERE $__timeFilter(detected_at) AND ${chosen('environment')} GROUP BY agent
              ) AS l ON l.agent = t.agent
              LEFT JOIN
              (
                SELECT agent, sum(count) AS violations FROM agentops.violation_totals
                WHERE $__timeFilter(at) AND ${chosen('environment')} GROUP BY agent
              ) AS v ON v.agent = t.agent
              ORDER BY least(ifNull(s.left, 100), 100) + ifNull(t.success, 100) / 1000, loops DESC, violations DESC, cost DESC`,
          }),
        ],
      },
      {
        title: 'Who has been called?',
        panels: [
          tablePanel({
            title: 'Which alerts are open, and who has them?',
            about:
              'What fires now or is about to, whatever the time above. Taken: a person has acknowledged it. Empty when none is open, or when nobody evaluates the rules over this store.',
            from: 'open_alerts',
            reader: 'operator',
            width: 24,
            height: 6,
            noValue: 'no alert is open, or nobody evaluates the rules here',
            links: [LINKS.agent('agent')],
            columns: {
              state: { width: 85 },
              severity: { width: 80 },
              alert: { width: 150 },
              subject: { width: 110 },
              'what was said': { width: 380 },
              'on call': { width: 100 },
              'taken by': { width: 120 },
              'then called': { width: 130 },
              since: { unit: 'dateTimeFromNow', width: 125 },
            },
            sql: `
              SELECT state, severity, alert, agent, subject, summary AS "what was said", toDateTime(since) AS since,
                operator AS "on call", if(in_hand = 1, acknowledged_by, '') AS "taken by", arrayStringConcat(escalated_to, ', ') AS "then called"
              FROM agentops.open_alerts
              WHERE severity != 'info' AND (agent = '' OR ${chosen('agent')})
              ORDER BY state = 'pending', severity != 'page', in_hand, open_alerts.since DESC LIMIT 100`,
          }),
        ],
      },
      {
        title: 'Over time',
        panels: [
          seriesPanel({
            title: 'How do tasks end?',
            about: 'Ended tasks by outcome. What is unknown has no verdict: neither success nor failure.',
            from: 'task_totals',
            reader: 'owner',
            width: 12,
            bars: true,
            stacked: true,
            colors: OUTCOME_COLORS,
            sql: `
              SELECT $__timeInterval(at) AS time, outcome, sum(task_totals.tasks) AS tasks
              FROM ${TASKS} AND outcome != 'open'
              GROUP BY time, outcome ORDER BY time`,
          }),
          seriesPanel({
            title: 'Which department do they work for, and at what cost?',
            about:
              'Cost by whose work it was, at the time of the charge. Unattributed work is shown as such.',
            from: 'cost_totals',
            reader: 'finance',
            width: 12,
            bars: true,
            stacked: true,
            unit: money,
            sql: `
              SELECT $__timeInterval(at) AS time, if(department = '', 'unattributed', department) AS department, sum(cost) AS cost
              FROM agentops.cost_totals
              WHERE $__timeFilter(at) AND ${chosen('environment', 'department', 'agent')}
              GROUP BY time, department ORDER BY time`,
          }),
          barPanel({
            title: 'Where does the money go?',
            about: 'Cost by agent in this time.',
            from: 'cost_totals',
            reader: 'finance',
            width: 12,
            unit: money,
            sql: `
              SELECT agent, sum(cost) AS cost FROM agentops.cost_totals
              WHERE $__timeFilter(at) AND ${chosen('environment', 'department', 'agent')}
              GROUP BY agent HAVING cost > 0 ORDER BY cost DESC LIMIT 12`,
          }),
          barPanel({
            title: 'Whose error budget is used up first?',
            about: 'Share of the error budget that is left, the least first. Below 0 it is overspent.',
            from: 'slo_status',
            reader: 'operator',
            width: 12,
            unit: 'percentunit',
            max: 1,
            min: 0,
            thresholds: ['red', [0.1, 'dark-orange'], [0.5, 'green']],
            noValue: 'no agent here has an objective',
            sql: `
              SELECT concat(agent, ' · ', slo) AS slo, budget_left AS "budget left" FROM agentops.slo_status
              WHERE budget_left IS NOT NULL AND ${chosen('environment', 'agent')}
              ORDER BY budget_left LIMIT 12`,
          }),
        ],
      },
    ],
  };
}
