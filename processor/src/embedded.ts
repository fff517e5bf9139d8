import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  formatDiagnostics,
  loadRegistry,
  type RegistryDocument,
  readRegistryFiles,
} from '@agentops/registry';
import { createChain } from './chain/chain.ts';
import { createKnownTraces } from './chain/known-traces.ts';
import type { StreamSource } from './model.ts';
import { type ChunkReport, createPipeline, type Pipeline, type PipelineLimits } from './pipeline.ts';
import { startReceiver } from './receiver/index.ts';
import { createTimeline } from './registry/facts.ts';
import { publishedVersions, publishRegistry } from './registry/publish.ts';
import { openFileSource } from './source/file.ts';
import { lockDirectory } from './source/lock.ts';
import { sealLog } from './source/wal/seal.ts';
import { openWal, type WalOptions } from './source/wal/wal.ts';
import { openEmbedded, type Store } from './store/client.ts';
import { createLoader } from './store/loader.ts';
import { createTables, createViews } from './store/migrate.ts';

/** Totals since the start of this process. */
export interface Totals {
  received: number;
  stored: number;
  duplicates: number;
  deadLetters: number;
  dropped: number;
}

export interface EmbeddedOptions {
  readonly dataDir: string;
  /** Folder of the registry; without one every agent is unregistered. */
  readonly registryDir?: string | undefined;
  readonly onLog?: ((message: string) => void) | undefined;
  readonly limits?: Partial<PipelineLimits> | undefined;
}

