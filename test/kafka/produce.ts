import type { KafkaServer } from '../servers/kafka.ts';
import { type FleetSpan, requests } from '../tools/fleet.ts';
import type { Chance } from '../tools/otlp.ts';

/** A message of a topic: key and value. */
export interface Message {
  readonly topic: 'otlp_spans' | 'otlp_logs';
  readonly key: string | null;
  readonly value: Buffer;
}

/** Spans as the Collector partitions them: one record holds spans of one trace and resource, keyed by the trace. */
export function messagesOf(fleet: readonly FleetSpan[], random: Chance, size = 5): Message[] {
  const out: Message[] = [];
  let open: FleetSpan[] = [];
  const close = (): void => {
    const [first] = open;
    if (first === undefined) return;
    for (const request of requests(open, random, size)) {
      out.push({ topic: 'otlp_spans', key: first.span.traceId, value: Buffer.from(JSON.stringify(request)) });
    }
    open = [];
  };
  for (const item of fleet) {
    const first = open[0];
    if (first !== undefined && (first.span.traceId !== item.span.traceId || first.service !== item.service))
      close();
    open.push(item);
  }
  close();
  return out;
}

/** Log requests, keyed by the trace where all of it is of one. */
export function logMessage(request: object): Message {
  const ids = new Set(
    [...JSON.stringify(request).matchAll(/"traceId":"([0-9a-f]{32})"/g)].map(([, id]) => id),
  );
  return {
    topic: 'otlp_logs',
    key: ids.size === 1 ? [...ids][0]! : null,
    value: Buffer.from(JSON.stringify(request)),
  };
}

/** Sends messages in order; resolves when all are acknowledged. */
export async function produce(kafka: KafkaServer, messages: readonly Message[]): Promise<void> {
  const producer = kafka.client.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  try {
    for (let at = 0; at < messages.length; at += 200) {
      const part = messages.slice(at, at + 200);
      await producer.sendBatch({
        acks: -1,
        topicMessages: [...new Set(part.map(({ topic }) => topic))].map((topic) => ({
          topic,
          messages: part
            .filter((message) => message.topic === topic)
            .map(({ key, value }) => ({ key, value })),
        })),
      });
    }
  } finally {
    await producer.disconnect();
  }
}
