import { BYTES_PER_SPAN } from '../corpus.ts';
import { benchFreshness } from './freshness.ts';
import { benchMemory } from './memory.ts';
import { benchThroughput } from './throughput.ts';
import { fill, openTopic, PARTITIONS, SPANS_PER_RECORD, type Topic } from './topic.ts';

interface Extent {
  readonly spans: number;
  readonly freshSeconds: number;
  readonly memorySeconds: number;
}

const LONG: Extent = { spans: 1_000_000, freshSeconds: 60, memorySeconds: 600 };
const SHORT: Extent = { spans: 400_000, freshSeconds: 20, memorySeconds: 60 };

const PARTS: Readonly<Record<string, (topic: Topic, extent: Extent) => Promise<void>>> = {
  async throughput(topic, { spans }) {
    await fill(topic, spans);
    console.log(
      `${spans.toLocaleString('en-US')} spans of ${BYTES_PER_SPAN} bytes in records of ${SPANS_PER_RECORD}, made by a Collector, snappy, ${PARTITIONS} partitions; broker and ClickHouse on the same machine`,
    );
    await benchThroughput(topic, spans);
  },
  freshness: (topic, { freshSeconds }) => benchFreshness(topic, freshSeconds),
  memory: (topic, { memorySeconds }) => benchMemory(topic, memorySeconds),
};

/** Each part on a broker of its own; all of them when none is named. */
export async function benchKafka(names: readonly string[], short: boolean): Promise<void> {
  const unknown = names.filter((name) => !(name in PARTS));
  if (unknown.length > 0)
    throw new Error(`kafka has no ${unknown.join(', ')}: ${Object.keys(PARTS).join(', ')}`);
  for (const name of names.length > 0 ? names : Object.keys(PARTS)) {
    const topic = await openTopic();
    try {
      await PARTS[name]!(topic, short ? SHORT : LONG);
    } finally {
      await topic.close();
    }
  }
}
