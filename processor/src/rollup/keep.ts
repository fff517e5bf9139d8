import { setTimeout as sleep } from 'node:timers/promises';
import type { Maintainer, Round } from './maintainer.ts';

/** Readers see what came in after about this long, ms. */
const PAUSE_MS = 2_000;
/** Pauses are so many times as long as the rounds between them: the store is there for others. */
const REST = 5;
/** Nobody waits longer than this for the next round, ms: a round over everything is rare. */
const MOST_PAUSE_MS = 15_000;
const AFTER_ERROR_MS = 15_000;

export interface RollupKeeper {
  /** Resolves when everything is counted that was stored at the call; rejects when the store refuses. */
  counted(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Round after round until it is stopped, while `isMine`: of many processors one is enough. A round that fails is said
 * once, and tried again.
 */
export function keepRollups(
  maintainer: Maintainer,
  onLog: (message: string) => void = () => {},
  isMine: () => boolean = () => true,
): RollupKeeper {
  const ending = new AbortController();
  const { signal } = ending;
  let last: Promise<unknown> = Promise.resolve();
  /** One round at a time. */
  function round(): Promise<Round> {
    const next = last.then(() => maintainer.round());
    last = next.catch(() => {});
    return next;
  }
  const running = (async () => {
    let failing = false;
    while (!signal.aborted) {
      let pauseMs = AFTER_ERROR_MS;
      try {
        const durationMs = isMine() ? (await round()).durationMs : 0;
        pauseMs = Math.min(MOST_PAUSE_MS, Math.max(PAUSE_MS, REST * durationMs));
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
    counted: async () => void (await round()),
    async stop() {
      ending.abort();
      await running;
    },
  };
}
