export { type CollectorLosses, type Loss, readLosses } from './losses.ts';
export { recordLosses } from './record-losses.ts';
