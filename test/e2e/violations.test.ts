import { fileURLToPath } from 'node:url';
import { publishRegistry, type Store } from '@agentops/processor';
import { loadRegistry, readRegistryFiles } from '@agentops/registry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count, type Engine, openEngine, records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance, type JsonSpan, span, traceRequest } from '../tools/otlp.ts';

const AT = 1_795_000_000_000;
const COMPANY = fileURLToPath(new URL('../../registry/company', import.meta.url));
const random = chance(7);

let engine: Engine;
let store: Store;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

interface Payment {
  readonly amount: number;
  readonly currency?: string;
  /** ms after the start of the payment at which it was decided; before it when negative. Nobody is asked without. */
  readonly decidedAfter?: number;
  readonly decision?: string;
  readonly reviewer?: string;
  /** How request and call are to be joined. */
  readonly by?: 'call id' | 'task';
}

const CLAIMANT = 'kenji.mori';

/** One task of the expense agent: perhaps a question to a human, and the payment. */
function payment({ amount, currency = 'JPY', decidedAfter, by = 'call id', ...said }: Payment): object {
  const traceId = random.hex(16);
  const root = random.hex(8);
  const call = `call_${random.hex(12)}`;
  const start = AT + 5_000;
  const named = by === 'call id' ? { 'gen_ai.tool.call.id': call } : {};
  const child = (
    name: string,
    from: number,
    to: number,
    attributes: Record<string, string | number>,
  ): JsonSpan =>
    span({ traceId, spanId: random.hex(8), parent: root, name, start: from, end: to, attributes });
  const spans = [
    child('execute_tool pay_claim', start, start + 100, {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'pay_claim',
      'gen_ai.tool.call.id': call,
      'agentops.tool.amount': amount,
      'agentops.tool.currency': currency,
    }),
    span({
      traceId,
      spanId: root,
      name: 'invoke_agent expense-reimbursement',
      start: AT,
      end: AT + 20_000,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'expense-reimbursement',
        'gen_ai.agent.version': '2.3.0',
        'user.id': CLAIMANT,
      },
    }),
  ];
  if (decidedAfter !== undefined) {
    spans.push(
      child('approval', start - 4_000, start + decidedAfter, {
        'agentops.kind': 'approval',
        'agentops.approval.id': random.hex(8),
        'agentops.approval.rule': 'threshold',
        'agentops.approval.decision': said.decision ?? 'approved',
        'agentops.approval.reviewer': said.reviewer ?? 'hana.ito',
        'agentops.approval.requested_by': CLAIMANT,
        'gen_ai.tool.name': 'pay_claim',
        ...named,
      }),
    );
  }
  return traceRequest(
    { 'service.name': 'expense-reimbursement', 'deployment.environment.name': 'production' },
    spans,
  );
}

interface Bodies {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { spans: JsonSpan[] }[] }[];
}

async function fresh(): Promise<void> {
  store = await engine.database();
  const { document } = loadRegistry(readRegistryFiles(COMPANY));
  await publishRegistry(store, document!, BigInt(AT - 86_400_000) * 1_000_000n);
}

async function feed(bodies: readonly object[]): Promise<void> {
  await run(store, memorySource(records(bodies), { sizes: [50] }));
  await count(store);
}

async function ask(sql: string): Promise<Record<string, unknown>[]> {
  return store.query(sql.replaceAll('agentops.', `${store.database}.`));
}

/** Silence depends on the time of asking; it has a test of its own. */
const VIOLATIONS =
  "SELECT kind, subject, toUInt32(count) AS n FROM agentops.violations WHERE kind != 'silent_agent' ORDER BY kind, subject";

