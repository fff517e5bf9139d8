import { type CollectorLosses, readLosses, recordLosses } from '@agentops/cli/collector';
import type { Store } from '@agentops/processor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { counter, haveCollector, startCollector } from '../servers/collector.ts';
import { freePorts, untilReady } from '../servers/process.ts';
import { type Engine, openEngine } from '../tools/chain.ts';
import { span, traceRequest } from '../tools/otlp.ts';
import { generated, THEIRS } from './configs.ts';
import { send } from './send.ts';
import { startSink } from './sink.ts';

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

const at = (time: string): Date => new Date(`2026-11-23T10:${time}Z`);
const lost = (spans: number, instance = 'aaaaaaaa-1'): CollectorLosses => ({
  instance,
  losses: [{ signal: 'spans', reason: 'branch gave up', items: spans }],
});

async function conservation(store: Store): Promise<[string, string, number, number, number][]> {
  const rows = await store.query<Record<string, string>>(
    `SELECT formatDateTime(minute, '%H:%i') AS at, source, received, dropped, balance
     FROM ${store.database}.conservation ORDER BY minute, source`,
  );
  return rows.map((row) => [
    row['at']!,
    row['source']!,
    Number(row['received']),
    Number(row['dropped']),
    Number(row['balance']),
  ]);
}

describe('what a Collector lost, in the ledger', () => {
  test('each minute has what came in it; saying it again changes nothing; a new start counts anew', async () => {
    const store = await engine.database();
    expect(await recordLosses(store, 'edge', lost(100), at('00:05'))).toBe(100);
    // Another that watches, and the same once more, later in the minute.
    expect(await recordLosses(store, 'edge', lost(100), at('00:20'))).toBe(100);
    expect(await recordLosses(store, 'edge', lost(130), at('00:50'))).toBe(130);
    expect(await recordLosses(store, 'edge', lost(130), at('01:05'))).toBe(0);
    expect(await recordLosses(store, 'edge', lost(135), at('02:05'))).toBe(5);
    expect(await recordLosses(store, 'edge', lost(7, 'bbbbbbbb-2'), at('02:30'))).toBe(7);
    expect(await conservation(store)).toEqual([
      ['10:00', 'collector:edge/aaaaaaaa', 130, 130, 0],
      ['10:02', 'collector:edge/aaaaaaaa', 5, 5, 0],
      ['10:02', 'collector:edge/bbbbbbbb', 7, 7, 0],
    ]);
  });

  test.runIf(haveCollector())(
    'by the counters of a real one whose Kafka is away',
    async () => {
      const store = await engine.database();
      const sink = await startSink();
      const [nobody] = (await freePorts(1)) as [number];
      const collector = await startCollector({
        configs: [THEIRS, generated('kafka/bundle.yaml')],
        env: {
          THEIRS: sink.url,
          AGENTOPS_KAFKA_BROKERS: `[127.0.0.1:${nobody}]`,
          AGENTOPS_CONTENT: 'mask',
          AGENTOPS_QUEUE_BYTES: '400000',
          AGENTOPS_BRANCH_BYTES: '400000',
        },
      });
      const FAILED = 'otelcol_exporter_enqueue_failed_spans';
      const BRANCH = 'exporter="otlp_http/agentops-branch"';
      try {
        let metrics = '';
        for (let i = 0; counter(metrics, FAILED, BRANCH) === 0; i++) {
          expect(i).toBeLessThan(2_000);
          const spans = Array.from({ length: 50 }, (_, n) =>
            span({
              traceId: `${i + 1}`.padStart(32, '0'),
              spanId: `${n + 1}`.padStart(16, '0'),
              name: 'chat',
              start: 1_795_100_000_000,
              end: 1_795_100_001_000,
              attributes: { 'gen_ai.input.messages': 'words '.repeat(200) },
            }),
          );
          expect(await send(collector.url, traceRequest({ 'service.name': 'x' }, spans))).toBe(200);
          metrics = await collector.metrics();
        }
        await untilReady(
          async () => {
            const next = await collector.metrics();
            const same = counter(next, FAILED, BRANCH) === counter(metrics, FAILED, BRANCH);
            metrics = next;
            if (!same) throw new Error('it is still losing');
          },
          20_000,
          () => collector.said(),
        );
        const items = counter(metrics, FAILED, BRANCH);
        expect(items).toBeGreaterThan(0);
        expect(await recordLosses(store, 'real', readLosses(metrics)!, at('00:00'))).toBe(items);
        const [row] = await conservation(store);
        expect(row?.slice(2)).toEqual([items, items, 0]);
      } finally {
        await collector.stop();
        await sink.close();
      }
    },
    600_000,
  );
});
