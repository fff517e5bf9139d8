/** Tells a processor that stands still from one that has nothing to do, or waits for a store that refuses. Times in ms. */
export interface Watchdog {
  /** A chunk has been stored. */
  progressed(now: number): void;
  /** Do records wait for this processor, and does the store take what it is given? Returns whether it stands still. */
  look(now: number, seen: { readonly waiting: boolean; readonly storeWorks: boolean }): boolean;
  /** How long records have been waiting, as far as anybody has looked. */
  waitingMs(now: number): number;
}

/** `stalledMs`: no progress for so long, while records wait and the store works, is standing still. */
export function createWatchdog(stalledMs: number, now: number): Watchdog {
  let progressAt = now;
  let waitingSince: number | null = null;
  return {
    progressed(at) {
      progressAt = at;
      waitingSince = null;
    },
    look(at, { waiting, storeWorks }) {
      waitingSince = waiting ? (waitingSince ?? at) : null;
      if (waiting && storeWorks) return at - progressAt > stalledMs;
      // Once it can go on again, it gets half of the time to show it.
      progressAt = Math.max(progressAt, at - stalledMs / 2);
      return false;
    },
    waitingMs: (at) => (waitingSince === null ? 0 : at - waitingSince),
  };
}
