import type { Board } from '../build/board.ts';
import { barPanel, seriesPanel, statPanel, tablePanel } from '../build/panels.ts';
import { agents, chosen, department, environment } from '../build/variables.ts';
import { type Context, LINKS, literal, NONE_IS_GOOD } from './context.ts';

const ENTRIES = `agentops.cost_totals WHERE $__timeFilter(at) AND ${chosen('environment', 'department', 'agent')}`;

/** The factors of cost = users × tasks a user × calls a task × tokens a call × price of a token. */
const FACTORS = ['users', 'tasks per user', 'calls per task', 'tokens per call', 'price per token'] as const;

/**
 * Why cost changed between the time before and this time: logarithmic mean Divisia index (Ang, "The LMDI approach to
 * decomposition analysis", 2005). The parts sum to the difference, whatever the order of the factors.
 */
function whyChanged(): string {
  const period = (from: string, to: string): string => `
      SELECT
        uniqExact(user_id) AS users, sum(c.calls) AS calls,
        sum(input_tokens + cached_input_tokens + cache_write_tokens + output_tokens) AS tokens, toFloat64(sum(c.cost)) AS spent,
        (
          SELECT sum(costed_tasks) FROM agentops.task_totals
          WHERE at >= ${from} AND at < ${to} AND ${chosen('environment', 'department', 'agent')}
        ) AS tasks
      FROM agentops.cost_totals AS c
      WHERE at >= ${from} AND at < ${to} AND kind = 'model' AND cost IS NOT NULL AND state != 'superseded'
        AND ${chosen('environment', 'department', 'agent')}`;
  const before = period('$__fromTime - ($__toTime - $__fromTime)', '$__fromTime');
  const factors = [
    ['n.users', 'b.users'],
    ['n.tasks / n.users', 'b.tasks / b.users'],
    ['n.calls / n.tasks', 'b.calls / b.tasks'],
    ['n.tokens / n.calls', 'b.tokens / b.calls'],
    ['n.spent / n.tokens', 'b.spent / b.tokens'],
  ];
  const parts = factors.map(
    ([now, then], i) =>
      `('${i + 1} ${FACTORS[i]}', toFloat64(${then}), toFloat64(${now}), if(comparable, mean * log((${now}) / (${then})), NULL))`,
  );
  return `
    WITH n AS (${period('$__fromTime', '$__toTime')}), b AS (${before})
    SELECT part.1 AS why, part.2 AS before, part.3 AS now, part.4 AS change
    FROM
    (
      SELECT
        n.spent > 0 AND b.spent > 0 AND n.tokens > 0 AND b.tokens > 0 AND n.tasks > 0 AND b.tasks > 0 AS comparable,
        if(n.spent = b.spent, n.spent, (n.spent - b.spent) / log(n.spent / b.spent)) AS mean,
        arrayJoin([
          ${parts.join(',\n          ')},
          ('6 altogether', b.spent, n.spent, CAST(n.spent - b.spent AS Nullable(Float64)))
        ]) AS part
      FROM n CROSS JOIN b
    )
    ORDER BY why`;
}

/** What was left of each budget of a month at the end of each business day, in the environments that budgets take. */
function burnDown({ timeZone, registry }: Context): string {
  const environments = [...registry.organisation.paged_environments, ''].map(literal).join(', ');
  return `
    SELECT toDateTime(s.day) AS time, concat(s.kind, ' ', s.subject) AS budget,
      100 - 100 * sum(s.spent) OVER (PARTITION BY s.kind, s.subject, toStartOfMonth(s.day) ORDER BY s.day) / toFloat64(b.amount) AS left
    FROM
    (
      SELECT toDate(at, '${timeZone}') AS day, one.1 AS kind, one.2 AS subject, toFloat64(ifNull(sum(cost), 0)) AS spent
      FROM
      (
        SELECT at, cost, arrayJoin([('department', toString(department)), ('agent', toString(agent)), ('user', user_id)]) AS one
        FROM agentops.cost_totals
        WHERE at >= toStartOfMonth($__fromTime, '${timeZone}') AND at <= $__toTime AND state != 'superseded' AND environment IN (${environments})
      )
      GROUP BY day, kind, subject
    ) AS s
    INNER JOIN (SELECT kind, subject, ifNull(hard, soft) AS amount FROM agentops.budgets WHERE per = 'month' AND amount > 0) AS b
      ON b.kind = s.kind AND b.subject = s.subject
    ORDER BY time`;
}

