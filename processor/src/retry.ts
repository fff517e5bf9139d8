/** Waits between attempts, ms: longer and longer, then the last one again and again. */
const BACK_OFF_MS = [100, 300, 1000, 3000, 10_000] as const;

export interface Patience {
  /** Attempts after which the last error is thrown; without end when left out. */
  readonly attempts?: number;
  /** Once aborted, the next error is thrown; a wait ends at once, with one more attempt. */
  readonly signal?: AbortSignal;
  /** Errors that no further attempt mends are thrown at once. */
  readonly isFinal?: (error: Error) => boolean;
  readonly onError?: (error: Error, attempt: number) => void;
  /** An attempt after an error succeeded. */
  readonly onRecovery?: () => void;
}

/** Tries until it works, or patience ends: then throws the last error. `work` must be safe to repeat. */
export async function persist<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  const { attempts = Number.POSITIVE_INFINITY, signal, isFinal, onError, onRecovery } = patience;
  for (let attempt = 1; ; attempt++) {
    try {
      const done = await work();
      if (attempt > 1) onRecovery?.();
      return done;
    } catch (error) {
      if (attempt >= attempts || signal?.aborted || isFinal?.(error as Error)) throw error;
      onError?.(error as Error, attempt);
      await pause(BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length) - 1]!, signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}
