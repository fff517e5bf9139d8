import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceRecord, StreamSource } from '../../model.ts';
import { readJournal, syncDirectory, writeJournal } from '../journal.ts';
import { lockDirectory } from '../lock.ts';
import { encodeHeader, HEADER_BYTES } from './frame.ts';
import { createReader } from './reader.ts';
import { dropSegments, listSegments, repairTail, type Segment, segmentPath } from './segments.ts';

export interface WalOptions {
  /** Name of the source in chunks; default `otlp`. */
  readonly name?: string;
  /**
   * When bytes are forced to the disk. `never` and `interval` answer once the kernel has them: that survives any
   * death of the process, not of the machine. `interval` bounds what a power cut costs to `fsyncIntervalMs`;
   * `always` answers only once the disk has them. Default `interval`.
   */
  readonly fsync?: 'never' | 'interval' | 'always';
  /** Default 1,000. */
  readonly fsyncIntervalMs?: number;
  /** A segment is closed once it holds this much; default 64 MiB. */
  readonly segmentBytes?: number;
  /** Size of the whole log at which appends are refused; default 4 GiB. */
  readonly maxBytes?: number;
  /** How long a segment is kept after all of it was committed, in ms; default 1 h. Space goes before time. */
  readonly retentionMs?: number;
  /** Shown to a second process that wants the directory. */
  readonly note?: string;
  /** ms since the epoch; only retention asks for it. */
  readonly now?: () => number;
}

/** What comes in: everything but the offset, which the log gives. */
export type WalEntry = Omit<SourceRecord, 'offset' | 'fault'>;

export interface WalStats {
  readonly nextOffset: number;
  readonly committed: number;
  /** Acknowledged bytes on disk and bytes still on their way there. */
  readonly bytes: number;
  readonly pendingBytes: number;
  readonly segments: number;
  readonly maxBytes: number;
  /** Records appended since the log was opened, in how many writes, and how often the disk was waited for. */
  readonly appended: number;
  readonly writes: number;
  readonly fsyncs: number;
  /** Bytes of an unacknowledged record that opening cut off. */
  readonly tornBytes: number;
  /** The machine went down while the log was open: up to one fsync interval may be missing. */
  readonly bootChanged: boolean;
}

export interface Wal {
  /**
   * Resolves with the record's offset once it survives a kill −9. Rejects with {@link WalFullError} when there
   * is no room, and with {@link WalFailedError} once the disk has failed: in both cases nothing was accepted.
   * The body must not change before that.
   */
  append(entry: WalEntry): Promise<number>;
  /** The one reader. It begins at the committed offset. */
  source(): StreamSource;
  stats(): WalStats;
  /** Waits for appends under way, writes all to disk and gives the directory back. */
  close(): Promise<void>;
}

export class WalFullError extends Error {
  override readonly name = 'WalFullError';
}

export class WalFailedError extends Error {
  override readonly name = 'WalFailedError';
}

/** What the writer and the reader share. */
export interface WalState {
  readonly name: string;
  /** In order; the last one is written to. */
  readonly segments: Segment[];
  committed: number;
  closed: boolean;
  /** Called, and emptied, whenever there is more to read or the log closes. */
  readonly waiting: Set<() => void>;
}

interface Pending {
  readonly entry: WalEntry;
  readonly bytes: number;
  readonly resolve: (offset: number) => void;
  readonly reject: (error: Error) => void;
}

/** Requests that arrive while a write is under way go out together in the next one, up to this much. */
const GROUP_BYTES = 8 * 1024 * 1024;
const GROUP_RECORDS = 512;

/**
 * After the machine went down, records may be gone that were already stored under their offsets. New ones must
 * not take these numbers, so the next offset jumps further than one fsync interval can hold.
 */
const OFFSET_JUMP = 1 << 20;

