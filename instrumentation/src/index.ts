export * from './calls.ts';
export type { ContentPolicy } from './content.ts';
export { type Dimensions, withBaggage, withDimensions } from './dimensions.ts';
export * from './people.ts';
export type { Placement, Step } from './spans.ts';
export * from './work.ts';
