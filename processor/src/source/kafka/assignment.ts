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
  /** Takes what the broker gave for an offset `from` on. Resolves when there is room for more, or none is wanted. */
  push(source: string, from: number, records: readonly SourceRecord[]): Promise<Pushed>;
  /** The offset that is to come next of a partition. */
  expects(source: string): number;
  /** What a former owner claimed and did not commit is delivered first: partitions in which there is some. */
  readonly owed: readonly string[];
  /** Resolves when all of that is done, or it has ended: now every partition is wanted. */
  readonly repeated: Promise<void>;
  /** No more records come; what was taken may still be stored and committed. */
  end(): void;
  /** The partitions are another's: nothing is claimed or committed any more. */
  revoke(): void;
  readonly ended: boolean;
  /** Resolves once whoever works on it has closed it. */
  readonly closed: Promise<void>;
}

/** `later`: not before {@link OpenAssignment.repeated}. `gap`: something is missing before it. `ended`: never here. */
export type Pushed = 'taken' | 'later' | 'gap' | 'ended';

/** Where a partition stands: what the group remembers of it. */
export interface Position {
  /** Everything before it is stored. */
  readonly next: number;
  /** Up to here somebody may have stored, or may still be storing; never below `next`. */
  readonly claimed: number;
}

export type Positions = ReadonlyMap<string, Position>;

/** Fetched and waiting, bytes: two answers of the brokers, while the next one is on its way. */
const MOST_WAITING = 4 << 20;

/**
 * `send` tells the group positions, all of them or none; false when it does not listen to this member any more.
 *
 * What a former owner claimed comes first and alone: no other record is delivered until a claim has closed the batch that
 * reaches the end of it.
 */
export function openAssignment(
  starts: Positions,
  send: (positions: Positions) => Promise<boolean>,
): OpenAssignment {
  const partitions = [...starts.keys()];
  const waiting: { readonly source: string; readonly records: readonly SourceRecord[]; at: number }[] = [];
  const positions = new Map(starts);
  /** The offset that is expected next from the broker. */
  const expected = new Map([...starts].map(([name, { next }]) => [name, next]));
  /** Claimed by somebody else, and not delivered here yet: the ends. */
  const owed = new Map(
    [...starts]
      .filter(([, { next, claimed }]) => claimed > next)
      .map(([name, { claimed }]) => [name, claimed]),
  );
  const owing = [...owed.keys()];
  let repeating = owed.size > 0;
  /** Where something seemed to be missing: seen twice, there is nothing (a transaction's mark, a compacted record). */
  const gaps = new Map<string, number>();
  let bytes = 0;
  let ended = false;
  let revoked = false;
  let sending: Promise<unknown> = Promise.resolve();
  const changed = new Set<() => void>();
  let close: () => void = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  let finishRepeating: () => void = () => {};
  const repeated = new Promise<void>((resolve) => {
    finishRepeating = resolve;
  });
  if (!repeating) finishRepeating();

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

  /** One at a time, in order. Positions are known once the group knows them. */
  function tell(next: () => Positions): Promise<boolean> {
    const told = sending.then(async () => {
      if (revoked) return false;
      const told = next();
      if (told.size === 0) return true;
      if (!(await send(told))) {
        revoked = true;
        end();
        return false;
      }
      for (const [name, position] of told) positions.set(name, position);
      return true;
    });
    sending = told.catch(() => {});
    return told;
  }

  function end(): void {
    ended = true;
    // What nobody has taken yet comes again, to whoever has the partition then.
    waiting.length = 0;
    bytes = 0;
    finishRepeating();
    notify();
  }

  const deliverable = (): number => waiting.findIndex(({ source }) => !repeating || owed.has(source));

  const source: StreamSource = {
    async poll({ maxBytes, waitMs }) {
      await until(() => deliverable() !== -1 || ended, waitMs);
      const index = deliverable();
      const first = waiting[index];
      if (first === undefined) return null;
      const end = owed.get(first.source) ?? Number.POSITIVE_INFINITY;
      const records: SourceRecord[] = [];
      let size = 0;
      while (first.at < first.records.length) {
        const record = first.records[first.at]!;
        if (record.offset >= end || (records.length > 0 && size + record.body.length > maxBytes)) break;
        records.push(record);
        size += record.body.length;
        first.at++;
      }
      const reached =
        first.at < first.records.length ? first.records[first.at]!.offset : first.records.at(-1)!.offset + 1;
      if (reached >= end) owed.delete(first.source);
      if (first.at === first.records.length) waiting.splice(index, 1);
      bytes -= size;
      notify();
      if (records.length === 0) return null;
      return { source: first.source, records, next: records.at(-1)!.offset + 1 } satisfies SourceChunk;
    },
    async claim(ends) {
      const granted = await tell(
        () =>
          new Map(
            [...ends].map(([name, end]) => {
              const { next, claimed } = positions.get(name)!;
              return [name, { next, claimed: Math.max(claimed, end) }];
            }),
          ),
      );
      if (owed.size === 0) {
        repeating = false;
        finishRepeating();
        notify();
      }
      return granted;
    },
    async commit(name, next) {
      const before = positions.get(name);
      if (before === undefined) throw new Error(`${name} is none of this assignment`);
      try {
        await tell(() => {
          const { next: stored, claimed } = positions.get(name)!;
          return new Map(stored >= next ? [] : [[name, { next, claimed: Math.max(claimed, next) }]]);
        });
      } catch (error) {
        // Whoever has the partition now reads it again: the same rows come of it.
        if (!ended) throw error;
      }
    },
    get exhausted() {
      return ended && waiting.length === 0;
    },
    async close() {
      end();
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
    owed: owing,
    repeated,
    expects: (name) => expected.get(name) ?? 0,
    async push(name, from, records) {
      const next = expected.get(name);
      if (ended || next === undefined) return 'ended';
      if (repeating && next >= starts.get(name)!.claimed) return 'later';
      if (from > next && gaps.get(name) !== from) {
        gaps.set(name, from);
        return 'gap';
      }
      gaps.delete(name);
      const fresh = records.filter(({ offset }) => offset >= next);
      if (fresh.length === 0) return 'taken';
      expected.set(name, fresh.at(-1)!.offset + 1);
      waiting.push({ source: name, records: fresh, at: 0 });
      bytes += fresh.reduce((sum, { body }) => sum + body.length, 0);
      notify();
      // While it repeats, what holds it up may be what the broker has not been asked for yet.
      if (!repeating) await until(() => bytes < MOST_WAITING || ended, Number.POSITIVE_INFINITY);
      return 'taken';
    },
    end,
    revoke() {
      revoked = true;
      end();
    },
  };
}
