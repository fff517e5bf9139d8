export { type Chain, createChain } from './chain/chain.ts';
export { createKnownTraces } from './chain/known-traces.ts';
export { readChunk } from './chain/read.ts';
export { createPriceBook } from './cost/catalogue.ts';
export { createPricing } from './cost/pricing.ts';
export {
  type Embedded,
  type EmbeddedStats,
  type IngestedFile,
  type IngestProgress,
  ingestFiles,
  readRegistry,
  startEmbedded,
} from './embedded.ts';
export * from './model.ts';
export { createPipeline, type Pipeline } from './pipeline.ts';
export { createTimeline } from './registry/facts.ts';
export { publishedVersions, publishRegistry } from './registry/publish.ts';
export * from './source/index.ts';
export { openEmbedded, openServer, type Store } from './store/client.ts';
export { createLoader } from './store/loader.ts';
export { migrate, renderSchema } from './store/migrate.ts';
