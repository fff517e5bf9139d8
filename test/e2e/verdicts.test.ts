import type { Store } from '@agentops/processor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { count, type Engine, openEngine, records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance } from '../tools/otlp.ts';
import { type LogSpec, logBody, type SpanSpec, traceBody } from '../tools/spans.ts';

const AT = 1_795_000_000_000_000_000n;
const DAY = 86_400_000_000_000n;
const RESOURCE = { 'service.name': 'claims', 'deployment.environment.name': 'production' };
const random = chance(11);

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

/** A run of one agent and one model call, without a verdict of its own. */
function work(claims: Readonly<Record<string, string>>): SpanSpec[] {
  const traceId = random.hex(16);
  const parent = random.hex(8);
  return [
    {
      traceId,
      parent,
      spanId: random.hex(8),
      name: 'chat gpt-4o',
      start: AT,
      end: AT + 500n,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.response.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 1,
      },
    },
    {
      traceId,
      spanId: parent,
      name: 'invoke_agent claims',
      start: AT,
      end: AT + 1_000_000_000n,
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'claims', ...claims },
    },
  ];
}

/** A verdict as a system of record sends it, two days later: a log record without any trace. */
function verdict(outcome: string, claims: Readonly<Record<string, string>>): LogSpec {
  return {
    time: AT + 2n * DAY,
    eventName: 'agentops.task.outcome',
    attributes: { 'agentops.task.outcome': outcome, 'agentops.task.outcome.source': 'system', ...claims },
  };
}

async function feed(
  store: Store,
  spans: readonly SpanSpec[],
  logs: readonly LogSpec[],
  judge: Readonly<Record<string, string>> = RESOURCE,
): Promise<void> {
  const list = records([traceBody([{ resource: RESOURCE, items: spans }])], [spans.length]);
  const later = records([logBody([{ resource: judge, items: logs }])], [logs.length]);
  await run(store, memorySource(list, { sizes: [1] }));
  const [record] = later;
  await run(
    store,
    memorySource([list[0]!, { ...record!, offset: 1, signal: 'logs' }], { sizes: [1], from: 1 }),
  );
}

async function tasks(store: Store): Promise<Record<string, unknown>[]> {
  return store.query(
    `SELECT task_id, task_ref, outcome, outcome_source, duration_ms, model_calls FROM ${store.database}.task_outcomes ORDER BY task_id`,
  );
}

test('a verdict by task id comes two days later: the same task, no longer than its work', async () => {
  const store = await engine.database();
  await feed(store, work({ 'agentops.task.id': 'T1' }), [verdict('success', { 'agentops.task.id': 'T1' })]);
  expect(await tasks(store)).toEqual([
    {
      task_id: 'T1',
      task_ref: '',
      outcome: 'success',
      outcome_source: 'system',
      duration_ms: 1000,
      model_calls: '1',
    },
  ]);
});

test('a verdict by business reference finds its task', async () => {
  const store = await engine.database();
  await feed(store, work({ 'agentops.task.ref': 'ORDER-7' }), [
    verdict('failure', { 'agentops.task.ref': 'ORDER-7' }),
  ]);
  expect(await tasks(store)).toMatchObject([
    {
      task_ref: 'ORDER-7',
      outcome: 'failure',
      outcome_source: 'system',
      duration_ms: 1000,
      model_calls: '1',
    },
  ]);
});

test('a verdict or a score about nothing we know is no task', async () => {
  const store = await engine.database();
  const score: LogSpec = {
    time: AT,
    eventName: 'gen_ai.evaluation.result',
    attributes: { 'gen_ai.evaluation.name': 'style', 'gen_ai.evaluation.score.value': 0.5 },
  };
  await feed(store, work({ 'agentops.task.id': 'T1' }), [
    verdict('success', { 'agentops.task.id': 'nobody' }),
    score,
  ]);
  expect((await tasks(store)).map((task) => task['task_id'])).toEqual(['T1']);
  const scores = await store.query(`SELECT name, score FROM ${store.database}.evaluation_scores`);
  expect(scores).toEqual([{ name: 'style', score: 0.5 }]);
});

test('whoever judges need not know where the work ran; if it says so, it is judged there only', async () => {
  const store = await engine.database();
  const spans = work({ 'agentops.task.id': 'T1' });
  const claims = { 'agentops.task.id': 'T1' };
  await feed(store, spans, [verdict('failure', claims)], {
    ...RESOURCE,
    'deployment.environment.name': 'staging',
  });
  expect(await tasks(store)).toMatchObject([{ task_id: 'T1', outcome: 'unknown' }]);
  const nowhere = await engine.database();
  await feed(nowhere, spans, [verdict('failure', claims)], { 'service.name': 'ledger' });
  expect(await tasks(nowhere)).toMatchObject([{ task_id: 'T1', outcome: 'failure' }]);
  await count(nowhere);
  const violations = await nowhere.query(`SELECT subject FROM ${nowhere.database}.violations`);
  expect(violations).toEqual([{ subject: 'claims' }]);
});

test('a score does not end the wait of the task that it is about', async () => {
  const store = await engine.database();
  const spans = work({ 'agentops.task.id': 'T1' });
  const [call, root] = spans;
  const asked: SpanSpec = {
    traceId: root!.traceId,
    spanId: random.hex(8),
    parent: root!.spanId,
    name: 'approval requested pay',
    start: AT + 900n,
    end: AT + 900n,
    attributes: { 'agentops.approval.event': 'requested', 'agentops.approval.id': 'A1' },
  };
  const score: LogSpec = {
    time: AT + 5_000_000_000n,
    eventName: 'gen_ai.evaluation.result',
    attributes: {
      'agentops.task.id': 'T1',
      'gen_ai.evaluation.name': 'style',
      'gen_ai.evaluation.score.value': 1,
    },
  };
  await feed(store, [call!, root!, asked], [score]);
  const [task] = await tasks(store);
  // Which of the two depends on the day of the test.
  expect(['open', 'abandoned']).toContain(task!['outcome']);
});
