import { fileURLToPath } from 'node:url';
import { publishRegistry, type Store } from '@agentops/processor';
import { hashRegistry, loadRegistry, readRegistryFiles } from '@agentops/registry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count, dump, type Engine, openEngine, records, run } from '../tools/chain.ts';
import { makeFleet } from '../tools/fleet.ts';
import { memorySource } from '../tools/memory-source.ts';
import { attributes, chance, type JsonSpan, span, traceRequest } from '../tools/otlp.ts';

const AT = 1_795_000_000_000;
const COMPANY = fileURLToPath(new URL('../../registry/company', import.meta.url));

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

const random = chance(42);

function run1(service: string, department: string, more: Record<string, string> = {}, at = AT): object {
  const traceId = random.hex(16);
  const root = random.hex(8);
  return traceRequest({ 'service.name': service, 'deployment.environment.name': 'production' }, [
    span({
      traceId,
      spanId: random.hex(8),
      parent: root,
      name: 'chat gpt-4o',
      start: at,
      end: at + 500,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.response.model': 'gpt-4o-2024-08-06',
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.output_tokens': 100,
      },
    }),
    span({
      traceId,
      spanId: root,
      name: `invoke_agent ${service}`,
      start: at,
      end: at + 900,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': service,
        ...(department !== '' && { 'agentops.department': department }),
        ...more,
      },
    }),
  ]);
}

async function ask(store: Store, sql: string): Promise<Record<string, unknown>[]> {
  return store.query(sql.replaceAll('agentops.', `${store.database}.`));
}

async function feed(
  store: Store,
  bodies: readonly (object | Uint8Array | string)[],
  counts?: number[],
): Promise<void> {
  await run(store, memorySource(records(bodies, counts), { sizes: [50] }));
}

describe('attribution', () => {
  test('an agent owned by one department and used by three: by user and by owner, both sum to the ledger', async () => {
    const store = await engine.database();
    const { document } = loadRegistry(readRegistryFiles(COMPANY));
    await publishRegistry(store, document!, BigInt(AT - 1) * 1_000_000n);
    await feed(store, [
      run1('it-helpdesk', 'finance'),
      run1('it-helpdesk', 'marketing'),
      run1('it-helpdesk', ''),
      run1('it-helpdesk', 'no-such'),
    ]);
    const byUse = await ask(
      store,
      'SELECT department, sum(cost) AS c FROM agentops.cost_entries GROUP BY department ORDER BY department',
    );
    const byOwner = await ask(
      store,
      'SELECT owner_department, sum(cost) AS c FROM agentops.cost_entries GROUP BY owner_department',
    );
    // 1,000 × 2.5 $/M + 100 × 10 $/M = 0.0035 $, at 151.6 ¥.
    expect(byUse).toEqual([
      { department: 'finance', c: '0.5306' },
      { department: 'it', c: '0.5306' },
      { department: 'marketing', c: '0.5306' },
      { department: 'unknown:no-such', c: '0.5306' },
    ]);
    expect(byOwner).toEqual([{ owner_department: 'it', c: '2.1224' }]);
  });

  test('a change of the registry moves no past row', async () => {
    const store = await engine.database();
    const { document } = loadRegistry(readRegistryFiles(COMPANY));
    await publishRegistry(store, document!, BigInt(AT - 1000) * 1_000_000n);
    const first = run1('it-helpdesk', '');
    await feed(store, [first]);
    const before = await dump(store);
    const moved = structuredClone(document!) as typeof document & {
      agents: { id: string; department: string }[];
    };
    for (const agent of moved!.agents) agent.department = 'marketing';
    expect(hashRegistry(moved!)).not.toBe(hashRegistry(document!));
    await publishRegistry(store, moved!, BigInt(AT + 10_000_000) * 1_000_000n);
    // The same span again, and a late one of last week: both keep last week's department.
    await feed(store, [first, run1('it-helpdesk', '', {}, AT + 1)]);
    const rows = await ask(store, 'SELECT DISTINCT department, owner_department FROM agentops.cost_entries');
    expect(rows).toEqual([{ department: 'it', owner_department: 'it' }]);
    const after = await dump(store);
    for (const row of before['cost_ledger']!) expect(after['cost_ledger']).toContain(row);
    await feed(store, [run1('it-helpdesk', '', {}, AT + 20_000_000)]);
    expect(
      await ask(store, "SELECT count() AS n FROM agentops.cost_entries WHERE department = 'marketing'"),
    ).toEqual([{ n: '1' }]);
  });
});

