import type { SourceChunk, SourceRecord, StreamSource } from '../../model.ts';

/**
 * What a member of the group holds between two rebalances, as a source. It ends when the group changes; whatever works on
 * it then stores what it has, and begins anew on the next one, with nothing in memory.
 */
export interface Assignment {
  readonly source: StreamSource;
  /** Names of the partitions, as chunks have them. */
  readonly partitions: readonly string[];
  /** Records that were fetched and not taken yet. */
  readonly buffered: number;
}

export interface OpenAssignment extends Assignment {
  /** Takes records that follow each other in one partition. Resolves when there is room for more, or it has ended. */
  push(source: string, records: readonly SourceRecord[]): Promise<void>;
  /** No more records come; what was taken may still be stored and committed. */
  end(): void;
  /** The partitions are another's: commits are not sent any more. */
  revoke(): void;
  readonly ended: boolean;
  /** Resolves once whoever works on it has closed it. */
  readonly closed: Promise<void>;
}

/** Fetched and waiting, bytes: enough for a chunk while the next one is on its way. */
const MOST_WAITING = 48 << 20;

/** `commit` sends an offset to the broker. */
export function openAssignment(
  partitions: readonly string[],
  commit: (source: string, next: number) => Promise<void>,
): OpenAssignment {
  const waiting: { readonly source: string; readonly records: readonly SourceRecord[]; at: number }[] = [];
  const committed = new Map<string, number>();
  let bytes = 0;
  let ended = false;
  let revoked = false;
  const changed = new Set<() => void>();
  let close: () => void = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });

  function notify(): void {
    for (const listener of [...changed]) listener();
  }

  /** Resolves true when `done`, false when time is over. */
  function until(done: () => boolean, ms: number): Promise<boolean> {
    if (done() || ms <= 0) return Promise.resolve(done());
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        changed.delete(check);
        resolve(done());
      };
      const check = (): void => {
        if (done()) finish();
      };
      const timer = Number.isFinite(ms) ? setTimeout(finish, ms) : undefined;
      changed.add(check);
    });
  }

  const source: StreamSource = {
    async poll({ maxBytes, waitMs }) {
      await until(() => waiting.length > 0 || ended, waitMs);
      const first = waiting[0];
      if (first === undefined) return null;
      const records: SourceRecord[] = [];
      let size = 0;
      while (first.at < first.records.length) {
        const record = first.records[first.at]!;
        if (records.length > 0 && size + record.body.length > maxBytes) break;
        records.push(record);
        size += record.body.length;
        first.at++;
      }
      if (first.at === first.records.length) waiting.shift();
      bytes -= size;
      notify();
      return { source: first.source, records, next: records.at(-1)!.offset + 1 } satisfies SourceChunk;
    },
    async commit(name, next) {
      if (!partitions.includes(name)) throw new Error(`${name} is none of this assignment`);
      if (revoked || (committed.get(name) ?? -1) >= next) return;
      try {
        await commit(name, next);
      } catch (error) {
        // Whoever has the partition now reads it again: the same rows come of it.
        if (!revoked && !ended) throw error;
      }
      committed.set(name, Math.max(next, committed.get(name) ?? -1));
    },
    get exhausted() {
      return ended && waiting.length === 0;
    },
    async close() {
      ended = true;
      waiting.length = 0;
      notify();
      close();
    },
  };

  return {
    source,
    partitions,
    closed,
    get buffered() {
      return waiting.reduce((sum, { records, at }) => sum + records.length - at, 0);
    },
    get ended() {
      return ended;
    },
    async push(name, records) {
      if (ended || records.length === 0) return;
      waiting.push({ source: name, records, at: 0 });
      bytes += records.reduce((sum, { body }) => sum + body.length, 0);
      notify();
      await until(() => bytes < MOST_WAITING || ended, Number.POSITIVE_INFINITY);
    },
    end() {
      ended = true;
      // What nobody has taken yet comes again, to whoever has the partition then.
      waiting.length = 0;
      bytes = 0;
      notify();
    },
    revoke() {
      revoked = true;
      this.end();
    },
  };
}
