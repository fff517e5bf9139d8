import { createHash } from 'node:crypto';
import type { Receipt, Step } from '../model.ts';
import type { Attribution } from './project.ts';

/**
 * State is a set: the distinct items received for one trace. It only grows, and every row that leaves the processor is
 * a pure function of it. So arrivals commute, replays change nothing, and the order in which spans come does not matter.
 */
export interface TraceSet {
  readonly traceId: string;
  readonly items: Item[];
  /** Foreign spans that stand between ours: span id → their parent and service. They keep the tree whole. */
  skeletons: ReadonlyMap<string, Skeleton>;
  /** Has anything changed since the rows of this set were last made? */
  dirty: boolean;
  /** Root span ids of the runs whose rows were written: those that vanish are deleted. */
  writtenRuns: readonly string[];
  /** Loops whose rows were written: those that further steps dissolve are deleted. */
  writtenLoops: readonly WrittenLoop[];
  /** Came from the store: what was written before is not known, so everything is written again. */
  reloaded: boolean;
}

export interface WrittenLoop {
  readonly findingId: string;
  /** The table keeps it by this time. */
  readonly detectedAt: bigint;
}

export interface Item {
  /** Of all contents received under the same ids, the greatest by (end, number of attributes, content). */
  step: Step;
  /** The first arrival, by its request and its place in it; later ones are duplicates. */
  readonly receipt: Receipt;
  readonly index: number;
  /** Hashes of contents other than the winner's, the smallest {@link MAX_VARIANTS}, in order. */
  variants: readonly string[];
  /** What its rows said when they were last written; null before. What did not change is not written again. */
  written: Step | null;
  writtenAttribution: Attribution | null;
  writtenCounted: boolean;
  writtenFailed: boolean;
  writtenCharged: boolean;
  writtenVariants: number;
}

const NO_VARIANTS: readonly string[] = [];
const NO_RUNS: readonly string[] = [];
const NO_SKELETONS: ReadonlyMap<string, Skeleton> = new Map();
const NO_LOOPS: readonly WrittenLoop[] = [];

export function createItem(step: Step, receipt: Receipt, index: number, variants = NO_VARIANTS): Item {
  return {
    step,
    receipt,
    index,
    variants,
    written: null,
    writtenAttribution: null,
    writtenCounted: false,
    writtenFailed: false,
    writtenCharged: false,
    writtenVariants: 0,
  };
}

export interface Skeleton {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly service: string;
  readonly startedAt: bigint;
}

export type Arrival = 'stored' | 'duplicate' | 'conflict';

export function createTraceSet(traceId: string): TraceSet {
  return {
    traceId,
    items: [],
    skeletons: NO_SKELETONS,
    dirty: false,
    writtenRuns: NO_RUNS,
    writtenLoops: NO_LOOPS,
    reloaded: false,
  };
}

/** Grow-only: the number of distinct contents, which orders the versions of every row made from the set. */
export function sizeOf(set: TraceSet): number {
  let size = set.items.length + set.skeletons.size;
  for (const item of set.items) size += item.variants.length;
  return size;
}

/** Adds an arrival. `stored` also for a replay of the first arrival itself: it is told by where it stood. */
export function addStep(set: TraceSet, step: Step, receipt: Receipt, index: number): Arrival {
  const known = findItem(set, step.spanId);
  if (known === undefined) {
    set.items.push(createItem(step, receipt, index));
    set.dirty = true;
    return 'stored';
  }
  const arrival = isReplay(known, receipt, index) ? 'stored' : 'duplicate';
  const content = contentKey(step);
  const winner = contentKey(known.step);
  if (content === winner || known.variants.includes(hashOf(content))) return arrival;
  const wins = outranks(step, content, known.step, winner);
  if (wins) known.step = step;
  if (addVariant(known, hashOf(wins ? winner : content)) || wins) set.dirty = true;
  return arrival === 'stored' ? 'stored' : 'conflict';
}

/** Keeps a foreign span as a link of the tree if one of ours, or another link, hangs on it. */
export function addSkeleton(set: TraceSet, skeleton: Skeleton): boolean {
  if (set.skeletons.has(skeleton.spanId)) return false;
  if (!isMissingParent(set, skeleton.spanId)) return false;
  keepSkeleton(set, skeleton);
  set.dirty = true;
  return true;
}

/** Nearly no trace has any: there is a map only where there is something in it. */
export function keepSkeleton(set: TraceSet, skeleton: Skeleton): void {
  if (set.skeletons === NO_SKELETONS) set.skeletons = new Map();
  (set.skeletons as Map<string, Skeleton>).set(skeleton.spanId, skeleton);
}

/** Span ids that ours name as parents and that have not come. */
export function missingParents(set: TraceSet): string[] {
  const missing: string[] = [];
  const consider = (parent: string): void => {
    if (parent !== '' && !set.skeletons.has(parent) && findItem(set, parent) === undefined)
      missing.push(parent);
  };
  for (const item of set.items) consider(item.step.parentSpanId);
  for (const skeleton of set.skeletons.values()) consider(skeleton.parentSpanId);
  return missing;
}

function isMissingParent(set: TraceSet, spanId: string): boolean {
  if (findItem(set, spanId) !== undefined) return false;
  for (const item of set.items) if (item.step.parentSpanId === spanId) return true;
  for (const skeleton of set.skeletons.values()) if (skeleton.parentSpanId === spanId) return true;
  return false;
}

/**
 * Keeps the smallest hashes: what once lost stays a loser, so the same ones remain in whatever order contents come.
 * Returns whether the list has changed.
 */
function addVariant(item: Item, hash: string): boolean {
  const { variants } = item;
  if (variants.length === MAX_VARIANTS && hash > variants.at(-1)!) return false;
  item.variants = [...variants, hash].sort().slice(0, MAX_VARIANTS);
  return true;
}

const MAX_VARIANTS = 16;

function findItem(set: TraceSet, spanId: string): Item | undefined {
  const { items } = set;
  if (items.length <= INDEX_FROM) {
    for (let i = items.length - 1; i >= 0; i--) if (items[i]!.step.spanId === spanId) return items[i];
    return undefined;
  }
  let index = indexes.get(set);
  if (index === undefined) {
    index = new Map();
    indexes.set(set, index);
  }
  for (let i = index.size; i < items.length; i++) index.set(items[i]!.step.spanId, items[i]!);
  return index.get(spanId);
}

/** Small sets are searched; only large ones pay for an index. Items are only ever appended. */
const INDEX_FROM = 16;
const indexes = new WeakMap<TraceSet, Map<string, Item>>();

function isReplay(item: Item, receipt: Receipt, index: number): boolean {
  const first = item.receipt;
  return item.index === index && first.offset === receipt.offset && first.source === receipt.source;
}

function outranks(a: Step, aKey: string, b: Step, bKey: string): boolean {
  if (a.endedAt !== b.endedAt) return a.endedAt > b.endedAt;
  if (a.attributeCount !== b.attributeCount) return a.attributeCount > b.attributeCount;
  return aKey > bKey;
}

/** Everything that a step says, as text: equal contents are equal texts. */
export function contentKey(step: Step): string {
  return JSON.stringify(step, (_, value) => (typeof value === 'bigint' ? value.toString() : value));
}

function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}
