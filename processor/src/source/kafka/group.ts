import kafkajs, { type Consumer, type EachBatchPayload, type logCreator } from 'kafkajs';
import type { Signal } from '../../model.ts';
import { copartition } from './assigner.ts';
import { type Assignment, type OpenAssignment, openAssignment } from './assignment.ts';
import { registerCodecs } from './codecs.ts';
import type { KafkaSettings } from './config.ts';
import { recordOf, sourceName } from './records.ts';

const { Kafka, logLevel } = kafkajs;

/** A member of a consumer group. */
export interface KafkaGroup {
  /** What the group gives this member next; null once it is closed. Close the source of the one before it first. */
  next(): Promise<Assignment | null>;
  /** Records that wait in the topics for the whole group, by source name; asks the brokers. */
  lag(): Promise<ReadonlyMap<string, number>>;
  /** Stores of what was taken may still be committed; then leaves the group. */
  close(): Promise<void>;
}

export interface KafkaGroupOptions {
  readonly settings: KafkaSettings;
  /** What brokers and client complain of; nothing is lost by any of it. */
  readonly onError: (message: string) => void;
  /** After so many ms without a sign the group takes a member for dead; default 30,000. */
  readonly sessionTimeoutMs?: number;
  /** How long a rebalance waits for what is being stored, ms; default 10,000. */
  readonly handOverMs?: number;
}

const HEARTBEAT_MS = 1_000;

/**
 * Joins the group and reads both topics. kafkajs does not fence: a member that lost a partition and joined again may commit
 * for it. Nothing rests on that here: rows are functions of sets, so what two members store at a time commutes, and an
 * offset is committed only after its rows are stored (see README.md).
 */
export async function joinGroup(options: KafkaGroupOptions): Promise<KafkaGroup> {
  const { settings, onError, sessionTimeoutMs = 30_000, handOverMs = 10_000 } = options;
  await registerCodecs();
  const signals = new Map<string, Signal>([
    [settings.topics.spans, 'spans'],
    [settings.topics.logs, 'logs'],
  ]);
  const topics = [...signals.keys()];
  const kafka = new Kafka({
    ...settings.client,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 60 },
    logLevel: logLevel.ERROR,
    logCreator: complaints(onError),
  });
  await requireTopics(kafka, topics);
  let current: OpenAssignment | null = null;
  let waiting: ((assignment: Assignment | null) => void) | null = null;
  let offered: OpenAssignment | null = null;
  let closing = false;

  const consumer: Consumer = kafka.consumer({
    groupId: settings.groupId,
    partitionAssigners: [copartition(() => current?.revoke())],
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: Math.max(60_000, handOverMs * 2),
    heartbeatInterval: Math.min(3_000, sessionTimeoutMs / 3),
    maxWaitTimeInMs: 100,
    maxBytesPerPartition: 4 << 20,
    maxBytes: 16 << 20,
    allowAutoTopicCreation: false,
    retry: {
      initialRetryTime: 100,
      maxRetryTime: 2_000,
      retries: 60,
      restartOnFailure: async () => !closing,
    },
  });

  const commit = async (name: string, next: number): Promise<void> => {
    const [topic, partition] = partitionOf(name);
    await consumer.commitOffsets([{ topic, partition, offset: String(next) }]);
  };

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    current?.revoke();
    const names = Object.entries(payload.memberAssignment)
      .flatMap(([topic, partitions]) =>
        (partitions as number[]).map((partition) => sourceName(topic, partition)),
      )
      .sort();
    current = openAssignment(names, commit);
    if (waiting === null) offered = current;
    else {
      waiting(current);
      waiting = null;
    }
  });
  consumer.on(consumer.events.CRASH, ({ payload }) =>
    onError(`the consumer stopped: ${payload.error.message}`),
  );

  async function eachBatch({ batch, heartbeat, resolveOffset }: EachBatchPayload): Promise<void> {
    const assignment = current;
    const name = sourceName(batch.topic, batch.partition);
    // A batch that was fetched for an earlier assignment.
    if (assignment === null || assignment.ended || !assignment.partitions.includes(name)) return;
    const signal = signals.get(batch.topic)!;
    const pushed = assignment.push(
      name,
      batch.messages.map((message) => recordOf(message, signal)),
    );
    try {
      await keepAlive(pushed, heartbeat);
    } catch (error) {
      // The group changes. What is being stored may be committed until this member joins again.
      assignment.end();
      await Promise.race([assignment.closed, pause(handOverMs)]);
      throw error;
    }
    if (!assignment.ended) resolveOffset(batch.lastOffset());
  }

  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 4,
    eachBatch,
  });
  const admin = kafka.admin();
  await admin.connect();

  return {
    next() {
      if (closing) return Promise.resolve(null);
      const ready = offered;
      offered = null;
      if (ready !== null) return Promise.resolve(ready);
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    async lag() {
      const lags = new Map<string, number>();
      const done = await admin.fetchOffsets({ groupId: settings.groupId, topics });
      for (const { topic, partitions } of done) {
        const committed = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
        for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
          const from = Math.max(committed.get(partition) ?? -1, Number(low));
          lags.set(sourceName(topic, partition), Math.max(0, Number(high) - from));
        }
      }
      return lags;
    },
    async close() {
      closing = true;
      waiting?.(null);
      if (current !== null && offered === null) {
        current.end();
        await Promise.race([current.closed, pause(handOverMs)]);
      }
      await consumer.disconnect();
      await admin.disconnect();
    },
  };
}

function partitionOf(name: string): [topic: string, partition: number] {
  const slash = name.lastIndexOf('/');
  return [name.slice('kafka:'.length, slash), Number(name.slice(slash + 1))];
}

/** Tells the group that this member lives for as long as `work` takes; throws what the group answers to that. */
async function keepAlive(work: Promise<void>, heartbeat: () => Promise<void>): Promise<void> {
  let done = false;
  const finished = work.then(() => {
    done = true;
  });
  await heartbeat();
  while (!done) {
    await Promise.race([finished, pause(HEARTBEAT_MS)]);
    await heartbeat();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/** Spans and logs of a trace meet in one member only if partition n means the same in both topics. */
async function requireTopics(kafka: InstanceType<typeof Kafka>, topics: readonly string[]): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const there = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !there.has(topic));
    if (missing.length > 0) {
      throw new Error(
        `Kafka has no topic ${missing.join(' and no ')}: create both with equal numbers of partitions`,
      );
    }
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [...topics] });
    const counts = found.map(({ name, partitions }) => ({ name, count: partitions.length }));
    if (new Set(counts.map(({ count }) => count)).size > 1) {
      throw new Error(
        `${counts.map(({ name, count }) => `${name} has ${count} partitions`).join(', ')}: they must have equally many, or logs and spans of a trace go to different processors`,
      );
    }
  } finally {
    await admin.disconnect();
  }
}

/** Says an error once until another one comes. */
function complaints(onError: (message: string) => void): logCreator {
  let last = '';
  return () =>
    ({ log }) => {
      const { message, error } = log as { message: string; error?: string };
      const text = error === undefined ? message : `${message}: ${error}`;
      if (text === last) return;
      last = text;
      onError(text);
    };
}