describe('a registry that comes later', () => {
  test('leaves what was seen before it unregistered, also when a late span touches it', async () => {
    const store = await engine.database();
    const first = run1('it-helpdesk', '');
    await feed(store, [first]);
    const before = await dump(store);
    const { document } = loadRegistry(readRegistryFiles(COMPANY));
    await publishRegistry(store, document!, BigInt(AT + 10_000_000) * 1_000_000n);
    await feed(store, [first, run1('it-helpdesk', '', {}, AT + 20_000_000)]);
    const after = await dump(store);
    for (const row of before['runs']!) expect(after['runs']).toContain(row);
    expect(
      await ask(store, 'SELECT agent, registered FROM agentops.task_outcomes ORDER BY started_at'),
    ).toEqual([
      { agent: 'unregistered:it-helpdesk', registered: 0 },
      { agent: 'it-helpdesk', registered: 1 },
    ]);
  });
});

describe('outcomes', () => {
  test('without a verdict nothing is a success and nothing a failure', async () => {
    const store = await engine.database();
    await feed(
      store,
      Array.from({ length: 20 }, () => run1('quiet', 'care')),
    );
    expect(
      await ask(store, 'SELECT outcome, count() AS n FROM agentops.task_outcomes GROUP BY outcome'),
    ).toEqual([{ outcome: 'unknown', n: '20' }]);
  });

  test('a human outranks the agent; both verdicts stay', async () => {
    const store = await engine.database();
    const task = { 'agentops.task.id': 'T1' };
    await feed(store, [
      run1('a', 'care', { ...task, 'agentops.task.outcome': 'success' }),
      run1(
        'a',
        'care',
        { ...task, 'agentops.task.outcome': 'failure', 'agentops.task.outcome.source': 'human' },
        AT - 5000,
      ),
    ]);
    const [row] = await ask(
      store,
      'SELECT outcome, outcome_source, length(verdicts) AS n FROM agentops.task_outcomes',
    );
    expect(row).toEqual({ outcome: 'failure', outcome_source: 'human', n: '2' });
  });

  test('a run that waits is open, and its continuation in another trace belongs to the same task', async () => {
    const store = await engine.database();
    const fleet = makeFleet(chance(3), 10);
    const traces = new Set(
      fleet.filter((item) => item.span.name === 'invoke_agent payer').map((item) => item.span.traceId),
    );
    const spans = fleet.filter((item) => traces.has(item.span.traceId));
    await feed(store, [
      traceRequest(
        { 'service.name': 'support' },
        spans.map((item) => item.span),
      ),
    ]);
    const [row] = await ask(
      store,
      'SELECT length(run_ids) AS runs, outcome, human_interventions AS asked FROM agentops.task_outcomes',
    );
    expect(row).toEqual({ runs: '2', outcome: 'success', asked: '1' });
    const [approval] = await ask(
      store,
      'SELECT tool, amount, amount_currency, decision, reviewer, wait_ms FROM agentops.approvals',
    );
    expect(approval).toEqual({
      tool: 'pay',
      amount: '120000',
      amount_currency: 'JPY',
      decision: 'approved',
      reviewer: 'hana',
      wait_ms: 19400,
    });
  });
});

describe('prices', () => {
  test('unknown is NULL and a state, never 0', async () => {
    const store = await engine.database();
    const traceId = random.hex(16);
    await feed(store, [
      traceRequest({ 'service.name': 'x' }, [
        span({
          traceId,
          spanId: random.hex(8),
          name: 'chat',
          start: AT,
          end: AT + 1,
          attributes: {
            'gen_ai.operation.name': 'chat',
            'gen_ai.response.model': 'nobody-knows-it',
            'gen_ai.usage.input_tokens': 10,
            'gen_ai.usage.output_tokens': 1,
          },
        }),
        span({
          traceId,
          spanId: random.hex(8),
          name: 'chat',
          start: AT,
          end: AT + 1,
          attributes: {
            'gen_ai.operation.name': 'chat',
            'gen_ai.provider.name': 'openai',
            'gen_ai.response.model': 'gpt-4o',
          },
        }),
      ]),
    ]);
    expect(
      await ask(store, 'SELECT state, cost, usage_known FROM agentops.cost_entries ORDER BY usage_known'),
    ).toEqual([
      { state: 'unpriced', cost: null, usage_known: 0 },
      { state: 'unpriced', cost: null, usage_known: 1 },
    ]);
    expect(await ask(store, 'SELECT cost, unpriced_calls FROM agentops.task_outcomes')).toEqual([
      { cost: null, unpriced_calls: '2' },
    ]);
  });
});

