import { readVerdicts, type Store, type Verdict, verdictRequest } from '@agentops/processor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count, dump, type Engine, expectBalance, openEngine, records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance } from '../tools/otlp.ts';
import { type LogSpec, logBody, type SpanSpec, traceBody } from '../tools/spans.ts';

const AT = 1_795_000_000_000_000_000n;
const RESOURCE = { 'service.name': 'claims', 'deployment.environment.name': 'production' };
const random = chance(23);

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

/** A run of an agent and a model call of its. */
function work(claims: Readonly<Record<string, string>>): SpanSpec[] {
  const traceId = random.hex(16);
  const root = random.hex(8);
  const genAi = (operation: string): Record<string, string> => ({
    'gen_ai.operation.name': operation,
    'gen_ai.agent.name': 'claims',
  });
  return [
    {
      traceId,
      spanId: random.hex(8),
      parent: root,
      name: 'chat gpt-4o',
      start: AT,
      end: AT + 500n,
      attributes: { ...genAi('chat'), 'gen_ai.response.model': 'gpt-4o' },
    },
    {
      traceId,
      spanId: root,
      name: 'invoke_agent claims',
      start: AT,
      end: AT + 1_000_000_000n,
      attributes: { ...genAi('invoke_agent'), ...claims },
    },
  ];
}

function verdicts(csv: string): readonly Verdict[] {
  const { verdicts, rejected } = readVerdicts(csv, 'csv', AT + 10n ** 15n);
  expect(rejected).toEqual([]);
  return verdicts;
}

const spansBody = (spans: readonly SpanSpec[]) => traceBody([{ resource: RESOURCE, items: spans }]);
const request = (list: readonly Verdict[]) => JSON.parse(verdictRequest(list)) as object;

/** Feeds bodies one by one; `from`: the offset of the first. */
async function feed(
  store: Store,
  spans: readonly SpanSpec[],
  later: readonly object[],
  from = 0,
): Promise<void> {
  const list = records(
    [...(spans.length > 0 ? [spansBody(spans)] : []), ...later],
    [...(spans.length > 0 ? [spans.length] : [])],
  ).map((record, i) => ({ ...record, offset: from + i }));
  await run(store, memorySource(list, { sizes: [1] }));
}

const ask = (store: Store, sql: string) => store.query(sql.replaceAll('{}', store.database));

const TASKS = Array.from({ length: 100 }, (_, i) => ({
  'agentops.task.id': `T${i}`,
  'agentops.task.ref': `ORDER-${i}`,
}));
/** 31 of 100 succeed; odd ones are named by their reference. */
const CSV = [
  'task_id,task_ref,outcome,source,by,at,evidence',
  ...TASKS.map((task, i) => {
    const name = i % 2 === 0 ? `${task['agentops.task.id']},` : `,${task['agentops.task.ref']}`;
    return `${name},${i < 31 ? 'success' : 'failure'},human,mei.fujita,2026-11-20T10:00:00Z,"seen, and judged"`;
  }),
].join('\n');

