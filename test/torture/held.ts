import type { KafkaServer } from '../servers/kafka.ts';

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

/** The values of all messages that the topics hold: also of those that were sent again, for want of an answer. */
export async function readHeld(kafka: KafkaServer, topics: readonly string[]): Promise<Buffer[]> {
  const wanted = await countHeld(kafka, topics);
  const consumer = kafka.client.consumer({ groupId: 'torture-judge' });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    const values: Buffer[] = [];
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer
        .run({
          autoCommit: false,
          eachMessage: async ({ message }) => {
            values.push(message.value ?? Buffer.alloc(0));
            if (values.length === wanted) resolve();
          },
        })
        .catch(reject);
    });
    return values;
  } finally {
    await consumer.disconnect();
  }
}
