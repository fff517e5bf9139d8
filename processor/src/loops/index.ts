export { createLoopDetector, type LoopDetector } from './detect.ts';
export { LOOP_PATTERNS, type LoopPattern } from './patterns.ts';
export * from './types.ts';
