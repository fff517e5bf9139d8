import { Transform, type TransformCallback } from 'node:stream';
import { constants, createBrotliCompress, createDeflate, createGzip } from 'node:zlib';
import { writeBlock } from './blocks.ts';
import { reframe } from './native.ts';

/** Re-frames Native for a client's revision of the protocol. */
export function nativeFraming(revision: number): Transform {
  let pending: Buffer[] = [];
  let size = 0;
  let wanted = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      pending.push(chunk);
      size += chunk.length;
      // A large block is looked at again only once it has doubled: not with every chunk.
      if (size < wanted) return done();
      try {
        const { out, rest } = reframe(Buffer.concat(pending, size), revision);
        pending = [rest];
        size = rest.length;
        wanted = size * 2;
        done(null, out);
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        const { out } = reframe(Buffer.concat(pending, size), revision);
        done(null, out);
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

const BLOCK_BYTES = 1 << 18;

/** ClickHouse's compressed blocks (`compress=1`). */
export function blockCompression(): Transform {
  let pending: Buffer[] = [];
  let size = 0;
  const take = (): Buffer => {
    const data = Buffer.concat(pending, size);
    pending = [];
    size = 0;
    const blocks: Buffer[] = [];
    for (let at = 0; at < data.length; at += BLOCK_BYTES)
      blocks.push(writeBlock(data.subarray(at, at + BLOCK_BYTES)));
    return Buffer.concat(blocks);
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      pending.push(chunk);
      size += chunk.length;
      done(null, size >= BLOCK_BYTES ? take() : undefined);
    },
    flush(done) {
      done(null, size > 0 ? take() : undefined);
    },
  });
}

/** A compression of HTTP: by Node where it has it, else by the engine under its own name for it. */
export interface Coding {
  readonly name: string;
  readonly byEngine: string | null;
  encoder(): Transform | null;
}

const CODINGS: readonly Coding[] = [
  { name: 'zstd', byEngine: 'zstd', encoder: () => null },
  { name: 'lz4', byEngine: 'lz4', encoder: () => null },
  { name: 'gzip', byEngine: null, encoder: () => createGzip({ level: 3 }) },
  { name: 'deflate', byEngine: null, encoder: () => createDeflate({ level: 3 }) },
  {
    name: 'br',
    byEngine: null,
    encoder: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  },
];

/** The first coding of ours that a client accepts; null sends the answer as it is. */
export function chooseCoding(accepted: string | undefined, engine: boolean): Coding | null {
  if (accepted === undefined) return null;
  const offers = new Map(
    accepted.split(',').map((offer) => {
      const [coding = '', quality = ''] = offer
        .trim()
        .toLowerCase()
        .split(/\s*;\s*q=/);
      return [coding, quality === '' ? 1 : Number(quality)] as const;
    }),
  );
  const ours = CODINGS.filter(({ byEngine }) => engine || byEngine === null);
  return ours.find(({ name }) => (offers.get(name) ?? 0) > 0) ?? null;
}
