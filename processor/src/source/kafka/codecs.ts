import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';

const { CompressionCodecs, CompressionTypes } = kafkajs;
const require = createRequire(import.meta.url);

interface Codec {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

let registered: Promise<void> | undefined;

/** Teaches kafkajs the compressions that it lacks: snappy, lz4 and zstd, as Collectors and Java clients send them. */
export function registerCodecs(): Promise<void> {
  registered ??= register();
  return registered;
}

async function register(): Promise<void> {
  const zstd = require('@bokuweb/zstd-wasm') as typeof import('@bokuweb/zstd-wasm');
  const lz4 = require('lz4-napi') as typeof import('lz4-napi');
  await zstd.init();
  CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy') as () => Codec;
  CompressionCodecs[CompressionTypes.LZ4] = (): Codec => ({
    compress: ({ buffer }) => lz4.compressFrame(buffer),
    decompress: (buffer) => lz4.decompressFrame(buffer),
  });
  CompressionCodecs[CompressionTypes.ZSTD] = (): Codec => ({
    compress: async ({ buffer }) => Buffer.from(zstd.compress(buffer, 3)),
    decompress: async (buffer) => Buffer.from(zstd.decompress(buffer)),
  });
}
