export { createOtlpDecoder } from './decode/otlp.ts';
export * from './model.ts';
export * from './receiver/index.ts';
export * from './source/index.ts';
export { openEmbedded, openServer, type Store } from './store/client.ts';
export { migrate, renderSchema } from './store/migrate.ts';
