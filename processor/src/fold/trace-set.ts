import { createHash } from 'node:crypto';
import { createIds, hasId, type IdColumn, idText, isSameId, setId } from '../steps/ids.ts';
import type { StepPage } from '../steps/page.ts';
import { compareTimes } from '../steps/times.ts';
import { readStep } from '../steps/whole.ts';
import type { Attribution } from './attribution.ts';
import { CHANGED } from './written.ts';

/**
 * State is a set: the distinct items received for one trace. It only grows, and every row that leaves the processor is
 * a pure function of it. So arrivals commute, replays change nothing, and the order in which spans come does not matter.
 */
export interface TraceSet {
  readonly traceId: string;
  /** Where its items stand: each on a page, in a row of it. */
  readonly pages: StepPage[];
  readonly rows: number[];
  /**
   * By an item's place among these: hashes of contents other than its own that came under the same ids, the smallest of
   * them, in order.
   */
  variants: ReadonlyMap<number, readonly string[]>;
  /** How many of them the state has counted. */
  counted: number;
  /** Foreign spans that stand between ours: span id → their parent and service. They keep the tree whole. */
  skeletons: ReadonlyMap<string, Skeleton>;
  /** Has anything changed since the rows of this set were last made? */
  dirty: boolean;
  /** Whose work its rows were said to be: `written.ts` has places in this list. */
  writtenAs: readonly Attribution[];
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
const NO_HASHES: readonly string[] = [];
const NO_VARIANTS: ReadonlyMap<number, readonly string[]> = new Map();
const NO_ATTRIBUTIONS: readonly Attribution[] = [];
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
    pages: [],
    rows: [],
    variants: NO_VARIANTS,
    counted: 0,
    skeletons: NO_SKELETONS,
    dirty: false,
    writtenAs: NO_ATTRIBUTIONS,
    writtenRuns: NO_RUNS,
    writtenLoops: NO_LOOPS,
    reloaded: false,
  };
}

/** Grow-only: the number of distinct contents, which orders the versions of every row made from the set. */
export function sizeOf(set: TraceSet): number {
  let size = set.rows.length + set.skeletons.size;
  for (const hashes of set.variants.values()) size += hashes.length;
  return size;
}

export function variantsOf({ variants }: TraceSet, place: number): readonly string[] {
  return variants.size === 0 ? NO_HASHES : (variants.get(place) ?? NO_HASHES);
}

/** Adds an arrival. `stored` also for a replay of the first arrival itself: it is told by where it stood. */
export function addArrival(set: TraceSet, page: StepPage, row: number): Arrival {
  const place = placeOf(set, page.spanIds, row);
  if (place < 0) {
    addItem(set, page, row);
    set.dirty = true;
    return 'stored';
  }
  const knownPage = set.pages[place]!;
  const knownRow = set.rows[place]!;
  const arrival = isReplay(knownPage, knownRow, page, row) ? 'stored' : 'duplicate';
  const content = contentKey(page, row);
  const winner = contentKey(knownPage, knownRow);
  if (content === winner || variantsOf(set, place).includes(hashOf(content))) return arrival;
  const wins = outranks(page, row, content, knownPage, knownRow, winner);
  if (wins) replace(set, place, page, row);
  if (addVariant(set, place, hashOf(wins ? winner : content)) || wins) {
    set.pages[place]!.written[set.rows[place]!]! |= CHANGED;
    set.dirty = true;
  }
  return arrival === 'stored' ? 'stored' : 'conflict';
}

export function addItem(set: TraceSet, page: StepPage, row: number): void {
  set.pages.push(page);
  set.rows.push(row);
  page.held++;
}

/** Nearly no item has any: there is a map only where there is something in it. */
export function setVariants(set: TraceSet, place: number, hashes: readonly string[]): void {
  if (set.variants === NO_VARIANTS) set.variants = new Map();
  (set.variants as Map<number, readonly string[]>).set(place, hashes);
}

/** The content of a later arrival in place of the first one's; the receipt remains, and what was written of it. */
function replace(set: TraceSet, place: number, page: StepPage, row: number): void {
  const before = set.pages[place]!;
  const from = set.rows[place]!;
  page.receipts[row] = before.receipts[from]!;
  page.indexes[row] = before.indexes[from]!;
  page.written[row] = before.written[from]!;
  move(set, place, page, row);
}

