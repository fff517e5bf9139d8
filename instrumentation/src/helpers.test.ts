import { readFileSync } from 'node:fs';
import { ATTR } from '@agentops/registry/contract';
import { context, propagation, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  agentRun,
  approvalDecided,
  approvalRequested,
  beginModelCall,
  beginToolCall,
  escalation,
  evaluation,
  handoff,
  modelCall,
  outcome,
  task,
  toolCall,
} from './index.ts';
import { type AgentOps, type StartOptions, startAgentOps } from './start.ts';
import { type OtlpReceiver, openReceiver, type ReceivedSpan } from './testing/otlp-receiver.ts';

let receiver: OtlpReceiver;
let ops: AgentOps;

beforeEach(async () => {
  receiver = await openReceiver();
});

afterEach(async () => {
  await ops.shutdown(100);
  context.disable();
  propagation.disable();
  await receiver.close();
});

function start(options: StartOptions = {}): void {
  ops = startAgentOps({
    service: 'test',
    endpoint: receiver.endpoint,
    flushIntervalMs: 3_600_000,
    digestKey: 'key',
    ...options,
  });
}

async function received(name: string): Promise<ReceivedSpan> {
  await ops.flush();
  return receiver.named(name);
}

/** What we set on a span, without what every span carries. */
function own({ attributes }: ReceivedSpan): Record<string, unknown> {
  const common: readonly string[] = [ATTR.instance, ATTR.sequence];
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => !common.includes(key)));
}

test('a model call carries provider, models, id, finish reasons and every class of tokens', async () => {
  start();
  const answer = await modelCall({ provider: 'anthropic', model: 'claude-sonnet-4' }, (call) => {
    call.response({
      id: 'msg_1',
      model: 'claude-sonnet-4-20250514',
      finishReasons: ['tool_use'],
      usage: {
        input: 100,
        cacheRead: 60,
        cacheWrite: 30,
        cacheWrite5m: 20,
        cacheWrite1h: 10,
        output: 9,
        reasoning: 4,
      },
    });
    return 'answer';
  });
  expect(answer).toBe('answer');
  const span = await received('chat claude-sonnet-4');
  expect(span.kind).toBe(3);
  expect(own(span)).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': 'claude-sonnet-4',
    'gen_ai.response.id': 'msg_1',
    'gen_ai.response.model': 'claude-sonnet-4-20250514',
    'gen_ai.response.finish_reasons': ['tool_use'],
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.cache_read.input_tokens': 60,
    'gen_ai.usage.cache_write.input_tokens': 30,
    'anthropic.usage.cache_creation.ephemeral_5m_input_tokens': 20,
    'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 10,
    'gen_ai.usage.output_tokens': 9,
    'gen_ai.usage.reasoning.output_tokens': 4,
  });
});

test('a tool call carries digests and amount, and no content', async () => {
  start();
  const args = { claim: '4711', iban: 'DE89370400440532013000' };
  const result = await toolCall(
    'pay_claim',
    {
      arguments: args,
      callId: 'c1',
      amount: 12_000.5,
      currency: 'JPY',
      effect: 'external',
      resource: 'payments',
    },
    async () => ({ paid: true }),
  );
  expect(result).toEqual({ paid: true });
  const span = await received('execute_tool pay_claim');
  expect(own(span)).toEqual({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'pay_claim',
    'gen_ai.tool.type': 'function',
    'gen_ai.tool.call.id': 'c1',
    [ATTR.argumentsDigest]: expect.stringMatching(/^helper:[\w-]+:[0-9a-f]{32}$/),
    [ATTR.argumentsShapeDigest]: expect.stringMatching(/^helper:[\w-]+:[0-9a-f]{32}$/),
    [ATTR.resultDigest]: expect.stringMatching(/^helper:[\w-]+:[0-9a-f]{32}$/),
    [ATTR.toolAmount]: '12000.5',
    [ATTR.toolCurrency]: 'JPY',
    [ATTR.toolSideEffect]: 'external',
    [ATTR.toolResource]: 'payments',
  });
});