describe('the expense agent', () => {
  test.each<[string, Payment, object[]]>([
    [
      '¥120,000 without approval',
      { amount: 120_000 },
      [{ kind: 'approval_missing', subject: 'pay_claim', n: 1 }],
    ],
    [
      '¥120,000 approved after the payment',
      { amount: 120_000, decidedAfter: 60_000 },
      [{ kind: 'approval_late', subject: 'pay_claim', n: 1 }],
    ],
    [
      '¥120,000 approved by the claimant',
      { amount: 120_000, decidedAfter: -1_000, reviewer: CLAIMANT },
      [{ kind: 'self_approved', subject: 'pay_claim', n: 1 }],
    ],
    [
      '¥120,000 paid in spite of a rejection',
      { amount: 120_000, decidedAfter: -1_000, decision: 'rejected' },
      [{ kind: 'approval_missing', subject: 'pay_claim', n: 1 }],
    ],
    [
      'an amount in dollars above the limit in yen',
      { amount: 1_000, currency: 'USD' },
      [{ kind: 'approval_missing', subject: 'pay_claim', n: 1 }],
    ],
    ['¥120,000 approved before', { amount: 120_000, decidedAfter: -1_000 }, []],
    [
      '¥120,000 approved, the decision naming no call',
      { amount: 120_000, decidedAfter: -1_000, by: 'task' },
      [],
    ],
    ['¥9,000', { amount: 9_000 }, []],
    ['¥10,000, the limit itself', { amount: 10_000 }, []],
  ])('%s', async (_, what, expected) => {
    await fresh();
    await feed([payment(what)]);
    expect(await ask(VIOLATIONS)).toEqual(expected);
  });

  test('an amount in a currency without a rate is said to be unknown, not in order', async () => {
    await fresh();
    await feed([payment({ amount: 500, currency: 'XTS' })]);
    expect(await ask('SELECT rule, status FROM agentops.call_approvals')).toEqual([
      { rule: 'unknown', status: 'unknown' },
    ]);
  });

  /** The same payment once more in its task, which changes what it says of the two. */
  function twice(first: (span: JsonSpan) => JsonSpan, second: (span: JsonSpan) => JsonSpan): object[] {
    const body = payment({ amount: 120_000, decidedAfter: -1_000, by: 'task' }) as Bodies;
    const again = structuredClone(body);
    const { spans } = again.resourceSpans[0]!.scopeSpans[0]!;
    const isCall = ({ name }: JsonSpan): boolean => name.startsWith('execute_tool');
    const scope = body.resourceSpans[0]!.scopeSpans[0]!;
    scope.spans = scope.spans.map((one) => (isCall(one) ? first(one) : one));
    again.resourceSpans[0]!.scopeSpans[0]!.spans = spans.filter(isCall).map((one) => {
      const id = { key: 'gen_ai.tool.call.id', value: { stringValue: `call_${random.hex(12)}` } };
      const attributes = [...one.attributes.filter(({ key }) => key !== id.key), id];
      const times = { startTimeUnixNano: `${AT + 9_000}000000`, endTimeUnixNano: `${AT + 9_100}000000` };
      return second({ ...one, ...times, attributes, spanId: random.hex(8) });
    });
    return [body, again];
  }
  const as = (one: JsonSpan): JsonSpan => one;
  const failed = (one: JsonSpan): JsonSpan => ({ ...one, status: { code: 2 } });
  const of =
    (claim: string) =>
    (one: JsonSpan): JsonSpan => ({
      ...one,
      attributes: [
        ...one.attributes,
        { key: 'gen_ai.tool.call.arguments', value: { stringValue: `{"claim":"${claim}"}` } },
      ],
    });

  test.each<[string, object[], string]>([
    ['one decision covers one of two equal payments of a task', twice(as, as), 'approval_missing'],
    ['it covers the one that failed, when it is tried again', twice(failed, as), 'approved'],
    [
      'and that which failed for something else covers nothing',
      twice((one) => failed(of('41')(one)), of('42')),
      'approval_missing',
    ],
    ['with the same arguments it is the same', twice((one) => failed(of('41')(one)), of('41')), 'approved'],
  ])('%s', async (_, bodies, second) => {
    await fresh();
    await feed(bodies);
    expect(await ask('SELECT status FROM agentops.call_approvals ORDER BY started_at')).toEqual([
      { status: 'approved' },
      { status: second },
    ]);
  });

  test.each([
    // Wilson's interval of 20 of 400 is 3.3 to 7.6 %, that of 2 of 400 is 0.1 to 1.8 %.
    [20, 400, 3.26, 7.6, 0],
    [2, 400, 0.14, 1.8, 1],
  ])('of what lies between, %i of %i sampled against 5 %%', async (sampled, calls, low, high, short) => {
    await fresh();
    await feed(
      Array.from({ length: calls }, (_, i) =>
        payment({ amount: 20_000 + i, ...(i < sampled && { decidedAfter: -1_000 }) }),
      ),
    );
    const [row] = await ask(
      'SELECT percent, toUInt32(calls) AS calls, toUInt32(sampled) AS sampled, share_low, share_high, short FROM agentops.approval_samples',
    );
    expect(row).toMatchObject({ percent: 5, calls, sampled, short });
    expect(row!['share_low']).toBeCloseTo(low, 1);
    expect(row!['share_high']).toBeCloseTo(high, 1);
    expect((await ask(VIOLATIONS)).map(({ kind }) => kind)).toEqual(short === 1 ? ['sample_short'] : []);
  });
});

