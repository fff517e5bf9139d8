import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import { unreadableRecords } from './unreadable.ts';

const { CompressionCodecs, CompressionTypes } = kafkajs;
const require = createRequire(import.meta.url);

interface Codec {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

/** A batch's attributes have three bits for its codec; Kafka uses 0 to 4. */
const UNKNOWN = [5, 6, 7] as const;

/** Memory that belongs to native code is freed late: batches by the thousand pile up. */
const COPIED = { asBuffer: true, copyOutputData: true };

let registered: Promise<void> | undefined;

/**
 * Teaches kafkajs the compressions that it lacks: snappy, lz4 and zstd, as Collectors and Java clients send them; and to go
 * on behind a batch that none of them can read.
 */
export function registerCodecs(): Promise<void> {
  registered ??= register();
  return registered;
}

async function register(): Promise<void> {
  const zstd = require('@bokuweb/zstd-wasm') as typeof import('@bokuweb/zstd-wasm');
  const lz4 = require('lz4-napi') as typeof import('lz4-napi');
  const snappy = require('snappy') as typeof import('snappy');
  await zstd.init();
  const codecs = CompressionCodecs as Record<number, () => Codec>;
  const gzip = codecs[CompressionTypes.GZIP]!;
  codecs[CompressionTypes.GZIP] = () => forgiving('gzip', gzip());
  codecs[CompressionTypes.Snappy] = () =>
    forgiving('snappy', {
      compress: ({ buffer }) => snappy.compress(buffer),
      async decompress(buffer) {
        const blocks = snappyBlocks(buffer).map((block) => snappy.uncompressSync(block, COPIED) as Buffer);
        return blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks);
      },
    });
  codecs[CompressionTypes.LZ4] = () =>
    forgiving('lz4', {
      compress: ({ buffer }) => lz4.compressFrame(buffer),
      decompress: (buffer) => lz4.decompressFrame(buffer),
    });
  codecs[CompressionTypes.ZSTD] = () =>
    forgiving('zstd', {
      compress: async ({ buffer }) => Buffer.from(zstd.compress(buffer, 3)),
      decompress: async (buffer) => Buffer.from(zstd.decompress(buffer)),
    });
  for (const codec of UNKNOWN) {
    codecs[codec] = () => ({
      compress: async () => Promise.reject(new Error(`there is no codec ${codec}`)),
      decompress: async () =>
        unreadableRecords(`its batch is compressed by codec ${codec}, which is unknown`),
    });
  }
}

function forgiving(name: string, codec: Codec): Codec {
  return {
    compress: (encoder) => codec.compress(encoder),
    async decompress(buffer) {
      try {
        return await codec.decompress(buffer);
      } catch (error) {
        return unreadableRecords(`its batch is not ${name}: ${(error as Error).message}`);
      }
    },
  };
}

const XERIAL = Buffer.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00);
/** The mark, then two versions of four bytes each. */
const XERIAL_HEAD = XERIAL.length + 8;

/** Java clients cut what they compress into blocks, each behind its length; others compress it as one. */
function snappyBlocks(buffer: Buffer): Buffer[] {
  if (!buffer.subarray(0, XERIAL.length).equals(XERIAL)) return [buffer];
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEAD; at < buffer.length; ) {
    const end = at + 4 + buffer.readUInt32BE(at);
    blocks.push(buffer.subarray(at + 4, end));
    at = end;
  }
  return blocks;
}
