import type { Board } from '../build/board.ts';
import { barPanel, statPanel, tablePanel } from '../build/panels.ts';
import { agents, chosen, environment } from '../build/variables.ts';
import { type Context, LINKS, NONE_IS_GOOD } from './context.ts';

const CHOSEN = `(environment = '' OR ${chosen('environment')}) AND ${chosen('agent')}`;
const COLUMNS = 'agent, environment, kind, subject, count, run_id, first_seen, last_seen';
/** What traces show, in the time that is looked at. */
const SHOWN = `SELECT ${COLUMNS} FROM agentops.violation_totals WHERE $__timeFilter(at) AND ${CHOSEN}`;
/** Silence and small samples are no matter of a quarter of an hour. */
const MISSING = `SELECT ${COLUMNS} FROM agentops.violations
  WHERE $__timeFilter(last_seen) AND kind IN ('silent_agent', 'sample_short') AND ${CHOSEN}`;

/** Calls that the table of dangerous ones reaches back for. */
const LATEST_CALLS = 1000;

/** Telemetry against the registry as it stood at the time. */
export function governanceBoard(context: Context): Board {
  const { team } = context;
  const count = (title: string, from: string, rows: string, about: string) =>
    statPanel({
      title,
      about,
      from,
      reader: 'security',
      width: 6,
      thresholds: NONE_IS_GOOD,
      sql: `SELECT sum(count) AS times FROM (${rows})`,
    });
  const shown = (title: string, kinds: readonly string[], about: string) =>
    count(
      title,
      'violation_totals',
      `${SHOWN} AND kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')})`,
      about,
    );
  return {
    ...context.frame,
    uid: 'agentops-governance',
    title: 'Governance',
    description: 'What agents do that the registry does not know or does not allow.',
    folder: 'Governance',
    variables: [environment(), agents()],
    sections: [
      {
        panels: [
          shown(
            'Who works without an owner?',
            ['unregistered_agent', 'retired_agent'],
            'Agents that nobody has registered, and retired ones that still work.',
          ),
          shown(
            'Which calls lacked approval?',
            ['approval_missing', 'approval_late', 'self_approved'],
            'High-risk calls without a decision, with one that came after the call, or by whoever asked.',
          ),
          shown(
            'What is used that nobody declared?',
            ['undeclared_tool', 'undeclared_model', 'undeclared_data', 'undeclared_version'],
            'Tools, models, data and versions beside the registry.',
          ),
          count(
            'What is missing?',
            'violations',
            MISSING,
            'Agents that should be working and are silent, and reviews that a sample should have drawn.',
          ),
        ],
      },
      {
        panels: [
          tablePanel({
            title: 'What happened against the registry, and who answers for it?',
            about: 'Each kind and subject once, with how often and when last.',
            from: 'violation_totals, violations and the registry',
            reader: 'security',
            width: 24,
            height: 13,
            links: [LINKS.agent('agent'), LINKS.trace('trace')],
            columns: {
              'last seen': { unit: 'dateTimeAsIso', width: 170 },
              'first seen': { unit: 'dateTimeAsIso', width: 170 },
              trace: { width: 120 },
              times: { gauge: {} },
            },
            sql: `
              SELECT kind, agent, subject, ${team('owner', 'agent')} AS owner, ${team('operator', 'agent')} AS "on call", sum(count) AS times,
                toDateTime(min(first_seen)) AS "first seen", toDateTime(max(last_seen)) AS "last seen", splitByChar('-', argMax(run_id, last_seen))[1] AS trace
              FROM (${SHOWN} UNION ALL ${MISSING}) GROUP BY kind, agent, subject ORDER BY times DESC LIMIT 300`,
          }),
        ],
      },
      {
        panels: [
          barPanel({
            title: 'What do agents do to the world?',
            about: 'Tool calls by their effect, as the registry declares it.',
            from: 'tool_totals',
            reader: 'security',
            width: 8,
            sql: `
              SELECT if(effect = '', 'not declared', effect) AS effect, sum(t.calls) AS calls
              FROM (SELECT * FROM agentops.tool_totals WHERE $__timeFilter(at) AND ${chosen('environment', 'agent')}) AS t GROUP BY effect ORDER BY calls DESC`,
          }),
          tablePanel({
            title: 'Which calls were dangerous?',
            about:
              'Destructive and external calls, and those of high risk, the latest first: the quarters of an hour of about the latest thousand, by task.',
            from: 'dangerous_calls and tool_totals',
            reader: 'security',
            width: 16,
            height: 8,
            links: [LINKS.task('task')],
            columns: {
              at: { unit: 'dateTimeAsIso', width: 170 },
              agent: { width: 170 },
              tool: { width: 120 },
              errors: { thresholds: NONE_IS_GOOD },
            },
            sql: `
              SELECT toDateTime(last_at) AS at, agent, tool, effect, risk, calls, errors, task_id AS task
              FROM agentops.dangerous_calls
              WHERE dangerous_calls.at >=
              (
                SELECT min(quarter)
                FROM
                (
                  SELECT at AS quarter, sum(sum(calls)) OVER (ORDER BY at DESC) - sum(calls) AS later
                  FROM agentops.tool_totals
                  WHERE $__timeFilter(at) AND ${chosen('environment', 'agent')} AND (effect IN ('destructive', 'external') OR risk = 'high')
                  GROUP BY at
                )
                WHERE later < ${LATEST_CALLS}
              ) AND $__timeFilter(dangerous_calls.at) AND ${chosen('environment', 'agent')}
              ORDER BY last_at DESC LIMIT 200`,
          }),
        ],
      },
    ],
  };
}
