import type { Folder } from './chain/fold.ts';
import { type Arrivals, type ReaderOptions, readChunk } from './chain/read.ts';
import type { FoldState } from './chain/state.ts';
import type { SourceChunk, StreamSource } from './model.ts';
import { type Patience, persist } from './retry.ts';
import type { Store } from './store/client.ts';
import type { Loader } from './store/loader.ts';
import type { EncodedBlock } from './store/native.ts';
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
  /** With a store or a disk that refuses: nothing is skipped. By default the first error ends the pipeline. */
  readonly patience?: Patience;
}

export interface PipelineLimits {
  /** Smallest time between two inserts into one table, ms. */
  readonly flushMs: number;
  /** A chunk is processed at once when it holds this much. */
  readonly flushBytes: number;
}

export interface ChunkReport {
  readonly records: number;
  readonly received: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLetters: number;
  readonly dropped: number;
  /** Receipt of the oldest record, ms since the epoch. */
  readonly oldestReceipt: number;
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
const NO_PATIENCE: Patience = { attempts: 1 };

/** Source → decode and normalize → fold → rows → store → commit. While one chunk is inserted the next is computed. */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { source, reader, state, folder, loader, store } = options;
  const { turns = createTurns(), patience = NO_PATIENCE } = options;
  const limits = { ...LIMITS, ...options.limits };
  const clock = options.clock ?? (() => performance.now());
  let stopped = false;

  /** Brings back what the arrivals belong to, then folds them in. */
  async function fold(arrivals: Arrivals): Promise<EncodedBlock[]> {
    const elsewhere = needed(arrivals, state);
    if (elsewhere.length > 0) {
      await turns.written();
      for (const set of await persist(() => loader.load(elsewhere), patience)) state.restore(set);
    }
    return folder.fold(arrivals);
  }

  async function write(blocks: readonly EncodedBlock[], chunk: SourceChunk): Promise<void> {
    for (const block of blocks) await persist(() => store.insert(block), patience);
    await persist(() => source.commit(chunk.source, chunk.next), patience);
  }

  return {
    async run() {
      let writing: Promise<void> = Promise.resolve();
      let lastFlush = Number.NEGATIVE_INFINITY;
      const ends = (): boolean => stopped || turns.failure !== null;
      try {
        while (!ends()) {
          const chunk = await gather(source, limits, clock, lastFlush, ends);
          if (chunk === null) {
            if (source.exhausted) break;
            continue;
          }
          lastFlush = clock();
          const arrivals = readAll(chunk, reader);
          const blocks = await turns.take(() => fold(arrivals));
          await writing;
          writing = turns
            .write(() => write(blocks, chunk))
            .then(() => options.onChunk?.(report(arrivals, chunk)));
          // An error is thrown where it is awaited; until then it must not count as unhandled.
          writing.catch(() => {});
        }
      } finally {
        await writing;
      }
      if (turns.failure !== null) throw turns.failure;
    },
    stop() {
      stopped = true;
    },
  };
}

/** Collects chunks of one source until enough time or bytes have come together. */
async function gather(
  source: StreamSource,
  limits: PipelineLimits,
  clock: () => number,
  lastFlush: number,
  isStopped: () => boolean,
): Promise<SourceChunk | null> {
  const records = [];
  let bytes = 0;
  let name = '';
  let next = 0;
  while (!isStopped()) {
    const waitMs = Math.max(0, lastFlush + limits.flushMs - clock());
    const chunk = await source.poll({
      maxBytes: limits.flushBytes - bytes,
      waitMs: records.length === 0 ? limits.flushMs : waitMs,
    });
    if (chunk !== null) {
      name = chunk.source;
      next = chunk.next;
      for (const record of chunk.records) {
        records.push(record);
        bytes += record.body.length;
      }
    }
    const due = clock() >= lastFlush + limits.flushMs;
    if (records.length === 0 || due || bytes >= limits.flushBytes || source.exhausted) break;
  }
  return records.length === 0 ? null : { source: name, records, next };
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
  for (const { step } of arrivals.steps) ask(step.traceId);
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

function report(arrivals: Arrivals, chunk: SourceChunk): ChunkReport {
  const total = { received: 0, stored: 0, duplicates: 0, deadLetters: 0, dropped: 0 };
  for (const tally of arrivals.tallies) {
    total.received += tally.received;
    total.stored += tally.stored;
    total.duplicates += tally.duplicates;
    total.deadLetters += tally.deadLetters;
    total.dropped += tally.dropped;
  }
  return { records: chunk.records.length, oldestReceipt: chunk.records[0]!.receivedAt, ...total };
}
