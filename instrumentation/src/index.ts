export type { ContentPolicy } from './content.ts';
export { type Dimensions, withDimensions } from './dimensions.ts';
export * from './helpers.ts';
export type { Step } from './spans.ts';
