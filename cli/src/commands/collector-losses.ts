import { setTimeout as sleep } from 'node:timers/promises';
import { type ClickHouseOptions, openClickHouse } from '../clickhouse.ts';
import { readLosses } from '../collector/losses.ts';
import { recordLosses } from '../collector/record-losses.ts';
import { count } from '../output/numbers.ts';

export interface CollectorLossesOptions extends ClickHouseOptions {
  /** Seconds; once when left out. */
  readonly every?: number;
}

const ANSWER_MS = 10_000;

/** Asks Collectors for their counters and enters what they lost into the store; until SIGTERM with `--every`. */
export async function collectorLosses(
  urls: readonly string[],
  options: CollectorLossesOptions,
): Promise<void> {
  const store = await openClickHouse(options);
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ending.abort());
  try {
    for (;;) {
      for (const url of urls) {
        try {
          const lost = await ask(url, store);
          if (lost > 0) process.stdout.write(`${url} lost ${count(lost)} items in this minute\n`);
        } catch (error) {
          // A Collector that is away says later what it lost; one that was restarted begins anew.
          if (options.every === undefined) throw error;
          process.stderr.write(`${url}: ${(error as Error).message}\n`);
        }
      }
      if (options.every === undefined) return;
      await sleep(options.every * 1_000, null, { signal: ending.signal }).catch(() => null);
      if (ending.signal.aborted) return;
    }
  } finally {
    await store.close();
  }
}

async function ask(url: string, store: Parameters<typeof recordLosses>[0]): Promise<number> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  if (!answer.ok) throw new Error(`it answers ${answer.status}`);
  const losses = readLosses(await answer.text());
  if (losses === null) throw new Error('these are no metrics of a Collector (level: detailed or normal)');
  return recordLosses(store, new URL(url).host, losses, new Date());
}
