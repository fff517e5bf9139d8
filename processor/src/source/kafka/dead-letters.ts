import kafkajs from 'kafkajs';
import type { DeadLetter } from '../../chain/read.ts';
import { persist } from '../../retry.ts';
import type { KafkaSettings } from './config.ts';

/** A topic that is told of what could not be read, besides the table `dead_letters`. */
export interface DeadLetterTopic {
  /**
   * Resolves when the brokers have them, or have refused them for some seconds: the store has them in any case, and the
   * stream goes on. A replay tells them again.
   */
  send(letters: readonly DeadLetter[]): Promise<void>;
  close(): Promise<void>;
}

const ATTEMPTS = 4;

/** Opens the topic of the settings; null when they name none. */
export async function openDeadLetterTopic(
  { client, deadLetterTopic: topic }: KafkaSettings,
  onError: (message: string) => void,
): Promise<DeadLetterTopic | null> {
  if (topic === null) return null;
  const kafka = new kafkajs.Kafka({
    ...client,
    retry: { retries: 2 },
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  return {
    async send(letters) {
      if (letters.length === 0) return;
      const messages = letters.map((letter) => ({ key: letter.source, value: JSON.stringify(letter) }));
      await persist(() => producer.send({ topic, acks: -1, messages }), { attempts: ATTEMPTS }).catch(
        (error: Error) =>
          onError(`${letters.length} dead letters are in the store only, not in ${topic}: ${error.message}`),
      );
    },
    close: () => producer.disconnect(),
  };
}