describe('verdicts of a file', () => {
  test('100 runs that say nothing of their outcome: 31 succeeded, 69 failed', async () => {
    const store = await engine.database();
    const spans = TASKS.flatMap(work);
    await feed(store, spans, []);
    const outcomes =
      'SELECT outcome, outcome_source, count() AS tasks FROM {}.task_outcomes GROUP BY ALL ORDER BY outcome';
    expect(await ask(store, outcomes)).toEqual([{ outcome: 'unknown', outcome_source: '', tasks: '100' }]);
    await feed(store, [], [request(verdicts(CSV))], 1);
    const judged = [
      { outcome: 'failure', outcome_source: 'human', tasks: '69' },
      { outcome: 'success', outcome_source: 'human', tasks: '31' },
    ];
    expect(await ask(store, outcomes)).toEqual(judged);
    expect(
      await ask(
        store,
        'SELECT given_by, evidence, agent, joined, count() AS verdicts FROM {}.task_verdicts GROUP BY ALL',
      ),
    ).toEqual([
      {
        given_by: 'mei.fujita',
        evidence: 'seen, and judged',
        agent: 'unregistered:claims',
        joined: 1,
        verdicts: '100',
      },
    ]);
    const before = await dump(store);
    // The same file again, split otherwise and in another order.
    const again = [...verdicts(CSV)].reverse();
    await feed(store, [], [request(again.slice(0, 33)), request(again.slice(33))], 2);
    expect(await dump(store)).toEqual(before);
    await expectBalance(store);
  });

  test('verdicts first, the work later: the same tables as the other way round', async () => {
    const spans = TASKS.slice(0, 10).flatMap(work);
    const list = verdicts(CSV).slice(0, 10);
    const late = await engine.database();
    await feed(late, spans, [request(list)]);
    const early = await engine.database();
    await feed(early, [], [request(list)]);
    const waiting =
      'SELECT task_id, task_ref, joined FROM {}.task_verdicts ORDER BY task_id, task_ref LIMIT 1';
    expect(await ask(early, waiting)).toEqual([{ task_id: '', task_ref: 'ORDER-1', joined: 0 }]);
    expect(await ask(early, 'SELECT count() AS tasks FROM {}.task_outcomes')).toEqual([{ tasks: '0' }]);
    await feed(early, spans, [], 1);
    expect(await dump(early)).toEqual(await dump(late));
    expect(await ask(early, 'SELECT min(joined) AS joined FROM {}.task_verdicts')).toEqual([{ joined: 1 }]);
  });

  test('of two verdicts of one source the later counts, of two sources the stronger; all stay visible', async () => {
    const store = await engine.database();
    const csv = [
      'task_id,outcome,source,by,at',
      'T1,success,human,mei,2026-11-19T10:00:00Z',
      'T1,failure,human,yuki,2026-11-19T11:00:00Z',
      'T1,success,system,ledger,2026-11-19T12:00:00Z',
    ].join('\n');
    const spans = work({ 'agentops.task.id': 'T1', 'agentops.task.outcome': 'success' });
    await feed(store, spans, [request(verdicts(csv))]);
    expect(
      await ask(
        store,
        'SELECT outcome, outcome_source, outcome_by, arrayMap(v -> v.5, verdicts) AS judges FROM {}.task_outcomes',
      ),
    ).toEqual([
      {
        outcome: 'failure',
        outcome_source: 'human',
        outcome_by: 'yuki',
        judges: ['yuki', 'mei', 'ledger', ''],
      },
    ]);
    expect(await ask(store, 'SELECT source, given_by FROM {}.task_verdicts ORDER BY at')).toEqual([
      { source: 'agent', given_by: '' },
      { source: 'human', given_by: 'mei' },
      { source: 'human', given_by: 'yuki' },
      { source: 'system', given_by: 'ledger' },
    ]);
  });

  test('a verdict that says where the work ran judges it there only', async () => {
    const store = await engine.database();
    const csv = 'task_id,outcome,source,at,environment\nT1,failure,system,2026-11-20T10:00:00Z,staging\n';
    await feed(store, work({ 'agentops.task.id': 'T1' }), [request(verdicts(csv))]);
    expect(await ask(store, 'SELECT outcome FROM {}.task_outcomes')).toEqual([{ outcome: 'unknown' }]);
    expect(await ask(store, 'SELECT task_id, environment, joined FROM {}.task_verdicts')).toEqual([
      { task_id: 'T1', environment: 'staging', joined: 0 },
    ]);
  });
});

test('personal data and secrets of a verdict are masked, and it finds its task all the same', async () => {
  const store = await engine.database();
  const task = 'claim of mei.fujita@kitano.example';
  const csv = [
    'task_id,outcome,source,by,at,evidence',
    `${task},success,human,yuki@kitano.example,2026-11-19T10:00:00Z,the key is AKIAIOSFODNN7EXAMPLE`,
  ].join('\n');
  await feed(store, work({ 'agentops.task.id': task }), [request(verdicts(csv))]);
  const [row] = await store.query<Record<string, unknown>>(`SELECT * FROM ${store.database}.task_verdicts`);
  expect(row).toMatchObject({ joined: 1, outcome: 'success', agent: 'unregistered:claims' });
  const everything = JSON.stringify([row, await dump(store)]);
  for (const secret of ['mei.fujita', 'yuki', 'AKIAIOSFODNN7EXAMPLE'])
    expect(everything).not.toContain(secret);
});

