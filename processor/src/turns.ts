/**
 * What pipelines over one state share. A set that is not in memory is read back from the store, so nobody may read
 * while rows are on their way there, and nobody may fold between another's reading and folding.
 */
export interface Turns {
  /**
   * Runs `work` when no other is under way. An error in it leaves the state half changed, so it is kept: this turn and
   * every later one rejects with it.
   */
  take<T>(work: () => Promise<T>): Promise<T>;
  /** Counts a write as under way. If it fails, the state knows of rows that the store does not have: kept likewise. */
  write(work: () => Promise<void>): Promise<void>;
  /** Resolves when no write is under way. */
  written(): Promise<void>;
  /** Why the state cannot be trusted any more. */
  readonly failure: Error | null;
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  const writes = new Set<Promise<void>>();
  let failure: Error | null = null;

  async function guard<T>(work: () => Promise<T>): Promise<T> {
    if (failure !== null) throw failure;
    try {
      return await work();
    } catch (error) {
      failure ??= error as Error;
      throw failure;
    }
  }

  return {
    take(work) {
      const turn = last.then(() => guard(work));
      last = turn.catch(() => {});
      return turn;
    },
    write(work) {
      const write = guard(work).finally(() => writes.delete(write));
      writes.add(write);
      return write;
    },
    async written() {
      await Promise.all(writes);
    },
    get failure() {
      return failure;
    },
  };
}
