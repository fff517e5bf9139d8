import type { Folder } from './chain/fold.ts';
import { type Arrivals, type DeadLetter, type ReaderOptions, readChunk } from './chain/read.ts';
import type { FoldState } from './chain/state.ts';
import { type ChunkTimes, timed } from './chunk-times.ts';
import type { SourceChunk, StreamSource } from './model.ts';
import { type Patience, persist } from './retry.ts';
import type { TakenBlock } from './store/block.ts';
import type { Store } from './store/client.ts';
import type { Loader } from './store/loader.ts';
import { addTotals, noTotals, type Totals } from './totals.ts';
import { createTurns, type Turns } from './turns.ts';

export interface PipelineOptions {
  readonly source: StreamSource;
  readonly reader: ReaderOptions;
  readonly state: FoldState;
  readonly folder: Folder;
  readonly loader: Loader;
  readonly store: Store;
  /** Shared by all pipelines over one state; a pipeline that has its state to itself needs none. */
  readonly turns?: Turns;
  readonly limits?: Partial<PipelineLimits>;
  /** Milliseconds of a monotonic clock. */
  readonly clock?: () => number;
  readonly onChunk?: (done: ChunkReport) => void;
  /** Is told of dead letters before the records that they come from are committed; must not reject. */
  readonly onDeadLetters?: (letters: readonly DeadLetter[]) => Promise<void>;
  /** With a store or a disk that refuses: nothing is skipped. By default the first error ends the pipeline. */
  readonly patience?: Patience;
}

export interface PipelineLimits {
  /** Smallest time between two inserts into one table, ms. */
  readonly flushMs: number;
  /** A chunk is processed at once when it holds this much. */
  readonly flushBytes: number;
}

export interface ChunkReport extends Totals {
  readonly records: number;
  /** Receipt of the oldest and of the newest record, ms since the epoch. */
  readonly oldestReceipt: number;
  readonly newestReceipt: number;
  /** By source name: the offset behind the last record. */
  readonly ends: ReadonlyMap<string, number>;
  /** Declared drops by service. */
  readonly droppedBy: ReadonlyMap<string, number>;
  readonly times: ChunkTimes;
}

export interface Pipeline {
  /**
   * Runs until the source is exhausted or {@link Pipeline.stop} is called; what was read is stored and committed.
   * Rejects when it cannot go on: what is not committed then is delivered again by the next pipeline on the source.
   */
  run(): Promise<void>;
  stop(): void;
}

const LIMITS: PipelineLimits = { flushMs: 1000, flushBytes: 24 << 20 };
/** Traces read back by one query: its parameters stand in its URL, of which ClickHouse takes 1 MiB. */
const MOST_LOADED = 10_000;
const NO_PATIENCE: Patience = { attempts: 1 };

/** Source → decode and normalize → fold → rows → store → commit. While one chunk is inserted the next is computed. */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { source, reader, state, folder, loader, store } = options;
  const { turns = createTurns(), patience = NO_PATIENCE } = options;
  const limits = { ...LIMITS, ...options.limits };
  const clock = options.clock ?? (() => performance.now());
  let stopped = false;

  /** Brings back what the arrivals belong to, then folds them in. */
  async function fold({ arrivals, times }: Batch): Promise<TakenBlock[]> {
    const elsewhere = needed(arrivals, state);
    if (elsewhere.length > 0) {
      await turns.written();
      await timed(times, 'load', clock, () => load(elsewhere));
    }
    return timed(times, 'fold', clock, async () => folder.fold(arrivals));
  }

  async function load(traceIds: readonly string[]): Promise<void> {
    for (let at = 0; at < traceIds.length; at += MOST_LOADED) {
      const ids = traceIds.slice(at, at + MOST_LOADED);
      for (const set of await persist(() => loader.load(ids), patience)) state.restore(set);
    }
  }

  async function commit(commits: ReadonlyMap<string, number>): Promise<void> {
    for (const [name, next] of commits) await persist(() => source.commit(name, next), patience);
  }

  /** May what was folded be stored? */
  async function claim(ends: ReadonlyMap<string, number>): Promise<boolean> {
    return source.claim === undefined || persist(() => source.claim!(ends), patience);
  }

  async function insert(blocks: readonly TakenBlock[]): Promise<void> {
    await Promise.all(blocks.map(insertOne));
  }

  async function insertOne(block: TakenBlock): Promise<void> {
    let attempts = 0;
    await persist(() => {
      attempts++;
      return store.insert(block);
    }, patience);
    // An attempt that failed may still be on its way to a server: what it sends must not change.
    if (attempts === 1) block.release();
  }

  return {
    async run() {
      let writing: Promise<void> = Promise.resolve();
      let committing: Promise<void> = Promise.resolve();
      let lastFlush = Number.NEGATIVE_INFINITY;
      let failed = false;
      const ends = (): boolean => stopped || failed || turns.failure !== null;
      try {
        while (!ends()) {
          const batch = await gather(source, reader, limits, clock, lastFlush, ends);
          if (batch === null) {
            if (source.exhausted) break;
            continue;
          }
          lastFlush = clock();
          const { times } = batch;
          const blocks = await turns.take(() => fold(batch));
          await writing;
          if (!(await timed(times, 'claim', clock, () => claim(batch.commits)))) break;
          const told = options.onDeadLetters?.(batch.arrivals.deadLetters);
          writing = turns.write(() => timed(times, 'insert', clock, () => insert(blocks)));
          // A commit waits for the disk; the next insert does not wait for it.
          committing = Promise.all([writing, told, committing])
            .then(() => timed(times, 'commit', clock, () => commit(batch.commits)))
            .then(() => options.onChunk?.(report(batch)));
          // An error is thrown where it is awaited; until then it must not count as unhandled.
          writing.catch(() => {});
          committing.catch(() => {
            failed = true;
          });
        }
      } finally {
        await committing;
      }
      if (turns.failure !== null) throw turns.failure;
    },
    stop() {
      stopped = true;
    },
  };
}

