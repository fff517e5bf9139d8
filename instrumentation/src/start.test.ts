import { ATTR } from '@agentops/registry/contract';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { NodeSDK, tracing } from '@opentelemetry/sdk-node';
import * as sdk1 from 'otel-sdk-trace-1';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { agentRun, approvalDecided, task, toolCall, withBaggage, withDimensions } from './index.ts';
import { type AgentOps, type StartOptions, startAgentOps } from './start.ts';
import { type OtlpReceiver, openReceiver } from './testing/otlp-receiver.ts';

let receiver: OtlpReceiver;
let ops: AgentOps | null = null;

beforeEach(async () => {
  receiver = await openReceiver();
});

afterEach(async () => {
  await ops?.shutdown(100);
  ops = null;
  trace.disable();
  context.disable();
  propagation.disable();
  vi.unstubAllEnvs();
  await receiver.close();
});

/** Exports only when asked, so that no test depends on a timer. */
function start(options: StartOptions = {}): AgentOps {
  ops = startAgentOps({ endpoint: receiver.endpoint, flushIntervalMs: 3_600_000, ...options });
  return ops;
}

/** A span of somebody else's instrumentation, in the active context. */
function foreignSpan(name: string, attributes = {}): void {
  trace.getTracer('somebody-else').startSpan(name, { attributes }).end();
}

test('without a provider it registers one and exports to the endpoint, with the token', async () => {
  const own = start({
    service: 'expenses',
    version: '2.3.0',
    environment: 'production',
    department: 'finance',
    token: 's3cret',
  });
  expect(own.mode).toBe('own');
  await toolCall('read_claim', {}, () => 1);
  await own.flush();

  expect(receiver.requests[0]?.path).toBe('/v1/traces');
  expect(receiver.requests[0]?.headers.authorization).toBe('Bearer s3cret');
  const { resource } = receiver.named('execute_tool read_claim');
  expect(resource).toMatchObject({
    'service.name': 'expenses',
    'service.version': '2.3.0',
    'deployment.environment.name': 'production',
    [ATTR.department]: 'finance',
  });
  expect(Object.keys(resource).filter((key) => key.startsWith('process.'))).toEqual([]);
  expect(own.stats()).toEqual({ exported: 1, dropped: 0, queued: 0 });
});

test('the environment names service, endpoint and resource', async () => {
  vi.stubEnv('OTEL_SERVICE_NAME', 'from-env');
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'agentops.team=blue');
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.endpoint);
  const own = start({ endpoint: undefined });
  foreignSpan('x');
  await own.flush();
  expect(receiver.named('x').resource).toMatchObject({ 'service.name': 'from-env', [ATTR.team]: 'blue' });
});

test('task, user and department reach every span below, also those of other instrumentations', async () => {
  const own = start({ service: 's' });
  await task('t-1', { department: 'finance', user: 'u-9', taskType: 'claim', taskRef: 'R-7' }, () =>
    agentRun('expenses', { tenant: 'acme' }, async () => {
      await Promise.resolve();
      foreignSpan('ai.generateText');
      foreignSpan('for another', { 'user.id': 'u-own' });
    }),
  );
  foreignSpan('outside');
  await own.flush();

  const inherited = {
    [ATTR.taskId]: 't-1',
    [ATTR.taskType]: 'claim',
    [ATTR.taskRef]: 'R-7',
    [ATTR.department]: 'finance',
    'user.id': 'u-9',
  };
  expect(receiver.named('task claim').attributes).toMatchObject(inherited);
  expect(receiver.named('ai.generateText').attributes).toMatchObject({ ...inherited, [ATTR.tenant]: 'acme' });
  expect(receiver.named('for another').attributes['user.id']).toBe('u-own');
  expect(receiver.named('outside').attributes[ATTR.taskId]).toBeUndefined();
});

test('tasks that run at the same time keep apart', async () => {
  const own = start();
  await Promise.all(
    ['a', 'b', 'c'].map((id) =>
      task(id, { user: `user-${id}` }, async () => {
        for (let i = 0; i < 5; i++)
          await toolCall('step', {}, () => new Promise((done) => setImmediate(done)));
      }),
    ),
  );
  await own.flush();
  const tools = receiver.spans.filter((span) => span.name === 'execute_tool step');
  expect(tools).toHaveLength(15);
  for (const { attributes, parentSpanId } of tools) {
    expect(attributes['user.id']).toBe(`user-${attributes[ATTR.taskId]}`);
    const parent = receiver.spans.find((span) => span.spanId === parentSpanId);
    expect(parent?.attributes[ATTR.taskId]).toBe(attributes[ATTR.taskId]);
  }
});

test('dimensions cross processes as baggage, when asked to; other baggage stays out', async () => {
  const own = start();
  const carrier: Record<string, string> = {};
  const sent = propagation.setBaggage(
    withDimensions(ROOT_CONTEXT, { task: 't-1', user: 'jörg@x' }),
    propagation.createBaggage({ secret: { value: 'x' } }),
  );
  propagation.inject(sent, carrier);
  expect(carrier['baggage']).toBe('secret=x');
  propagation.inject(withBaggage(sent), carrier);

  context.with(propagation.extract(ROOT_CONTEXT, carrier), () => foreignSpan('remote'));
  await own.flush();
  const { attributes } = receiver.named('remote');
  expect(attributes).toMatchObject({ [ATTR.taskId]: 't-1', 'user.id': 'jörg@x' });
  expect(attributes['secret']).toBeUndefined();
});

