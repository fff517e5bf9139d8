export { episodeId } from './episode.ts';
export { type Frame, readFrame } from './frame.ts';
export {
  ERROR_LABEL,
  evaluateRule,
  INSTANCE_STATES,
  type Instance,
  type InstanceState,
  instanceKey,
  type Labels,
  type Measured,
  type Observation,
  RESOLVED_RETENTION_MS,
} from './instance.ts';
export { inTheirLabels, notificationOf, type PostableAlert } from './notification.ts';
export { renderSummary } from './summary.ts';
