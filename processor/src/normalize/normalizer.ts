import { ATTR, STEP_KINDS, type StepKind } from '@agentops/registry/contract';
import type { LogView, Origin, SpanView } from '../decode/otlp.ts';
import type { ContentPart, ResourceContext } from '../model.ts';
import { setId, setIdBytes } from '../steps/ids.ts';
import { numberIn } from '../steps/labels.ts';
import { beginRow, KINDS, STATUSES, type StepPage, WAITING } from '../steps/page.ts';
import { setText } from '../steps/texts.ts';
import { atLeast, setTimeBytes } from '../steps/times.ts';
import { readClaims } from './claims.ts';
import { createModelWriter } from './model-call.ts';
import type { DialectTable } from './plan.ts';
import { readRare } from './rare.ts';
import { createStepReader, F } from './reader.ts';
import { createResourceReader } from './resource.ts';
import { createTextCache, type Sanitizer } from './text.ts';
import { createToolWriter, type Digester } from './tool-call.ts';
import { createTraceIds } from './trace-ids.ts';
import { sampledShare } from './trace-state.ts';

export interface NormalizerOptions {
  readonly table: DialectTable;
  readonly sanitizer: Sanitizer;
  readonly digester: Digester;
  /** May the content of this agent's spans be kept, masked? A function of the span alone. */
  readonly keepsContent: (resource: ResourceContext, agentName: string) => boolean;
}

/** `foreign`: no agent, model or tool step. `dropped`: a placeholder or copy that its dialect declares as such. */
export type Declined = 'foreign' | 'dropped';

export interface Normalizer {
  /** Call for every resource and scope, before their items. */
  origin(buf: Buffer, origin: Origin, resourceStart: number, resourceEnd: number): void;
  /** Looks at a span: what kind of step it is. */
  span(view: SpanView): StepKind | Declined;
  /** The same for a log record. `id`: its content hash, 32 hex characters. */
  log(view: LogView, id: string): StepKind | Declined;
  /** Begins a row of the page with what the item just looked at says, every text in it masked: its number. */
  write(page: StepPage): number;
  /** Of the item just written; empty unless the agent's content may be kept. */
  readonly content: readonly ContentPart[];
  /** Of the current origin. */
  readonly resource: ResourceContext;
}

const ITEM_KINDS: ReadonlySet<string> = new Set(STEP_KINDS);
const UNSET = STATUSES.indexOf('unset');
const OK = STATUSES.indexOf('ok');
const ERROR = STATUSES.indexOf('error');
const NO_CONTENT: readonly ContentPart[] = [];

