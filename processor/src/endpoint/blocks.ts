import { cityHash128 } from './cityhash.ts';
import { failure } from './failure.ts';
import { lz4Bound, lz4Compress, lz4Decompress } from './lz4.ts';

/**
 * ClickHouse's compressed blocks, as `compress=1` and `decompress=1` have them: CityHash128 of what follows, a byte for the
 * method, the sizes with and without compression, the data (ClickHouse, `src/Compression/CompressionInfo.h`).
 */
const CHECKSUM = 16;
const HEADER = 9;
const METHOD = { none: 0x02, lz4: 0x82, zstd: 0x90 } as const;
/** A block's share of a body: larger ones are no client's. */
const MOST_BLOCK = 1 << 30;

/** One block, by LZ4. */
export function writeBlock(data: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(CHECKSUM + HEADER + lz4Bound(data.length));
  const end = lz4Compress(data, out, CHECKSUM + HEADER);
  out[CHECKSUM] = METHOD.lz4;
  out.writeUInt32LE(end - CHECKSUM, CHECKSUM + 1);
  out.writeUInt32LE(data.length, CHECKSUM + 5);
  const block = out.subarray(0, end);
  cityHash128(block.subarray(CHECKSUM)).copy(out, 0);
  return block;
}

/**
 * Undoes a sequence of blocks by LZ4, ZSTD or none. `zstd` decompresses frames that stand one after another. Throws
 * CANNOT_DECOMPRESS for a damaged one, QUERY_IS_TOO_LARGE beyond the limit.
 */
export async function readBlocks(
  body: Buffer,
  maxBytes: number,
  zstd: (frames: Buffer) => Promise<Buffer>,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for (let at = 0; at < body.length; ) {
    if (at + CHECKSUM + HEADER > body.length)
      throw failure('CANNOT_DECOMPRESS', 'a compressed block ends early');
    const compressed = body.readUInt32LE(at + CHECKSUM + 1);
    const plain = body.readUInt32LE(at + CHECKSUM + 5);
    const end = at + CHECKSUM + compressed;
    if (compressed < HEADER || end > body.length || plain > MOST_BLOCK)
      throw failure('CANNOT_DECOMPRESS', 'a compressed block has a wrong size');
    size += plain;
    if (size > maxBytes) throw failure('QUERY_IS_TOO_LARGE', `the request is larger than ${maxBytes} bytes`);
    if (!cityHash128(body.subarray(at + CHECKSUM, end)).equals(body.subarray(at, at + CHECKSUM))) {
      throw failure('CANNOT_DECOMPRESS', 'the checksum of a compressed block does not match');
    }
    const data = body.subarray(at + CHECKSUM + HEADER, end);
    parts.push(await undo(body[at + CHECKSUM]!, data, plain, zstd));
    at = end;
  }
  return Buffer.concat(parts);
}

async function undo(
  method: number,
  data: Buffer,
  size: number,
  zstd: (frames: Buffer) => Promise<Buffer>,
): Promise<Buffer> {
  if (method === METHOD.none) return data;
  if (method === METHOD.zstd) return zstd(data);
  if (method !== METHOD.lz4)
    throw failure('CANNOT_DECOMPRESS', `unknown compression method 0x${method.toString(16)}`);
  try {
    return lz4Decompress(data, size);
  } catch (error) {
    throw failure('CANNOT_DECOMPRESS', (error as Error).message);
  }
}