test('a decision joins its task from another process', async () => {
  const own = start();
  approvalDecided({ id: 'a-1', decision: 'approved', reviewer: 'mei', task: 't-9' });
  await own.flush();
  expect(receiver.named('approval approved').attributes).toMatchObject({
    [ATTR.approvalId]: 'a-1',
    [ATTR.taskId]: 't-9',
  });
});

test('spans are numbered in order of their end', async () => {
  const own = start({ instance: 'i-1' });
  await agentRun('a', {}, () => toolCall('t', {}, () => {}));
  await own.flush();
  const numbers = receiver.spans.map(({ name, attributes }) => [
    name,
    attributes[ATTR.instance],
    attributes[ATTR.sequence],
  ]);
  expect(numbers).toEqual([
    ['execute_tool t', 'i-1', 1],
    ['invoke_agent a', 'i-1', 2],
  ]);
});

test('more than the 128 attributes of the SDK reach the receiver', async () => {
  const own = start();
  foreignSpan('wide', Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`message.${i}`, i])));
  await own.flush();
  expect(receiver.named('wide').attributes['message.499']).toBe(499);
});

test('an existing NodeSDK is joined: its exporter gets what it got, and nothing of our numbers', async () => {
  const theirs = new tracing.InMemorySpanExporter();
  const sdk = new NodeSDK({
    serviceName: 'their-service',
    spanProcessors: [new tracing.SimpleSpanProcessor(theirs)],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  try {
    const joined = start({ service: 'ignored', department: 'finance' });
    expect(joined.mode).toBe('joined');
    await task('t-1', {}, () => foreignSpan('ai.generateText'));
    await joined.flush();

    const received = receiver.named('ai.generateText');
    expect(received.resource['service.name']).toBe('their-service');
    expect(received.resource).toHaveProperty(['host.name']);
    expect(received.attributes).toMatchObject({
      [ATTR.taskId]: 't-1',
      [ATTR.department]: 'finance',
      [ATTR.sequence]: 1,
    });
    const [copy] = theirs.getFinishedSpans();
    expect(copy?.spanContext().spanId).toBe(received.spanId);
    expect(copy?.attributes).not.toHaveProperty([ATTR.sequence]);

    await joined.shutdown();
    foreignSpan('afterwards');
    expect(theirs.getFinishedSpans().map((span) => span.name)).toContain('afterwards');
    expect(joined.stats()).toEqual({ exported: 2, dropped: 0, queued: 0 });
  } finally {
    await sdk.shutdown();
  }
});

test('a provider of SDK 1 is joined: its spans arrive with parent, scope and resource', async () => {
  const theirs = new sdk1.InMemorySpanExporter();
  const provider = new sdk1.BasicTracerProvider({
    spanProcessors: [new sdk1.SimpleSpanProcessor(theirs)],
  });
  trace.setGlobalTracerProvider(provider);
  const joined = start();
  expect(joined.mode).toBe('joined');

  const tracer = trace.getTracer('old-instrumentation');
  const parent = tracer.startSpan('parent');
  tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent)).end();
  parent.end();
  await joined.flush();

  const child = receiver.named('child');
  expect(child.parentSpanId).toBe(receiver.named('parent').spanId);
  expect(child.scope).toBe('old-instrumentation');
  expect(child.resource['service.name']).toMatch(/^unknown_service/);
  expect(theirs.getFinishedSpans()).toHaveLength(2);
  await provider.shutdown();
});

test('beside a provider that cannot be joined, the helpers export through one of ours', async () => {
  const theirs: string[] = [];
  const provider: TracerProvider = {
    getTracer: () => ({
      startSpan(name) {
        theirs.push(name);
        return trace.wrapSpanContext({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 });
      },
      startActiveSpan: (_name: string, work: unknown) =>
        (work as (span: Span) => never)(trace.getActiveSpan()!),
    }),
  };
  trace.setGlobalTracerProvider(provider);
  const beside = start({ service: 'ours', department: 'it' });
  expect(beside.mode).toBe('beside');

  await agentRun('helper', { user: 'u-1' }, async () => {
    await Promise.resolve();
    await toolCall('t', {}, () => foreignSpan('theirs'));
  });
  await beside.flush();

  expect(theirs).toEqual(['theirs']);
  expect(receiver.spans.map((span) => span.name)).toEqual(['execute_tool t', 'invoke_agent helper']);
  const tool = receiver.named('execute_tool t');
  expect(tool.resource).toMatchObject({ 'service.name': 'ours', [ATTR.department]: 'it' });
  expect(tool.attributes['user.id']).toBe('u-1');
  expect(tool.parentSpanId).toBe(receiver.named('invoke_agent helper').spanId);

  await beside.shutdown();
  await toolCall('later', {}, () => {});
  expect(theirs).toEqual(['theirs', 'execute_tool later']);
});

test('a second call returns what the first one started', () => {
  expect(start()).toBe(startAgentOps({ service: 'another' }));
});

test('after shutdown it can be started again', async () => {
  await start().shutdown();
  const again = start({ service: 'again' });
  expect(again.mode).toBe('own');
  foreignSpan('x');
  await again.flush();
  expect(receiver.named('x').resource['service.name']).toBe('again');
});

test.each([{ OTEL_SDK_DISABLED: 'true' }, { OTEL_TRACES_EXPORTER: 'none' }])('%o turns it off', (env) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  expect(start().mode).toBe('off');
});

test('wrong options turn telemetry off with a warning, and the agent works on', async () => {
  const warning = new Promise<Error>((resolve) => {
    process.once('warning', resolve);
  });
  const off = start({ endpoint: 'not a url' });
  expect(off.mode).toBe('off');
  expect((await warning).message).toMatch(/agentops: telemetry is off: /);
  expect(await toolCall('t', {}, () => 'worked')).toBe('worked');
  await off.shutdown();
});