/** Tasks that are shown, and rows among which they are looked for first. */
const DEAREST = { shown: 50, looked: 500 };

/**
 * The dearest tasks, without putting all of them together. `task_states` also holds rows that have been replaced since: the
 * dearest rows lead to tasks, of which the last one that would be shown is a bound; whatever is dearer by the rows is looked
 * up, and nothing else can belong to them. Where they lead to too few, all are looked at. Of tasks that cost the same the
 * later id stands first.
 */
function dearestTasks(): string {
  const inTime = `$__timeFilter(ended_at) AND cost IS NOT NULL AND ${chosen('environment', 'department', 'agent')}`;
  const rows = `agentops.task_states WHERE deleted = 0 AND ${inTime}`;
  const first = `ORDER BY cost DESC, task_id DESC LIMIT ${DEAREST.shown}`;
  return `
    WITH
    (
      SELECT if(count() < ${DEAREST.shown}, (toDecimal128(-1, 12), ''), min((assumeNotNull(cost), task_id)))
      FROM
      (
        SELECT cost, task_id FROM agentops.tasks
        WHERE task_id IN (SELECT task_id FROM ${rows} ORDER BY cost DESC LIMIT ${DEAREST.looked}) AND ${inTime}
        ${first}
      )
    ) AS last
    SELECT task_id AS task, agent, department, outcome, model_calls AS "model calls", cost
    FROM agentops.tasks
    WHERE ${inTime} AND
    (
      last.1 < 0 OR task_id IN
      (SELECT task_id FROM ${rows} AND last.1 >= 0 AND cost >= last.1 AND (cost > last.1 OR task_id >= last.2))
    )
    ${first}`;
}

