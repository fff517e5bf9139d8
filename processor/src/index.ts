export { type Chain, createChain } from './chain/chain.ts';
export { createKnownTraces } from './chain/known-traces.ts';
export { readChunk } from './chain/read.ts';
export { CHUNK_PARTS, type ChunkTimes } from './chunk-times.ts';
export { createPriceBook } from './cost/catalogue.ts';
export { createPricing } from './cost/pricing.ts';
export { type Processor, type ProcessorOptions, type ProcessorStats, startProcessor } from './distributed.ts';
export { type Embedded, type EmbeddedStats, startEmbedded } from './embedded.ts';
export {
  type Endpoint,
  type EndpointOptions,
  type OwnerSession,
  openWithRoles,
  QUERY_LIMITS,
  startEndpoint,
  USERS,
  type User,
} from './endpoint/index.ts';
export { openForReading, readRegistry } from './engine.ts';
export type { PricedStep } from './fold/ports.ts';
export { type Health, PipelineFailedError } from './health.ts';
export { type FileOptions, type IngestedFile, type IngestProgress, ingestFiles } from './ingest.ts';
export * from './loops/index.ts';
export * from './model.ts';
export { type ChunkReport, createPipeline, type Pipeline } from './pipeline.ts';
export { discardRest, Refusal, readBody, scanRequest } from './receiver/index.ts';
export { createTimeline } from './registry/facts.ts';
export { publishedVersions, publishRegistry } from './registry/publish.ts';
export * from './rollup/index.ts';
export * from './source/index.ts';
export * from './source/kafka/index.ts';
export { markOfText } from './steps/digests.ts';
export { readStep } from './steps/whole.ts';
export { openEmbedded, openServer, type Store } from './store/client.ts';
export { publishedHistories, publishHistories } from './store/histories.ts';
export { createLoader } from './store/loader.ts';
export { migrate, renderSchema } from './store/migrate.ts';
export {
  type ReadVerdicts,
  type RejectedRow,
  readVerdicts,
  type VerdictDefaults,
  type VerdictFormat,
} from './verdicts/read.ts';
export { verdictRequest } from './verdicts/request.ts';
export {
  JUDGES,
  VERDICT_FIELDS,
  type Verdict,
  type VerdictField,
  type VerdictRow,
} from './verdicts/verdict.ts';
