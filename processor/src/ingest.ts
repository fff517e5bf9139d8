import { mkdirSync } from 'node:fs';
import { type Engine, type EngineOptions, openEngine, type PassOptions } from './engine.ts';
import { createMaintainer } from './rollup/index.ts';
import { openFileSource } from './source/file.ts';
import { lockDirectory } from './source/lock.ts';
import { addTotals, noTotals, type Totals } from './totals.ts';

export interface IngestProgress extends Totals {
  readonly file: string;
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

export interface IngestedFile extends Totals {
  readonly file: string;
  readonly seconds: number;
}

export interface FileOptions {
  /** Accepts spans that started up to this long ago. */
  readonly sinceDays?: number | undefined;
  readonly onProgress?: ((progress: IngestProgress) => void) | undefined;
  /** Ends the reading after the chunk under way; another ingest of the same file goes on from there. */
  readonly signal?: AbortSignal | undefined;
}

/** About 14 s of trying: a person waits for the end, and the file goes on where it stood. */
const ATTEMPTS = 6;

/**
 * Ingests files one after another. A file that was broken off goes on where it stood; a finished one is read anew.
 * Rejects when the store keeps refusing.
 */
export async function ingestFiles(
  options: EngineOptions &
    FileOptions & {
      readonly files: readonly string[];
      readonly onRefused?: ((error: Error, attempt: number) => void) | undefined;
    },
): Promise<{ files: IngestedFile[] }> {
  const { dataDir, onRefused } = options;
  mkdirSync(dataDir, { recursive: true });
  const lock = await lockDirectory(dataDir, 'agentops ingest');
  try {
    const engine = await openEngine(options);
    try {
      const files: IngestedFile[] = [];
      const patience = {
        attempts: ATTEMPTS,
        ...(options.signal && { signal: options.signal }),
        ...(onRefused && { onError: onRefused }),
      };
      for (const file of options.files)
        files.push(await ingestFile(engine, file, dataDir, options, patience));
      // The next round makes up for one that fails.
      await createMaintainer(engine.store, engine.schema)
        .round()
        .catch(() => {});
      return { files };
    } finally {
      await engine.store.close();
    }
  } finally {
    await lock.release();
  }
}

/** One pass over one file, through an engine that others may use at the same time. */
export async function ingestFile(
  engine: Engine,
  file: string,
  dataDir: string,
  { sinceDays, onProgress, signal }: FileOptions,
  patience: NonNullable<PassOptions['patience']>,
): Promise<IngestedFile> {
  const started = performance.now();
  const totals = noTotals();
  const source = await openFileSource(file, { dataDir, now: Date.now() });
  try {
    const pipeline = engine.pipeline(source, {
      sinceDays,
      patience,
      onChunk: (done) => {
        addTotals(totals, done);
        const { read, total } = source.progress();
        onProgress?.({ file, bytesRead: read, bytesTotal: total, ...totals });
      },
    });
    const stop = (): void => pipeline.stop();
    signal?.addEventListener('abort', stop);
    try {
      signal?.throwIfAborted();
      await pipeline.run();
      signal?.throwIfAborted();
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  } finally {
    await source.close();
  }
  return { file, ...totals, seconds: (performance.now() - started) / 1000 };
}
