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
  const snappy = require('kafkajs-snappy') as () => Codec;
  await zstd.init();
  const codecs = CompressionCodecs as Record<number, () => Codec>;
  const gzip = codecs[CompressionTypes.GZIP]!;
  codecs[CompressionTypes.GZIP] = () => forgiving('gzip', gzip());
  codecs[CompressionTypes.Snappy] = () => forgiving('snappy', snappy());
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
