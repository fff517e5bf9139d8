import { openServer } from '@agentops/processor';
import type { Sample } from './samples.ts';
import { startRun } from './subject.ts';
import type { Topic } from './topic.ts';

const OPEN_RUNS = 100_000;
const PER_SECOND = 10_000;
const BOUND_MIB = 512;

/** Resident memory of a processor while 100,000 runs are open: half of each came, the root is yet to come. */
export async function benchMemory(topic: Topic, seconds: number): Promise<void> {
  const spans = seconds * PER_SECOND;
  const running = await startRun(topic.kafka.broker);
  const store = openServer(running.url);
  try {
    console.log(
      `\n${OPEN_RUNS.toLocaleString('en-US')} runs open at ${PER_SECOND.toLocaleString('en-US')} spans/s for ${seconds} s: resident memory of the processor in MiB`,
    );
    await topic.send({ spans, perSecond: PER_SECOND, openRuns: OPEN_RUNS });
    await running.until(spans);
    const [row] = await store.query<{ spans: string }>(
      'SELECT count() AS spans FROM agentops.steps FINAL WHERE inferred = 0',
    );
    if (Number(row!.spans) !== spans) throw new Error(`${row!.spans} spans are stored of ${spans}`);
    const minutes = byMinute(running.samples);
    console.log(`  at the end of each minute  ${minutes.join('  ')}`);
    const peak = Math.max(...running.samples.map(({ resident }) => resident));
    console.log(
      `  peak ${peak}, ${(peak / BOUND_MIB).toFixed(2)} × the bound of ${BOUND_MIB}; ${running.cores().toFixed(2)} cores`,
    );
  } finally {
    await store.close();
    await running.close();
  }
}

function byMinute(samples: readonly Sample[]): number[] {
  const begun = samples[0]!.at;
  const minutes = new Map<number, number>();
  for (const { at, resident } of samples) minutes.set(Math.floor((at - begun) / 60), resident);
  return [...minutes.values()];
}
