import { boardsOf, buildBoard, expandMacros, type Variables } from '@agentops/dashboards';
import { readRegistry } from '@agentops/processor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testFile } from '../servers/tools.ts';
import { traceBody } from '../tools/spans.ts';
import { type Company, GRAFANA_TOKEN, startCompany } from './company.ts';

interface Target {
  readonly rawSql: string;
  readonly format: number;
}
interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly Target[];
}
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly multi?: boolean;
  readonly query?: { readonly rawSql: string };
}

interface Answer {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly (readonly unknown[])[];
  readonly statistics: { readonly rows_read: number };
}

/** Panels that are empty for this company, with the reason. */
const MAY_BE_EMPTY = new Set([
  // Nothing of the fleet is unreadable.
  'Why could it not be read?',
  'Which budget is gone first?',
  // Nobody evaluates the rules here.
  'Which alerts are open, and who has them?',
  // Content is hidden until it is asked for.
  'What was said?',
]);

let company: Company;
let range: { from: number; to: number; intervalMs: number };
beforeAll(async () => {
  company = await startCompany();
  range = { from: company.from, to: company.to, intervalMs: 3_600_000 };
}, 180_000);
afterAll(() => company.stop());

/** As Grafana's data source asks: through ClickHouse's HTTP interface, as a reader. */
async function ask(sql: string): Promise<Answer> {
  const answer = await fetch(
    `http://127.0.0.1:${company.embedded.clickhouse!.port}/?database=agentops&default_format=JSONCompact`,
    {
      method: 'POST',
      body: sql,
      headers: { 'x-clickhouse-user': 'grafana', 'x-clickhouse-key': GRAFANA_TOKEN },
    },
  );
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${text}\n${sql}`);
  return JSON.parse(text) as Answer;
}

async function variablesOf(list: readonly Variable[]): Promise<Variables> {
  const found: Record<string, { values: string[]; all: boolean }> = {};
  for (const { name, type, multi, query } of list) {
    if (type !== 'query') {
      const [task] = (
        await ask(
          'SELECT task_id FROM agentops.task_outcomes WHERE loops > 0 AND tool_calls > 0 ORDER BY notEmpty(verdicts) DESC, human_interventions DESC, task_id LIMIT 1',
        )
      ).data;
      found[name] = { values: [name === 'task' ? String(task![0]) : ''], all: false };
      continue;
    }
    const { data, meta } = await ask(expandMacros(query!.rawSql, range, found));
    expect({ name, rows: data.length > 0, columns: meta.length }).toEqual({ name, rows: true, columns: 1 });
    const values = data.map(([value]) => String(value));
    found[name] = multi ? { values, all: true } : { values: values.slice(0, 1), all: false };
  }
  return found;
}

const BOARDS = boardsOf(readRegistry(testFile('../registry/company')));

describe.each(BOARDS.map(({ uid }) => uid))('%s', (uid) => {
  test('every panel is answered, with columns as its kind needs them', async () => {
    const board = buildBoard(boardsOf(company.registry).find((one) => one.uid === uid)!);
    const variables = await variablesOf((board.templating?.list ?? []) as unknown as Variable[]);
    for (const panel of board.panels as unknown as Panel[]) {
      for (const { rawSql, format } of panel.targets ?? []) {
        const { data, meta } = await ask(expandMacros(rawSql, range, variables));
        const about = { panel: panel.title };
        if (!MAY_BE_EMPTY.has(panel.title))
          expect({ ...about, rows: data.length > 0 }).toEqual({ ...about, rows: true });
        if (format === 0) expect({ ...about, first: meta[0]?.name }).toEqual({ ...about, first: 'time' });
        expect(new Set(meta.map(({ name }) => name)).size).toBe(meta.length);
        // Chosen values instead of All: the same question, narrower.
        const chosen = Object.fromEntries(
          Object.entries(variables).map(([name, value]) => [name, { ...value, all: false }]),
        );
        const narrow = await ask(expandMacros(rawSql, range, chosen));
        expect({
          ...about,
          ok: narrow.data.length <= data.length && narrow.data.length > 0 === data.length > 0,
        }).toEqual({ ...about, ok: true });
      }
    }
  }, 120_000);
});

test('what was said is shown when it is asked for, masked; a trace is drawn by its id', async () => {
  const traceId = 'c0'.repeat(16);
  const start = BigInt(Date.now() - 5_000) * 1_000_000n;
  const shared = { traceId, start, end: start + 2_000_000n };
  const body = traceBody([
    {
      resource: { 'service.name': 'expense-reimbursement', 'deployment.environment.name': 'production' },
      items: [
        {
          ...shared,
          spanId: 'c1'.repeat(8),
          name: 'invoke_agent expense-reimbursement',
          attributes: { 'gen_ai.operation.name': 'invoke_agent', 'agentops.task.id': 'told' },
        },
        {
          ...shared,
          spanId: 'c2'.repeat(8),
          parent: 'c1'.repeat(8),
          name: 'execute_tool read_receipt',
          status: { code: 2, message: 'no receipt' },
          attributes: {
            'gen_ai.operation.name': 'execute_tool',
            'gen_ai.tool.name': 'read_receipt',
            'gen_ai.tool.call.arguments': '{"to":"taro@example.com","reason":"taxi"}',
          },
        },
      ],
    },
  ]);
  const { embedded, registry } = company;
  const { status } = await fetch(`http://127.0.0.1:${embedded.otlpPort}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body,
  });
  expect(status).toBe(200);
  await embedded.drained();
  await embedded.counted();
  const board = buildBoard(boardsOf(registry).find(({ uid }) => uid === 'agentops-run')!);
  const { panels } = board as unknown as { panels: readonly Panel[] };
  const asked = async (title: string, values: Readonly<Record<string, string>>): Promise<unknown[]> => {
    const { rawSql } = panels.find((panel) => panel.title === title)!.targets![0]!;
    const chosen = Object.entries({ task: '', worst: '', traceId: '', content: 'hidden', ...values });
    const variables = Object.fromEntries(
      chosen.map(([name, value]) => [name, { values: [value], all: false }]),
    );
    const { data, meta } = await ask(expandMacros(rawSql, range, variables));
    return data.map((row) => Object.fromEntries(row.map((value, i) => [meta[i]!.name, value])));
  };
  expect(await asked('What was said?', { task: 'told' })).toEqual([]);
  expect(await asked('What was said?', { task: 'told', content: 'shown' })).toMatchObject([
    { step: 'read_receipt', text: expect.stringMatching(/^(?!.*taro@example\.com).*taxi/) },
  ]);
  const drawn = [
    { traceID: traceId, spanID: 'c1'.repeat(8), parentSpanID: '', duration: 2, statusCode: 0 },
    { spanID: 'c2'.repeat(8), operationName: 'read_receipt', statusCode: 2 },
  ];
  expect(await asked('Where did the time go in one trace?', { task: 'told' })).toMatchObject(drawn);
  expect(await asked('Where did the time go in one trace?', { traceId })).toMatchObject(drawn);

  // Where no task is named, it is that of the trace, else the worst of the agents.
  const { query } = (board.templating!.list as unknown as Variable[]).find(({ name }) => name === 'worst')!;
  const all: Variables[string] = { values: [], all: true };
  const worstOf = async (trace: string, agent = all): Promise<unknown> => {
    const chosen = { traceId: { values: [trace], all: false }, environment: all, agent };
    return (await ask(expandMacros(query!.rawSql, range, chosen))).data;
  };
  expect(await worstOf(traceId)).toEqual([['told']]);
  expect(await worstOf('f0'.repeat(16))).toEqual([['']]);
  const [[failed]] = (await worstOf('', { values: ['customer-support'], all: false })) as [[string]];
  expect(await asked('What was asked, and how did it end?', { worst: failed })).toMatchObject([
    { agent: 'customer-support', outcome: 'failure' },
  ]);
}, 60_000);
