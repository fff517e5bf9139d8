import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Processor, type ProcessorOptions, type Store, startProcessor } from '@agentops/processor';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { haveKafka, type KafkaServer, startKafka } from '../servers/kafka.ts';
import { type Engine, expectBalance, openEngine, SECRET } from '../tools/chain.ts';
import { span, traceRequest } from '../tools/otlp.ts';

/** What an operator sees of records that cannot be read: in the tables, in the topic, in the counts. */
describe.runIf(haveKafka())('records that cannot be read', () => {
  let kafka: KafkaServer;
  let engine: Engine;
  let store: Store;
  let processor: Processor;
  const NOW = Date.now();

  beforeAll(async () => {
    engine = openEngine();
    store = await engine.database();
    kafka = await startKafka();
    await kafka.createTopics(1, 'otlp_spans', 'otlp_logs', 'otlp_dead_letters');
    processor = await start();
  }, 180_000);
  afterAll(async () => {
    await processor.stop();
    await kafka.stop();
    await engine.close();
  });

  const start = (more: Partial<ProcessorOptions> = {}, groupId = 'unreadable'): Promise<Processor> =>
    startProcessor({
      kafka: {
        client: { clientId: 'test', brokers: [kafka.broker] },
        groupId,
        topics: { spans: 'otlp_spans', logs: 'otlp_logs' },
        deadLetterTopic: 'otlp_dead_letters',
      },
      store,
      secret: SECRET,
      limits: { flushMs: 50 },
      ...more,
    });
  const spanOf = (traceId: string, index: number, name = 'chat gpt-4o') =>
    span({
      traceId,
      spanId: (index + 1).toString(16).padStart(16, '0'),
      name,
      start: NOW,
      end: NOW + 10,
      attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' },
    });
  const request = (...spans: object[]): string =>
    JSON.stringify(traceRequest({ 'service.name': 'support' }, spans as never));

  async function send(value: string | Buffer, compression = kafkajs.CompressionTypes.None): Promise<void> {
    const producer = kafka.client.producer();
    await producer.connect();
    await producer.send({ topic: 'otlp_spans', compression, messages: [{ key: 'k', value }] });
    await producer.disconnect();
  }

  async function ledger(offset: number): Promise<Record<string, string>> {
    const rows = (): Promise<Record<string, string>[]> =>
      store.query(
        `SELECT signal, received, stored, dead_letters FROM ${store.database}.ingest_ledger FINAL
         WHERE source_offset = {offset:UInt64} ORDER BY signal`,
        { offset },
      );
    await expect.poll(async () => (await rows()).length, { timeout: 20_000 }).toBeGreaterThan(0);
    return (await rows())[0]!;
  }

  const letter = async (offset: number): Promise<Record<string, string> | undefined> =>
    (
      await store.query<Record<string, string>>(
        `SELECT reason, payload, payload_bytes FROM ${store.database}.dead_letters FINAL
         WHERE source = 'kafka:otlp_spans/0' AND source_offset = {offset:UInt64}`,
        { offset },
      )
    )[0];

  test('garbage, one bad span in a hundred, 5 MB: each is told, and the others are stored', async () => {
    await send(Buffer.from('this is no telemetry at all'));
    const hundred = Array.from({ length: 100 }, (_, i) => spanOf('a'.repeat(32), i));
    hundred[41]!.traceId = 'beef';
    await send(request(...hundred));
    await send(request(spanOf('b'.repeat(32), 0, 'x'.repeat(5 << 20))));
    expect(await ledger(0)).toMatchObject({ signal: 'request', dead_letters: 1 });
    expect(await ledger(1)).toMatchObject({ signal: 'spans', received: 100, stored: 99, dead_letters: 1 });
    expect(await ledger(2)).toMatchObject({ signal: 'spans', received: 1, stored: 1 });
    expect(await letter(0)).toMatchObject({ payload: 'this is no telemetry at all' });
    expect((await letter(1))!['reason']).toContain('trace id');
    expect(await letter(2)).toBeUndefined();
    expect(processor.stats().deadLetters).toBe(2);
  }, 60_000);

  test('a codec that nobody knows: its records are told one by one, and what comes behind it is read', async () => {
    const producer = kafka.client.producer();
    await producer.connect();
    const value = request(spanOf('c'.repeat(32), 0));
    const messages = Array.from({ length: 3 }, () => ({ key: 'k', value }));
    await processor.stop();
    await producer.send({ topic: 'otlp_spans', messages });
    await producer.disconnect();
    await kafka.kill();
    forgeCodec(kafka.dataDir, 3, 7);
    await kafka.restart();
    processor = await start();
    await send(request(spanOf('d'.repeat(32), 0)));
    expect(await ledger(6)).toMatchObject({ signal: 'spans', stored: 1 });
    for (const offset of [3, 4, 5]) {
      expect(await ledger(offset)).toMatchObject({ signal: 'request', dead_letters: 1 });
      expect((await letter(offset))!['reason']).toContain('codec 7');
    }
    await expectBalance(store);
  }, 60_000);

  test('work that never ends is said, and is a failure: somebody starts it again', async () => {
    let open: () => void = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const stuck = await start({ store: { ...store, insert: () => opened }, stalledMs: 2_000 }, 'stuck');
    expect((await stuck.failed).message).toMatch(/no progress for 2 s though records wait/);
    expect(stuck.stats().health.state).toBe('failed');
    open();
    await stuck.stop();
  }, 60_000);

  test('the topic of dead letters has all of them, masked as in the table', async () => {
    const consumer = kafka.client.consumer({ groupId: 'reader' });
    const read: { offset: number; reason: string }[] = [];
    await consumer.connect();
    await consumer.subscribe({ topics: ['otlp_dead_letters'], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => void read.push(JSON.parse(message.value!.toString())),
    });
    await expect
      .poll(() => new Set(read.map(({ offset }) => offset)), { timeout: 20_000 })
      .toEqual(new Set([0, 1, 3, 4, 5]));
    await consumer.disconnect();
  }, 60_000);
});

/** Changes the codec of the batch that begins at an offset of `otlp_spans-0`, in the segment, with the checksum that fits. */
function forgeCodec(dataDir: string, offset: number, codec: number): void {
  const dir = join(dataDir, 'otlp_spans-0');
  const file = join(dir, readdirSync(dir).find((name) => name.endsWith('.log'))!);
  const log = readFileSync(file);
  for (let at = 0; at < log.length; ) {
    const end = at + 12 + log.readInt32BE(at + 8);
    if (Number(log.readBigInt64BE(at)) === offset) {
      log.writeInt16BE((log.readInt16BE(at + 21) & ~7) | codec, at + 21);
      log.writeUInt32BE(crc32c(log.subarray(at + 21, end)), at + 17);
    }
    at = end;
  }
  writeFileSync(file, log);
}

/** Castagnoli's polynomial, reflected. */
function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
