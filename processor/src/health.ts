/** How the pipeline is. Times are ms since the epoch. */
export type Health =
  | { readonly state: 'running' }
  /** The store refuses what it is given. It is tried again until it works, and what comes in waits in the log. */
  | { readonly state: 'retrying'; readonly since: number; readonly attempts: number; readonly error: string }
  /** It cannot go on. What was accepted waits in the log for the next start. */
  | { readonly state: 'failed'; readonly since: number; readonly error: string };

export interface HealthRecord {
  readonly now: Health;
  /** Resolves when the pipeline has failed. */
  readonly failed: Promise<PipelineFailedError>;
  refused(error: Error): void;
  recovered(): void;
  /** The first failure is the cause; later ones follow from it. */
  fail(error: Error): void;
}

/** The pipeline cannot go on; `cause` says why. */
export class PipelineFailedError extends Error {
  override readonly name = 'PipelineFailedError';
}

/** `log` hears of each change once, however many attempts lie between. */
export function createHealth(clock: () => number, log: (message: string) => void): HealthRecord {
  let health: Health = { state: 'running' };
  let announce: (error: PipelineFailedError) => void = () => {};
  const failed = new Promise<PipelineFailedError>((resolve) => {
    announce = resolve;
  });
  return {
    get now() {
      return health;
    },
    failed,
    refused(error) {
      if (health.state === 'failed') return;
      const message = oneLine(error);
      if (health.state === 'running') {
        log(
          `the store refuses what it is given: ${message}\nit is tried again until it works; nothing is lost`,
        );
        health = { state: 'retrying', since: clock(), attempts: 1, error: message };
      } else {
        health = { ...health, attempts: health.attempts + 1, error: message };
      }
    },
    recovered() {
      if (health.state !== 'retrying') return;
      const seconds = ((clock() - health.since) / 1000).toFixed(1);
      log(`the store works again, after ${seconds} s and ${health.attempts + 1} attempts`);
      health = { state: 'running' };
    },
    fail(error) {
      if (health.state === 'failed') return;
      health = { state: 'failed', since: clock(), error: oneLine(error) };
      announce(new PipelineFailedError(`the pipeline stopped: ${health.error}`, { cause: error }));
    },
  };
}

/** Engines end a message with stack traces and versions; what happened stands on its first line. */
function oneLine(error: Error): string {
  return error.message.trim().split('\n', 1)[0]!;
}