/** From now on the item stands elsewhere. */
export function move(set: TraceSet, place: number, page: StepPage, row: number): void {
  set.pages[place]!.held--;
  set.pages[place] = page;
  set.rows[place] = row;
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
  for (const [place, { parentIds }] of set.pages.entries()) {
    const row = set.rows[place]!;
    if (!hasId(parentIds, row) || placeOf(set, parentIds, row) >= 0) continue;
    const parent = idText(parentIds, row);
    if (!set.skeletons.has(parent)) missing.push(parent);
  }
  for (const { parentSpanId: parent } of set.skeletons.values()) {
    if (parent !== '' && !set.skeletons.has(parent) && placeOfSpan(set, parent) < 0) missing.push(parent);
  }
  return missing;
}

function isMissingParent(set: TraceSet, spanId: string): boolean {
  if (placeOfSpan(set, spanId) >= 0) return false;
  const ids = idOf(spanId);
  for (const [place, { parentIds }] of set.pages.entries()) {
    if (isSameId(parentIds, set.rows[place]!, ids, 0)) return true;
  }
  for (const skeleton of set.skeletons.values()) if (skeleton.parentSpanId === spanId) return true;
  return false;
}

/**
 * Keeps the smallest hashes: what once lost stays a loser, so the same ones remain in whatever order contents come.
 * Returns whether the list has changed.
 */
function addVariant(set: TraceSet, place: number, hash: string): boolean {
  const hashes = variantsOf(set, place);
  if (hashes.length === MAX_VARIANTS && hash > hashes.at(-1)!) return false;
  setVariants(set, place, [...hashes, hash].sort().slice(0, MAX_VARIANTS));
  return true;
}

const MAX_VARIANTS = 16;

/** Where in the set's items the one of the span stands that a row of a column names; −1 when it has not come. */
export function placeOf(set: TraceSet, ids: IdColumn, row: number): number {
  const { pages, rows } = set;
  if (rows.length > INDEX_FROM) return placeInIndex(set, ids, row);
  for (let place = rows.length - 1; place >= 0; place--) {
    if (isSameId(pages[place]!.spanIds, rows[place]!, ids, row)) return place;
  }
  return -1;
}

/** Small sets are searched; only large ones pay for an index: places by the second half of the id. */
const INDEX_FROM = 16;
const indexes = new WeakMap<TraceSet, { readonly places: Map<number, number[]>; size: number }>();

function placeInIndex(set: TraceSet, ids: IdColumn, row: number): number {
  const { pages, rows } = set;
  let index = indexes.get(set);
  if (index === undefined) {
    index = { places: new Map(), size: 0 };
    indexes.set(set, index);
  }
  const { places } = index;
  // Items are only ever appended.
  for (; index.size < rows.length; index.size++) {
    const word = pages[index.size]!.spanIds.words[rows[index.size]! * 2 + 1]!;
    const same = places.get(word);
    if (same === undefined) places.set(word, [index.size]);
    else same.push(index.size);
  }
  const same = places.get(ids.words[row * 2 + 1]!);
  return same?.find((place) => isSameId(pages[place]!.spanIds, rows[place]!, ids, row)) ?? -1;
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

/** Has the row the receipt of the one that is known? */
function isReplay(known: StepPage, knownRow: number, page: StepPage, row: number): boolean {
  const first = known.receipts[knownRow]!;
  const { offset, source } = page.receipts[row]!;
  const sameIndex = known.indexes[knownRow] === page.indexes[row];
  return sameIndex && first.offset === offset && first.source === source;
}

/** Does the row's content come before the one that won so far? */
function outranks(
  page: StepPage,
  row: number,
  content: string,
  known: StepPage,
  knownRow: number,
  winner: string,
): boolean {
  const ends = compareTimes(page.endedAt, row, known.endedAt, knownRow);
  if (ends !== 0) return ends > 0;
  const attributes = page.attributeCounts[row]! - known.attributeCounts[knownRow]!;
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
