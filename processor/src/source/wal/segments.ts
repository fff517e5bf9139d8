import { open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { findHeader, HEADER_BYTES, readHeader } from './frame.ts';

/** One file of the log. Its name is the offset of its first record. */
export interface Segment {
  readonly base: number;
  readonly path: string;
  /** Bytes that are acknowledged: readers stop here. */
  size: number;
  /** Of the last record, ms since the epoch; what retention counts from. */
  lastAt: number;
}

export function segmentPath(dir: string, base: number): string {
  return join(dir, `${String(base).padStart(16, '0')}.wal`);
}

/** The segments of a directory in order of their offsets. */
export async function listSegments(dir: string): Promise<Segment[]> {
  const names = (await readdir(dir)).filter((name) => /^\d{16}\.wal$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const path = join(dir, name);
      const { size, mtimeMs } = await stat(path);
      return { base: Number(name.slice(0, 16)), path, size, lastAt: Math.floor(mtimeMs) };
    }),
  );
}

export interface TailRepair {
  /** The offset after the last record of the segment. */
  readonly next: number;
  /** Bytes of an incomplete last record, cut off; 0 after a clean end. */
  readonly tornBytes: number;
}

/**
 * Walks the headers of the newest segment and cuts off a record that was never written whole. Such a record was
 * not acknowledged: acknowledgement follows the write. Damage before the tail stays for the reader to report.
 */
export async function repairTail(segment: Segment): Promise<TailRepair> {
  const file = await open(segment.path, 'r+');
  try {
    let next = segment.base;
    let pos = 0;
    const header = Buffer.alloc(HEADER_BYTES);
    while (pos < segment.size) {
      const { bytesRead } = await file.read(header, 0, HEADER_BYTES, pos);
      let found = bytesRead === HEADER_BYTES ? readHeader(header, 0) : null;
      if (found === null || pos + HEADER_BYTES + found.length > segment.size) {
        // A torn tail, or damage with whole records behind it?
        const rest = Buffer.alloc(segment.size - pos);
        await file.read(rest, 0, rest.length, pos);
        const skip = findHeader(rest, 1);
        if (skip === -1) break;
        pos += skip;
        found = readHeader(rest, skip)!;
        if (pos + HEADER_BYTES + found.length > segment.size) break;
      }
      next = found.record.offset + 1;
      segment.lastAt = found.record.receivedAt;
      pos += HEADER_BYTES + found.length;
    }
    const tornBytes = segment.size - pos;
    if (tornBytes > 0) {
      await file.truncate(pos);
      await file.datasync();
      segment.size = pos;
    }
    return { next, tornBytes };
  } finally {
    await file.close();
  }
}

/**
 * Removes segments that hold nothing at or above `committed` while `drop` says so, oldest first; never the
 * newest, which keeps the next offset. Returns how many went.
 */
export async function dropSegments(
  segments: Segment[],
  committed: number,
  drop: (oldest: Segment) => boolean,
): Promise<number> {
  let dropped = 0;
  while (segments.length > 1 && segments[1]!.base <= committed && drop(segments[0]!)) {
    const { path } = segments.shift()!;
    await unlink(path);
    dropped++;
  }
  return dropped;
}
