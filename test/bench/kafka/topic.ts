import { setTimeout as sleep } from 'node:timers/promises';
import { startCollector } from '../../servers/collector.ts';
import { type KafkaServer, startKafka } from '../../servers/kafka.ts';
import { testFile } from '../../servers/tools.ts';
import { countHeld } from '../../torture/held.ts';
import { messageOf, startScript } from '../child.ts';
import type { SendOptions, Sent } from '../sender.ts';

export const PARTITIONS = 4;
/** A run of the corpus is a trace of ten spans of one resource, which the Collector makes one record of. */
export const SPANS_PER_RECORD = 10;

/** A broker with both topics, `otlp_spans` behind a Collector. */
export interface Topic {
  readonly kafka: KafkaServer;
  /** Has the corpus sent to the Collector; resolves when it took all of it. */
  send(options: SendOptions): Promise<Sent>;
  close(): Promise<void>;
}

export async function openTopic(): Promise<Topic> {
  const kafka = await startKafka();
  try {
    await kafka.createTopics(PARTITIONS, 'otlp_spans', 'otlp_logs');
    const collector = await startCollector({
      configs: [testFile('bench/kafka/fill.yaml')],
      env: { BROKER: kafka.broker },
    });
    return {
      kafka,
      async send(options) {
        const sent = await messageOf<Sent>(
          startScript('sender.js', [new URL(collector.url).port, JSON.stringify(options)]),
        );
        if (sent.refused > 0) throw new Error(`the Collector refused ${sent.refused} requests`);
        return sent;
      },
      async close() {
        await collector.stop();
        await kafka.stop();
      },
    };
  } catch (error) {
    await kafka.stop();
    throw error;
  }
}

/** Sends the corpus and waits until the topic holds all of it. */
export async function fill(topic: Topic, spans: number): Promise<void> {
  await topic.send({ spans });
  while ((await countHeld(topic.kafka, ['otlp_spans'])) < spans / SPANS_PER_RECORD) await sleep(200);
}