describe('a hundred times as many ordinary spans', () => {
  test('make no agent and no row', async () => {
    const store = await engine.database();
    const ours = Array.from({ length: 5 }, () => run1('agent', 'care'));
    await feed(store, ours);
    const before = await dump(store);
    const web = Array.from({ length: 20 }, (_, i) =>
      traceRequest(
        { 'service.name': `shop-${i % 4}` },
        Array.from({ length: 50 }, (): JsonSpan => {
          return span({
            traceId: random.hex(16),
            spanId: random.hex(8),
            name: 'GET /',
            start: AT,
            end: AT + 3,
            attributes: { 'http.request.method': 'GET', 'url.path': '/' },
          });
        }),
      ),
    );
    await feed(store, web);
    expect(await dump(store)).toEqual(before);
    await count(store);
    expect(await ask(store, 'SELECT agent FROM agentops.violations')).toEqual([
      { agent: 'unregistered:agent' },
    ]);
    const dropped = await ask(
      store,
      'SELECT service, sum(n) AS items FROM agentops.ingest_ledger FINAL ARRAY JOIN dropped_services AS service, dropped_counts AS n GROUP BY service ORDER BY service',
    );
    expect(dropped).toEqual([0, 1, 2, 3].map((i) => ({ service: `shop-${i}`, items: '250' })));
  });
});

describe('bad input', () => {
  test('costs itself only, is counted, and conservation balances to the item', async () => {
    const store = await engine.database();
    const good = JSON.parse(JSON.stringify(run1('agent', 'care')));
    const spans = good.resourceSpans[0].scopeSpans[0].spans as Record<string, unknown>[];
    const bad = (change: Record<string, unknown>): Record<string, unknown> => ({
      ...spans[0],
      traceId: random.hex(16),
      ...change,
    });
    spans.push(
      bad({ spanId: 'abc' }),
      bad({ traceId: '' }),
      bad({ startTimeUnixNano: '0', endTimeUnixNano: '0' }),
      bad({ endTimeUnixNano: '4000000000000000000' }),
      bad({ startTimeUnixNano: 'yesterday' }),
      bad({ name: 17 }),
      bad({ unknownField: { deep: [1, 2, 3] }, spanId: random.hex(8) }),
      bad({
        spanId: random.hex(8),
        attributes: attributes({ 'gen_ai.operation.name': 'chat', big: 'x'.repeat(10_000_000) }),
      }),
    );
    let deep: unknown = { stringValue: 'x' };
    for (let i = 0; i < 1000; i++) deep = { arrayValue: { values: [deep] } };
    spans.push(bad({ spanId: random.hex(8), attributes: [{ key: 'gen_ai.input.messages', value: deep }] }));
    const protobuf = Buffer.from([0x0a, 0x7f, 0x12, 0x03, 0xff]);
    await feed(
      store,
      [good, protobuf, '{"resourceSpans": [', { resourceSpans: [] }, Buffer.alloc(0)],
      [spans.length, 0, 0, 0, 0],
    );
    const rows = await ask(
      store,
      'SELECT signal, received, stored, dead_letters, dropped, balance FROM agentops.conservation ORDER BY signal',
    );
    expect(rows.map((row) => row['balance'])).toEqual(rows.map(() => '0'));
    const spansRow = rows.find((row) => row['signal'] === 'spans')!;
    expect(Number(spansRow['received'])).toBe(spans.length);
    expect(Number(spansRow['stored'])).toBe(4);
    expect(rows.find((row) => row['signal'] === 'request')).toMatchObject({
      received: '2',
      dead_letters: '2',
    });
    const reasons = await ask(store, 'SELECT reason FROM agentops.dead_letters FINAL');
    expect(reasons.length).toBe(spans.length - 4 + 2);
    for (const { reason } of reasons) expect(String(reason).length).toBeGreaterThan(5);
  });

  test('a span lost on purpose is seen', async () => {
    const store = await engine.database();
    await feed(store, [run1('agent', 'care'), run1('agent', 'care')]);
    expect(await ask(store, 'SELECT sum(balance) AS off FROM agentops.conservation')).toEqual([{ off: '0' }]);
    const [victim] = await ask(store, 'SELECT span_id FROM agentops.run_steps ORDER BY span_id LIMIT 1');
    await store.command(`DELETE FROM ${store.database}.steps WHERE span_id = '${victim!['span_id']}'`);
    expect(await ask(store, 'SELECT sum(balance) AS off FROM agentops.conservation')).toEqual([{ off: '1' }]);
  });

  test('a flood of made-up tool names keeps its memory', async () => {
    const store = await engine.database();
    const flood = Array.from({ length: 60 }, () =>
      traceRequest(
        { 'service.name': 'flood' },
        Array.from({ length: 500 }, () => {
          return span({
            traceId: random.hex(16),
            spanId: random.hex(8),
            name: `execute_tool ${random.hex(8)}`,
            start: AT,
            end: AT + 1,
            attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': random.hex(10) },
          });
        }),
      ),
    );
    const before = process.memoryUsage().heapUsed;
    await feed(store, flood);
    expect(await ask(store, 'SELECT uniqExact(tool) AS n FROM agentops.run_steps')).toEqual([{ n: '30000' }]);
    globalThis.gc?.();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(400 * 1024 * 1024);
  });
});
