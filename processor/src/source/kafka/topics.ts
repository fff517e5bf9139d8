import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, ITopicMetadata, Kafka } from 'kafkajs';

/** Spans and logs of a trace meet in one member only if partition n means the same in both topics. */
export async function requireTopics(
  kafka: Kafka,
  topics: readonly string[],
  deadLetters: string | null,
): Promise<void> {
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
    if (deadLetters !== null && !there.has(deadLetters))
      throw new Error(`Kafka has no topic ${deadLetters} for dead letters: create it, or name none`);
    const found = await describe(admin, topics);
    // Brokers name topics in an order of their own.
    const counts = topics.map((name) => ({
      name,
      count: found.find((one) => one.name === name)?.partitions.length ?? 0,
    }));
    if (new Set(counts.map(({ count }) => count)).size > 1) {
      throw new Error(
        `${counts.map(({ name, count }) => `${name} has ${count} partitions`).join(', ')}: they must have equally many, or logs and spans of a trace go to different processors`,
      );
    }
  } finally {
    await admin.disconnect();
  }
}

const ASKED_AGAIN_MS = 500;
const TIMES_ASKED = 60;

/** The client has neither an answer nor an error of its own where the last broker goes while it asks: it is asked again. */
async function describe(admin: Admin, topics: readonly string[]): Promise<ITopicMetadata[]> {
  for (let time = 1; ; time++) {
    try {
      return (await admin.fetchTopicMetadata({ topics: [...topics] })).topics;
    } catch (error) {
      if (!(error instanceof TypeError) || time === TIMES_ASKED) throw error;
      await sleep(ASKED_AGAIN_MS);
    }
  }
}