export function createNormalizer(options: NormalizerOptions): Normalizer {
  const { table, digester } = options;
  const cache = createTextCache(options.sanitizer);
  const reader = createStepReader(table, cache);
  const resources = createResourceReader(table.keys, cache);
  const traceIds = createTraceIds();
  const writeModel = createModelWriter(reader);
  const writeTool = createToolWriter(reader, digester, cache.short);
  const rare = { reader, digester, short: cache.short };
  let resource: ResourceContext;
  let scopeMarks = 0;
  let scopeVersion = '';
  let content: readonly ContentPart[] = NO_CONTENT;
  /** The item that was looked at last: a span, or a log record with its id and name. */
  let kind: StepKind = 'other';
  let span: SpanView | null = null;
  let log: LogView | null = null;
  let logId = '';
  let logName = '';

  function kindOf(): StepKind | Declined {
    const answer = reader.kind();
    if (answer === 'drop') return 'dropped';
    if (answer !== null && ITEM_KINDS.has(answer)) return answer as StepKind;
    return reader.shape.marks & table.keepsOther ? 'other' : 'foreign';
  }

  function writeSpan(page: StepPage, row: number, item: SpanView): void {
    const { attributes } = item;
    const { buf, view } = attributes;
    page.traceIds[row] = traceIds.text(buf, view, item.traceIdAt);
    setIdBytes(page.spanIds, row, view, item.spanIdAt);
    if (item.parentIdAt >= 0) setIdBytes(page.parentIds, row, view, item.parentIdAt);
    page.names[row] = cache.number(attributes, item.nameStart, item.nameEnd, page.labels);
    setTimeBytes(page.startedAt, row, view, item.startAt);
    setTimeBytes(page.endedAt, row, view, item.endAt);
    atLeast(page.endedAt, page.startedAt, row);
    page.sampledShares[row] = sampledShare(item.traceState);
    page.droppedAttributes[row] = item.droppedAttributes;
    const message =
      item.messageEnd > item.messageStart ? buf.utf8Slice(item.messageStart, item.messageEnd) : '';
    writeStatus(page, row, item.statusCode, message);
  }

  function writeLog(page: StepPage, row: number, item: LogView): void {
    page.traceIds[row] = item.traceId !== '' ? item.traceId : `log-${logId}`;
    setId(page.spanIds, row, `log-${logId}`);
    setId(page.parentIds, row, item.spanId);
    page.names[row] = page.labels.numberOf(cache.short(logName));
    const at = item.time !== 0n ? item.time : item.observedTime;
    page.startedAt.values[row] = at;
    page.endedAt.values[row] = at;
    page.sampledShares[row] = 1;
    page.droppedAttributes[row] = item.droppedAttributes;
    writeStatus(page, row, 0, '');
  }

  /** `message`: as sent. */
  function writeStatus(page: StepPage, row: number, code: number, message: string): void {
    const { waits } = reader.shape.plan;
    const errorType = reader.labelIn(F.errorType, page.labels);
    page.errorTypes[row] = errorType;
    const waiting =
      (errorType !== 0 && waits.has(page.labels.texts[errorType]!)) ||
      (message !== '' && waits.has(firstWord(message)));
    const failed = code === 2 || reader.text(F.success) === 'false' || (code !== 1 && errorType !== 0);
    page.statuses[row] = waiting ? UNSET : failed ? ERROR : code === 1 ? OK : UNSET;
    page.flags[row] = waiting || reader.text(F.waiting) === 'true' ? WAITING : 0;
    if (message === '') return;
    setText(page.statusMessages, row, page.heap, cache.mask(message).slice(0, MAX_STATUS_MESSAGE));
  }

  function keptContent(agentName: string): readonly ContentPart[] {
    if (!options.keepsContent(resource, agentName)) return NO_CONTENT;
    const parts: ContentPart[] = [];
    const keep = (part: ContentPart['part'], field: number): void => {
      if (!reader.has(field)) return;
      const text = cache.mask(reader.text(field));
      if (text !== '') parts.push({ part, text });
    };
    if (kind === 'tool') {
      keep('arguments', F.toolArguments);
      keep('result', F.toolResult);
    } else {
      keep('system', F.systemInstructions);
      keep('input', F.inputMessages);
      keep('output', F.outputMessages);
    }
    return parts;
  }

  /** Remembers an item that is no foreign one, or is none of ours. */
  function look(answer: StepKind | Declined): StepKind | Declined {
    if (answer !== 'foreign' && answer !== 'dropped') kind = answer;
    return answer;
  }

  return {
    get content() {
      return content;
    },
    get resource() {
      return resource;
    },
    origin(_, origin, start, end) {
      resource = resources.read(origin.resource, start, end);
      scopeMarks = table.marksOfScope(origin.scopeName);
      scopeVersion = origin.scopeVersion;
    },
    span(item) {
      span = item;
      log = null;
      reader.begin(item.attributes, item.nameStart, item.nameEnd, item.parentIdAt >= 0);
      if (item.events.length > 0 && table.readsEvents) reader.events(item);
      reader.fill(scopeMarks);
      return look(kindOf());
    },
    log(item, id) {
      span = null;
      log = item;
      logId = id;
      reader.begin(item.attributes, 0, 0, item.spanId !== '');
      reader.fill(scopeMarks);
      logName = item.eventName || reader.attribute('event.name');
      if (Object.hasOwn(LOG_EVENTS, logName)) return look(LOG_EVENTS[logName]!);
      const ours = reader.attribute(ATTR.kind) !== '' || reader.attribute(ATTR.taskOutcome) !== '';
      return ours ? look(kindOf()) : 'foreign';
    },
    write(page) {
      const row = beginRow(page);
      const own = readClaims(reader, kind);
      if (span !== null) writeSpan(page, row, span);
      else writeLog(page, row, log!);
      const calls = kind === 'llm' || kind === 'embedding';
      const isModel =
        calls || reader.has(F.inputTokens) || reader.has(F.outputTokens) || reader.has(F.reportedCost);
      if (isModel) writeModel(page, row, calls, scopeVersion);
      const isTool = kind === 'tool' || kind === 'handoff' || kind === 'approval';
      if (isTool) writeTool(page, row);
      page.kinds[row] = KINDS.indexOf(kind);
      page.dialects[row] = numberIn(page.labels, reader.shape.dialect);
      page.attributeCounts[row] = reader.attributes.total;
      page.resources[row] = resource;
      page.claims[row] = own;
      page.rares[row] = readRare(rare, kind, isModel, isTool, own);
      content = keptContent(own.agentName);
      return row;
    },
  };
}

const MAX_STATUS_MESSAGE = 4096;

/**
 * Log events that are facts of their own. Others that carry `gen_ai.*` repeat what their span says (messages, usage,
 * exceptions) and are declared drops.
 */
const LOG_EVENTS: Readonly<Record<string, StepKind>> = {
  'gen_ai.evaluation.result': 'evaluation',
  'agentops.task.outcome': 'other',
  'agentops.approval': 'approval',
};

function firstWord(text: string): string {
  const end = text.search(/[^\w.]/);
  return end === -1 ? text : text.slice(0, end);
}
