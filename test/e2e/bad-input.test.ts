import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Embedded, startEmbedded } from '@agentops/processor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { damage } from '../tools/damage.ts';
import { type Chance, chance } from '../tools/otlp.ts';
import { type LogSpec, logBody, type SpanSpec, traceBody, type Value } from '../tools/spans.ts';

/** Damaged requests of one run; `FUZZ_RUNS=50000` searches longer, `FUZZ_SEED` repeats a search. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 400);
const random = chance(Number(process.env['FUZZ_SEED'] ?? 77));
const NOW = BigInt(Date.now()) * 1_000_000n;
const RESOURCE = { 'service.name': 'support', 'deployment.environment.name': 'production' };

let dataDir: string;
let chain: Embedded;
const problems: string[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'agentops-test-'));
  chain = await startEmbedded({
    dataDir,
    otlpPort: 0,
    limits: { flushMs: 20 },
    onLog: (message) => problems.push(message),
  });
});

afterAll(async () => {
  await chain.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function send(signal: 'traces' | 'logs', body: Uint8Array | string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${chain.otlpPort}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': typeof body === 'string' ? 'application/json' : 'application/x-protobuf' },
    body,
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** A run with a model call, a tool call and values of every kind; its three spans. */
function goodRun(chance: Chance, root: Partial<SpanSpec> = {}): SpanSpec[] {
  const ids = { traceId: chance.hex(16), parent: chance.hex(8) };
  const at = NOW - BigInt(chance.int(1_000_000)) * 1_000n;
  return [
    {
      ...ids,
      spanId: chance.hex(8),
      name: 'chat gpt-4o',
      start: at,
      end: at + 1_000_000n,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.response.model': 'gpt-4o-2024-08-06',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': chance.int(5000),
        'gen_ai.usage.output_tokens': chance.int(500),
        'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'grüße' }] }],
      },
      events: [{ name: 'gen_ai.choice', time: at, attributes: { index: 0, message: { role: 'assistant' } } }],
      status: { code: 1 },
    },
    {
      ...ids,
      spanId: chance.hex(8),
      name: 'execute_tool lookup',
      start: at,
      end: at + 2_000_000n,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'lookup',
        'gen_ai.tool.call.arguments': { id: 7n, deep: [[1.5, null, true]] },
        'agentops.tool.amount': 12.5,
        'agentops.tool.currency': 'USD',
      },
      status: { code: 2, message: 'timeout' },
    },
    {
      traceId: ids.traceId,
      spanId: ids.parent,
      name: 'invoke_agent support',
      start: at,
      end: at + 3_000_000n,
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'support' },
      ...root,
    },
  ];
}

function someLogs(chance: Chance): LogSpec[] {
  const at = NOW - BigInt(chance.int(1_000_000)) * 1_000n;
  return [
    {
      time: at,
      eventName: 'gen_ai.evaluation.result',
      traceId: chance.hex(16),
      spanId: chance.hex(8),
      attributes: { 'gen_ai.evaluation.name': 'style', 'gen_ai.evaluation.score.value': 0.75 },
    },
    { time: at, severity: 9, body: { message: 'GET /', ms: 3n }, attributes: { 'http.route': '/' } },
  ];
}

const traces = (items: readonly SpanSpec[], resource: Readonly<Record<string, Value>> = RESOURCE): Buffer =>
  traceBody([{ resource, scope: { name: 'test' }, items }]);

