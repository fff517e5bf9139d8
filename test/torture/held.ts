import { registerCodecs } from '@agentops/processor';
import type { KafkaServer } from '../servers/kafka.ts';

export interface HeldMessage {
  readonly topic: string;
  readonly value: Buffer;
}

/** How many messages the topics hold. */
export async function countHeld(kafka: KafkaServer, topics: readonly string[]): Promise<number> {
  const admin = kafka.client.admin();
  await admin.connect();
  try {
    let count = 0;
    for (const topic of topics)
      for (const { high, low } of await admin.fetchTopicOffsets(topic)) count += Number(high) - Number(low);
    return count;
  } finally {
    await admin.disconnect();
  }
}

/** All messages that the topics hold: also those that were sent again, for want of an answer. */
export async function readHeld(kafka: KafkaServer, topics: readonly string[]): Promise<HeldMessage[]> {
  await registerCodecs();
  const wanted = await countHeld(kafka, topics);
  const consumer = kafka.client.consumer({ groupId: 'torture-judge' });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    const messages: HeldMessage[] = [];
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer
        .run({
          autoCommit: false,
          eachMessage: async ({ topic, message }) => {
            messages.push({ topic, value: message.value ?? Buffer.alloc(0) });
            if (messages.length === wanted) resolve();
          },
        })
        .catch(reject);
    });
    return messages;
  } finally {
    await consumer.disconnect();
  }
}
