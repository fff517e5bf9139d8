import type { StepKind } from '@agentops/registry/contract';
import type {
  ApprovalFacts,
  Claims,
  EvaluationFacts,
  HandoffFacts,
  InferredToolCall,
  Receipt,
  ResourceContext,
  SequenceFacts,
  Step,
  Usage,
} from '../model.ts';
import { digestMark, digestText } from './digests.ts';
import { compareIds, hasId, type IdColumn, idText, isSameId } from './ids.ts';
import {
  HAS_MODEL,
  HAS_TOOL,
  KINDS,
  NOTHING_RARE,
  STATUSES,
  type StepPage,
  USAGE_KNOWN,
  WAITING,
} from './page.ts';
import { hasText, isSameText, textAt } from './texts.ts';
import { compareTimes, wholeMilliseconds } from './times.ts';
import {
  CACHE_WRITE,
  CACHE_WRITE_1H,
  CACHE_WRITE_5M,
  CACHED_INPUT,
  INPUT,
  OUTPUT,
  REASONING,
  tokensAt,
} from './usage.ts';

/**
 * A step where it stands in its page. Ids, digests, unique texts and times are made when they are asked for; what is
 * only compared is compared in place.
 */
export class StepRow implements Usage {
  page: StepPage;
  row: number;

  constructor(page: StepPage, row: number) {
    this.page = page;
    this.row = row;
  }

  get traceId(): string {
    return this.page.traceIds[this.row]!;
  }
  get spanId(): string {
    return idText(this.page.spanIds, this.row);
  }
  /** '' for a root. */
  get parentSpanId(): string {
    return idText(this.page.parentIds, this.row);
  }
  get kind(): StepKind {
    return KINDS[this.page.kinds[this.row]!] as StepKind;
  }
  get name(): string {
    return this.#label(this.page.names);
  }
  get startedAt(): bigint {
    return this.page.startedAt.values[this.row]!;
  }
  get endedAt(): bigint {
    return this.page.endedAt.values[this.row]!;
  }
  /** Whole milliseconds. */
  get endedMs(): number {
    const { words } = this.page.endedAt;
    return wholeMilliseconds(words[this.row * 2]!, words[this.row * 2 + 1]!);
  }
  get status(): Step['status'] {
    return STATUSES[this.page.statuses[this.row]!]!;
  }
  get errorType(): string {
    return this.#label(this.page.errorTypes);
  }
  get dialect(): string {
    return this.#label(this.page.dialects);
  }
  get resource(): ResourceContext {
    return this.page.resources[this.row]!;
  }
  get claims(): Claims {
    return this.page.claims[this.row]!;
  }
  get waiting(): boolean {
    return (this.page.flags[this.row]! & WAITING) !== 0;
  }
  get sampledShare(): number {
    return this.page.sampledShares[this.row]!;
  }
  get attributeCount(): number {
    return this.page.attributeCounts[this.row]!;
  }
  get droppedAttributes(): number {
    return this.page.droppedAttributes[this.row]!;
  }

  /** Is it a model call, or carries what one does? */
  get hasModel(): boolean {
    return (this.page.flags[this.row]! & HAS_MODEL) !== 0;
  }
  get provider(): string {
    return this.#label(this.page.providers);
  }
  get requestModel(): string {
    return this.#label(this.page.requestModels);
  }
  get responseModel(): string {
    return this.#label(this.page.responseModels);
  }
  get responseId(): string {
    return textAt(this.page.responseIds, this.row, this.page.heap);
  }
  get hasResponseId(): boolean {
    return hasText(this.page.responseIds, this.row);
  }
  isSameResponse({ page, row }: StepRow): boolean {
    return isSameText(this.page.responseIds, this.row, this.page.heap, page.responseIds, row, page.heap);
  }
  get usageKnown(): boolean {
    return (this.page.flags[this.row]! & USAGE_KNOWN) !== 0;
  }
  /** Its token classes, read where they stand; null when the emitter gave none: unknown, never 0. */
  get usage(): Usage | null {
    return this.usageKnown ? this : null;
  }
  get input(): number {
    return this.#tokens(INPUT);
  }
  get cachedInput(): number {
    return this.#tokens(CACHED_INPUT);
  }
  get cacheWrite(): number {
    return this.#tokens(CACHE_WRITE);
  }
  get cacheWrite5m(): number {
    return this.#tokens(CACHE_WRITE_5M);
  }
  get cacheWrite1h(): number {
    return this.#tokens(CACHE_WRITE_1H);
  }
  get output(): number {
    return this.#tokens(OUTPUT);
  }
  get reasoning(): number {
    return this.#tokens(REASONING);
  }
  /** All that the model read, cached or not; −1 when unknown. */
  get inputTokens(): number {
    return this.usageKnown ? this.input + this.cachedInput + this.cacheWrite : -1;
  }
  /** −1 when unknown. */
  get outputTokens(): number {
    return this.usageKnown ? this.output : -1;
  }
  get reportedCost(): string {
    return this.page.rares[this.row]!.reportedCost;
  }
  get reportedCurrency(): string {
    return this.page.rares[this.row]!.reportedCurrency;
  }
  get toolCalls(): readonly InferredToolCall[] {
    return this.page.rares[this.row]!.toolCalls;
  }

