import { setTimeout as sleep } from 'node:timers/promises';
import type { Maintainer } from './maintainer.ts';

/** Readers see what came in after about this long, ms. */
const PAUSE_MS = 2_000;
/** Pauses are so many times as long as the rounds between them: the store is there for others. */
const REST = 5;
const AFTER_ERROR_MS = 15_000;

/** Round after round until it is stopped. A round that fails is said once, and tried again. */
export function keepRollups(
  maintainer: Maintainer,
  onLog: (message: string) => void = () => {},
): { stop(): Promise<void> } {
  const ending = new AbortController();
  const { signal } = ending;
  const running = (async () => {
    let failing = false;
    while (!signal.aborted) {
      let pauseMs = AFTER_ERROR_MS;
      try {
        const { durationMs } = await maintainer.round();
        pauseMs = Math.max(PAUSE_MS, REST * durationMs);
        if (failing) onLog('rollups are kept again');
        failing = false;
      } catch (error) {
        if (!failing) onLog(`rollups fall behind: ${(error as Error).message}`);
        failing = true;
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  })();
  return {
    async stop() {
      ending.abort();
      await running;
    },
  };
}
