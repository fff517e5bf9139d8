import { addSkeleton, createTraceSet, missingParents, move, type TraceSet } from '../fold/trace-set.ts';
import { copyRow, createPages, isSparse } from '../steps/page.ts';
import type { KnownTraces } from './known-traces.ts';
import type { ForeignArrival } from './read.ts';

/**
 * The sets of the traces that were touched last, within a bound; the others rest in the store and are read again when
 * one of their spans comes. Nothing is closed for ever.
 */
export interface FoldState {
  get(traceId: string): TraceSet | undefined;
  /** The trace's set, a new one if it is neither here nor in the store. Marks it as used. */
  touch(traceId: string): TraceSet;
  /** Takes up a set that was read from the store. */
  restore(set: TraceSet): void;
  /** Must its set be read from the store before an arrival can be judged? */
  isElsewhere(traceId: string): boolean;
  /** Keeps a foreign span for a while, in case one of ours turns out to hang on it. */
  hold(foreign: ForeignArrival): void;
  /** Links held foreign spans into the set as far as its own spans hang on them. */
  link(set: TraceSet): void;
  /**
   * Lets go of the longest unused sets beyond the bound, and moves what is left together now and then. Call when all rows
   * are made. `touched`: the sets that may have grown since the last call; `arrived`: steps since then.
   */
  evict(touched: Iterable<TraceSet>, arrived: number): void;
  readonly traces: number;
  readonly items: number;
}

export interface StateLimits {
  /** Steps kept in memory, over all traces. */
  readonly maxItems: number;
  /** Foreign spans kept in memory. */
  readonly maxHeld: number;
}

export const STATE_LIMITS: StateLimits = { maxItems: 250_000, maxHeld: 100_000 };

export function createFoldState(known: KnownTraces, limits: StateLimits = STATE_LIMITS): FoldState {
  /** In order of last use: a touched set moves to the end. */
  const sets = new Map<string, TraceSet>();
  const held = new Map<string, ForeignArrival[]>();
  let heldCount = 0;
  let items = 0;
  /** Steps since what is left was moved together. */
  let since = 0;
  const pages = createPages();

  function count(set: TraceSet): void {
    items += set.rows.length - set.counted;
    set.counted = set.rows.length;
  }

  /** Moves steps that stand alone on their pages: a page stays in memory as long as one of its steps does. */
  function gather(set: TraceSet): void {
    for (const [place, from] of set.pages.entries()) {
      if (!isSparse(from)) continue;
      const page = pages.open();
      move(set, place, page, copyRow(from, set.rows[place]!, page));
    }
  }

  return {
    get: (traceId) => sets.get(traceId),
    touch(traceId) {
      let set = sets.get(traceId);
      if (set === undefined) {
        set = createTraceSet(traceId);
        known.add(traceId);
      } else {
        sets.delete(traceId);
      }
      sets.set(traceId, set);
      return set;
    },
    restore(set) {
      sets.set(set.traceId, set);
      count(set);
    },
    isElsewhere: (traceId) => !sets.has(traceId) && known.mayHold(traceId),
    hold(foreign) {
      const set = sets.get(foreign.traceId);
      if (set !== undefined && addSkeleton(set, foreign)) {
        this.link(set);
        return;
      }
      const list = held.get(foreign.traceId);
      if (list === undefined) held.set(foreign.traceId, [foreign]);
      else if (list.length < MAX_HELD_PER_TRACE) list.push(foreign);
      else return;
      heldCount++;
      while (heldCount > limits.maxHeld) {
        const [oldest, spans] = held.entries().next().value!;
        held.delete(oldest);
        heldCount -= spans.length;
      }
    },
    link(set) {
      const candidates = held.get(set.traceId);
      if (candidates === undefined) return;
      let missing = missingParents(set);
      while (missing.length > 0) {
        const found = candidates.filter((foreign) => missing.includes(foreign.spanId));
        if (found.length === 0) return;
        for (const foreign of found) addSkeleton(set, foreign);
        missing = missingParents(set);
      }
    },
    evict(touched, arrived) {
      for (const set of touched) count(set);
      for (const [traceId, set] of sets) {
        if (items <= limits.maxItems) break;
        if (set.dirty) continue;
        sets.delete(traceId);
        items -= set.counted;
        for (const page of set.pages) page.held--;
      }
      since += arrived;
      if (since < limits.maxItems / 2) return;
      since = 0;
      for (const set of sets.values()) gather(set);
    },
    get traces() {
      return sets.size;
    },
    get items() {
      return items;
    },
  };
}

const MAX_HELD_PER_TRACE = 1000;
