import { crc32 } from 'node:zlib';
import type { SourceRecord } from '../../model.ts';

/**
 * One record in a segment: a header of 36 bytes, little-endian, then the body.
 *
 * | at | bytes | |
 * |---|---|---|
 * | 0 | 4 | magic |
 * | 4 | 4 | length of the body |
 * | 8 | 6 | offset |
 * | 14 | 6 | receivedAt, ms since the epoch |
 * | 20 | 4 | counted items |
 * | 24 | 1 | signal: 1 spans, 2 logs |
 * | 25 | 1 | encoding: 1 protobuf, 2 json |
 * | 26 | 2 | zero |
 * | 28 | 4 | CRC-32 of the body |
 * | 32 | 4 | CRC-32 of the 32 bytes before |
 *
 * The header has a checksum of its own so that a damaged body can be stepped over.
 */
export const HEADER_BYTES = 36;

const MAGIC = Buffer.from('\x9fWR1', 'latin1');
const SIGNALS = ['', 'spans', 'logs'] as const;
const ENCODINGS = ['', 'protobuf', 'json'] as const;

export interface FrameHeader {
  readonly length: number;
  readonly bodyChecksum: number;
  readonly record: Omit<SourceRecord, 'body'>;
}

export function encodeHeader(record: SourceRecord): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(record.body.byteLength, 4);
  header.writeUIntLE(record.offset, 8, 6);
  header.writeUIntLE(record.receivedAt, 14, 6);
  header.writeUInt32LE(record.counted, 20);
  header[24] = SIGNALS.indexOf(record.signal);
  header[25] = ENCODINGS.indexOf(record.encoding);
  header.writeUInt32LE(crc32(record.body), 28);
  header.writeUInt32LE(crc32(header.subarray(0, 32)), 32);
  return header;
}

/** The header at `pos`; null when none stands there whole and undamaged. */
export function readHeader(buf: Buffer, pos: number): FrameHeader | null {
  if (pos + HEADER_BYTES > buf.length || MAGIC.compare(buf, pos, pos + 4) !== 0) return null;
  if (crc32(buf.subarray(pos, pos + 32)) !== buf.readUInt32LE(pos + 32)) return null;
  const signal = SIGNALS[buf[pos + 24]!];
  const encoding = ENCODINGS[buf[pos + 25]!];
  if (!signal || !encoding) return null;
  return {
    length: buf.readUInt32LE(pos + 4),
    bodyChecksum: buf.readUInt32LE(pos + 28),
    record: {
      offset: buf.readUIntLE(pos + 8, 6),
      receivedAt: buf.readUIntLE(pos + 14, 6),
      counted: buf.readUInt32LE(pos + 20),
      signal,
      encoding,
    },
  };
}

/** Where the next undamaged header begins at or after `from`; −1 when there is none. */
export function findHeader(buf: Buffer, from: number): number {
  for (let pos = buf.indexOf(MAGIC, from); pos !== -1; pos = buf.indexOf(MAGIC, pos + 1)) {
    if (readHeader(buf, pos) !== null) return pos;
  }
  return -1;
}

export interface Frames {
  readonly records: SourceRecord[];
  /** Bytes dealt with; what follows is the beginning of a record that `buf` does not hold whole. */
  readonly consumed: number;
  /** How many bytes the record that did not fit needs; 0 when nothing is left over or that is not known. */
  readonly needs: number;
  /** True when the bytes at `consumed` are no header: the rest of the segment is needed to step over them. */
  readonly lost: boolean;
}

/** How much of a damaged stretch goes into its dead letter, in bytes. */
const DAMAGE_KEPT = 64 * 1024;

const BAD_CHECKSUM = 'write-ahead log: the checksum does not hold';

/**
 * The records of `buf`, which begins at a record's first byte. `whole` says that `buf` reaches to the segment's
 * end: then damage is stepped over and reported as a record with a `fault`. `expected` is the offset of the
 * first record, `receivedAt` stands in for the time of one whose header is lost.
 */
export function readFrames(buf: Buffer, whole: boolean, expected: number, receivedAt: number): Frames {
  const records: SourceRecord[] = [];
  let pos = 0;
  let offset = expected;
  let at = receivedAt;
  while (pos < buf.length) {
    const header = readHeader(buf, pos);
    if (header === null) {
      if (!whole)
        return { records, consumed: pos, needs: HEADER_BYTES, lost: pos + HEADER_BYTES <= buf.length };
      const next = findHeader(buf, pos + 1);
      const end = next === -1 ? buf.length : next;
      const following = next === -1 ? null : readHeader(buf, next);
      // Where no number is missing there is no record to blame, only stray bytes.
      if (following === null || following.record.offset > offset) {
        records.push({
          offset,
          signal: following?.record.signal ?? 'spans',
          encoding: following?.record.encoding ?? 'protobuf',
          receivedAt: at,
          counted: 0,
          body: buf.subarray(pos, Math.min(end, pos + DAMAGE_KEPT)),
          fault: `write-ahead log: ${end - pos} bytes without a readable header`,
        });
        offset++;
      }
      pos = end;
      continue;
    }
    const start = pos + HEADER_BYTES;
    const end = start + header.length;
    if (end > buf.length && !whole) {
      return { records, consumed: pos, needs: HEADER_BYTES + header.length, lost: false };
    }
    if (end > buf.length) {
      // The header vouches for its length, so a piece of the file is missing: go on at the next header.
      const next = findHeader(buf, start);
      pos = next === -1 ? buf.length : next;
      records.push({
        ...header.record,
        body: buf.subarray(start, pos),
        fault: 'write-ahead log: record cut short',
      });
    } else {
      const body = buf.subarray(start, end);
      const intact = crc32(body) === header.bodyChecksum;
      records.push({ ...header.record, body, ...(intact ? {} : { fault: BAD_CHECKSUM }) });
      pos = end;
    }
    offset = header.record.offset + 1;
    at = header.record.receivedAt;
  }
  return { records, consumed: pos, needs: 0, lost: false };
}
