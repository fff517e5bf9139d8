import { boardsOf, buildBoard, expandMacros } from '@agentops/dashboards';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Company, startCompany } from './company.ts';
import type { Sheet } from './lint.ts';

let company: Company;
beforeAll(async () => {
  company = await startCompany(2);
}, 180_000);
afterAll(() => company.stop(), 180_000);

interface Asked {
  readonly panel: string;
  readonly sql: string;
}

/** Every question of the dashboards, with all agents chosen, whose views are only these. */
function questions(...views: readonly string[]): Asked[] {
  const range = { from: company.from, to: company.to, intervalMs: 3_600_000 };
  // The run explorer asks nothing before a task is chosen.
  const boards = boardsOf(company.registry).filter(({ uid }) => uid !== 'agentops-run');
  return boards.flatMap((board) => {
    const sheet = JSON.parse(JSON.stringify(buildBoard(board))) as Sheet;
    const variables = Object.fromEntries(
      sheet.templating.list.map(({ name }) => [name, { values: ['customer-support'], all: true }]),
    );
    return sheet.panels.flatMap(({ title, targets = [] }) =>
      targets
        .filter(({ rawSql }) => {
          const read = [...rawSql.matchAll(/agentops\.(\w+)/g)].map(([, view]) => view!);
          return read.length > 0 && read.every((view) => views.includes(view));
        })
        .map(({ rawSql }) => ({
          panel: `${board.uid}: ${title}`,
          sql: expandMacros(rawSql, range, variables),
        })),
    );
  });
}

interface Answer {
  readonly data: readonly unknown[];
  readonly statistics: { readonly rows_read: number };
}

const ask = async (sql: string): Promise<Answer> =>
  JSON.parse(await company.embedded.reader.text(sql, 'JSONCompact')) as Answer;

/** The sums by quarters of an hour, of all rows. The alias is what panels qualify columns by. */
const TASK_TOTALS = `(
  SELECT toStartOfFifteenMinutes(t.ended_at) AS at, agent, agents, environment, stage, registered, department, outcome, outcome_source,
    count() AS tasks, countIf(planned_interventions > 0) AS planned_tasks, countIf(unplanned_interventions > 0) AS unplanned_tasks,
    sum(t.model_calls) AS model_calls, sum(t.tool_calls) AS tool_calls, count(t.cost) AS costed_tasks, sum(t.cost) AS cost,
    sum(t.unpriced_calls) AS unpriced_calls,
      sumIf(length(run_ids), sampled_share < 1 OR telemetry = 'sampled') AS sampled_runs, max(t.ended_at) AS last_at
  FROM agentops.task_outcomes AS t GROUP BY ALL
) AS task_totals`;
const TOOL_TOTALS = `(
  SELECT toStartOfFifteenMinutes(t.started_at) AS at, agent, environment, tool, effect, risk, count() AS calls,
    countIf(status = 'error') AS errors, quantilesDDState(0.01, 0.5, 0.95)(duration_ms) AS durations, max(t.started_at) AS last_at
  FROM agentops.run_steps AS t WHERE kind = 'tool' GROUP BY ALL
) AS tool_totals`;

test('panels say what the views say that work it out from all rows', async () => {
  const asked = questions('tasks', 'task_totals', 'tool_totals', 'cost_15m', 'cost_totals');
  expect(asked.length).toBeGreaterThan(20);
  for (const { panel, sql } of asked) {
    // Charges of a quarter of an hour stand at its start.
    const slow = sql
      .replaceAll('agentops.tasks', 'agentops.task_outcomes')
      .replaceAll('agentops.task_totals', TASK_TOTALS)
      .replaceAll('agentops.tool_totals', TOOL_TOTALS)
      .replaceAll(
        /agentops\.cost_(?:15m|totals)/g,
        `(SELECT * REPLACE (toStartOfFifteenMinutes(at) AS at), 1 AS calls, toUInt64(cost IS NULL) AS unpriced_calls FROM agentops.cost_entries)`,
      );
    const [one, other] = [await ask(sorted(sql)), await ask(sorted(slow))];
    expect({ panel, data: one.data.length > 0 }).toEqual({ panel, data: true });
    expect({ panel, data: rounded(one.data) }).toEqual({ panel, data: rounded(other.data) });
  }
}, 180_000);

/** Means are sums of floats, and those depend on their order in the last digits. */
const rounded = (data: readonly unknown[]): unknown =>
  JSON.parse(JSON.stringify(data), (_, value) =>
    typeof value === 'number' ? Number(value.toPrecision(12)) : value,
  );

/** Rows that are equal in what a panel orders by may come in any order. */
const sorted = (sql: string): string => `SELECT * FROM (${sql}) ORDER BY ALL`;

test('the dearest tasks are those of all tasks, also where dearer rows have been replaced', async () => {
  const [dearest] = questions('tasks', 'task_states').filter(({ panel }) => /dearest/.test(panel));
  const ids = async (sql: string): Promise<unknown[]> => (await ask(`SELECT task FROM (${sql})`)).data.flat();
  const plain = `SELECT task_id AS task FROM agentops.task_outcomes WHERE cost IS NOT NULL ORDER BY cost DESC, task_id DESC LIMIT 50`;
  expect(await ids(dearest!.sql)).toEqual(await ids(plain));
  await company.embedded.reader.command(
    `INSERT INTO agentops.task_states
     SELECT * REPLACE (1000 * cost AS cost, version - 2 AS version) FROM agentops.task_states FINAL
     WHERE cost IS NOT NULL ORDER BY cost LIMIT 300`,
  );
  expect(await ids(dearest!.sql)).toEqual(await ids(plain));
}, 60_000);

test('a panel over tasks or costs reads their rows, and no step', async () => {
  const held = async (table: string): Promise<number> =>
    Number((await ask(`SELECT toString(count()) FROM agentops.${table}`)).data.flat()[0]);
  const rows = {
    tasks: await held('task_states'),
    task_states: await held('task_states'),
    task_totals: await held('task_sums'),
    tool_totals: await held('tool_sums'),
    cost_totals: await held('cost_sums'),
  };
  const asked = questions(...Object.keys(rows));
  for (const view of Object.keys(rows))
    expect({ view, asked: asked.some(({ sql }) => sql.includes(`agentops.${view}`)) }).toEqual({
      view,
      asked: true,
    });
  for (const { panel, sql } of asked) {
    const read = [...sql.matchAll(/agentops\.(\w+)/g)].map(([, view]) => rows[view as keyof typeof rows]);
    const { statistics } = await ask(sql);
    // Twice where the columns of the rows of a LIMIT are fetched in a pass of their own.
    const most = 2 * read.reduce((sum, one) => sum + one, 0);
    expect({ panel, most: statistics.rows_read <= most }).toEqual({ panel, most: true });
  }
}, 60_000);
