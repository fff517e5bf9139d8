import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, produce } from '../kafka/produce.ts';
import { type CollectorServer, counter } from '../servers/collector.ts';
import type { KafkaServer } from '../servers/kafka.ts';
import { countHeld } from './held.ts';
import type { Delivery } from './load.ts';

export const TOPICS = ['otlp_spans', 'otlp_logs'] as const;
const SLICE_MS = 250;
/** Broker and Collector are back within this time. */
const SEND_MS = 60_000;
const AT_A_TIME = 8;
const SETTLED_MS = 3_000;

/** Where deliveries go: the Collector of the moment, or none. */
export interface Doors {
  readonly kafka: KafkaServer;
  readonly collector: () => CollectorServer | null;
}

/** Everything, spread evenly over `ms`; resolves once all of it was acknowledged. */
export async function sendAll(doors: Doors, deliveries: readonly Delivery[], ms: number): Promise<void> {
  const slices = Math.max(1, Math.floor(ms / SLICE_MS));
  const begun = performance.now();
  const underWay = new Set<Promise<void>>();
  let failure: Error | null = null;
  for (let i = 0; i < slices; i++) {
    const from = Math.floor((deliveries.length * i) / slices);
    const to = Math.floor((deliveries.length * (i + 1)) / slices);
    const slice = deliveries.slice(from, to);
    for (const { message, way } of slice) {
      if (way !== 'collector' || doors.collector() === null) continue;
      while (underWay.size >= AT_A_TIME) await Promise.race(underWay);
      const posting = atLast(() => post(doors.collector()!.url, message))
        .catch((error: Error) => {
          failure = error;
        })
        .finally(() => underWay.delete(posting));
      underWay.add(posting);
    }
    const direct = slice.filter(({ way }) => way === 'broker' || doors.collector() === null);
    await atLast(() =>
      produce(
        doors.kafka,
        direct.map(({ message }) => message),
      ),
    );
    if (failure !== null) throw failure;
    await sleep(Math.max(0, begun + (i + 1) * SLICE_MS - performance.now()));
  }
  await Promise.all(underWay);
  if (failure !== null) throw failure;
}

/** Who was killed takes and tells nothing for a while: as an SDK or a Collector does, it is tried again. */
export async function atLast<T>(work: () => Promise<T>): Promise<T> {
  for (const begun = performance.now(); ; ) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() - begun > SEND_MS) throw error;
      await sleep(SLICE_MS);
    }
  }
}

async function post(url: string, { topic, value }: Message): Promise<void> {
  const answer = await fetch(`${url}/v1/${topic === 'otlp_logs' ? 'logs' : 'traces'}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: new Uint8Array(value),
  });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`the Collector answers ${answer.status}`);
}

/** Once the Collector has nothing left and the topics grow no more: how many messages they hold. */
export async function settled({ kafka, collector }: Doors): Promise<number> {
  let held = -1;
  let quiet = performance.now();
  for (const begun = performance.now(); performance.now() - begun < SEND_MS; ) {
    const metrics = await atLast(async () => (await collector()?.metrics()) ?? '');
    const waiting = counter(metrics, 'otelcol_exporter_queue_size', 'kafka/agentops');
    const now = await atLast(() => countHeld(kafka, TOPICS));
    if (waiting > 0 || now !== held) quiet = performance.now();
    if (performance.now() - quiet > SETTLED_MS) return now;
    held = now;
    await sleep(SLICE_MS);
  }
  throw new Error(`the Collector is not through after ${SEND_MS / 1_000} s`);
}
