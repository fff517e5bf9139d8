import { type FileHandle, open } from 'node:fs/promises';
import { syncDirectory } from '../journal.ts';
import { type Segment, segmentPath } from './segments.ts';

export class WalFullError extends Error {
  override readonly name = 'WalFullError';
}

export class WalFailedError extends Error {
  override readonly name = 'WalFailedError';
}

export interface WriterOptions {
  readonly dir: string;
  /** In order; the writer appends to the last one, and adds to them. */
  readonly segments: Segment[];
  readonly fsync: 'never' | 'interval' | 'always';
  readonly fsyncIntervalMs: number;
  readonly segmentBytes: number;
}

/** Puts groups of records on the disk. One call at a time. */
export interface SegmentWriter {
  /**
   * Writes `parts`, `bytes` in all, whose first record has `offset` and whose last one came at `receivedAt`. When
   * it rejects, nothing of them is left.
   */
  write(parts: readonly Uint8Array[], bytes: number, offset: number, receivedAt: number): Promise<void>;
  /** Set for good once the disk cannot be trusted any more. */
  readonly failure: WalFailedError | null;
  readonly fsyncs: number;
  close(): Promise<void>;
}

/** `resume`: go on in the newest segment, which ends right before `nextOffset`; else another one is begun. */
export async function createWriter(
  options: WriterOptions,
  nextOffset: number,
  resume: boolean,
): Promise<SegmentWriter> {
  const { dir, segments, fsync, fsyncIntervalMs, segmentBytes } = options;
  let active = resume ? await open(segments.at(-1)!.path, 'a') : await begin(nextOffset, 0);
  let failure: WalFailedError | null = null;
  let timer: NodeJS.Timeout | null = null;
  let syncing: Promise<void> | null = null;
  let dirty = false;
  let fsyncs = 0;

  async function begin(base: number, lastAt: number): Promise<FileHandle> {
    const path = segmentPath(dir, base);
    const file = await open(path, 'a', 0o600);
    if (fsync !== 'never') await syncDirectory(dir);
    segments.push({ base, path, size: 0, lastAt });
    return file;
  }

  function fail(what: string, error: unknown): WalFailedError {
    failure ??= new WalFailedError(`write-ahead log in ${dir}: ${what}: ${(error as Error).message}`);
    return failure;
  }

  async function sync(): Promise<void> {
    try {
      await active.datasync();
      fsyncs++;
    } catch (error) {
      // The kernel may have dropped the dirty pages: whatever is written after this cannot be vouched for.
      throw fail('fsync', error);
    }
  }

  function syncLater(): void {
    dirty = true;
    if (timer !== null || syncing !== null) return;
    timer = setTimeout(() => {
      timer = null;
      dirty = false;
      // A failure is kept, and rejects what is appended from then on.
      syncing = sync()
        .catch(() => {})
        .finally(() => {
          syncing = null;
          if (dirty && failure === null) syncLater();
        });
    }, fsyncIntervalMs);
    timer.unref();
  }

  /** Leaves nobody else at work on the file. */
  async function settle(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    dirty = false;
    if (syncing !== null) await syncing;
    if (fsync !== 'never' && failure === null) await sync();
  }

  async function roll(offset: number, receivedAt: number): Promise<void> {
    await settle();
    const full = active;
    active = await begin(offset, receivedAt);
    await full.close();
  }

  /** Cuts a half-written group off again, so that the next one begins where a record ends. */
  async function undo(size: number): Promise<void> {
    try {
      await active.truncate(size);
    } catch (error) {
      fail('truncate', error);
    }
  }

  return {
    async write(parts, bytes, offset, receivedAt) {
      if (failure !== null) throw failure;
      const newest = segments.at(-1)!;
      if (newest.size > 0 && newest.size + bytes > segmentBytes) await roll(offset, receivedAt);
      const segment = segments.at(-1)!;
      try {
        await writeAll(active, parts, bytes);
        if (fsync === 'always') await sync();
      } catch (error) {
        await undo(segment.size);
        throw failure ?? new WalFullError(`write-ahead log in ${dir}: ${(error as Error).message}`);
      }
      segment.size += bytes;
      segment.lastAt = receivedAt;
      if (fsync === 'interval') syncLater();
    },
    get failure() {
      return failure;
    },
    get fsyncs() {
      return fsyncs;
    },
    async close() {
      try {
        await settle();
      } finally {
        await active.close();
      }
    },
  };
}

/** `writev` may stop short, at a signal or a full disk: goes on where it stopped. */
async function writeAll(file: FileHandle, parts: readonly Uint8Array[], total: number): Promise<void> {
  let rest = parts;
  let left = total;
  for (;;) {
    const { bytesWritten } = await file.writev(rest);
    left -= bytesWritten;
    if (left <= 0) return;
    let skip = bytesWritten;
    let first = 0;
    while (skip >= rest[first]!.byteLength) skip -= rest[first++]!.byteLength;
    rest = [rest[first]!.subarray(skip), ...rest.slice(first + 1)];
  }
}
