import { setTimeout as sleep } from 'node:timers/promises';
import { openServer, type Store } from '@agentops/processor';
import { startRun } from './subject.ts';
import type { Topic } from './topic.ts';

const PER_SECOND = 10_000;
const ASK_EVERY_MS = 100;
const BOUND_MS = 2_000;
/** What a new processor needs to come up to speed is not counted. */
const FROM_MS = 5_000;

/**
 * From the time that a record carries, which the Collector gave it, to the answer by SQL that has its spans: so every
 * figure includes the wait for the next question, and the question itself.
 */
export async function benchFreshness(topic: Topic, seconds: number): Promise<void> {
  const spans = seconds * PER_SECOND;
  const running = await startRun(topic.kafka.broker);
  const store = openServer(running.url);
  try {
    const begun = Date.now();
    const sending = topic.send({ spans, perSecond: PER_SECOND });
    const visible = await watch(store, spans);
    const { latestMs } = await sending;
    const rows = await store.query<{ source: string; offset: string; at: string }>(
      `SELECT source, source_offset AS offset, toUnixTimestamp64Milli(any(received_at)) AS at
       FROM agentops.steps WHERE inferred = 0 GROUP BY source, offset HAVING at >= {from:UInt64}`,
      { from: begun + FROM_MS },
    );
    const waits = rows
      .map(({ source, offset, at }) => visible.get(source)![Number(offset)]! - Number(at))
      .sort((a, b) => a - b);
    const quantile = (share: number): number => waits[Math.ceil(waits.length * share) - 1]!;
    console.log(
      `${spans.toLocaleString('en-US')} spans at ${PER_SECOND.toLocaleString('en-US')}/s, Collector → Kafka → processor → ClickHouse: ` +
        `p50 ${quantile(0.5)} ms  p99 ${quantile(0.99)} ms (${(quantile(0.99) / BOUND_MS).toFixed(2)} × the bound of ${BOUND_MS})  most ${quantile(1)} ms  ` +
        `the processor took ${running.cores().toFixed(2)} cores  sender late by up to ${Math.round(latestMs)} ms`,
    );
  } finally {
    await store.close();
    await running.close();
  }
}

/** By source, ms since the epoch at which each offset was there. Spans of one partition become visible in order. */
async function watch(store: Store, spans: number): Promise<ReadonlyMap<string, readonly number[]>> {
  const visible = new Map<string, number[]>();
  for (let seen = 0; seen < spans; ) {
    const asked = performance.now();
    const rows = await store.query<{ source: string; next: string; spans: string }>(
      'SELECT source, max(source_offset) + 1 AS next, count() AS spans FROM agentops.steps GROUP BY source',
    );
    const now = Date.now();
    seen = 0;
    for (const { source, next, spans: count } of rows) {
      const times = visible.get(source) ?? [];
      visible.set(source, times);
      while (times.length < Number(next)) times.push(now);
      seen += Number(count);
    }
    await sleep(Math.max(0, ASK_EVERY_MS - (performance.now() - asked)));
  }
  return visible;
}
