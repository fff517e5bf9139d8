import { fileURLToPath } from 'node:url';
import { publishRegistry, type Store } from '@agentops/processor';
import { loadRegistry, type RegistryDocument, readRegistryFiles } from '@agentops/registry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine, records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance, type JsonSpan, span, traceRequest } from '../tools/otlp.ts';

const COMPANY = fileURLToPath(new URL('../../registry/company', import.meta.url));
const AGENT = 'expense-reimbursement';
const MINUTE = 60_000;
/** Thursday, 2026-11-19 10:00 in Tokyo. */
const START = Date.parse('2026-11-19T01:00:00Z');
const random = chance(12);

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

type Organisation = NonNullable<RegistryDocument['organisation']>;

/** One decision: how long it waited, how long somebody worked on it. */
interface Decision {
  readonly waitMinutes: number;
  readonly seconds?: number;
  readonly decision?: 'approved' | 'expired';
}

function taskOf(id: string, decisions: readonly Decision[], model = 'gpt-4o', start = START): object {
  const traceId = random.hex(16);
  const root = random.hex(8);
  const child = (name: string, at: number, attributes: Record<string, string | number>): JsonSpan =>
    span({ traceId, spanId: random.hex(8), parent: root, name, start: at, end: at, attributes });
  let now = start;
  const spans: JsonSpan[] = [];
  decisions.forEach(({ waitMinutes, seconds, decision = 'approved' }, i) => {
    const approval = { 'agentops.kind': 'approval', 'agentops.approval.id': `${id}-${i}` };
    spans.push(
      child('approval requested', now, {
        ...approval,
        'agentops.approval.event': 'requested',
        'agentops.approval.rule': 'threshold',
        'agentops.approval.channel': 'expense-approvals',
      }),
    );
    now += waitMinutes * MINUTE;
    spans.push(
      child(`approval ${decision}`, now, {
        ...approval,
        'agentops.approval.event': 'decided',
        'agentops.approval.rule': 'threshold',
        'agentops.approval.decision': decision,
        ...(decision === 'approved' && { 'agentops.approval.reviewer': 'yuki.sato' }),
        ...(seconds !== undefined && { 'agentops.human.time_s': seconds }),
      }),
    );
  });
  spans.push(
    span({
      traceId,
      spanId: random.hex(8),
      parent: root,
      name: `chat ${model}`,
      start: now,
      end: now + 500,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': model,
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.output_tokens': 100,
      },
    }),
    span({
      traceId,
      spanId: root,
      name: `invoke_agent ${AGENT}`,
      start: START,
      end: now + 1000,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': AGENT,
        'agentops.task.id': id,
        'agentops.task.outcome': 'success',
      },
    }),
  );
  return traceRequest({ 'service.name': AGENT }, spans);
}

async function costs(
  organisation: Partial<Organisation>,
  tasks: object[],
): Promise<Record<string, Record<string, unknown>>> {
  const store: Store = await engine.database();
  const { document } = loadRegistry(readRegistryFiles(COMPANY));
  const own: RegistryDocument = {
    ...document!,
    organisation: {
      ...document!.organisation!,
      currency: 'USD',
      exchange_rates: [],
      human_review_minutes: undefined,
      ...organisation,
    },
  };
  await publishRegistry(store, own, 1n);
  await run(store, memorySource(records(tasks), { sizes: [10] }));
  const rows = await store.query<Record<string, unknown>>(
    `SELECT task_id, toString(cost) AS cost, toUInt32(t.human_steps) AS human_steps, human_time, human_ms, wait_ms, wait_working_ms,
       toString(human_cost) AS human_cost, toString(cost_with_human) AS cost_with_human
     FROM ${store.database}.cost_per_task AS t ORDER BY task_id`,
  );
  return Object.fromEntries(rows.map(({ task_id, ...row }) => [String(task_id), row]));
}

/** List price of gpt-4o: 2.50 $ and 10 $ for a million tokens. */
const MODEL_COST = (1000 * 2.5 + 100 * 10) / 1e6;
/** As the view prints 12 places. */
const decimal = (value: number): string => String(Number(value.toFixed(12)));

test('measured time costs what it took; what nobody timed is unknown, and a wait is no work', async () => {
  const rows = await costs({ human_review_hourly_cost: '30 USD' }, [
    taskOf('alone', []),
    taskOf('measured', [
      { waitMinutes: 90, seconds: 150.5 },
      { waitMinutes: 30, seconds: 60 },
    ]),
    taskOf('partly', [{ waitMinutes: 90, seconds: 150 }, { waitMinutes: 5 }]),
    taskOf('untimed', [{ waitMinutes: 12 }]),
    taskOf('expired', [{ waitMinutes: 12, decision: 'expired' }]),
    taskOf('unpriced', [{ waitMinutes: 1, seconds: 60 }], 'in-house-model'),
  ]);
  expect(rows['alone']).toMatchObject({
    human_time: 'none',
    human_ms: 0,
    human_cost: '0',
    cost: decimal(MODEL_COST),
    cost_with_human: decimal(MODEL_COST),
  });
  expect(rows['measured']).toMatchObject({
    human_time: 'measured',
    human_steps: 2,
    human_ms: 210_500,
    wait_ms: 120 * MINUTE,
    wait_working_ms: 120 * MINUTE,
    human_cost: decimal(Math.trunc((30e12 * 210_500) / 3_600_000) / 1e12),
  });
  expect(Number(rows['measured']!['cost_with_human'])).toBeCloseTo(MODEL_COST + (30 * 210.5) / 3600, 11);
  for (const id of ['partly', 'untimed'])
    expect(rows[id]).toMatchObject({
      human_time: 'unknown',
      human_ms: null,
      human_cost: null,
      cost_with_human: null,
    });
  expect(rows['expired']).toMatchObject({ human_time: 'none', human_steps: 0, human_cost: '0' });
  expect(rows['unpriced']).toMatchObject({ cost: null, human_cost: '0.5', cost_with_human: null });
});

test('an assumption of the organisation stands in where nobody measured, and is said', async () => {
  const rows = await costs({ human_review_hourly_cost: '60 USD', human_review_minutes: 4 }, [
    taskOf('partly', [{ waitMinutes: 90, seconds: 90 }, { waitMinutes: 5 }]),
    taskOf('untimed', [{ waitMinutes: 12 }, { waitMinutes: 1 }]),
  ]);
  expect(rows['partly']).toMatchObject({ human_time: 'estimated', human_ms: 330_000, human_cost: '5.5' });
  expect(rows['untimed']).toMatchObject({ human_time: 'estimated', human_ms: 480_000, human_cost: '8' });
});

test('an hour in another currency takes the rate of the day, and without one is unknown', async () => {
  const rate = (rate: number, valid_from: string) => ({ from: 'JPY', to: 'USD', rate, valid_from });
  const tasks = (): object[] => [taskOf('paid', [{ waitMinutes: 1, seconds: 1800 }])];
  const dated = await costs(
    {
      human_review_hourly_cost: '4000 JPY',
      exchange_rates: [rate(0.5, '2026-11-20'), rate(0.005, '2026-11-01'), rate(0.25, '2026-01-01')],
    },
    tasks(),
  );
  expect(dated['paid']).toMatchObject({ human_cost: '10' });
  const none = await costs({ human_review_hourly_cost: '4000 JPY' }, tasks());
  expect(none['paid']).toMatchObject({ human_time: 'measured', human_ms: 1_800_000, human_cost: null });
  const free = await costs({ human_review_hourly_cost: undefined }, tasks());
  expect(free['paid']).toMatchObject({ human_time: 'measured', human_cost: null, cost_with_human: null });
});
