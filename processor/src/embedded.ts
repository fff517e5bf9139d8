import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Endpoint, type EndpointOptions, openWithRoles, startEndpoint } from './endpoint/index.ts';
import { type EngineOptions, openEngine, secretOf } from './engine.ts';
import { createHealth, type Health, PipelineFailedError } from './health.ts';
import { type FileOptions, type IngestedFile, ingestFile } from './ingest.ts';
import { type Door, startReceiver } from './receiver/index.ts';
import type { Patience } from './retry.ts';
import { createMaintainer, keepRollups } from './rollup/index.ts';
import { lockDirectory } from './source/lock.ts';
import { sealLog } from './source/wal/seal.ts';
import { openWal, type Wal, type WalEntry, type WalOptions } from './source/wal/wal.ts';
import { WalFailedError } from './source/wal/writer.ts';
import { openEmbedded, type Store } from './store/client.ts';
import { keepHistories } from './store/histories.ts';
import { addTotals, noTotals, type Totals } from './totals.ts';

export interface EmbeddedOptions extends EngineOptions {
  readonly onLog?: ((message: string) => void) | undefined;
  readonly host?: string | undefined;
  readonly otlpPort?: number | undefined;
  readonly token?: string | undefined;
  /** Other paths of the receiver. */
  readonly door?: Door | undefined;
  readonly wal?: WalOptions | undefined;
  /** Opens ClickHouse's HTTP interface over the store; without it none is opened. */
  readonly clickhouse?: Omit<EndpointOptions, 'owner' | 'db' | 'dir'> | undefined;
}

/** Totals are since the start of this process. */
export interface EmbeddedStats extends Totals {
  readonly health: Health;
  /** Accepted and not yet processed. */
  readonly lagRecords: number;
  /** From receipt to stored, of the latest chunk's oldest record; or how long something has been waiting, if longer. */
  readonly freshnessMs: number;
  readonly walBytes: number;
  /** Size of the log at which requests are refused. */
  readonly walMaxBytes: number;
  readonly memoryBytes: number;
}

export interface Embedded {
  readonly otlpPort: number;
  /** null when none was asked for. */
  readonly clickhouse: Endpoint | null;
  /** For questions: never waits for the writer. */
  readonly reader: Store;
  stats(): EmbeddedStats;
  /** Reads a file into the running store. A file that cannot be read harms nobody else. */
  ingest(file: string, options?: FileOptions): Promise<IngestedFile>;
  /** Resolves when everything accepted so far is stored; rejects once that cannot happen any more. */
  drained(): Promise<void>;
  /** Resolves when the rollups hold everything that is stored at the call. */
  counted(): Promise<void>;
  /** Resolves if the pipeline fails: from then on requests are answered 503, and what was accepted waits in the log. */
  readonly failed: Promise<PipelineFailedError>;
  /**
   * Stops accepting, stores what was accepted, and closes. Rejects, with all closed, when something accepted could not
   * be stored: it waits in the log for the next start.
   */
  stop(): Promise<void>;
}

/** Attempts of a store that refuses, once everybody waits for the end. */
const LAST_ATTEMPTS = 4;
const POLL_MS = 20;

