import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine, records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance, span, traceRequest } from '../tools/otlp.ts';

const START = 1_795_000_000_000;
const random = chance(57);

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

/** A run of the task that calls the same tool so many times, with the same arguments and the same result. */
function runOf(task: string, start: number, calls: number): object {
  const traceId = random.hex(16);
  const root = random.hex(8);
  const tools = Array.from({ length: calls }, (_, i) =>
    span({
      traceId,
      spanId: random.hex(8),
      parent: root,
      name: 'execute_tool search',
      start: start + 10 * i,
      end: start + 10 * i + 5,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'search',
        'gen_ai.tool.call.arguments': '{"what":"again"}',
        'gen_ai.tool.call.result': 'nothing',
      },
    }),
  );
  const invoke = span({
    traceId,
    spanId: root,
    name: 'invoke_agent researcher',
    start,
    end: start + 10 * calls + 10,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'researcher',
      'agentops.task.id': task,
    },
  });
  return traceRequest({ 'service.name': 'researcher' }, [...tools, invoke]);
}

test('a task counts the circles of all its runs, whichever they are in', async () => {
  const store = await engine.database();
  const bodies = [
    runOf('first', START, 6),
    runOf('first', START + 1000, 1),
    runOf('later', START, 1),
    runOf('later', START + 1000, 6),
    runOf('both', START, 6),
    runOf('both', START + 1000, 6),
    runOf('neither', START, 1),
    runOf('neither', START + 1000, 1),
  ];
  await run(store, memorySource(records(bodies), { sizes: [3] }));
  const rows = await store.query<{ task: string; loops: number; runs: string }>(
    `SELECT task_id AS task, toUInt32(loops) AS loops, length(run_ids) AS runs FROM ${store.database}.task_outcomes ORDER BY task`,
  );
  expect(rows).toEqual([
    { task: 'both', loops: 2, runs: '2' },
    { task: 'first', loops: 1, runs: '2' },
    { task: 'later', loops: 1, runs: '2' },
    { task: 'neither', loops: 0, runs: '2' },
  ]);
});
