import { publishedHistories, publishHistories, type Store } from '@agentops/processor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine, records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance, span, traceRequest } from '../tools/otlp.ts';

const DAY = 86_400_000;
const NOW = 1_795_000_000_000;
const random = chance(21);

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

interface Shape {
  /** Different searches. */
  readonly calls: number;
  readonly start: number;
  /** Equal calls with equal results at the end. */
  readonly repeated?: number;
  readonly outcome?: string;
}

function request({ calls, start, repeated = 0, outcome }: Shape): object {
  const traceId = random.hex(16);
  const root = random.hex(8);
  const tools = Array.from({ length: calls + repeated }, (_, i) => {
    const what = i < calls ? `${traceId} ${i} ${random.hex(4)}` : 'again';
    return span({
      traceId,
      spanId: random.hex(8),
      parent: root,
      name: 'execute_tool search',
      start: start + 10 * i,
      end: start + 10 * i + 5,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'search',
        'gen_ai.tool.call.arguments': JSON.stringify({ what }),
        'gen_ai.tool.call.result': what,
      },
    });
  });
  const invoke = span({
    traceId,
    spanId: root,
    name: 'invoke_agent researcher',
    start,
    end: start + 10 * (calls + repeated) + 10,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'researcher',
      ...(outcome !== undefined && { 'agentops.task.outcome': outcome }),
    },
  });
  return traceRequest({ 'service.name': 'researcher' }, [...tools, invoke]);
}

async function feed(store: Store, bodies: readonly object[]): Promise<void> {
  const list = records(bodies).map((record) => ({ ...record, receivedAt: NOW + 2 * DAY }));
  await run(store, memorySource(list, { sizes: [7] }));
}

const found = (store: Store) =>
  store.query<{ pattern: string; wasted: number }>(
    `SELECT pattern, wasted_calls AS wasted FROM ${store.database}.loops FINAL ORDER BY detected_at`,
  );
const ns = (ms: number): bigint => BigInt(ms) * 1_000_000n;
const many = (count: number, shape: Omit<Shape, 'start'>): object[] =>
  Array.from({ length: count }, (_, i) => request({ ...shape, start: NOW - DAY - i * 1000 }));

test('a run that needs far more than any before it is found, by the history that was valid when it began', async () => {
  const store = await engine.database();
  await feed(store, [
    ...many(30, { calls: 8 }),
    // What went in circles says nothing of what was needed, and what is older than four weeks no more.
    request({ calls: 2, repeated: 30, start: NOW - DAY }),
    request({ calls: 60, start: NOW - 40 * DAY }),
  ]);
  expect(await publishHistories(store, ns(NOW))).toBe(true);
  expect(await publishHistories(store, ns(NOW + DAY / 2))).toBe(false);
  expect(await publishedHistories(store)).toEqual([
    { agent: 'unregistered:researcher', validFrom: ns(NOW + 60_000), runs: 30, mostCalls: 8 },
  ]);

  const later = [
    request({ calls: 12, start: NOW + DAY }),
    // One and a half times 8 are 12: the 13th call is beyond it.
    request({ calls: 15, start: NOW + DAY + 1 }),
    // Began before the history was valid.
    request({ calls: 15, start: NOW }),
  ];
  await feed(store, later);
  const loops = [
    { pattern: 'no_progress', wasted: 28 },
    { pattern: 'beyond_history', wasted: 3 },
  ];
  expect(await found(store)).toEqual(loops);

  // A replay finds the same, also once a newer history stands beside the old one.
  await publishHistories(store, ns(NOW + 3 * DAY));
  expect(await publishedHistories(store)).toHaveLength(2);
  await feed(store, [...later].reverse());
  expect(await found(store)).toEqual(loops);
});

test('a hard case that somebody says succeeded is what the agent needs from then on; one that did not is not', async () => {
  const store = await engine.database();
  await feed(store, many(40, { calls: 8 }));
  await publishHistories(store, ns(NOW));
  await feed(store, [
    request({ calls: 20, start: NOW + DAY, outcome: 'success' }),
    request({ calls: 90, start: NOW + DAY, outcome: 'failure' }),
  ]);
  await publishHistories(store, ns(NOW + 2 * DAY));
  expect((await publishedHistories(store)).map(({ runs, mostCalls }) => [runs, mostCalls]).sort()).toEqual([
    [40, 8],
    [41, 20],
  ]);
});
