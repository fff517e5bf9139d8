import { type Attribution, sameAttribution } from './attribution.ts';
import type { TraceSet } from './trace-set.ts';

/**
 * What the rows of a step said when they were last written, in one number beside the step: what did not change is not
 * written again. 0 before.
 */
export const CHANGED = 1;
const COUNTED = 2;
const FAILED = 4;
const CHARGED = 8;
/** From here on stands whose work it was said to be: a place in the set's list, plus one. */
const ATTRIBUTION = 4;

export function wordOf(
  set: TraceSet,
  attribution: Attribution,
  counted: boolean,
  failed: boolean,
  charged: boolean,
): number {
  const flags = (counted ? COUNTED : 0) | (failed ? FAILED : 0) | (charged ? CHARGED : 0);
  return ((placeOf(set, attribution) + 1) << ATTRIBUTION) | flags;
}

/** Were its rows never written? Its content may have changed even so. */
export function isFresh(word: number): boolean {
  return word >>> ATTRIBUTION === 0;
}

export function wasCharged(word: number): boolean {
  return (word & CHARGED) !== 0;
}

/** Most traces have one or two. */
function placeOf(set: TraceSet, attribution: Attribution): number {
  const { writtenAs } = set;
  for (let place = writtenAs.length - 1; place >= 0; place--) {
    if (sameAttribution(writtenAs[place]!, attribution)) return place;
  }
  set.writtenAs = [...writtenAs, attribution];
  return writtenAs.length;
}
