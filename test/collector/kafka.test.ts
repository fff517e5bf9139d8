import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Assignment, joinGroup, type KafkaGroup, type SourceRecord } from '@agentops/processor';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CollectorServer, haveCollector, startCollector } from '../servers/collector.ts';
import { haveKafka, type KafkaServer, startKafka } from '../servers/kafka.ts';
import { dump, type Engine, expectBalance, openEngine, records, run } from '../tools/chain.ts';
import { isForeign, makeFleet, requests } from '../tools/fleet.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance, span, traceRequest } from '../tools/otlp.ts';
import { generated } from './configs.ts';
import { send } from './send.ts';

const PARTITIONS = 4;
const EMAIL = 'mei.fujita@kitano.example';
/** What depends on neither digests nor on what a Collector adds. */
const TABLES = ['runs', 'cost_ledger', 'approval_events', 'evaluations', 'step_policy', 'task_outcomes'];

interface Received {
  readonly source: string;
  readonly record: SourceRecord;
}

describe.runIf(haveCollector() && haveKafka())('from the Collector into Kafka', () => {
  let kafka: KafkaServer;
  let engine: Engine;
  let group: KafkaGroup;
  let assignment: Assignment | null;
  let dir: string;

  beforeAll(async () => {
    engine = openEngine();
    dir = mkdtempSync(join(tmpdir(), 'agentops-collector-kafka-'));
    kafka = await startKafka();
    await kafka.createTopics(PARTITIONS, 'otlp_spans', 'otlp_logs');
    group = await joinGroup({
      settings: {
        client: { clientId: 'test', brokers: [kafka.broker] },
        groupId: 'test',
        topics: { spans: 'otlp_spans', logs: 'otlp_logs' },
        deadLetterTopic: null,
      },
      onError: () => {},
    });
    assignment = await group.next();
  }, 600_000);
  afterAll(async () => {
    await group.close();
    await kafka.stop();
    await engine.close();
    rmSync(dir, { recursive: true, force: true });
  });

  function start(): Promise<CollectorServer> {
    return startCollector({
      configs: [generated('kafka/collector.yaml')],
      env: { AGENTOPS_KAFKA_BROKERS: `[${kafka.broker}]` },
      dir,
    });
  }

  /** Reads until `done`, across rebalances. */
  async function receive(done: (received: readonly Received[]) => boolean): Promise<Received[]> {
    const out: Received[] = [];
    for (const end = Date.now() + 60_000; !done(out); ) {
      if (Date.now() > end) throw new Error(`after a minute only ${itemsOf(out)} items have come`);
      const { source } = assignment!;
      const chunk = await source.poll({ maxBytes: 8 << 20, waitMs: 1_000 });
      if (chunk !== null) {
        for (const record of chunk.records) out.push({ source: chunk.source, record });
        await source.commit(chunk.source, chunk.next);
      } else if (source.exhausted) {
        await source.close();
        assignment = await group.next();
      }
    }
    return out;
  }
  const itemsOf = (received: readonly Received[]): number =>
    received.reduce((sum, { record }) => sum + record.counted, 0);

  test('spans of a trace in the partition that kafkajs would choose, masked, and the numbers they give', async () => {
    const random = chance(51);
    const fleet = makeFleet(random, 44).filter((item) => !isForeign(item));
    const bodies = requests(fleet, random, 20);
    const collector = await start();
    for (const body of bodies) {
      const mail = JSON.parse(JSON.stringify(body).replaceAll('"name":"chat', `"name":"${EMAIL} chat`));
      expect(await send(collector.url, mail)).toBe(200);
    }
    const received = await receive((got) => itemsOf(got) === fleet.length);
    await collector.kill();

    const partition = kafkajs.Partitioners.DefaultPartitioner();
    const metadata = Array.from({ length: PARTITIONS }, (_, partitionId) => ({ partitionId, leader: 1 }));
    for (const { source, record } of received) {
      const body = Buffer.from(record.body);
      const traces = new Set(
        fleet.map(({ span }) => span.traceId).filter((id) => body.includes(id, 0, 'hex')),
      );
      expect(traces.size).toBe(1);
      const key = Buffer.from([...traces][0]!);
      const expected = partition({
        topic: 'otlp_spans',
        partitionMetadata: metadata as never,
        message: { key, value: body },
      });
      expect(source).toBe(`kafka:otlp_spans/${expected}`);
      expect(body.includes(EMAIL)).toBe(false);
    }
    expect(new Set(received.map(({ source }) => source)).size).toBe(PARTITIONS);

    const [direct, through] = [await engine.database(), await engine.database()];
    await run(direct, memorySource(records(bodies), { sizes: [50] }));
    const offsets = received.map(({ record }, offset) => ({ ...record, offset }));
    await run(through, memorySource(offsets, { sizes: [50] }));
    const [expected, found] = [await dump(direct), await dump(through)];
    expect(expected['task_outcomes']!.length).toBeGreaterThan(20);
    for (const table of TABLES)
      expect({ table, rows: found[table] }).toEqual({ table, rows: expected[table] });
    await expectBalance(through);
  }, 120_000);

  test('a span of megabytes, and its neighbours', async () => {
    const collector = await start();
    const large = Object.fromEntries(
      Array.from({ length: 120 }, (_, i) => [`llm.output_messages.${i}.message.content`, 'x'.repeat(80_000)]),
    );
    const times = { start: 1_795_100_000_000, end: 1_795_100_001_000 };
    const spans = [large, {}, {}].map((attributes, i) =>
      span({
        traceId: 'ab'.repeat(16),
        spanId: `${i + 1}`.padStart(16, '0'),
        name: 'chat',
        ...times,
        attributes,
      }),
    );
    expect(await send(collector.url, traceRequest({ 'service.name': 'x' }, spans))).toBe(200);
    const received = await receive((got) => itemsOf(got) >= spans.length);
    await collector.kill();
    expect(Math.max(...received.map(({ record }) => record.body.length))).toBeGreaterThan(5_000_000);
  }, 60_000);

  test('log records of a trace go to the number of its partition', async () => {
    const collector = await start();
    const traceIds = Array.from({ length: 8 }, (_, i) => `${i + 1}`.repeat(32));
    const logRecords = traceIds.map((traceId) => ({
      timeUnixNano: '1795100000000000000',
      traceId,
      spanId: '1'.repeat(16),
      body: { stringValue: `mail to ${EMAIL}` },
    }));
    expect(await send(collector.url, { resourceLogs: [{ scopeLogs: [{ logRecords }] }] })).toBe(200);
    const received = await receive((got) => itemsOf(got) === traceIds.length);
    await collector.kill();
    expect(received).toHaveLength(traceIds.length);
    for (const { source, record } of received) {
      expect(source).toMatch(/^kafka:otlp_logs\//);
      expect(Buffer.from(record.body).includes(EMAIL)).toBe(false);
    }
  }, 60_000);

  test('what was answered with 200 outlives Kafka and the Collector, both killed', async () => {
    const random = chance(52);
    const fleet = makeFleet(random, 22);
    const bodies = requests(fleet, random, 10);
    const first = await start();
    await kafka.kill();
    for (const body of bodies) expect(await send(first.url, body)).toBe(200);
    await first.kill();
    const second = await start();
    await kafka.restart();
    const missing = (got: readonly Received[]): string[] => {
      const bytes = Buffer.concat(got.map(({ record }) => record.body));
      return fleet.map(({ span }) => span.spanId).filter((id) => !bytes.includes(id, 0, 'hex'));
    };
    await receive((got) => missing(got).length === 0);
    await second.kill();
  }, 180_000);
});
