import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine, records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { type Attributes, type Chance, chance, type JsonSpan, span, traceRequest } from '../tools/otlp.ts';

const RECOMPUTE = fileURLToPath(new URL('../tools/recompute-cost.py', import.meta.url));
const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;
const AT = 1_795_000_000_000;

/** USD for a million tokens, from the providers' own pages. */
const PRICES = {
  'gpt-4o-2024-08-06': { input: 2.5, cached: 1.25, output: 10 },
  'gpt-4o-mini': { input: 0.15, cached: 0.075, output: 0.6 },
  'claude-sonnet-4-20250514': { input: 3, cached: 0.3, cache_write: 3.75, output: 15 },
  'text-embedding-3-small': { input: 0.02, output: 0 },
};
const MODELS: readonly (readonly [string, string])[] = [
  ['openai', 'gpt-4o-2024-08-06'],
  ['openai', 'gpt-4o-mini'],
  ['anthropic', 'claude-sonnet-4-20250514'],
  ['openai', 'text-embedding-3-small'],
  ['openai', 'of-our-own-making'],
];

let dir: string;
let engine: Engine;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'recompute-'));
  engine = openEngine();
});
afterAll(async () => {
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
});

function modelCall(random: Chance): Attributes {
  const [provider, model] = MODELS[random.int(MODELS.length)]!;
  const embeds = model.startsWith('text-embedding');
  const cached = !embeds && random.int(3) === 0 ? random.int(5000) : 0;
  const written = provider === 'anthropic' && random.int(4) === 0 ? random.int(5000) : 0;
  return {
    'gen_ai.operation.name': embeds ? 'embeddings' : 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    'gen_ai.response.model': model,
    ...(random.int(2) === 0 && { 'gen_ai.response.id': random.hex(12) }),
    ...(random.int(10) > 0 && {
      'gen_ai.usage.input_tokens': random.int(20_000) + cached + written,
      ...(!embeds && { 'gen_ai.usage.output_tokens': random.int(3000) }),
      ...(cached > 0 && { 'gen_ai.usage.cache_read.input_tokens': cached }),
      ...(written > 0 && { 'gen_ai.usage.cache_creation.input_tokens': written }),
    }),
  };
}

/** One in ten of the calls was seen before, in another trace: a proxy's spans, a replayed queue. */
function callOrCopy(random: Chance, told: Attributes[]): Attributes {
  if (told.length > 20 && random.int(10) === 0) return told[random.int(told.length - 20)]!;
  const call = modelCall(random);
  if ('gen_ai.response.id' in call) told.push(call);
  return call;
}

/** A run of an agent with model and tool calls; its root bears the task and its outcome. */
function agentRun(random: Chance, i: number, told: Attributes[]): JsonSpan[] {
  const traceId = random.hex(16);
  const root = random.hex(8);
  const start = AT + i * 60_000;
  const children = Array.from({ length: 1 + random.int(12) }, (_, j) =>
    span({
      traceId,
      spanId: random.hex(8),
      parent: root,
      name: 'step',
      start: start + j * 100,
      end: start + j * 100 + 90,
      attributes:
        random.int(3) === 0
          ? { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': `tool-${random.int(5)}` }
          : callOrCopy(random, told),
    }),
  );
  const outcome = (['success', 'failure', 'escalated', ''] as const)[random.int(4)]!;
  const attributes = {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'support',
    'agentops.task.id': `task-${i}`,
    ...(outcome !== '' && { 'agentops.task.outcome': outcome }),
  };
  return [...children, span({ traceId, spanId: root, name: 'run', start, end: start + 5000, attributes })];
}

test.runIf(HAS_PYTHON)(
  'tasks, calls, tokens and money equal a recomputation from the raw spans',
  async () => {
    const random = chance(11);
    const told: Attributes[] = [];
    const spans = Array.from({ length: 150 }, (_, i) => agentRun(random, i, told)).flat();
    const sent = random.shuffle([...spans, ...spans.filter(() => random.int(10) === 0)]);
    const bodies: object[] = [];
    for (let i = 0; i < sent.length; i += 40) {
      bodies.push(traceRequest({ 'service.name': 'support' }, sent.slice(i, i + 40)));
    }
    const file = join(dir, 'spans.jsonl');
    const prices = join(dir, 'prices.json');
    writeFileSync(file, bodies.map((body) => `${JSON.stringify(body)}\n`).join(''));
    writeFileSync(prices, JSON.stringify(PRICES));
    const truth = JSON.parse(
      execFileSync('python3', [RECOMPUTE, '--prices', prices, file], { encoding: 'utf8' }),
    );
    // The corpus holds what the comparison is for.
    for (const name of [
      'successes',
      'tool_calls',
      'unpriced_calls',
      'calls_without_usage',
      'duplicate_spans',
    ]) {
      expect(truth[name]).toBeGreaterThan(10);
    }

    const store = await engine.database();
    await run(store, memorySource(records(bodies), { sizes: [7] }));
    const [tasks] = await store.query<Record<string, string>>(
      `SELECT count() AS tasks, countIf(outcome = 'success') AS successes, sum(tool_calls) AS tool_calls,
       sum(model_calls) AS model_calls, sum(unpriced_calls) AS unpriced_calls
     FROM ${store.database}.task_outcomes`,
    );
    for (const name of ['tasks', 'successes', 'tool_calls', 'model_calls', 'unpriced_calls']) {
      expect([name, tasks![name]]).toEqual([name, String(truth[name])]);
    }
    const [entries] = await store.query<Record<string, string>>(
      `SELECT sum(input_tokens) AS input, sum(cached_input_tokens) AS cached, sum(cache_write_tokens) AS cache_write,
       sum(output_tokens) AS output, toString(sum(cost)) AS cost
     FROM ${store.database}.cost_entries`,
    );
    const { cost, ...tokens } = entries!;
    expect(tokens).toEqual(Object.fromEntries(Object.entries(truth.tokens).map(([k, v]) => [k, String(v)])));
    expect(Number(cost)).toBeGreaterThan(0);
    expect(cost!.padEnd(cost!.indexOf('.') + 13, '0')).toBe(truth.cost_usd);
    const byModel = await store.query<{ model: string; cost: string }>(
      `SELECT model, toString(sum(cost)) AS cost FROM ${store.database}.cost_entries WHERE state = 'priced' GROUP BY model ORDER BY model`,
    );
    expect(byModel.map(({ model }) => model)).toEqual(Object.keys(truth.cost_usd_by_model));
    expect(byModel.map((row) => Number(row.cost))).toEqual(
      Object.values<string>(truth.cost_usd_by_model).map(Number),
    );
  },
  60_000,
);
