export { readSuggestions } from '../slo/read.ts';
export { createClaim } from './claim.ts';
export { createEvaluator } from './evaluator.ts';
export { keepAlerts } from './keep.ts';
export { alertmanager, webhook } from './receiver.ts';
export { isReplayable, recipientOf, replay } from './replay.ts';
