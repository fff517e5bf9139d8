import { setTimeout as sleep } from 'node:timers/promises';
import type { Exporter } from './exporter.ts';
import { CONTENT_TYPES, formatFor } from './exposition.ts';

/** Between two looks, ms: about as often as metrics are scraped. */
const EVERY_MS = 15_000;

export interface MetricsAnswer {
  readonly status: 200 | 503;
  readonly type: string;
  readonly body: string;
}

export interface KeptMetrics {
  /** What a scrape is answered; the first one begins to look, where nothing has yet. */
  answer(accept: string | undefined): Promise<MetricsAnswer>;
  stop(): Promise<void>;
}

/** Looks again and again from the first scrape on: what nobody asks for costs nothing. */
export function keepMetrics(
  exporter: Exporter,
  onLog: (message: string) => void,
  everyMs = EVERY_MS,
): KeptMetrics {
  const ending = new AbortController();
  let running: Promise<void> | null = null;
  let failure = '';

  async function look(): Promise<void> {
    try {
      await exporter.refresh();
      failure = '';
    } catch (error) {
      const said = (error as Error).message;
      if (said !== failure) onLog(`metrics are not read: ${said}`);
      failure = said;
    }
  }

  return {
    async answer(accept) {
      if (running === null) {
        const first = look();
        running = (async () => {
          await first;
          while (!ending.signal.aborted) {
            await sleep(everyMs, null, { signal: ending.signal }).catch(() => null);
            if (!ending.signal.aborted) await look();
          }
        })();
        await first;
      }
      const format = formatFor(accept);
      const body = exporter.text(format);
      if (body === null) return { status: 503, type: 'text/plain', body: `${failure || 'not read yet'}\n` };
      return { status: 200, type: CONTENT_TYPES[format], body };
    },
    async stop() {
      ending.abort();
      await running;
    },
  };
}
