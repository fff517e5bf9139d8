import { rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { readBlocks } from './blocks.ts';
import { type ClickHouseFailure, failure } from './failure.ts';

/** Decompresses what Node 20 cannot, by the engine; the file is its argument. */
export type EngineDecompress = (file: string, method: string) => Promise<Buffer>;

export interface BodyOptions {
  /** After decompression. */
  readonly maxBytes: number;
  /** For what the engine decompresses. */
  readonly dir: string;
  readonly decompress: EngineDecompress;
  /** `decompress=1`: the body is a sequence of ClickHouse's compressed blocks. */
  readonly blocks: boolean;
}

type Decompress = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;
const ZLIB: ReadonlyMap<string, Decompress> = new Map([
  ['gzip', promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)],
  ['deflate', promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate)],
  ['br', promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress)],
]);
const ENGINE = new Set(['zstd', 'lz4', 'xz', 'bz2', 'snappy']);

/** Reads a request's body and undoes its compressions: HTTP's, then ClickHouse's. Throws QUERY_IS_TOO_LARGE beyond the limit. */
export async function readWhole(request: IncomingMessage, options: BodyOptions): Promise<Buffer> {
  const { maxBytes } = options;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  let body: Buffer = Buffer.concat(chunks, size);
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== '' && encoding !== 'identity') body = await decode(encoding, body, options);
  if (options.blocks && body.length > 0) {
    body = await readBlocks(body, maxBytes, (frames) => byEngine('zstd', frames, options));
  }
  if (body.length > maxBytes) throw tooLarge(maxBytes);
  return body;
}

async function decode(encoding: string, body: Buffer, options: BodyOptions): Promise<Buffer> {
  const { maxBytes } = options;
  const zlib = ZLIB.get(encoding);
  if (zlib !== undefined) {
    try {
      return await zlib(body, { maxOutputLength: maxBytes });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
      throw failure('CANNOT_DECOMPRESS', `${encoding}: ${message}`);
    }
  }
  if (ENGINE.has(encoding)) return byEngine(encoding, body, options);
  throw failure('NOT_IMPLEMENTED', `Unknown compression method: ${encoding}`);
}

function tooLarge(maxBytes: number): ClickHouseFailure {
  return failure('QUERY_IS_TOO_LARGE', `the request is larger than ${maxBytes} bytes`);
}

let serial = 0;

async function byEngine(method: string, body: Buffer, { dir, decompress }: BodyOptions): Promise<Buffer> {
  const file = join(dir, `body-${process.pid}-${++serial}.bin`);
  try {
    writeFileSync(file, body, { mode: 0o600 });
    return await decompress(file, method);
  } finally {
    rmSync(file, { force: true });
  }
}