/** The whole chain in this process: OTLP/HTTP → write-ahead log → pipeline → embedded ClickHouse. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dataDir, host, otlpPort, token } = options;
  const closers: (() => Promise<void>)[] = [];
  /** Last opened, first closed; all of them, whatever one of them says. */
  async function closeAll(): Promise<void> {
    for (const close of closers.splice(0).reverse())
      await close().catch((error: Error) => options.onLog?.(`while closing: ${error.message}`));
  }

  mkdirSync(dataDir, { recursive: true });
  try {
    const lock = await lockDirectory(dataDir, 'agentops up');
    closers.push(lock.release);
    const walDir = join(dataDir, 'wal');
    const wal = await openWal(walDir, { note: 'agentops up', ...options.wal });
    closers.push(wal.close);
    const db = join(dataDir, 'db');
    const endpointDir = join(dataDir, 'endpoint');
    // The first session of a process configures the engine, roles included.
    rmSync(endpointDir, { recursive: true, force: true });
    const owner = options.clickhouse === undefined ? null : openWithRoles(db, endpointDir);
    closers.push(async () => owner?.close());
    const engine = await openEngine(options);
    closers.push(engine.store.close);
    const reader = openEmbedded(db);
    closers.push(reader.close);
    const keeper = keepHistories(reader, engine.histories, (message) => options.onLog?.(message));
    closers.push(keeper.close);
    const counter = openEmbedded(db);
    closers.push(counter.close);

    const health = createHealth(Date.now, (message) => options.onLog?.(message));
    const ending = new AbortController();
    const patience: Patience = {
      signal: ending.signal,
      onError: health.refused,
      onRecovery: health.recovered,
    };
    const totals = noTotals();
    let freshnessMs = 0;
    /** Nothing that waits was received before; null when nothing waits. ms since the epoch. */
    let waitingSince: number | null = null;
    const log = sealLog(wal, secretOf(dataDir));
    const source = log.source();
    closers.push(source.close);
    let ingesting: Promise<unknown> = Promise.resolve();
    const ingestEnding = new AbortController();
    const pipeline = engine.pipeline(source, {
      patience,
      onChunk: (done) => {
        addTotals(totals, done);
        freshnessMs = Date.now() - done.oldestReceipt;
        const { end, committed } = wal.stats();
        waitingSince = committed >= end ? null : done.newestReceipt;
      },
    });
    const running = pipeline.run().catch((error: Error) => health.fail(error));
    closers.push(async () => {
      pipeline.stop();
      ending.abort();
      await Promise.all([running, ingesting]);
    });

    async function append(entry: WalEntry): Promise<number> {
      try {
        const offset = await log.append(entry);
        waitingSince ??= entry.receivedAt;
        return offset;
      } catch (error) {
        // A full log empties again; one whose disk failed does not.
        if (error instanceof WalFailedError) health.fail(error);
        throw error;
      }
    }
    let clickhouse: Endpoint | null = null;
    if (owner !== null) {
      clickhouse = await startEndpoint({ ...options.clickhouse, owner, db, dir: endpointDir });
      closers.push(clickhouse.close);
    }
    const receiver = await startReceiver({
      append,
      unavailable: () => (health.now.state === 'failed' ? `not processing: ${health.now.error}` : null),
      ...(host !== undefined && { host }),
      ...(otlpPort !== undefined && { port: otlpPort }),
      ...(token !== undefined && { token }),
      ...(options.door !== undefined && { door: options.door }),
    });
    // Ends first: a statement under way while sessions of others close may never end.
    const rollups = keepRollups(createMaintainer(counter, engine.schema), options.onLog);
    closers.push(rollups.stop);
    const failure = (): string | null => (health.now.state === 'failed' ? health.now.error : null);
    const refusal = (): string | null =>
      health.now.state === 'retrying' && health.now.attempts >= LAST_ATTEMPTS ? health.now.error : failure();

    return {
      otlpPort: receiver.port,
      clickhouse,
      reader,
      failed: health.failed,
      stats() {
        const { end, committed, bytes, maxBytes } = wal.stats();
        return {
          ...totals,
          health: health.now,
          lagRecords: Math.max(0, end - committed),
          freshnessMs: Math.max(freshnessMs, waitingSince === null ? 0 : Date.now() - waitingSince),
          walBytes: bytes,
          walMaxBytes: maxBytes,
          memoryBytes: process.memoryUsage().rss,
        };
      },
      ingest(file, fileOptions = {}) {
        const signals = [ingestEnding.signal, ...(fileOptions.signal ? [fileOptions.signal] : [])];
        const signal = AbortSignal.any(signals);
        const done = ingesting
          .then(() => ingestFile(engine, file, dataDir, { ...fileOptions, signal }, patience))
          .finally(() => {
            if (engine.turns.failure !== null) health.fail(engine.turns.failure);
          });
        ingesting = done.catch(() => {});
        return done;
      },
      counted: rollups.counted,
      drained: async () => requireStored(wal, walDir, await settle(wal, failure)),
      async stop() {
        ingestEnding.abort(new Error('agentops up ended: ingest the file again, it goes on where it stood'));
        await receiver.close();
        const why = await settle(wal, refusal);
        await closeAll();
        requireStored(wal, walDir, why);
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Waits until everything accepted so far is stored, or there is a reason not to wait: returns it. */
async function settle(wal: Wal, hopeless: () => string | null): Promise<string | null> {
  const { end } = wal.stats();
  for (;;) {
    if (wal.stats().committed >= end) return null;
    const why = hopeless();
    if (why !== null) return why;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Throws when there was a reason not to wait, and something is left. */
function requireStored(wal: Wal, dir: string, why: string | null): void {
  const { end, committed } = wal.stats();
  if (why === null || committed >= end) return;
  throw new PipelineFailedError(
    `${end - committed} accepted requests wait in ${dir} for the next start: ${why}`,
  );
}