export interface IngestProgress extends Totals {
  readonly file: string;
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

export interface IngestedFile extends Totals {
  readonly file: string;
  readonly seconds: number;
}

/** Reads a registry folder. Throws with every problem, as `registry check` prints them, when it is broken. */
export function readRegistry(folder: string): RegistryDocument {
  const { document, diagnostics } = loadRegistry(readRegistryFiles(folder));
  if (document === null)
    throw new Error(`the registry in ${folder} is broken:\n${formatDiagnostics(diagnostics)}`);
  return document;
}

interface Engine {
  readonly writer: Store;
  pipeline(source: StreamSource, onChunk: (done: ChunkReport) => void): Pipeline;
}

/** Opens the store of a data folder, brings it up to date, publishes the registry and builds the chain over it. */
async function openEngine(options: EmbeddedOptions, retentionDays?: number): Promise<Engine> {
  const { dataDir } = options;
  const writer = openEmbedded(join(dataDir, 'db'));
  const document = options.registryDir === undefined ? null : readRegistry(options.registryDir);
  await createTables(writer, { retentionDays: 0 });
  const versions =
    document === null
      ? await publishedVersions(writer)
      : await publishRegistry(writer, document, BigInt(Date.now()) * 1_000_000n);
  const timeline = createTimeline(versions);
  // Days and money are the business's, also when nobody names the registry again.
  const organisation = timeline.latest.document?.organisation;
  await createViews(writer, {
    retentionDays: 0,
    timeZone: organisation?.time_zone ?? 'UTC',
    currency: organisation?.currency ?? 'USD',
  });
  const known = createKnownTraces();
  const loader = createLoader(writer);
  await loader.known(known);
  const chain = createChain({
    timeline,
    known,
    secret: secretOf(dataDir),
    ...(retentionDays !== undefined && { retentionDays }),
  });
  return {
    writer,
    pipeline: (source, onChunk) =>
      createPipeline({
        source,
        ...chain,
        loader,
        store: writer,
        onChunk,
        ...(options.limits && { limits: options.limits }),
        onRetry: (error, attempt) => options.onLog?.(`insert failed (attempt ${attempt}): ${error.message}`),
      }),
  };
}

/** Ingests files one after another. A file that was broken off goes on where it stood; a finished one is read anew. */
export async function ingestFiles(
  options: EmbeddedOptions & {
    readonly files: readonly string[];
    readonly sinceDays?: number | undefined;
    readonly onProgress?: ((progress: IngestProgress) => void) | undefined;
  },
): Promise<{ files: IngestedFile[] }> {
  mkdirSync(options.dataDir, { recursive: true });
  const lock = await lockDirectory(options.dataDir, 'agentops ingest');
  try {
    const engine = await openEngine(options, options.sinceDays);
    const files: IngestedFile[] = [];
    try {
      for (const file of options.files) files.push(await ingestFile(engine, file, options));
    } finally {
      await engine.writer.close();
    }
    return { files };
  } finally {
    await lock.release();
  }
}

async function ingestFile(
  engine: Engine,
  file: string,
  options: Parameters<typeof ingestFiles>[0],
): Promise<IngestedFile> {
  const started = performance.now();
  const totals = noTotals();
  const source = await openFileSource(file, { dataDir: options.dataDir, now: Date.now() });
  try {
    const pipeline = engine.pipeline(source, (done) => {
      add(totals, done);
      const { read, total } = source.progress();
      options.onProgress?.({ file, bytesRead: read, bytesTotal: total, ...totals });
    });
    await pipeline.run();
  } finally {
    await source.close();
  }
  return { file, ...totals, seconds: (performance.now() - started) / 1000 };
}

export interface EmbeddedStats extends Totals {
  /** Accepted and not yet processed. */
  readonly lagRecords: number;
  /** From receipt to stored, of the latest chunk's oldest record. */
  readonly freshnessMs: number;
  readonly walBytes: number;
  readonly memoryBytes: number;
}

export interface Embedded {
  readonly otlpPort: number;
  /** For questions: never waits for the writer. */
  readonly reader: Store;
  stats(): EmbeddedStats;
  /** Reads a file into the running store. */
  ingest(file: string, onProgress?: (progress: IngestProgress) => void): Promise<IngestedFile>;
  /** Resolves when everything accepted so far is stored. */
  drained(): Promise<void>;
  /** Stops accepting, stores what was accepted, and closes. */
  stop(): Promise<void>;
}

/** The whole chain in this process: OTLP/HTTP → write-ahead log → pipeline → embedded ClickHouse. */
export async function startEmbedded(
  options: EmbeddedOptions & {
    readonly host?: string | undefined;
    readonly otlpPort?: number | undefined;
    readonly token?: string | undefined;
    readonly wal?: WalOptions | undefined;
  },
): Promise<Embedded> {
  const { dataDir } = options;
  mkdirSync(dataDir, { recursive: true });
  const lock = await lockDirectory(dataDir, 'agentops up');
  const wal = await openWal(join(dataDir, 'wal'), { note: 'agentops up', ...options.wal });
  const engine = await openEngine(options);
  const reader = openEmbedded(join(dataDir, 'db'));
  const totals = noTotals();
  let freshnessMs = 0;
  const log = sealLog(wal, secretOf(dataDir));
  const source = log.source();
  const pipeline = engine.pipeline(source, (done) => {
    add(totals, done);
    freshnessMs = Date.now() - done.oldestReceipt;
  });
  const running = pipeline.run();
  running.catch((error: Error) => options.onLog?.(`the pipeline stopped: ${error.message}`));
  const receiver = await startReceiver({
    append: log.append,
    ...(options.host !== undefined && { host: options.host }),
    ...(options.otlpPort !== undefined && { port: options.otlpPort }),
    ...(options.token !== undefined && { token: options.token }),
  });
  let ingesting: Promise<unknown> = Promise.resolve();

  async function drained(): Promise<void> {
    const { nextOffset } = wal.stats();
    while (wal.stats().committed < nextOffset) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  return {
    otlpPort: receiver.port,
    reader,
    stats() {
      const { nextOffset, committed, bytes } = wal.stats();
      return {
        ...totals,
        lagRecords: nextOffset - committed,
        freshnessMs,
        walBytes: bytes,
        memoryBytes: process.memoryUsage().rss,
      };
    },
    ingest(file, onProgress) {
      const done = ingesting.then(() => ingestFile(engine, file, { ...options, files: [file], onProgress }));
      ingesting = done.catch(() => {});
      return done;
    },
    drained,
    async stop() {
      await receiver.close();
      await ingesting;
      await drained();
      pipeline.stop();
      await running;
      await source.close();
      await wal.close();
      await reader.close();
      await engine.writer.close();
      await lock.release();
    },
  };
}

function noTotals(): Totals {
  return { received: 0, stored: 0, duplicates: 0, deadLetters: 0, dropped: 0 };
}

function add(totals: Totals, done: Totals): void {
  totals.received += done.received;
  totals.stored += done.stored;
  totals.duplicates += done.duplicates;
  totals.deadLetters += done.deadLetters;
  totals.dropped += done.dropped;
}

/** The installation's key for digests and pseudonyms, made once; `AGENTOPS_SECRET` (hex) where several must agree. */
function secretOf(dataDir: string): Uint8Array {
  const given = process.env['AGENTOPS_SECRET'];
  if (given !== undefined && given !== '') return Buffer.from(given, 'hex');
  const file = join(dataDir, 'secret.key');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
}
