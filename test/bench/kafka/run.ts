import { BYTES_PER_SPAN } from '../corpus.ts';
import { benchThroughput } from './throughput.ts';
import { fill, openTopic, PARTITIONS, SPANS_PER_RECORD } from './topic.ts';

export async function benchKafka(parts: readonly string[], short: boolean): Promise<void> {
  const spans = short ? 200_000 : 1_000_000;
  const topic = await openTopic();
  try {
    await fill(topic, spans);
    console.log(
      `${spans.toLocaleString('en-US')} spans of ${BYTES_PER_SPAN} bytes in records of ${SPANS_PER_RECORD}, made by a Collector, snappy, ${PARTITIONS} partitions; all processes on this machine, broker and ClickHouse with them`,
    );
    await benchThroughput(topic, spans);
  } finally {
    await topic.close();
  }
}
