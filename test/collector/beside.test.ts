import { describe, expect, test } from 'vitest';
import { counter, haveCollector, startCollector } from '../servers/collector.ts';
import { freePorts, untilReady } from '../servers/process.ts';
import { generated, READABLE, THEIRS } from './configs.ts';
import { send } from './send.ts';
import { startSink } from './sink.ts';

const BRANCH = 'exporter="otlp_http/agentops-branch"';
const REQUESTS = 200;
const EACH = 50;
const ALL = REQUESTS * EACH;

function requestOf(number: number): object {
  const spans = Array.from({ length: EACH }, (_, i) => ({
    traceId: (number + 1).toString(16).padStart(32, '0'),
    spanId: (number * EACH + i + 1).toString(16).padStart(16, '0'),
    name: 'chat gpt-4o',
    kind: 3,
    startTimeUnixNano: '1795100000000000000',
    endTimeUnixNano: '1795100001000000000',
    attributes: [{ key: 'gen_ai.input.messages', value: { stringValue: 'words '.repeat(100) } }],
  }));
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'customer-support' } }] },
        scopeSpans: [{ spans }],
      },
    ],
  };
}

describe.runIf(haveCollector())('beside the pipelines of somebody else', () => {
  test('with our Kafka away and our queue full, theirs receives every span once, and every client 200', async () => {
    const sink = await startSink();
    const [nobody] = (await freePorts(1)) as [number];
    const collector = await startCollector({
      configs: [THEIRS, generated('kafka/bundle.yaml')],
      env: {
        THEIRS: sink.url,
        AGENTOPS_KAFKA_BROKERS: `[127.0.0.1:${nobody}]`,
        AGENTOPS_QUEUE_BYTES: '400000',
        AGENTOPS_CONTENT: 'mask',
        AGENTOPS_BRANCH_BYTES: '1000000',
      },
    });
    try {
      for (let i = 0; i < REQUESTS; i++) expect(await send(collector.url, requestOf(i))).toBe(200);
      await untilReady(
        async () => expect(sink.spans().length).toBeGreaterThanOrEqual(ALL),
        30_000,
        () => collector.said(),
      );
      const ids = sink.spans().map(({ spanId }) => spanId);
      expect(ids.length).toBe(ALL);
      expect(new Set(ids).size).toBe(ALL);
      const metrics = await collector.metrics();
      // And the branch had nowhere to put them: what was lost of ours is counted.
      expect(counter(metrics, 'otelcol_exporter_enqueue_failed_spans', 'kafka/agentops')).toBeGreaterThan(0);
      expect(counter(metrics, 'otelcol_exporter_enqueue_failed_spans', BRANCH)).toBeGreaterThan(0);
      expect(counter(metrics, 'otelcol_exporter_sent_spans', 'kafka/agentops')).toBe(0);
      expect(counter(metrics, 'otelcol_receiver_refused_spans', 'receiver="otlp"')).toBe(0);
    } finally {
      await collector.stop();
      await sink.close();
    }
  }, 600_000);

  test('ours receives every span before their sampler', async () => {
    const [theirs, ours] = [await startSink(), await startSink()];
    const collector = await startCollector({
      configs: [THEIRS, generated('agentops/bundle.yaml'), READABLE],
      env: { THEIRS: theirs.url, AGENTOPS_ENDPOINT: ours.url },
    });
    try {
      for (let i = 0; i < 20; i++) expect(await send(collector.url, requestOf(i))).toBe(200);
      await untilReady(
        async () => expect(ours.spans().length).toBe(20 * EACH),
        30_000,
        () => collector.said(),
      );
    } finally {
      await collector.stop();
      await theirs.close();
      await ours.close();
    }
  });
});
