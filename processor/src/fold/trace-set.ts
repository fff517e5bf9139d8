import { createHash } from 'node:crypto';
import { createIds, hasId, type IdColumn, idText, isSameId, setId } from '../steps/ids.ts';
import type { StepPage } from '../steps/page.ts';
import { compareTimes } from '../steps/times.ts';
import { readStep } from '../steps/whole.ts';
import { Item } from './item.ts';

/**
 * State is a set: the distinct items received for one trace. It only grows, and every row that leaves the processor is
 * a pure function of it. So arrivals commute, replays change nothing, and the order in which spans come does not matter.
 */
export interface TraceSet {
  readonly traceId: string;
  readonly items: Item[];
  /** How many of them the state has counted. */
  counted: number;
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

const NO_RUNS: readonly string[] = [];
const NO_SKELETONS: ReadonlyMap<string, Skeleton> = new Map();
const NO_LOOPS: readonly WrittenLoop[] = [];

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
    counted: 0,
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
export function addArrival(set: TraceSet, page: StepPage, row: number): Arrival {
  const known = findItem(set, page.spanIds, row);
  if (known === undefined) {
    addItem(set, new Item(page, row));
    set.dirty = true;
    return 'stored';
  }
  const arrival = isReplay(known, page, row) ? 'stored' : 'duplicate';
  const content = contentKey(page, row);
  const winner = contentKey(known.page, known.row);
  if (content === winner || known.variants.includes(hashOf(content))) return arrival;
  const wins = outranks(page, row, content, known, winner);
  if (wins) replace(known, page, row);
  if (addVariant(known, hashOf(wins ? winner : content)) || wins) set.dirty = true;
  return arrival === 'stored' ? 'stored' : 'conflict';
}

export function addItem(set: TraceSet, item: Item): void {
  set.items.push(item);
  item.page.held++;
}

/** The content of a later arrival in place of the first one's; the receipt remains. */
function replace(item: Item, page: StepPage, row: number): void {
  page.receipts[row] = item.receipt;
  page.indexes[row] = item.index;
  move(item, page, row);
  item.changed = true;
}

/** From now on the item stands elsewhere. */
export function move(item: Item, page: StepPage, row: number): void {
  item.page.held--;
  item.page = page;
  item.row = row;
  page.held++;
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
  for (const { page, row } of set.items) {
    if (!hasId(page.parentIds, row) || findItem(set, page.parentIds, row) !== undefined) continue;
    const parent = idText(page.parentIds, row);
    if (!set.skeletons.has(parent)) missing.push(parent);
  }
  for (const { parentSpanId: parent } of set.skeletons.values()) {
    if (parent !== '' && !set.skeletons.has(parent) && findSpan(set, parent) === undefined)
      missing.push(parent);
  }
  return missing;
}

function isMissingParent(set: TraceSet, spanId: string): boolean {
  if (findSpan(set, spanId) !== undefined) return false;
  const ids = idOf(spanId);
  for (const { page, row } of set.items) if (isSameId(page.parentIds, row, ids, 0)) return true;
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

function findItem(set: TraceSet, ids: IdColumn, row: number): Item | undefined {
  return set.items[placeOf(set, ids, row)];
}

/** Where in the set's items the one of the span stands that a row of a column names; −1 when it has not come. */
export function placeOf(set: TraceSet, ids: IdColumn, row: number): number {
  const { items } = set;
  if (items.length > INDEX_FROM) return placeInIndex(set, ids, row);
  for (let place = items.length - 1; place >= 0; place--) {
    if (items[place]!.hasId(ids, row)) return place;
  }
  return -1;
}

/** Small sets are searched; only large ones pay for an index: places by the second half of the id. */
const INDEX_FROM = 16;
const indexes = new WeakMap<TraceSet, { readonly places: Map<number, number[]>; size: number }>();

function placeInIndex(set: TraceSet, ids: IdColumn, row: number): number {
  const { items } = set;
  let index = indexes.get(set);
  if (index === undefined) {
    index = { places: new Map(), size: 0 };
    indexes.set(set, index);
  }
  const { places } = index;
  // Items are only ever appended.
  for (; index.size < items.length; index.size++) {
    const { page, row: of } = items[index.size]!;
    const word = page.spanIds.words[of * 2 + 1]!;
    const same = places.get(word);
    if (same === undefined) places.set(word, [index.size]);
    else same.push(index.size);
  }
  return places.get(ids.words[row * 2 + 1]!)?.find((place) => items[place]!.hasId(ids, row)) ?? -1;
}

function findSpan(set: TraceSet, spanId: string): Item | undefined {
  return set.items[placeOfSpan(set, spanId)];
}

export function placeOfSpan(set: TraceSet, spanId: string): number {
  return placeOf(set, idOf(spanId), 0);
}

/** The id in a column of its own. */
function idOf(spanId: string): IdColumn {
  const ids = createIds(1);
  setId(ids, 0, spanId);
  return ids;
}

function isReplay(item: Item, page: StepPage, row: number): boolean {
  const first = item.receipt;
  const { offset, source } = page.receipts[row]!;
  return item.index === page.indexes[row] && first.offset === offset && first.source === source;
}

/** Does the row's content come before the item's? */
function outranks(page: StepPage, row: number, content: string, item: Item, winner: string): boolean {
  const ends = compareTimes(page.endedAt, row, item.page.endedAt, item.row);
  if (ends !== 0) return ends > 0;
  const attributes = page.attributeCounts[row]! - item.attributeCount;
  return attributes !== 0 ? attributes > 0 : content > winner;
}

/** Everything that a step says, as text: equal contents are equal texts. */
function contentKey(page: StepPage, row: number): string {
  return JSON.stringify(readStep(page, row), (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}
