import kafkajs, { type Consumer, type EachBatchPayload, type logCreator } from 'kafkajs';
import type { Signal } from '../../model.ts';
import { persist } from '../../retry.ts';
import { copartition } from './assigner.ts';
import { type Assignment, type OpenAssignment, openAssignment, type Positions } from './assignment.ts';
import { registerCodecs } from './codecs.ts';
import type { KafkaSettings } from './config.ts';
import { claimText, readPositions, type TopicPartitions } from './positions.ts';
import { recordOf, sourceName } from './records.ts';
import { requireTopics } from './topics.ts';

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
 * How much is asked for at a time, compressed: an answer is decompressed as a whole, to four times its size and more. A
 * larger batch comes alone. What is worked off soon is given back while it is young, without a look at the whole heap.
 */
export const FETCH = { maxWaitTimeInMs: 100, maxBytesPerPartition: 1 << 18, maxBytes: 1 << 19 } as const;

/** What the coordinator says to a member that is none any more, or of an earlier generation. */
const LOST = new Set([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
]);

/** Joins the group and reads both topics; README.md has the protocol, and why it holds. */
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
  await requireTopics(kafka, topics, settings.deadLetterTopic);
  let current: OpenAssignment | null = null;
  let waiting: ((assignment: Assignment | null) => void) | null = null;
  let offered: OpenAssignment | null = null;
  let closing = false;
  /** Aborted when the group changes again. */
  let joining = new AbortController();
  const admin = kafka.admin();

  const consumer: Consumer = kafka.consumer({
    groupId: settings.groupId,
    partitionAssigners: [copartition(revoke)],
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: Math.max(60_000, handOverMs * 2),
    heartbeatInterval: Math.min(3_000, sessionTimeoutMs / 3),
    ...FETCH,
    allowAutoTopicCreation: false,
    retry: {
      initialRetryTime: 100,
      maxRetryTime: 2_000,
      retries: 60,
      restartOnFailure: async () => !closing,
    },
  });

  /** Of the latest batch: unlike the consumer's own it does not try again, perhaps for a group that has changed. */
  let commitOffsets: EachBatchPayload['commitOffsetsIfNecessary'] | null = null;

  async function send(positions: Positions): Promise<boolean> {
    if (commitOffsets === null) return false;
    const offsets = [...positions].map(([name, position]) => {
      const [topic, partition] = partitionOf(name);
      return { topic, partition, offset: String(position.next), metadata: claimText(position) };
    });
    try {
      await commitOffsets({
        topics: topics
          .map((topic) => ({ topic, partitions: offsets.filter((offset) => offset.topic === topic) }))
          .filter(({ partitions }) => partitions.length > 0),
      });
      return true;
    } catch (error) {
      if (LOST.has((error as { type?: string }).type ?? '')) return false;
      throw error;
    }
  }

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    revoke();
    joining = new AbortController();
    const assigned = Object.entries(payload.memberAssignment).map(([topic, partitions]) => ({
      topic,
      partitions: partitions as number[],
    }));
    // Nothing is fetched before it is known where to begin.
    consumer.pause(assigned);
    begin(assigned, joining.signal).catch((error: Error) => onError(error.message));
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    revoke();
    onError(`the consumer stopped: ${payload.error.message}`);
  });

  function revoke(): void {
    joining.abort();
    current?.revoke();
  }

  /**
   * Asks the group where its partitions stand, then offers them. Whoever works on them reads the store after that: so it
   * finds there all that was stored before these positions.
   */
  async function begin(assigned: readonly TopicPartitions[], signal: AbortSignal): Promise<void> {
    const starts = await persist(() => readPositions(admin, settings.groupId, assigned), {
      signal,
      onError: (error) => onError(error.message),
    });
    if (signal.aborted) return;
    const assignment = openAssignment(starts, send);
    for (const [name, { next }] of starts) {
      const [topic, partition] = partitionOf(name);
      consumer.seek({ topic, partition, offset: String(next) });
    }
    const first = assignment.owed.length > 0 ? assignment.owed : assignment.partitions;
    consumer.resume(first.map(topicPartition));
    assignment.repeated.then(() => {
      if (current === assignment && !assignment.ended)
        consumer.resume(assignment.partitions.map(topicPartition));
    });
    current = assignment;
    if (waiting === null) offered = assignment;
    else {
      waiting(assignment);
      waiting = null;
    }
  }

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat, resolveOffset } = payload;
    const { topic, partition } = batch;
    const assignment = current;
    const name = sourceName(topic, partition);
    // A batch that was fetched for an earlier assignment.
    if (assignment === null || assignment.ended || !assignment.partitions.includes(name)) return;
    commitOffsets = payload.commitOffsetsIfNecessary;
    const signal = signals.get(topic)!;
    const pushed = assignment.push(
      name,
      Number((batch as { fetchedOffset?: string }).fetchedOffset ?? batch.firstOffset()),
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
    const result = await pushed;
    if (assignment.ended || result === 'ended') return;
    if (result === 'taken') resolveOffset(batch.lastOffset());
    else if (result === 'later') consumer.pause([topicPartition(name)]);
    else consumer.seek({ topic, partition, offset: String(assignment.expects(name)) });
  }

  await admin.connect();
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 4,
    eachBatch,
  });

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
      joining.abort();
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

function topicPartition(name: string): { topic: string; partitions: number[] } {
  const [topic, partition] = partitionOf(name);
  return { topic, partitions: [partition] };
}

/** Tells the group that this member lives for as long as `work` takes; throws what the group answers to that. */
async function keepAlive(work: Promise<unknown>, heartbeat: () => Promise<void>): Promise<void> {
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
