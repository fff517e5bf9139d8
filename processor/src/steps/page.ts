import { STEP_KINDS } from '@agentops/registry/contract';
import {
  type ApprovalFacts,
  type Claims,
  type EvaluationFacts,
  type HandoffFacts,
  type InferredToolCall,
  NO_CLAIMS,
  NO_RECEIPT,
  NO_RESOURCE,
  type Receipt,
  type ResourceContext,
  type SequenceFacts,
} from '../model.ts';
import { clearDigest, copyDigest, createDigests, type DigestColumn } from './digests.ts';
import { clearId, copyId, createIds, type IdColumn } from './ids.ts';
import { createLabels, type Labels } from './labels.ts';
import { createMemory } from './memory.ts';
import { createHeap, createTexts, type Heap, setTextBytes, type TextColumn } from './texts.ts';
import { copyTime, createTimes, type TimeColumn } from './times.ts';
import { clearUsage, copyUsage, createUsages, USAGE_CLASSES, type UsageColumn } from './usage.ts';

/**
 * Steps in columns: what arrives, what is remembered of open runs, and what goes into the store. A page takes some
 * hundred bytes a step, none of which the garbage collector has to look at, and is written to the store column by column.
 * What nobody sets is empty: 0, '', none.
 */
export interface StepPage {
  /** Rows that are filled, in the order in which they came. */
  rows: number;
  /** Is the row behind them begun? */
  begun: boolean;
  /** Rows that a set holds. */
  held: number;
  readonly labels: Labels;
  readonly heap: Heap;

  readonly traceIds: string[];
  readonly spanIds: IdColumn;
  readonly parentIds: IdColumn;
  readonly startedAt: TimeColumn;
  readonly endedAt: TimeColumn;
  /** Places in {@link KINDS} and {@link STATUSES}. */
  readonly kinds: Uint8Array;
  readonly statuses: Uint8Array;
  /** {@link HAS_MODEL} … */
  readonly flags: Uint8Array;

  /** Numbers of labels. */
  readonly names: Uint16Array;
  readonly errorTypes: Uint16Array;
  readonly dialects: Uint16Array;
  readonly tools: Uint16Array;
  readonly providers: Uint16Array;
  readonly requestModels: Uint16Array;
  readonly responseModels: Uint16Array;

  readonly statusMessages: TextColumn;
  readonly callIds: TextColumn;
  readonly responseIds: TextColumn;
  readonly argumentsDigests: DigestColumn;
  readonly shapeDigests: DigestColumn;
  readonly resultDigests: DigestColumn;

  readonly usage: UsageColumn;
  readonly sampledShares: Float64Array;
  readonly attributeCounts: Uint32Array;
  readonly droppedAttributes: Uint32Array;

  readonly resources: ResourceContext[];
  readonly claims: Claims[];
  readonly rares: RareFacts[];
  /** The request that a step came with first, and its place in it. */
  readonly receipts: Receipt[];
  readonly indexes: Uint32Array;
  /** What the fold has written of a row; 0 for nothing. */
  readonly written: Uint32Array;
}

/** What hardly any step says. */
export interface RareFacts {
  /** Decimal strings; '' for none. */
  readonly amount: string;
  readonly amountCurrency: string;
  /** As the emitter says of a tool. */
  readonly effect: string;
  readonly resource: string;
  readonly reportedCost: string;
  readonly reportedCurrency: string;
  readonly toolCalls: readonly InferredToolCall[];
  readonly handoff: HandoffFacts | null;
  readonly approval: ApprovalFacts | null;
  readonly evaluation: EvaluationFacts | null;
  readonly sequence: SequenceFacts | null;
}

export const NOTHING_RARE: RareFacts = Object.freeze({
  amount: '',
  amountCurrency: '',
  effect: '',
  resource: '',
  reportedCost: '',
  reportedCurrency: '',
  toolCalls: [],
  handoff: null,
  approval: null,
  evaluation: null,
  sequence: null,
});

/** `skeleton`: a link of the tree that no item stands behind. */
export const KINDS = [...STEP_KINDS, 'skeleton'] as const;
export const STATUSES = ['unset', 'ok', 'error'] as const;

export const HAS_MODEL = 1;
export const HAS_TOOL = 2;
export const USAGE_KNOWN = 4;
export const WAITING = 8;

/** A page has fewer labels than 16 bits number, and fits the second cache of a core. */
export const PAGE_ROWS = 1024;
const HEAP_BYTES = 32 * PAGE_ROWS;

/** What the columns below take of a row. */
const ROW_BYTES = 2 * 8 + 2 * 8 + 3 * 1 + 7 * 2 + 3 * 8 + 3 * 18 + USAGE_CLASSES * 8 + 8 + 4 * 4;

