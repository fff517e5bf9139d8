export { createLoopDetector, type LoopDetector } from './detect.ts';
export { type AgentHistories, createHistories, type DatedHistory } from './history.ts';
export { LOOP_PATTERNS, type LoopPattern } from './patterns.ts';
export * from './types.ts';
