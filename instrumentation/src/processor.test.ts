import { ATTR } from '@agentops/registry/contract';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { tracing } from '@opentelemetry/sdk-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AgentSpanProcessorOptions, createAgentSpanProcessor } from './processor.ts';
import { type OtlpReceiver, openReceiver } from './testing/otlp-receiver.ts';

let receiver: OtlpReceiver;

beforeEach(async () => {
  receiver = await openReceiver();
});

afterEach(() => receiver.close());

function provide(options: AgentSpanProcessorOptions = {}, sampler?: tracing.Sampler) {
  const exporter = new OTLPTraceExporter({ url: `${receiver.endpoint}/v1/traces`, timeoutMillis: 5000 });
  const processor = createAgentSpanProcessor(exporter, { flushIntervalMs: 3_600_000, ...options });
  const provider = new tracing.BasicTracerProvider({
    spanProcessors: [processor],
    ...(sampler !== undefined && { sampler }),
  });
  const spans = (count: number): void => {
    for (let i = 0; i < count; i++) provider.getTracer('t').startSpan(`s${i}`).end();
  };
  return { processor, provider, spans };
}

test('a full queue drops and counts, and the next spans say how many', async () => {
  const { processor, spans } = provide({ maxQueue: 10, instance: 'i' });
  spans(25);
  expect(processor.stats()).toEqual({ exported: 0, dropped: 15, queued: 10 });
  await processor.forceFlush();
  spans(1);
  await processor.forceFlush();

  const last = receiver.spans.at(-1)!;
  expect(receiver.spans).toHaveLength(11);
  expect(last.attributes).toMatchObject({ [ATTR.sequence]: 26, [ATTR.dropped]: 15 });
  expect(receiver.spans[0]?.attributes).not.toHaveProperty([ATTR.dropped]);
});

test('what the receiver refuses is counted as dropped, and later spans go through', async () => {
  const { processor, spans } = provide();
  receiver.answers.push(400);
  spans(3);
  await processor.forceFlush();
  expect(processor.stats()).toEqual({ exported: 0, dropped: 3, queued: 0 });

  spans(2);
  await processor.forceFlush();
  expect(
    receiver.spans.map(({ attributes }) => [attributes[ATTR.sequence], attributes[ATTR.dropped]]),
  ).toEqual([
    [4, 3],
    [5, 3],
  ]);
});

test('under pressure (503) it tries again and loses nothing', async () => {
  const { processor, spans } = provide();
  receiver.answers.push(503);
  spans(3);
  await processor.forceFlush();
  expect(processor.stats()).toEqual({ exported: 3, dropped: 0, queued: 0 });
  expect(receiver.requests).toHaveLength(2);
});

test('whole batches go out without waiting for the interval, one export at a time', async () => {
  const { processor, spans } = provide({ maxBatch: 4 });
  spans(10);
  await processor.forceFlush();
  expect(receiver.requests).toHaveLength(3);
  expect(receiver.spans.map((span) => span.attributes[ATTR.sequence])).toEqual(
    Array.from({ length: 10 }, (_, i) => i + 1),
  );
});

test('it flushes by itself within the interval', async () => {
  const { processor, spans } = provide({ flushIntervalMs: 20 });
  spans(1);
  await expect.poll(() => receiver.spans.length, { timeout: 5000 }).toBe(1);
  await processor.shutdown();
});

test('spans that end after shutdown are counted as dropped', async () => {
  const { processor, spans } = provide();
  spans(1);
  await processor.shutdown();
  spans(2);
  expect(receiver.spans).toHaveLength(1);
  expect(processor.stats()).toEqual({ exported: 1, dropped: 2, queued: 0 });
});

test('spans that are not sampled are neither exported nor numbered', async () => {
  const decisions = [
    tracing.SamplingDecision.RECORD,
    tracing.SamplingDecision.NOT_RECORD,
    tracing.SamplingDecision.RECORD_AND_SAMPLED,
  ];
  const { processor, spans } = provide({}, { shouldSample: () => ({ decision: decisions.shift()! }) });
  spans(3);
  await processor.forceFlush();
  expect(receiver.spans.map((span) => [span.name, span.attributes[ATTR.sequence]])).toEqual([['s2', 1]]);
});

test('an exporter that is instrumented itself makes no spans of its own requests', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const inner = new tracing.InMemorySpanExporter();
  const processor = createAgentSpanProcessor(
    {
      export(batch, done) {
        provider.getTracer('http').startSpan('POST').end();
        inner.export(batch, done);
      },
      shutdown: () => inner.shutdown(),
    },
    { flushIntervalMs: 3_600_000 },
  );
  const provider = new tracing.BasicTracerProvider({ spanProcessors: [processor] });
  provider.getTracer('t').startSpan('work').end();
  await processor.forceFlush();
  await processor.forceFlush();
  expect(inner.getFinishedSpans().map((span) => span.name)).toEqual(['work']);
  context.disable();
  trace.disable();
});

test('an exporter that throws costs its batch, not the agent', async () => {
  const processor = createAgentSpanProcessor(
    {
      export() {
        throw new Error('broken exporter');
      },
      shutdown: async () => {},
    },
    { flushIntervalMs: 3_600_000 },
  );
  const provider = new tracing.BasicTracerProvider({ spanProcessors: [processor] });
  provider.getTracer('t').startSpan('work').end();
  await processor.forceFlush();
  expect(processor.stats()).toEqual({ exported: 0, dropped: 1, queued: 0 });
});
