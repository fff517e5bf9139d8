import { join } from 'node:path';
import type { SourceRecord, StreamSource } from '../../model.ts';
import { readJournal, writeJournal } from '../journal.ts';
import { lockDirectory } from '../lock.ts';
import { encodeHeader, HEADER_BYTES } from './frame.ts';
import { createReader } from './reader.ts';
import { dropSegments, listSegments, repairTail, type Segment } from './segments.ts';
import { createWriter, WalFailedError, WalFullError } from './writer.ts';

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
  /** One past the last record: once `committed` is there, nothing waits. Below `nextOffset` after a jump. */
  readonly end: number;
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
    let end = Math.max(repair.next, stored?.next ?? 0);
    let nextOffset = lock.bootChanged ? end + OFFSET_JUMP : end;

    const state: WalState = {
      name: options.name ?? 'otlp',
      segments,
      committed: stored?.next ?? segments[0]?.base ?? 0,
      closed: false,
      waiting: new Set(),
    };
    const resume = segments.length > 0 && repair.next === nextOffset;
    const writer = await createWriter(
      { dir, segments, fsync, fsyncIntervalMs, segmentBytes },
      nextOffset,
      resume,
    );
    let bytes = segments.reduce((sum, segment) => sum + segment.size, 0);

    let queue: Pending[] = [];
    let pendingBytes = 0;
    let writing: Promise<void> | null = null;
    let committing: Promise<void> = Promise.resolve();
    let appended = 0;
    let writes = 0;

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
          const parts = group.flatMap(({ entry }, i) => [
            encodeHeader({ ...entry, offset: nextOffset + i }),
            entry.body,
          ]);
          await writer.write(parts, size, nextOffset, group.at(-1)!.entry.receivedAt);
          bytes += size;
          writes++;
          appended += group.length;
          for (const pending of group) pending.resolve(nextOffset++);
          end = nextOffset;
          wake(state);
        } catch (error) {
          for (const pending of group) pending.reject(error as Error);
          // The disk may be full of what was stored long ago. What cannot be removed now goes with a later commit.
          await prune(() => true).catch(() => {});
        }
        pendingBytes -= size;
      }
      writing = null;
    }

    /** Removes segments that are stored, oldest first, as long as they may go. */
    async function prune(mayGo: (oldest: Segment) => boolean): Promise<void> {
      await dropSegments(segments, state.committed, (oldest) => {
        if (!mayGo(oldest)) return false;
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
        const keepUntil = now() - retentionMs;
        await prune((oldest) => oldest.lastAt <= keepUntil || bytes >= maxBytes / 2);
      });
      committing = run.catch(() => {});
      return run;
    }

    return {
      append(entry) {
        if (writer.failure !== null) return Promise.reject(writer.failure);
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
        end,
        committed: state.committed,
        bytes,
        pendingBytes,
        segments: segments.length,
        maxBytes,
        appended,
        writes,
        fsyncs: writer.fsyncs,
        tornBytes: repair.tornBytes,
        bootChanged: lock.bootChanged,
      }),
      async close() {
        if (state.closed) return;
        state.closed = true;
        wake(state);
        if (writing !== null) await writing;
        await committing;
        try {
          await writer.close();
        } finally {
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
