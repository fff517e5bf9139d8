import { type FileHandle, open } from 'node:fs/promises';
import type { SourceChunk, SourceRecord, StreamSource } from '../../model.ts';
import { HEADER_BYTES, readFrames } from './frame.ts';
import type { Segment } from './segments.ts';
import type { WalState } from './wal.ts';

/** Reads behind the writer's back from the page cache; woken by appends, not by a clock. */
export function createReader(state: WalState, commit: (next: number) => Promise<void>): StreamSource {
  /** What is below was delivered, or committed by an earlier process. */
  let next = state.committed;
  let segment: Segment | null = null;
  let file: FileHandle | null = null;
  let pos = 0;
  /** Offset and time that the record at `pos` has if its header cannot be read. */
  let expected = 0;
  let lastAt = 0;
  let closed = false;

  /** Moves to the segment that holds, or will hold, `next`; false when all of it is read. */
  async function advance(): Promise<boolean> {
    if (segment !== null && pos < segment.size) return true;
    const at = segment === null ? -1 : state.segments.indexOf(segment);
    const following = state.segments.slice(at + 1).find((candidate, i, rest) => {
      const after = rest[i + 1];
      return candidate.size > 0 && (after === undefined || after.base > next);
    });
    if (following === undefined) return false;
    await file?.close();
    file = await open(following.path, 'r');
    segment = following;
    pos = 0;
    expected = following.base;
    lastAt = following.lastAt;
    return true;
  }

  async function read(maxBytes: number): Promise<SourceRecord[]> {
    const current = segment!;
    // The writer moves the end on while we read: what is acknowledged now is what we look at.
    const end = current.size;
    let want = Math.max(maxBytes, HEADER_BYTES);
    for (;;) {
      const whole = pos + want >= end;
      const buf = Buffer.allocUnsafe(Math.min(want, end - pos));
      const got = await readFully(file!, buf, pos);
      const frames = readFrames(buf.subarray(0, got), whole, expected, lastAt);
      pos += frames.consumed;
      const last = frames.records.at(-1);
      if (last !== undefined) {
        expected = last.offset + 1;
        lastAt = last.receivedAt;
      }
      if (last !== undefined || whole) return frames.records;
      want = frames.lost ? end - pos : frames.needs;
    }
  }

  async function take(maxBytes: number): Promise<SourceChunk | null> {
    while (await advance()) {
      const records = (await read(maxBytes)).filter((record) => record.offset >= next);
      const last = records.at(-1);
      if (last === undefined) continue;
      next = last.offset + 1;
      return { source: state.name, records, next };
    }
    return null;
  }

  /** Until something is appended, the log closes, or `ms` are over. */
  function more(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const resume = (): void => {
        clearTimeout(timer);
        state.waiting.delete(resume);
        resolve();
      };
      const timer = setTimeout(resume, ms);
      state.waiting.add(resume);
    });
  }

  return {
    async poll({ maxBytes, waitMs }) {
      const deadline = performance.now() + waitMs;
      for (;;) {
        if (closed) return null;
        const chunk = await take(maxBytes);
        if (chunk !== null) return chunk;
        const left = deadline - performance.now();
        if (state.closed || left <= 0) return null;
        await more(left);
      }
    },
    async commit(source, upTo) {
      if (source !== state.name) throw new Error(`commit of ${source} on the log of ${state.name}`);
      await commit(upTo);
    },
    get exhausted() {
      return false;
    },
    async close() {
      closed = true;
      await file?.close();
      file = null;
    },
  };
}

async function readFully(file: FileHandle, buf: Buffer, position: number): Promise<number> {
  let got = 0;
  while (got < buf.length) {
    const { bytesRead } = await file.read(buf, got, buf.length - got, position + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return got;
}
