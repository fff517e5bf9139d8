import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, test } from 'vitest';
import { type Receiver, type ReceiverOptions, startReceiver } from './server.ts';

type Entry = Parameters<ReceiverOptions['append']>[0];

let receiver: Receiver;
afterEach(() => receiver.close());

async function start(append: (entry: Entry, attempt: number) => void = () => {}): Promise<Entry[]> {
  const entries: Entry[] = [];
  let attempt = 0;
  receiver = await startReceiver({
    port: 0,
    token: 's3cret',
    limits: { retryAfterS: 1 },
    append: async (entry) => {
      append(entry, attempt++);
      entries.push(entry);
    },
  });
  return entries;
}

const config = (path: string, compression: string) => ({
  url: `http://127.0.0.1:${receiver.port}${path}`,
  headers: { authorization: 'Bearer s3cret' },
  compression: compression as never,
});

async function exportSpans(
  Exporter: typeof JsonTraceExporter | typeof ProtobufTraceExporter,
  compression: string,
): Promise<void> {
  const exporter = new Exporter(config('/v1/traces', compression));
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  const tracer = provider.getTracer('test');
  for (let i = 0; i < 100; i++) tracer.startSpan(`span ${i}`, { attributes: { i } }).end();
  await provider.forceFlush();
  await provider.shutdown();
}

describe.each(['none', 'gzip'])('the SDK with compression %s', (compression) => {
  test.each([
    ['http/json', 'json', JsonTraceExporter],
    ['http/protobuf', 'protobuf', ProtobufTraceExporter],
  ] as const)('sends spans by %s', async (_, encoding, Exporter) => {
    const entries = await start();
    await exportSpans(Exporter, compression);
    expect(entries.map(({ signal, encoding, counted }) => [signal, encoding, counted])).toEqual([
      ['spans', encoding, 100],
    ]);
    expect(receiver.stats()).toMatchObject({ responses: { 200: 1 }, rejected: { spans: 0 } });
  });

  test.each([
    ['http/json', 'json', JsonLogExporter],
    ['http/protobuf', 'protobuf', ProtobufLogExporter],
  ] as const)('sends logs by %s', async (_, encoding, Exporter) => {
    const entries = await start();
    const exporter = new Exporter(config('/v1/logs', compression));
    const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] });
    for (let i = 0; i < 30; i++) provider.getLogger('test').emit({ body: `log ${i}`, severityNumber: 9 });
    await provider.forceFlush();
    await provider.shutdown();
    expect(entries.map(({ signal, encoding, counted }) => [signal, encoding, counted])).toEqual([
      ['logs', encoding, 30],
    ]);
    expect(receiver.stats()).toMatchObject({ responses: { 200: 1 }, rejected: { logs: 0 } });
  });
});

test('the SDK comes again after a 503', async () => {
  const entries = await start((_, attempt) => {
    if (attempt === 0) throw new Error('full');
  });
  await exportSpans(ProtobufTraceExporter, 'none');
  expect(entries.map((entry) => entry.counted)).toEqual([100]);
  expect(receiver.stats().responses).toEqual({ 200: 1, 503: 1 });
});