export function createPage(): StepPage {
  const rows = PAGE_ROWS;
  const memory = createMemory(rows * ROW_BYTES);
  return {
    rows: 0,
    begun: false,
    held: 0,
    labels: createLabels(),
    heap: createHeap(HEAP_BYTES),
    traceIds: filled(''),
    spanIds: createIds(rows, memory),
    parentIds: createIds(rows, memory),
    startedAt: createTimes(rows, memory),
    endedAt: createTimes(rows, memory),
    kinds: memory.uint8(rows),
    statuses: memory.uint8(rows),
    flags: memory.uint8(rows),
    names: memory.uint16(rows),
    errorTypes: memory.uint16(rows),
    dialects: memory.uint16(rows),
    tools: memory.uint16(rows),
    providers: memory.uint16(rows),
    requestModels: memory.uint16(rows),
    responseModels: memory.uint16(rows),
    statusMessages: createTexts(rows, memory),
    callIds: createTexts(rows, memory),
    responseIds: createTexts(rows, memory),
    argumentsDigests: createDigests(rows, memory),
    shapeDigests: createDigests(rows, memory),
    resultDigests: createDigests(rows, memory),
    usage: createUsages(rows, memory),
    sampledShares: memory.float64(rows),
    attributeCounts: memory.uint32(rows),
    droppedAttributes: memory.uint32(rows),
    resources: filled(NO_RESOURCE),
    claims: filled(NO_CLAIMS),
    rares: filled(NOTHING_RARE),
    receipts: filled(NO_RECEIPT),
    indexes: memory.uint32(rows),
    written: memory.uint32(rows),
  };
}

/** Large enough at once: to grow costs more than its size. */
function filled<T>(value: T): T[] {
  return new Array<T>(PAGE_ROWS).fill(value);
}

const NUMBERS = [
  'kinds',
  'statuses',
  'flags',
  'sampledShares',
  'attributeCounts',
  'droppedAttributes',
  'indexes',
  'written',
] as const;
const LABELS = [
  'names',
  'errorTypes',
  'dialects',
  'tools',
  'providers',
  'requestModels',
  'responseModels',
] as const;
const TEXTS = ['statusMessages', 'callIds', 'responseIds'] as const;
const DIGESTS = ['argumentsDigests', 'shapeDigests', 'resultDigests'] as const;
const REFERENCES = ['traceIds', 'resources', 'claims', 'rares', 'receipts'] as const;

/** Begins the row behind the last, empty whatever was begun there before: its number. */
export function beginRow(page: StepPage): number {
  if (page.begun) clearRow(page, page.rows);
  page.begun = true;
  return page.rows;
}

export function keepRow(page: StepPage): void {
  page.begun = false;
  page.rows++;
}

function clearRow(page: StepPage, row: number): void {
  clearId(page.spanIds, row);
  clearId(page.parentIds, row);
  for (const column of NUMBERS) page[column][row] = 0;
  for (const column of LABELS) page[column][row] = 0;
  for (const column of TEXTS) page[column].ends[row] = page[column].starts[row]!;
  for (const column of DIGESTS) clearDigest(page[column], row);
  clearUsage(page.usage, row);
}

/** Adds a step of another page to this one, as it stands. Returns its row. */
export function copyRow(from: StepPage, row: number, to: StepPage): number {
  const at = beginRow(to);
  const label = (number: number): number => to.labels.numberOf(from.labels.texts[number]!);
  copyId(from.spanIds, row, to.spanIds, at);
  copyId(from.parentIds, row, to.parentIds, at);
  copyTime(from.startedAt, row, to.startedAt, at);
  copyTime(from.endedAt, row, to.endedAt, at);
  for (const column of NUMBERS) to[column][at] = from[column][row]!;
  for (const column of LABELS) to[column][at] = label(from[column][row]!);
  for (const column of TEXTS) {
    const { starts, ends } = from[column];
    setTextBytes(to[column], at, to.heap, from.heap.bytes, starts[row]!, ends[row]!);
  }
  for (const column of DIGESTS) copyDigest(from[column], row, to[column], at, label);
  copyUsage(from.usage, row, to.usage, at);
  for (const column of REFERENCES) to[column][at] = from[column][row]! as never;
  keepRow(to);
  return at;
}

/** Is it full, and of most of its steps nobody is interested in any more? */
export function isSparse({ rows, held }: StepPage): boolean {
  return rows === PAGE_ROWS && held < PAGE_ROWS / 2;
}

/** Pages one after another. */
export interface Pages {
  /** A page with room for one more step. */
  open(): StepPage;
}

export function createPages(): Pages {
  let page = createPage();
  return {
    open() {
      if (page.rows === PAGE_ROWS) page = createPage();
      return page;
    },
  };
}