test('what the registry does not name: tools, models, data, versions, and agents', async () => {
  await fresh();
  const traceId = random.hex(16);
  const root = random.hex(8);
  const at = { traceId, start: AT, end: AT + 100 };
  const tool = (name: string, more = {}): JsonSpan =>
    span({
      ...at,
      spanId: random.hex(8),
      parent: root,
      name: `execute_tool ${name}`,
      attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name, ...more },
    });
  const model = (name: string): JsonSpan =>
    span({
      ...at,
      spanId: random.hex(8),
      parent: root,
      name: `chat ${name}`,
      attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': name },
    });
  await feed([
    traceRequest({ 'service.name': 'expense-reimbursement' }, [
      tool('read_claim'),
      tool('delete_everything'),
      tool('reject_claim', { 'agentops.tool.resource': 'salaries', 'agentops.tool.side_effect': 'write' }),
      tool('check_policy', { 'agentops.tool.resource': 'employees', 'agentops.tool.side_effect': 'read' }),
      model('gpt-4o-2024-08-06'),
      model('some-other-model'),
      span({
        ...at,
        spanId: root,
        name: 'invoke_agent expense-reimbursement',
        attributes: { 'gen_ai.operation.name': 'invoke_agent', 'agentops.agent.version': '2.4.0' },
      }),
    ]),
    traceRequest({ 'service.name': 'nobody-knows' }, [{ ...model('gpt-4o'), traceId: random.hex(16) }]),
  ]);
  expect(await ask(VIOLATIONS)).toEqual([
    { kind: 'undeclared_data', subject: 'salaries', n: 1 },
    { kind: 'undeclared_model', subject: 'some-other-model', n: 1 },
    { kind: 'undeclared_tool', subject: 'delete_everything', n: 1 },
    { kind: 'undeclared_version', subject: '2.4.0', n: 1 },
    { kind: 'unregistered_agent', subject: 'nobody-knows', n: 1 },
  ]);
});

test('an agent that should be heard of and is not', async () => {
  store = await engine.database();
  const { document } = loadRegistry(readRegistryFiles(COMPANY));
  const hour = 3_600_000;
  const now = Date.now();
  for (const agent of document!.agents) delete agent.expects;
  const [often, rarely, never] = document!.agents.filter(({ stage }) => stage !== 'retired');
  often!.expects = { calendar: 'always', every: '2h' };
  rarely!.expects = { calendar: 'always', every: '2d' };
  never!.expects = { calendar: 'always', every: '3d' };
  await publishRegistry(store, document!, BigInt(now - 10 * 24 * hour) * 1_000_000n);
  const heard = (agent: (typeof document & object)['agents'][number]): object =>
    traceRequest({ 'service.name': agent.match[0]!.service ?? agent.id }, [
      span({
        traceId: random.hex(16),
        spanId: random.hex(8),
        name: `invoke_agent ${agent.id}`,
        start: now - 5 * hour,
        end: now - 5 * hour + 1000,
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': agent.match[0]!.agent ?? agent.id,
        },
      }),
    ]);
  const bodies = [heard(often!), heard(rarely!)];
  await run(
    store,
    memorySource(
      records(bodies).map((record) => ({ ...record, receivedAt: now })),
      { sizes: [2] },
    ),
  );
  await count(store);
  const silent = await ask(
    "SELECT agent, subject FROM agentops.violations WHERE kind = 'silent_agent' ORDER BY subject",
  );
  expect(silent).toEqual(
    [
      { agent: often!.id, subject: 'expected every 7200 s, always' },
      { agent: never!.id, subject: 'expected every 259200 s, always' },
    ].sort((a, b) => (a.subject < b.subject ? -1 : 1)),
  );
});