test('equal arguments have equal digests, near-identical ones equal shapes', async () => {
  start();
  for (const args of [
    { a: 'x', n: 17 },
    { n: 17, a: 'x' },
    { n: 18, a: 'x' },
  ]) {
    await toolCall('t', { arguments: args }, () => null);
  }
  await ops.flush();
  const of = (key: string) => receiver.spans.map((span) => span.attributes[key]);
  const [first, reordered, near] = of(ATTR.argumentsDigest);
  expect(reordered).toBe(first);
  expect(near).not.toBe(first);
  expect(new Set(of(ATTR.argumentsShapeDigest)).size).toBe(1);
});

test('without a key there are no digests; with none given they compare within the process', async () => {
  start({ digestKey: null });
  await toolCall('off', { arguments: { a: 1 } }, () => 1);
  expect((await received('execute_tool off')).attributes).not.toHaveProperty([ATTR.argumentsDigest]);
  await ops.shutdown();

  start({ digestKey: undefined });
  for (const name of ['one', 'two']) await toolCall(name, { arguments: { a: 1 } }, () => 1);
  const one = await received('execute_tool one');
  expect(one.attributes[ATTR.argumentsDigest]).toBe(
    receiver.named('execute_tool two').attributes[ATTR.argumentsDigest],
  );
});

test('content that is on is masked', async () => {
  start({ content: 'masked' });
  const mail = 'jane.roe@example.com';
  await toolCall('send', { arguments: { to: mail, password: 'hunter22' } }, () => `sent to ${mail}`);
  const tool = await received('execute_tool send');
  const args = tool.attributes['gen_ai.tool.call.arguments'] as string;
  expect(Object.keys(JSON.parse(args))).toEqual(['to', 'password']);
  expect(tool.attributes['gen_ai.tool.call.result']).toMatch(/^sent to /);

  const call = beginModelCall({
    provider: 'openai',
    model: 'm',
    input: [{ role: 'user', content: `I am ${mail}` }],
  });
  call.response({ output: `Hello ${mail}` });
  call.end();
  const model = await received('chat m');
  expect(model.attributes['gen_ai.input.messages']).toMatch(/"role":"user"/);
  expect(model.attributes['gen_ai.output.messages']).toMatch(/^Hello /);
  for (const secret of [mail, 'hunter22']) expect(JSON.stringify(receiver.spans)).not.toContain(secret);
});

test('an error is recorded, masked, and thrown on', async () => {
  start();
  class PaymentRefused extends Error {}
  const error = new PaymentRefused('refused for jane.roe@example.com');
  const failing = agentRun('a', {}, () =>
    toolCall('pay', {}, () => {
      throw error;
    }),
  );
  await expect(failing).rejects.toBe(error);
  const tool = await received('execute_tool pay');
  expect(tool.attributes['error.type']).toBe('PaymentRefused');
  expect(tool.status.code).toBe(2);
  expect(tool.status.message).toMatch(/^refused for /);
  expect(tool.status.message).not.toContain('jane.roe');
  expect(receiver.named('invoke_agent a').status.code).toBe(2);
});

test('a task carries its verdict; a later one comes by its id', async () => {
  start();
  await task('t-1', { taskType: 'claim' }, (t) => {
    t.outcome('success', { source: 'system', evidence: 'ledger 88' });
  });
  outcome('t-1', 'failure', { source: 'human' });
  expect((await received('task claim')).attributes).toMatchObject({
    [ATTR.taskId]: 't-1',
    [ATTR.taskOutcome]: 'success',
    [ATTR.taskOutcomeSource]: 'system',
    [ATTR.taskOutcomeEvidence]: 'ledger 88',
  });
  expect(receiver.named('task outcome').attributes).toMatchObject({
    [ATTR.taskId]: 't-1',
    [ATTR.taskOutcome]: 'failure',
    [ATTR.taskOutcomeSource]: 'human',
  });
});

