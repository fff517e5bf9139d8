import { joinGroup, type KafkaGroup, type KafkaSettings, sourceName } from '@agentops/processor';
import { describeStreamSource } from '@agentops/processor/source.case';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { haveKafka, type KafkaServer, startKafka } from '../servers/kafka.ts';

/** A broker answers a fetch that finds nothing after 100 ms; in a longer silence nothing more comes. */
const SILENCE_MS = 800;

describe.runIf(haveKafka())('Kafka', () => {
  let kafka: KafkaServer;
  let serial = 0;
  beforeAll(async () => {
    kafka = await startKafka();
  }, 180_000);
  afterAll(() => kafka.stop());

  function settingsOf(name: string): KafkaSettings {
    return {
      client: { clientId: 'test', brokers: [kafka.broker] },
      groupId: `group-${name}`,
      topics: { spans: `spans-${name}`, logs: `logs-${name}` },
      deadLetterTopic: null,
    };
  }
  async function topicsOf(settings: KafkaSettings, partitions: number): Promise<void> {
    await kafka.createTopics(partitions, settings.topics.spans, settings.topics.logs);
  }
  const join = (settings: KafkaSettings, complaints: string[] = []): Promise<KafkaGroup> =>
    joinGroup({
      settings,
      sessionTimeoutMs: 6_000,
      handOverMs: 1_000,
      onError: (message) => complaints.push(message),
    });

  describeStreamSource('a partition of Kafka', async () => {
    const settings = settingsOf(`contract-${++serial}`);
    let group: KafkaGroup | null = null;
    const opened = async () => {
      group = await join(settings);
      const { source } = (await group.next())!;
      return {
        poll: ({ maxBytes }: { maxBytes: number }) => source.poll({ maxBytes, waitMs: SILENCE_MS }),
        commit: source.commit,
        close: source.close,
        get exhausted() {
          return source.exhausted;
        },
      };
    };
    return {
      bounded: false,
      async open(bodies) {
        await topicsOf(settings, 1);
        const producer = kafka.client.producer();
        await producer.connect();
        await producer.send({ topic: settings.topics.spans, messages: bodies.map((value) => ({ value })) });
        await producer.disconnect();
        return opened();
      },
      async reopen() {
        await group!.close();
        return opened();
      },
      dispose: async () => group!.close(),
    };
  });

  test('partitions of both topics come together, and all of them to somebody', async () => {
    const settings = settingsOf('together');
    await topicsOf(settings, 6);
    const one = await join(settings);
    const alone = (await one.next())!;
    expect(alone.partitions).toHaveLength(12);
    const two = await join(settings);
    await alone.source.close();
    const [first, second] = await Promise.all([one.next(), two.next()]);
    expect(alone.source.exhausted).toBe(true);
    const numbers = (assignment: typeof first): string[] =>
      assignment!.partitions.map((name) => name.split('/')[1]!).sort();
    const spread = [numbers(first), numbers(second)];
    for (const list of spread) expect(new Set(list).size * 2).toBe(list.length);
    expect(new Set(spread.flat())).toEqual(new Set(['0', '1', '2', '3', '4', '5']));
    expect(spread.map((list) => list.length)).toEqual([6, 6]);
    await Promise.all([one.close(), two.close()]);
  }, 60_000);

  test('a member that was given nothing more commits nothing more', async () => {
    const settings = settingsOf('stale');
    await topicsOf(settings, 1);
    const producer = kafka.client.producer();
    await producer.connect();
    await producer.send({
      topic: settings.topics.spans,
      messages: Array.from({ length: 10 }, (_, i) => ({ value: `{"n":${i}}` })),
    });
    const one = await join(settings);
    const before = (await one.next())!;
    const chunk = (await before.source.poll({ maxBytes: 1 << 20, waitMs: 10_000 }))!;
    const two = await join(settings);
    await before.source.close();
    const after = await Promise.all([one.next(), two.next()]);
    // Whoever has the partition now, the old assignment's commit does not reach the broker.
    await before.source.commit(chunk.source, chunk.next);
    expect((await one.lag()).get(sourceName(settings.topics.spans, 0))).toBe(10);
    const owner = after.find((assignment) => assignment!.partitions.length > 0)!;
    expect((await owner.source.poll({ maxBytes: 1 << 20, waitMs: 10_000 }))!.records[0]!.offset).toBe(0);
    await producer.disconnect();
    await Promise.all([one.close(), two.close()]);
  }, 60_000);

  test.each([
    ['none', kafkajs.CompressionTypes.None],
    ['gzip', kafkajs.CompressionTypes.GZIP],
    ['snappy', kafkajs.CompressionTypes.Snappy],
    ['lz4', kafkajs.CompressionTypes.LZ4],
    ['zstd', kafkajs.CompressionTypes.ZSTD],
  ])(
    'reads %s, and a record of 5 MB',
    async (name, compression) => {
      const settings = settingsOf(`codec-${name}`);
      await topicsOf(settings, 1);
      const group = await join(settings);
      const { source } = (await group.next())!;
      const producer = kafka.client.producer();
      await producer.connect();
      const large = `{"pad":"${'x'.repeat(5 << 20)}"}`;
      const values = ['{"a":1}', large, '{"b":2}'];
      for (const value of values)
        await producer.send({ topic: settings.topics.spans, compression, messages: [{ value }] });
      await producer.disconnect();
      const read: string[] = [];
      while (read.length < values.length) {
        const chunk = await source.poll({ maxBytes: 1 << 20, waitMs: 10_000 });
        expect(chunk).not.toBeNull();
        for (const { body } of chunk!.records) read.push(Buffer.from(body).toString());
      }
      expect(read.map((text) => text.length)).toEqual(values.map((text) => text.length));
      expect(read.join('') === values.join('')).toBe(true);
      await group.close();
    },
    60_000,
  );

  test('topics that are missing, or that do not go together, are said in words', async () => {
    const settings = settingsOf('wrong');
    await expect(join(settings)).rejects.toThrow(/no topic spans-wrong and no logs-wrong/);
    await kafka.createTopics(2, settings.topics.spans);
    await kafka.createTopics(3, settings.topics.logs);
    await expect(join(settings)).rejects.toThrow(/spans-wrong has 2 partitions, logs-wrong has 3 partitions/);
  });

  test('goes on after the broker was killed', async () => {
    const settings = settingsOf('killed');
    await topicsOf(settings, 1);
    const complaints: string[] = [];
    const group = await join(settings, complaints);
    const first = (await group.next())!;
    const send = async (value: string): Promise<void> => {
      const producer = kafka.client.producer();
      await producer.connect();
      await producer.send({ topic: settings.topics.spans, messages: [{ value }] });
      await producer.disconnect();
    };
    await send('{"before":1}');
    const chunk = (await first.source.poll({ maxBytes: 1 << 20, waitMs: 10_000 }))!;
    await first.source.commit(chunk.source, chunk.next);
    await kafka.kill();
    await kafka.restart();
    await send('{"after":1}');
    let assignment = first;
    let read: string | null = null;
    const begun = Date.now();
    while (read === null && Date.now() - begun < 40_000) {
      const next = await assignment.source.poll({ maxBytes: 1 << 20, waitMs: 1_000 });
      if (next !== null) read = Buffer.from(next.records.at(-1)!.body).toString();
      else if (assignment.source.exhausted) {
        await assignment.source.close();
        assignment = (await group.next())!;
      }
    }
    expect(read).toBe('{"after":1}');
    await group.close();
  }, 90_000);
});
