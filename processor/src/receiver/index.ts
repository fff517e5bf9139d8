export { type Scan, scanRequest } from './scan.ts';
export {
  type Receiver,
  type ReceiverLimits,
  type ReceiverOptions,
  type ReceiverStats,
  startReceiver,
} from './server.ts';