function nested(depth: number): Value {
  let value: Value = 'x';
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

async function ask(sql: string): Promise<Record<string, unknown>[]> {
  return chain.reader.query(sql);
}

async function expectBalance(): Promise<void> {
  const rows = await ask(
    'SELECT source, signal, sum(received) AS received, sum(balance) AS off FROM agentops.conservation GROUP BY source, signal ORDER BY signal',
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter((row) => row['off'] !== '0')).toEqual([]);
}

test('damaged requests cost themselves only, and every item is accounted for', async () => {
  const good: SpanSpec[] = [];
  const answers = new Map<number, number>();
  for (let i = 0; i < RUNS; i++) {
    const whole =
      i % 4 === 3 ? logBody([{ resource: RESOURCE, items: someLogs(random) }]) : traces(goodRun(random));
    const status = await send(i % 4 === 3 ? 'logs' : 'traces', damage(random, whole));
    answers.set(status, (answers.get(status) ?? 0) + 1);
    if (i % 10 === 0) {
      const spans = goodRun(random);
      good.push(...spans);
      expect(await send('traces', traces(spans))).toBe(200);
      expect(await send('traces', traces(spans))).toBe(200);
    }
  }
  await chain.drained();
  expect(problems).toEqual([]);
  // Both answers came, and no other.
  expect([...answers.keys()].sort()).toEqual([200, 400]);
  const kept = await ask('SELECT span_id FROM agentops.run_steps');
  const ids = new Set(kept.map((row) => row['span_id']));
  expect(good.filter((span) => !ids.has(String(span.spanId)))).toEqual([]);
  await expectBalance();
}, 300_000);

test('what is wrong with an item is told, and its neighbours stay', async () => {
  const before = new Set(
    (await ask('SELECT DISTINCT reason FROM agentops.dead_letters FINAL')).map((row) => row['reason']),
  );
  const bad: Record<string, Partial<SpanSpec>> = {
    'trace id of 15 bytes': { traceId: random.hex(15) },
    'span id of 9 bytes': { spanId: random.hex(9) },
    'zero ids': { traceId: '0'.repeat(32) },
    'no times': { start: 0n, end: 0n },
    'in two days': { end: NOW + 2n * 86_400_000_000_000n },
    'from 1999': { start: 915_148_800_000_000_000n },
    'a name for a thousand levels': {
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': nested(1000) },
    },
  };
  const neighbours: SpanSpec[] = [];
  const before0 = await deadLetters();
  for (const root of Object.values(bad)) {
    const [model, tool, broken] = goodRun(random, root);
    neighbours.push(model!, tool!);
    expect(await send('traces', traces([model!, broken!, tool!]))).toBe(200);
  }
  await chain.drained();
  expect(problems).toEqual([]);
  expect((await deadLetters()) - before0).toBe(Object.keys(bad).length);
  const kept = new Set((await ask('SELECT span_id FROM agentops.run_steps')).map((row) => row['span_id']));
  expect(neighbours.filter((span) => !kept.has(String(span.spanId)))).toEqual([]);
  const reasons = await ask('SELECT DISTINCT reason FROM agentops.dead_letters FINAL');
  expect(reasons.filter((row) => !before.has(row['reason'])).length).toBeGreaterThanOrEqual(3);
  await expectBalance();
});

async function deadLetters(): Promise<number> {
  const [row] = await ask('SELECT sum(dead_letters) AS n FROM agentops.conservation');
  return Number(row!['n']);
}

test('10 MB in an attribute, unknown fields, empty batches, garbage: answered, kept or refused, nothing lost', async () => {
  const big = goodRun(random, {
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'support',
      'gen_ai.input.messages': 'x'.repeat(10 << 20),
    },
  });
  expect(await send('traces', traces(big))).toBe(200);
  expect(await send('traces', traces([]))).toBe(200);
  expect(await send('traces', Buffer.alloc(0))).toBe(200);
  expect(await send('logs', Buffer.alloc(0))).toBe(200);
  expect(await send('traces', Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBe(400);
  expect(await send('traces', '{"resourceSpans": [{"scopeSpans": [{')).toBe(400);
  const traceId = random.hex(16);
  const unknown = {
    resourceSpans: [
      {
        shape: 'new',
        scopeSpans: [
          {
            spans: [
              {
                traceId,
                spanId: random.hex(8),
                name: 'invoke_agent support',
                startTimeUnixNano: String(NOW),
                endTimeUnixNano: String(NOW),
                tint: { warm: [1, { deeper: null }] },
                attributes: [
                  { key: 'gen_ai.operation.name', value: { stringValue: 'invoke_agent' }, hint: 1 },
                ],
              },
            ],
          },
        ],
      },
    ],
  };
  expect(await send('traces', JSON.stringify(unknown))).toBe(200);
  await chain.drained();
  expect(problems).toEqual([]);
  for (const id of [big[0]!.traceId, traceId]) {
    const [row] = await chain.reader.query<{ n: string }>(
      'SELECT count() AS n FROM agentops.run_steps WHERE trace_id = {id:String}',
      { id },
    );
    expect(row!.n).toBe(id === traceId ? '1' : '3');
  }
  await expectBalance();
});
