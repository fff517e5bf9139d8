export { createOtlpDecoder } from './decode/otlp.ts';
export * from './model.ts';
export { type Store, openEmbedded, openServer } from './store/client.ts';
export { migrate, renderSchema } from './store/migrate.ts';