/** What goes into the store together. */
interface Batch {
  readonly arrivals: Arrivals;
  /** By source name: the offset to commit once all of it is stored. */
  readonly commits: Map<string, number>;
  records: number;
  bytes: number;
  oldestReceipt: number;
  newestReceipt: number;
  readonly times: ChunkTimes;
}

/**
 * Collects chunks, of whatever partitions the source has, until enough time or bytes have come together. They are read
 * while it waits for more, so that only folding is left when the time has come.
 */
async function gather(
  source: StreamSource,
  reader: ReaderOptions,
  limits: PipelineLimits,
  clock: () => number,
  lastFlush: number,
  isStopped: () => boolean,
): Promise<Batch | null> {
  let batch: Batch | null = null;
  let begun = 0;
  while (!isStopped()) {
    const waitMs = Math.max(0, lastFlush + limits.flushMs - clock());
    const chunk = await source.poll({
      maxBytes: limits.flushBytes - (batch?.bytes ?? 0),
      // Never 0, or a quiet source would be asked without a pause.
      waitMs: batch === null ? Math.max(1, limits.flushMs) : waitMs,
    });
    if (chunk !== null) {
      if (batch === null) begun = clock();
      batch = extend(batch, chunk, readAll(chunk, reader));
    }
    const due = clock() >= lastFlush + limits.flushMs;
    if (batch === null || due || batch.bytes >= limits.flushBytes || source.exhausted) break;
  }
  if (batch !== null) batch.times.gather = [begun, clock()];
  return batch;
}

function extend(batch: Batch | null, chunk: SourceChunk, more: Arrivals): Batch {
  const { source, records, next } = chunk;
  const bytes = records.reduce((sum, { body }) => sum + body.length, 0);
  let oldestReceipt = Number.POSITIVE_INFINITY;
  let newestReceipt = 0;
  for (const { receivedAt } of records) {
    oldestReceipt = Math.min(oldestReceipt, receivedAt);
    newestReceipt = Math.max(newestReceipt, receivedAt);
  }
  if (batch === null) {
    return {
      commits: new Map([[source, next]]),
      bytes,
      arrivals: more,
      records: records.length,
      oldestReceipt,
      newestReceipt,
      times: {},
    };
  }
  const { arrivals } = batch;
  for (const step of more.steps) arrivals.steps.push(step);
  for (const foreign of more.foreign) arrivals.foreign.push(foreign);
  for (const tally of more.tallies) arrivals.tallies.push(tally);
  for (const letter of more.deadLetters) arrivals.deadLetters.push(letter);
  batch.commits.set(source, next);
  batch.bytes += bytes;
  batch.records += records.length;
  batch.oldestReceipt = Math.min(batch.oldestReceipt, oldestReceipt);
  batch.newestReceipt = Math.max(batch.newestReceipt, newestReceipt);
  return batch;
}

/** Traces whose sets have to come from the store first. */
function needed(arrivals: Arrivals, state: FoldState): string[] {
  const ids = new Set<string>();
  let last = '';
  const ask = (traceId: string): void => {
    if (traceId === last) return;
    last = traceId;
    if (state.isElsewhere(traceId)) ids.add(traceId);
  };
  for (const { page, from, to } of arrivals.steps) {
    for (let row = from; row < to; row++) ask(page.traceIds[row]!);
  }
  for (const { traceId } of arrivals.foreign) ask(traceId);
  return [...ids];
}

/** A record that our own code stumbles over does not stop those behind it: it is a dead letter that says so. */
function readAll(chunk: SourceChunk, reader: ReaderOptions): Arrivals {
  try {
    return readChunk(chunk, reader);
  } catch {
    const records = chunk.records.map((record) => {
      try {
        readChunk({ ...chunk, records: [record] }, reader);
        return record;
      } catch (error) {
        return { ...record, fault: `internal error: ${(error as Error).message}` };
      }
    });
    return readChunk({ ...chunk, records }, reader);
  }
}

function report({ arrivals, records, oldestReceipt, newestReceipt, commits, times }: Batch): ChunkReport {
  const total = noTotals();
  const droppedBy = new Map<string, number>();
  for (const tally of arrivals.tallies) {
    addTotals(total, tally);
    if (tally.droppedBy.size === 0) continue;
    for (const [service, items] of tally.droppedBy)
      droppedBy.set(service, (droppedBy.get(service) ?? 0) + items);
  }
  return { records, oldestReceipt, newestReceipt, ends: commits, droppedBy, times, ...total };
}