test('request and decision of an approval share an id', async () => {
  start();
  const deadline = new Date(Date.UTC(2026, 10, 23, 9));
  approvalRequested({
    id: 'a-1',
    rule: 'threshold',
    channel: 'expense-approvals',
    requestedBy: 'u-17',
    deadline,
    slaSeconds: 14_400,
    tool: 'pay_claim',
    amount: '250000',
    currency: 'JPY',
  });
  approvalDecided({
    id: 'a-1',
    decision: 'rejected',
    rule: 'threshold',
    reviewer: 'mei',
    channel: 'expense-approvals',
  });
  expect(own(await received('approval requested pay_claim'))).toEqual({
    [ATTR.kind]: 'approval',
    [ATTR.approvalEvent]: 'requested',
    [ATTR.approvalId]: 'a-1',
    [ATTR.approvalRule]: 'threshold',
    [ATTR.approvalChannel]: 'expense-approvals',
    [ATTR.approvalRequestedBy]: 'u-17',
    [ATTR.approvalDeadline]: '2026-11-23T09:00:00.000Z',
    [ATTR.approvalSla]: 14_400,
    'gen_ai.tool.name': 'pay_claim',
    [ATTR.toolAmount]: '250000',
    [ATTR.toolCurrency]: 'JPY',
  });
  expect(own(receiver.named('approval rejected'))).toEqual({
    [ATTR.kind]: 'approval',
    [ATTR.approvalEvent]: 'decided',
    [ATTR.approvalId]: 'a-1',
    [ATTR.approvalRule]: 'threshold',
    [ATTR.approvalDecision]: 'rejected',
    [ATTR.approvalReviewer]: 'mei',
    [ATTR.approvalChannel]: 'expense-approvals',
  });
});

test('handoff, escalation and evaluation', async () => {
  start();
  handoff('triage', 'refunds');
  escalation('business', 'not within policy');
  evaluation({ name: 'style', score: 0.8, label: 'pass', evaluator: 'human', task: 't-4' });
  expect(own(await received('handoff refunds'))).toEqual({
    [ATTR.kind]: 'handoff',
    'gen_ai.agent.handoff.source.name': 'triage',
    'gen_ai.agent.handoff.target.name': 'refunds',
  });
  expect(own(receiver.named('escalation business'))).toEqual({
    [ATTR.kind]: 'handoff',
    [ATTR.escalationChannel]: 'business',
  });
  expect(own(receiver.named('evaluation style'))).toEqual({
    [ATTR.kind]: 'evaluation',
    'gen_ai.evaluation.name': 'style',
    'gen_ai.evaluation.score.value': 0.8,
    'gen_ai.evaluation.score.label': 'pass',
    [ATTR.evaluator]: 'human',
    [ATTR.taskId]: 't-4',
  });
});

test('values that break when they are read do not break the agent', async () => {
  start({ content: 'masked' });
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const trap = {
    get value() {
      throw new Error('trap');
    },
    toJSON() {
      throw new Error('trap');
    },
  };
  const hostile = [10n, Symbol('s'), cyclic, trap, () => 1, new Proxy({}, { ownKeys: () => [1] as never })];
  for (const value of hostile) {
    expect(await toolCall('t', { arguments: value }, () => value)).toBe(value);
    await expect(
      toolCall('t', {}, () => {
        throw value;
      }),
    ).rejects.toBe(value);
  }
  approvalRequested({ id: 'a', rule: 'always', deadline: new Date(Number.NaN) });
  await ops.flush();
  expect(receiver.spans).toHaveLength(2 * hostile.length);
});

test('ending a step twice, or using it after its end, does nothing', async () => {
  start();
  const step = beginToolCall('t');
  step.end();
  step.fail(new Error('late'));
  step.result('late');
  step.end();
  expect((await received('execute_tool t')).status.code).toBe(0);
});

test('shutdown keeps its time limit when the receiver hangs', async () => {
  start();
  receiver.answers.push('hang');
  await toolCall('t', {}, () => {});
  const begun = performance.now();
  await ops.shutdown(150);
  expect(performance.now() - begun).toBeLessThan(2000);
});

test('without telemetry the helpers only run the work', async () => {
  start();
  await ops.shutdown();
  expect(trace.getTracer('x').startSpan('x').isRecording()).toBe(false);
  expect(await task('t', {}, () => agentRun('a', {}, () => toolCall('x', {}, () => 42)))).toBe(42);
});

test('the helpers need the OpenTelemetry API and the contract, nothing else', () => {
  const bare = new Set<string>();
  const seen = new Set<string>();
  const visit = (url: URL): void => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    for (const [, from] of readFileSync(url, 'utf8').matchAll(/^(?:import|export|\}) .*?from '([^']+)'/gm)) {
      if (from!.startsWith('.')) visit(new URL(from!, url));
      else bare.add(from!);
    }
  };
  visit(new URL('./index.ts', import.meta.url));
  expect(seen.size).toBeGreaterThan(5);
  expect([...bare].sort()).toEqual(['@agentops/registry/contract', '@opentelemetry/api']);
});
