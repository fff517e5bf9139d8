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

test('panels say what the views say that work it out from all rows', async () => {
  const asked = questions('tasks', 'cost_15m', 'cost_totals');
  expect(asked.length).toBeGreaterThan(20);
  for (const { panel, sql } of asked) {
    // Charges of a quarter of an hour stand at its start.
    const slow = sql
      .replaceAll('agentops.tasks', 'agentops.task_outcomes')
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

test('a panel over tasks or costs reads their rows, and no step', async () => {
  const held = async (table: string): Promise<number> =>
    Number((await ask(`SELECT toString(count()) FROM agentops.${table}`)).data.flat()[0]);
  const rows = {
    tasks: await held('task_states'),
    cost_15m: await held('charge_sums'),
    cost_totals: await held('cost_sums'),
  };
  for (const view of ['tasks', 'cost_15m', 'cost_totals'] as const) {
    const asked = questions(view);
    expect(asked.length).toBeGreaterThan(view === 'cost_15m' ? 0 : 5);
    for (const { panel, sql } of asked) {
      const times = sql.split(`agentops.${view}`).length - 1;
      const { statistics } = await ask(sql);
      // Twice where the columns of the rows of a LIMIT are fetched in a pass of their own.
      expect({ panel, most: statistics.rows_read <= 2 * times * rows[view] }).toEqual({
        panel,
        most: true,
      });
    }
  }
}, 60_000);
