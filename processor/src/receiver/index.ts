export { type BodyLimits, discardRest, type MemoryBudget, readBody } from './body.ts';
export { type Scan, scanRequest } from './scan.ts';
export {
  type Door,
  type Receiver,
  type ReceiverLimits,
  type ReceiverOptions,
  type ReceiverStats,
  startReceiver,
} from './server.ts';
export { Refusal } from './status.ts';
