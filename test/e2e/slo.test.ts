import { fileURLToPath } from 'node:url';
import { publishRegistry, type Store } from '@agentops/processor';
import { loadRegistry, type RegistryDocument, readRegistryFiles } from '@agentops/registry';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { count, type Engine, openEngine, records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance, type JsonSpan, span, traceRequest } from '../tools/otlp.ts';

const COMPANY = fileURLToPath(new URL('../../registry/company', import.meta.url));
const HOUR = 3_600_000;
const QUARTER = 900_000;
const WINDOW_HOURS = 7 * 24;
const random = chance(5);

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

type Slo = RegistryDocument['agents'][number]['slos'][number];

interface Task {
  /** Hours ago, at least one. */
  readonly ago: number;
  readonly outcome: 'success' | 'failure' | '';
  readonly tools: number;
  readonly errors: number;
}

interface Status {
  readonly slo: string;
  readonly value: number | null;
  readonly numerator: number;
  readonly denominator: number;
  readonly value_low: number | null;
  readonly value_high: number | null;
  readonly coverage: number;
  readonly budget_left: number | null;
  readonly exhausted: string | null;
}

const AGENT = 'it-helpdesk';

async function measured(slos: Slo[], tasks: readonly Task[], now: number): Promise<Status[]> {
  const store: Store = await engine.database();
  const { document } = loadRegistry(readRegistryFiles(COMPANY));
  const agent = document!.agents.find(({ id }) => id === AGENT)!;
  agent.slos = slos;
  await publishRegistry(store, document!, BigInt(now - 100 * 24 * HOUR) * 1_000_000n);
  const bodies = tasks.map((task) => traceRequest({ 'service.name': AGENT }, spansOf(task, now)));
  await run(
    store,
    memorySource(
      records(bodies).map((record) => ({ ...record, receivedAt: now })),
      { sizes: [200] },
    ),
  );
  await count(store);
  return store.query<Status>(
    `SELECT slo, value, numerator, denominator, value_low, value_high, coverage, budget_left,
       toString(toUnixTimestamp64Milli(exhausted_at)) AS exhausted
     FROM ${store.database}.slo_status WHERE agent = '${AGENT}' ORDER BY slo`,
  );
}

function spansOf(task: Task, now: number): JsonSpan[] {
  const traceId = random.hex(16);
  const root = random.hex(8);
  const end = now - task.ago * HOUR;
  const tools = Array.from({ length: task.tools }, (_, i) =>
    span({
      traceId,
      spanId: random.hex(8),
      parent: root,
      name: 'execute_tool search_knowledge',
      start: end - 900 + i,
      end: end - 800 + i,
      attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search_knowledge' },
      ...(i < task.errors && { error: 'timeout' }),
    }),
  );
  const invoke = span({
    traceId,
    spanId: root,
    name: `invoke_agent ${AGENT}`,
    start: end - 1000,
    end,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': AGENT,
      ...(task.outcome !== '' && { 'agentops.task.outcome': task.outcome }),
    },
  });
  return [...tools, invoke];
}

/** Wilson's interval, as its paper has it. */
function wilson(good: number, total: number): [number, number] {
  const z = 1.959963984540054;
  const p = good / total;
  const middle = p + (z * z) / (2 * total);
  const half = z * Math.sqrt((p * (1 - p)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  return [(100 * (middle - half)) / scale, (100 * (middle + half)) / scale];
}

const task: fc.Arbitrary<Task> = fc
  .record({
    // A window begins with a quarter of an hour: what ended just then may be in or out.
    ago: fc.integer({ min: 1, max: 400 }).filter((ago) => ago !== WINDOW_HOURS),
    outcome: fc.constantFrom('success', 'success', 'failure', ''),
    tools: fc.integer({ min: 0, max: 3 }),
    errors: fc.integer({ min: 0, max: 3 }),
  })
  .map((each) => ({ ...each, errors: Math.min(each.tools, each.errors) }) as Task);

test('an objective is held against what a plain count says', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(task, { minLength: 1, maxLength: 40 }),
      fc.constantFrom(50, 75, 90, 99, 99.9),
      async (tasks, objective) => {
        const now = Date.now();
        const window = '7d';
        const [status, tools] = await measured(
          [
            { sli: 'task_success', objective, window },
            { sli: 'tool_success', objective: 'measure', window },
          ],
          tasks,
          now,
        );
        const recent = tasks.filter(({ ago }) => ago < WINDOW_HOURS);
        const judged = recent.filter(({ outcome }) => outcome !== '');
        const good = judged.filter(({ outcome }) => outcome === 'success').length;
        if (recent.length === 0) {
          expect(status).toMatchObject({ value: null, denominator: 0, coverage: null, budget_left: null });
          return;
        }
        expect(status).toMatchObject({ slo: 'task_success', numerator: good, denominator: judged.length });
        expect(status!.coverage).toBeCloseTo((100 * judged.length) / recent.length, 6);
        const calls = recent.reduce((sum, { tools }) => sum + tools, 0);
        const failed = recent.reduce((sum, { errors }) => sum + errors, 0);
        expect(tools).toMatchObject({ numerator: calls - failed, denominator: calls, budget_left: null });
        if (judged.length === 0) {
          expect(status).toMatchObject({ value: null, value_low: null, budget_left: null, exhausted: null });
          return;
        }
        expect(status!.value).toBeCloseTo((100 * good) / judged.length, 6);
        const [low, high] = wilson(good, judged.length);
        expect(status!.value_low).toBeCloseTo(Math.max(0, low), 6);
        expect(status!.value_high).toBeCloseTo(Math.min(100, high), 6);
        const allowed = judged.length * (1 - objective / 100);
        const bad = judged.length - good;
        expect(status!.budget_left).toBeCloseTo(1 - bad / allowed, 6);
        const failures = judged
          .filter(({ outcome }) => outcome === 'failure')
          .map(({ ago }) => now - ago * HOUR)
          .sort((a, b) => a - b);
        const spent = failures.find((_, i) => i + 1 > allowed);
        if (bad === 0) expect(status!.exhausted).toBeNull();
        else if (spent !== undefined) expect(Number(status!.exhausted)).toBe(spent - (spent % QUARTER));
        else {
          const first = Math.min(...recent.map(({ ago }) => now - ago * HOUR));
          const due = now + ((now - first) * (allowed - bad)) / bad;
          expect(Math.abs(Number(status!.exhausted) - due) / (now - first)).toBeLessThan(
            0.02 * (1 + allowed / bad),
          );
        }
      },
    ),
    { numRuns: 12 },
  );
}, 120_000);

test('bounds: calls, latency and cost; what has none is a mean', async () => {
  const tasks: Task[] = [1, 2, 3].map((tools) => ({ ago: 2, outcome: 'success', tools, errors: 0 }));
  const window = '28d';
  const status = await measured(
    [
      { sli: 'tool_calls_per_task', objective: 90, at_most: 2, window },
      { sli: 'task_latency', objective: 90, at_most: '1s', window },
      { sli: 'cost_per_task', objective: 'measure', window },
      { sli: 'task_latency', objective: 'measure', window },
    ],
    tasks,
    Date.now(),
  );
  expect(status.map(({ slo, value, denominator }) => [slo, value, denominator])).toEqual([
    ['cost_per_task', null, 0],
    ['task_latency', 1000, 3],
    ['task_latency <= 1s', 100, 3],
    ['tool_calls_per_task <= 2', expect.closeTo(66.667, 2), 3],
  ]);
});