  /** Is it a tool's call, or about one? */
  get hasTool(): boolean {
    return (this.page.flags[this.row]! & HAS_TOOL) !== 0;
  }
  get toolName(): string {
    return this.#label(this.page.tools);
  }
  get callId(): string {
    return textAt(this.page.callIds, this.row, this.page.heap);
  }
  get argumentsDigest(): string {
    return digestText(this.page.argumentsDigests, this.row, this.page.labels);
  }
  get argumentsMark(): number {
    return digestMark(this.page.argumentsDigests, this.row, this.page.labels);
  }
  get argumentsShapeDigest(): string {
    return digestText(this.page.shapeDigests, this.row, this.page.labels);
  }
  get resultMark(): number {
    return digestMark(this.page.resultDigests, this.row, this.page.labels);
  }
  get resultDigest(): string {
    return digestText(this.page.resultDigests, this.row, this.page.labels);
  }
  /** Decimal string; '' when none. */
  get amount(): string {
    return this.page.rares[this.row]!.amount;
  }
  get amountCurrency(): string {
    return this.page.rares[this.row]!.amountCurrency;
  }
  /** As the emitter says; '' leaves it to the registry. */
  get effect(): string {
    return this.page.rares[this.row]!.effect;
  }
  get dataResource(): string {
    return this.page.rares[this.row]!.resource;
  }

  /** Does it say anything that hardly any step says? */
  get saysMore(): boolean {
    return this.page.rares[this.row] !== NOTHING_RARE;
  }
  get handoff(): HandoffFacts | null {
    return this.page.rares[this.row]!.handoff;
  }
  get approval(): ApprovalFacts | null {
    return this.page.rares[this.row]!.approval;
  }
  get evaluation(): EvaluationFacts | null {
    return this.page.rares[this.row]!.evaluation;
  }
  get sequence(): SequenceFacts | null {
    return this.page.rares[this.row]!.sequence;
  }

  /** The request that it came with first, and its place in it. */
  get receipt(): Receipt {
    return this.page.receipts[this.row]!;
  }
  get index(): number {
    return this.page.indexes[this.row]!;
  }

  get hasParent(): boolean {
    return hasId(this.page.parentIds, this.row);
  }
  /** Is it the span that a row of a column names? */
  hasId(ids: IdColumn, row: number): boolean {
    return isSameId(this.page.spanIds, this.row, ids, row);
  }
  /** Negative, 0 or positive, like the other comparisons. */
  compareStart(other: StepRow): number {
    return compareTimes(this.page.startedAt, this.row, other.page.startedAt, other.row);
  }
  compareEnd(other: StepRow): number {
    return compareTimes(this.page.endedAt, this.row, other.page.endedAt, other.row);
  }
  compareSpan(other: StepRow): number {
    return compareIds(this.page.spanIds, this.row, other.page.spanIds, other.row);
  }

  #label(numbers: Uint16Array): string {
    return this.page.labels.texts[numbers[this.row]!]!;
  }
  #tokens(of: number): number {
    return tokensAt(this.page.usage, this.row, of);
  }
}