/** Opens, or creates, the write-ahead log in `dir` for this process alone. */
export async function openWal(dir: string, options: WalOptions = {}): Promise<Wal> {
  const fsync = options.fsync ?? 'interval';
  const fsyncIntervalMs = options.fsyncIntervalMs ?? 1_000;
  const maxBytes = options.maxBytes ?? 4 * 1024 * 1024 * 1024;
  // The newest segment is never removed: it may only be a small part of the whole.
  const segmentBytes = Math.min(options.segmentBytes ?? 64 * 1024 * 1024, maxBytes / 4);
  const groupBytes = Math.min(GROUP_BYTES, segmentBytes);
  const retentionMs = options.retentionMs ?? 3_600_000;
  const now = options.now ?? Date.now;

  const lock = await lockDirectory(dir, options.note);
  try {
    const commitPath = join(dir, 'committed');
    const stored = (await readJournal(commitPath)) as { next: number } | null;
    const segments = await listSegments(dir);
    const last = segments.at(-1);
    const repair = last === undefined ? { next: 0, tornBytes: 0 } : await repairTail(last);
    const end = Math.max(repair.next, stored?.next ?? 0);
    let nextOffset = lock.bootChanged ? end + OFFSET_JUMP : end;

    const state: WalState = {
      name: options.name ?? 'otlp',
      segments,
      committed: stored?.next ?? segments[0]?.base ?? 0,
      closed: false,
      waiting: new Set(),
    };
    let active = await openActive();
    let bytes = segments.reduce((sum, segment) => sum + segment.size, 0);

    let queue: Pending[] = [];
    let pendingBytes = 0;
    let writing: Promise<void> | null = null;
    let failure: WalFailedError | null = null;
    let syncTimer: NodeJS.Timeout | null = null;
    let syncing: Promise<void> | null = null;
    let dirty = false;
    let committing: Promise<void> = Promise.resolve();
    let appended = 0;
    let writes = 0;
    let fsyncs = 0;

    /** Goes on in the newest segment if its offsets join up with the next one, else begins another. */
    async function openActive(): Promise<FileHandle> {
      const newest = segments.at(-1);
      if (newest !== undefined && repair.next === nextOffset) return open(newest.path, 'a');
      return begin();
    }

    async function begin(): Promise<FileHandle> {
      const path = segmentPath(dir, nextOffset);
      const file = await open(path, 'a', 0o600);
      if (fsync !== 'never') await syncDirectory(dir);
      segments.push({ base: nextOffset, path, size: 0, lastAt: now() });
      return file;
    }

    function fail(what: string, error: unknown): WalFailedError {
      failure ??= new WalFailedError(`write-ahead log in ${dir}: ${what}: ${(error as Error).message}`);
      return failure;
    }

    async function syncActive(): Promise<void> {
      try {
        await active.datasync();
        fsyncs++;
      } catch (error) {
        // The kernel may have dropped the dirty pages: whatever is written after this cannot be vouched for.
        throw fail('fsync', error);
      }
    }

    function scheduleSync(): void {
      dirty = true;
      if (syncTimer !== null || syncing !== null) return;
      syncTimer = setTimeout(() => {
        syncTimer = null;
        dirty = false;
        // A failure is kept and rejects what is appended from then on.
        syncing = syncActive()
          .catch(() => {})
          .finally(() => {
            syncing = null;
            if (dirty && failure === null && !state.closed) scheduleSync();
          });
      }, fsyncIntervalMs);
      syncTimer.unref();
    }

    async function roll(): Promise<void> {
      if (syncing !== null) await syncing;
      if (syncTimer !== null) clearTimeout(syncTimer);
      syncTimer = null;
      if (fsync !== 'never') await syncActive();
      const full = active;
      active = await begin();
      await full.close();
    }

    /** Cuts a half-written group off again, so that the next one begins at a record's boundary. */
    async function undo(size: number): Promise<void> {
      try {
        await active.truncate(size);
      } catch (error) {
        fail('truncate', error);
      }
    }

    async function writeGroup(group: readonly Pending[], size: number): Promise<void> {
      let segment = segments.at(-1)!;
      if (segment.size > 0 && segment.size + size > segmentBytes) {
        await roll();
        segment = segments.at(-1)!;
      }
      const parts: Uint8Array[] = [];
      group.forEach(({ entry }, i) => {
        parts.push(encodeHeader({ ...entry, offset: nextOffset + i }), entry.body);
      });
      try {
        await writeAll(active, parts, size);
        if (fsync === 'always') await syncActive();
      } catch (error) {
        await undo(segment.size);
        throw failure ?? new WalFullError(`write-ahead log in ${dir}: ${(error as Error).message}`);
      }
      segment.size += size;
      segment.lastAt = group.at(-1)!.entry.receivedAt;
      bytes += size;
      writes++;
      appended += group.length;
      if (fsync === 'interval') scheduleSync();
    }

    async function drain(): Promise<void> {
      // The other appends of this turn of the event loop come along.
      await null;
      while (queue.length > 0) {
        let count = 0;
        let size = 0;
        while (count < queue.length && count < GROUP_RECORDS) {
          const { bytes: more } = queue[count]!;
          if (count > 0 && size + more > groupBytes) break;
          size += more;
          count++;
        }
        const group = queue.slice(0, count);
        queue = queue.slice(count);
        try {
          if (failure !== null) throw failure;
          await writeGroup(group, size);
          for (const pending of group) pending.resolve(nextOffset++);
          wake(state);
        } catch (error) {
          for (const pending of group) pending.reject(error as Error);
        }
        pendingBytes -= size;
      }
      writing = null;
    }

    async function prune(): Promise<void> {
      const keepUntil = now() - retentionMs;
      await dropSegments(segments, state.committed, (oldest) => {
        if (oldest.lastAt > keepUntil && bytes < maxBytes / 2) return false;
        bytes -= oldest.size;
        return true;
      });
    }

    function commit(next: number): Promise<void> {
      if (state.closed) return Promise.reject(new WalFailedError(`write-ahead log in ${dir} is closed`));
      const run = committing.then(async () => {
        if (next <= state.committed) return;
        await writeJournal(commitPath, { next }, fsync !== 'never');
        state.committed = next;
        await prune();
      });
      committing = run.catch(() => {});
      return run;
    }

    return {
      append(entry) {
        if (failure !== null) return Promise.reject(failure);
        if (state.closed) return Promise.reject(new WalFailedError(`write-ahead log in ${dir} is closed`));
        const size = HEADER_BYTES + entry.body.byteLength;
        if (bytes + pendingBytes + size > maxBytes) {
          return Promise.reject(
            new WalFullError(
              `write-ahead log in ${dir} holds ${bytes} of ${maxBytes} bytes, not yet processed`,
            ),
          );
        }
        return new Promise((resolve, reject) => {
          queue.push({ entry, bytes: size, resolve, reject });
          pendingBytes += size;
          writing ??= drain();
        });
      },
      source: () => createReader(state, commit),
      stats: () => ({
        nextOffset,
        committed: state.committed,
        bytes,
        pendingBytes,
        segments: segments.length,
        maxBytes,
        appended,
        writes,
        fsyncs,
        tornBytes: repair.tornBytes,
        bootChanged: lock.bootChanged,
      }),
      async close() {
        if (state.closed) return;
        state.closed = true;
        wake(state);
        if (writing !== null) await writing;
        if (syncTimer !== null) clearTimeout(syncTimer);
        if (syncing !== null) await syncing;
        await committing;
        try {
          if (fsync !== 'never' && failure === null) await syncActive();
        } finally {
          await active.close();
          await lock.release();
        }
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function wake(state: WalState): void {
  for (const resume of state.waiting) resume();
  state.waiting.clear();
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