/** Costs by who used it and by who owns the agent; what is not known is shown as such. */
export function costBoard(context: Context): Board {
  const { money } = context;
  const by = (title: string, column: string, empty: string, width = 12) =>
    barPanel({
      title,
      about: 'Cost in this time, the largest first.',
      from: 'cost_totals',
      reader: 'finance',
      width,
      unit: money,
      sql: `
        SELECT if(${column} = '', '${empty}', ${column}) AS what, sum(cost) AS cost
        FROM ${ENTRIES} GROUP BY what HAVING cost > 0 ORDER BY cost DESC LIMIT 12`,
    });
  return {
    ...context.frame,
    uid: 'agentops-cost',
    title: 'Costs of agents',
    description: 'What agents cost whom, what will be at the end of the month, and why it changed.',
    folder: 'Costs',
    from: 'now-30d',
    variables: [environment(), department(), agents()],
    sections: [
      {
        panels: [
          statPanel({
            title: 'What did agents cost?',
            about: 'List prices, in the reporting currency, of every charge whose price is known.',
            from: 'cost_totals',
            reader: 'finance',
            width: 6,
            unit: money,
            sql: `SELECT sum(cost) AS cost FROM ${ENTRIES}`,
          }),
          statPanel({
            title: 'What does a finished task cost?',
            about:
              'All cost of the tasks that ended in this time, by those that succeeded. Failures are paid for by successes.',
            from: 'task_totals',
            reader: 'finance',
            width: 6,
            unit: money,
            sql: `
              SELECT toFloat64(sum(cost)) / nullIf(sumIf(tasks, outcome = 'success'), 0) AS "per success",
                toFloat64(sum(cost)) / nullIf(sum(costed_tasks), 0) AS "per task"
              FROM agentops.task_totals
              WHERE $__timeFilter(at) AND outcome != 'open' AND ${chosen('environment', 'department', 'agent')}`,
          }),
          statPanel({
            title: 'How much is in no amount here?',
            about:
              'Charges whose model, price or exchange rate is not known; and runs of which sampling dropped a part, or may have. Nothing is extrapolated.',
            from: 'cost_totals and task_totals',
            reader: 'finance',
            width: 6,
            thresholds: NONE_IS_GOOD,
            sql: `
              SELECT sum(unpriced_calls) AS charges, uniqExactIf(model, unpriced_calls > 0) AS models,
                (
                  SELECT sum(sampled_runs) FROM agentops.task_totals
                  WHERE $__timeFilter(at) AND ${chosen('environment', 'department', 'agent')}
                ) AS "sampled runs"
              FROM ${ENTRIES}`,
          }),
          statPanel({
            title: 'How much belongs to nobody?',
            about: 'Cost of work for which no department is known, and of agents that are in no registry.',
            from: 'cost_totals',
            reader: 'finance',
            width: 6,
            unit: money,
            thresholds: ['green', [0.01, 'dark-orange']],
            sql: `
              SELECT sumIf(cost, department IN ('')) AS "no department", sumIf(cost, startsWith(agent, 'unregistered:')) AS "no owner"
              FROM ${ENTRIES}`,
          }),
        ],
      },
      {
        title: 'Budgets',
        panels: [
          tablePanel({
            title: 'Which budget will not last?',
            about:
              'Spent this month, and a forecast to its end from complete days; those with a budget first. A forecast that rests on too little says why.',
            from: 'cost_forecast',
            reader: 'finance',
            width: 24,
            height: 8,
            noValue: 'the registry has no budget',
            columns: {
              kind: { width: 100 },
              whose: { width: 170 },
              owner: { width: 165 },
              unpriced: { width: 80 },
              sampled: { width: 80 },
              spent: { unit: money, decimals: 0 },
              soft: { unit: money, decimals: 0 },
              hard: { unit: money, decimals: 0 },
              'month end': { unit: money, decimals: 0, width: 90 },
              'at least': { unit: money, decimals: 0 },
              'at most': { unit: money, decimals: 0 },
              'left %': {
                unit: 'percent',
                decimals: 0,
                thresholds: ['red', [0, 'dark-orange'], [25, 'green']],
              },
              'gone at': { unit: 'dateTimeAsIso', width: 170 },
              'why no forecast': { noValue: ' ', width: 300 },
            },
            sql: `
              SELECT kind, if(subject = '', '(all)', subject) AS whose, owner, spent, soft, hard,
                100 * toFloat64(budget_left) / nullIf(toFloat64(ifNull(hard, soft)), 0) AS "left %",
                forecast AS "month end", forecast_low AS "at least", forecast_high AS "at most",
                exhausted_at AS "gone at", unpriced_calls AS unpriced, sampled_runs AS sampled, reason AS "why no forecast"
              FROM agentops.cost_forecast
              ORDER BY soft IS NULL AND hard IS NULL, "left %", spent DESC LIMIT 100`,
          }),
        ],
      },
      {
        panels: [
          seriesPanel({
            title: 'How fast is each budget of a month used up?',
            about:
              'Share of the hard amount, else of the soft one, that was left at the end of each business day; a month begins anew. Amounts as the registry has them now.',
            from: 'cost_totals and budgets',
            reader: 'finance',
            width: 24,
            unit: 'percent',
            max: 100,
            min: 'lowest value',
            noValue: 'the registry has no budget of a month, or nothing was spent',
            sql: burnDown(context),
          }),
        ],
      },
      {
        title: 'Who pays',
        panels: [
          seriesPanel({
            title: 'Which department uses it up?',
            about: 'Cost by business day and by whose work it was.',
            from: 'cost_totals',
            reader: 'finance',
            width: 24,
            bars: true,
            stacked: true,
            unit: money,
            sql: `
              SELECT toDateTime(toDate(at, '${context.timeZone}')) AS time, if(department = '', 'unattributed', department) AS department, sum(cost) AS cost
              FROM ${ENTRIES} GROUP BY time, department ORDER BY time`,
          }),
          by('Whose work was it?', 'department', 'unattributed', 8),
          by('Whose agent is it?', 'owner_department', 'nobody’s', 8),
          by('Which cost center?', 'cost_center', 'none', 8),
          by('Which agent?', 'agent', 'unknown', 8),
          by('Which model or tool?', "if(model = '', concat('tool ', tool), model)", 'unknown', 8),
          by('Which user?', 'user_id', 'unknown', 8),
        ],
      },
      {
        title: 'Why it changed',
        panels: [
          tablePanel({
            title: 'Why did it change from the time before?',
            about:
              'This time against the same length of time before it. The five parts sum to the difference (LMDI). Only charges of models with a known price; tasks by when they ended.',
            from: 'cost_totals and task_totals',
            reader: 'finance',
            width: 12,
            columns: {
              change: { unit: money, decimals: 2, thresholds: ['green', [0, 'dark-orange']] },
              before: { decimals: 4 },
              now: { decimals: 4 },
            },
            sql: whyChanged(),
          }),
          tablePanel({
            title: 'Which tasks were the dearest?',
            about: 'A click leads to the task, step by step.',
            from: 'tasks',
            reader: 'owner',
            width: 12,
            links: [LINKS.task('task')],
            columns: { cost: { unit: money, gauge: {} } },
            sql: dearestTasks(),
          }),
        ],
      },
    ],
  };
}