test('disagreement: who judges what, and who says otherwise', async () => {
  const store = await engine.database();
  /** Per task: what agent, evaluator, system and human say. */
  const said: readonly (readonly [string, string, string, string])[] = [
    ['success', '', '', 'success'],
    ['success', '', '', 'failure'],
    ['failure', '', '', 'success'],
    ['failure', '', '', 'escalated'],
    ['success', 'failure', '', ''],
    ['success', 'failure', '', 'success'],
    ['success', '', 'failure', ''],
    ['success', '', '', ''],
    ['', '', 'success', 'unknown'],
  ];
  const spans = said.flatMap(([agent], i) =>
    work({ 'agentops.task.id': `T${i}`, ...(agent !== '' && { 'agentops.task.outcome': agent }) }),
  );
  const rows = said.flatMap(([, ...others], i) =>
    ['evaluator', 'system', 'human'].flatMap((source, judge) =>
      others[judge] === '' ? [] : [`T${i},${others[judge]},${source},somebody,2026-11-20T10:00:00Z`],
    ),
  );
  await feed(store, spans, [request(verdicts(['task_id,outcome,source,by,at', ...rows].join('\n')))]);
  await count(store);
  const view = 'SELECT * EXCEPT (day) FROM {}.verdict_disagreement';
  const expected = {
    agent: 'unregistered:claims',
    environment: 'production',
    tasks: '9',
    judged_by_two: '7',
    disagreed: '5',
    share: 5 / 7,
    agent_human: '5',
    agent_human_disagreed: '2',
    agent_system: '1',
    agent_system_disagreed: '1',
    agent_evaluator: '2',
    agent_evaluator_disagreed: '2',
    evaluator_human: '1',
    evaluator_human_disagreed: '1',
    system_human: '0',
    system_human_disagreed: '0',
    overclaimed: '3',
  };
  expect(await ask(store, view)).toEqual([expected]);

  // An evaluation by OTel log is an evaluator's verdict where it speaks of the task as a whole.
  const score = (task: string, name: string, label: string): LogSpec => ({
    time: AT + 5_000_000_000n,
    eventName: 'gen_ai.evaluation.result',
    attributes: {
      'agentops.task.id': task,
      'gen_ai.evaluation.name': name,
      'gen_ai.evaluation.score.label': label,
    },
  });
  const scores = [score('T7', 'Task Completion', 'Fail'), score('T0', 'style', 'fail')];
  const body = logBody([{ resource: RESOURCE, items: scores }]);
  const [record] = records([body], [scores.length]);
  await run(store, memorySource([{ ...record!, signal: 'logs', offset: 9 }], { sizes: [1] }));
  await count(store);
  expect(await ask(store, view)).toEqual([
    {
      ...expected,
      judged_by_two: '8',
      disagreed: '6',
      share: 6 / 8,
      agent_evaluator: '3',
      agent_evaluator_disagreed: '3',
      overclaimed: '4',
    },
  ]);
});

test('a score by task id, reference or answer, sent by an evaluator of its own, is about the agent that it scores', async () => {
  const store = await engine.database();
  const [bare, root] = work({ 'agentops.task.id': 'T1', 'agentops.task.ref': 'ORDER-1' });
  const call = { ...bare!, attributes: { ...bare!.attributes, 'gen_ai.response.id': 'chatcmpl-B1' } };
  // A gateway saw the same answer in a trace of its own.
  const copy = { ...call, traceId: 'f'.repeat(32), parent: 'f'.repeat(16) };
  const spans = [call, root!, copy];
  const score = (
    name: string,
    claims: Readonly<Record<string, string>>,
    more: Partial<LogSpec> = {},
  ): LogSpec => ({
    time: AT + 5_000_000_000n,
    eventName: 'gen_ai.evaluation.result',
    attributes: { ...claims, 'gen_ai.evaluation.name': name, 'gen_ai.evaluation.score.value': 0.5 },
    ...more,
  });
  const items = [
    score('by id', { 'agentops.task.id': 'T1' }),
    score('by ref', { 'agentops.task.ref': 'ORDER-1' }),
    score('by span', {}, { traceId: call.traceId, spanId: call.spanId }),
    score('by answer', { 'gen_ai.response.id': 'chatcmpl-B1' }),
    score('of nobody', { 'agentops.task.id': 'T2' }),
    score('of no answer here', { 'gen_ai.response.id': 'chatcmpl-B2' }),
  ];
  const body = logBody([{ resource: { 'service.name': 'judge' }, items }]);
  const list = records([spansBody(spans), body], [spans.length, items.length]);
  await run(store, memorySource([list[0]!, { ...list[1]!, signal: 'logs' }], { sizes: [1] }));
  const view = `SELECT name, task_id = 'T1' AS found, agent, environment, joined_by FROM {}.evaluation_scores ORDER BY name`;
  const scored = { found: 1, agent: 'unregistered:claims', environment: 'production' };
  const waiting = { found: 0, agent: 'unregistered:judge', environment: '', joined_by: '' };
  expect(await ask(store, view)).toEqual([
    { name: 'by answer', ...scored, joined_by: 'response' },
    { name: 'by id', ...scored, joined_by: 'task' },
    { name: 'by ref', ...scored, joined_by: 'task' },
    { name: 'by span', ...scored, joined_by: 'trace' },
    { name: 'of no answer here', ...waiting },
    { name: 'of nobody', ...waiting },
  ]);
  // What is scored once counts once.
  expect(await ask(store, "SELECT count() AS tasks FROM {}.task_outcomes WHERE task_id = 'T1'")).toEqual([
    { tasks: '1' },
  ]);
});
