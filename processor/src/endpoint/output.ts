import { Transform, type TransformCallback } from 'node:stream';
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

/** HTTP codings that the engine writes itself, by its own name for them. */
const CODINGS: readonly (readonly [coding: string, method: string])[] = [
  ['zstd', 'zstd'],
  ['lz4', 'lz4'],
  ['gzip', 'gzip'],
  ['br', 'br'],
  ['deflate', 'deflate'],
];

/** The first coding of ours that a client accepts; null sends the answer as it is. */
export function chooseCoding(accepted: string | undefined): readonly [coding: string, method: string] | null {
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
  return CODINGS.find(([coding]) => (offers.get(coding) ?? 0) > 0) ?? null;
}
