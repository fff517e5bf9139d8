import { fileURLToPath } from 'node:url';
import { readSuggestions } from '@agentops/cli/alerts';
import { publishRegistry } from '@agentops/processor';
import { loadRegistry, readRegistryFiles } from '@agentops/registry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { count, type Engine, openEngine, records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance, type JsonSpan, span, traceRequest } from '../tools/otlp.ts';

const COMPANY = fileURLToPath(new URL('../../registry/company', import.meta.url));
const AGENT = 'it-helpdesk';
const HOUR = 3_600_000;
const random = chance(11);

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

function task(ago: number, outcome: string | null, now: number): JsonSpan {
  const end = now - ago * HOUR;
  return span({
    traceId: random.hex(16),
    spanId: random.hex(8),
    name: `invoke_agent ${AGENT}`,
    start: end - 1_000,
    end,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': AGENT,
      ...(outcome !== null && { 'agentops.task.outcome': outcome }),
    },
  });
}

test('an objective is suggested from the tasks that were judged, within the time that was asked for', async () => {
  const now = Date.now();
  const store = await engine.database();
  const { document } = loadRegistry(readRegistryFiles(COMPANY));
  await publishRegistry(store, document!, BigInt(now - 90 * 24 * HOUR) * 1_000_000n);
  const spans = [
    ...Array.from({ length: 100 }, (_, i) => task(1 + i, i < 70 ? 'success' : 'failure', now)),
    ...Array.from({ length: 20 }, (_, i) => task(1 + i, null, now)),
    ...Array.from({ length: 30 }, (_, i) => task(24 * 20 + i, 'failure', now)),
  ];
  const body = traceRequest({ 'service.name': AGENT, 'deployment.environment.name': 'production' }, spans);
  const received = records([body]).map((record) => ({ ...record, receivedAt: now }));
  await run(store, memorySource(received, { sizes: [200] }));
  await count(store);
  const success = async (days: number) =>
    (await readSuggestions(store, days, AGENT, store.database)).find(({ slo }) => slo === 'task_success');
  expect(await success(10)).toMatchObject({
    good: 70,
    judged: 100,
    events: 120,
    value: 70,
    objective: 85,
    first: 75,
    next: 80,
  });
  expect(await success(28)).toMatchObject({ good: 70, judged: 130, first: 55, next: 60 });
  expect(await success(1)).toMatchObject({ first: null, refusal: '23 judged, 50 are needed' });
});
