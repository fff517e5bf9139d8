import { ATTR, OUTCOMES, STEP_KINDS, type StepKind } from '@agentops/registry/contract';
import { type EmittedUsage, splitUsage, type UsageRules } from '../cost/usage.ts';
import type { AttributeList, JsonValue } from '../decode/attributes.ts';
import type { LogView, Origin, SpanView } from '../decode/otlp.ts';
import type {
  ApprovalFacts,
  Claims,
  ContentPart,
  EvaluationFacts,
  HandoffFacts,
  InferredToolCall,
  ModelFacts,
  ResourceContext,
  Step,
  ToolFacts,
  Usage,
} from '../model.ts';
import type { DialectTable, Plan } from './plan.ts';
import { createStepReader, F, type StepReader } from './reader.ts';
import { createResourceReader } from './resource.ts';
import type { Shape } from './shape.ts';
import { createTextCache, type Sanitizer } from './text.ts';

/** Keyed digests of raw UTF-8 JSON, taken before anything is masked. */
export interface Digester {
  digestBytes(utf8: Uint8Array, start: number, end: number): string;
  shapeDigestBytes(utf8: Uint8Array, start: number, end: number): string;
}

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
  span(view: SpanView): Step | Declined;
  /** `id`: the record's content hash, 32 hex characters. */
  log(view: LogView, id: string): Step | Declined;
  /** Of the item just normalized; empty unless the agent's content may be kept. */
  readonly content: readonly ContentPart[];
  /** Of the current origin. */
  readonly resource: ResourceContext;
}

const CLAIM_FIELDS = [
  'agentName',
  'agentId',
  'agentVersion',
  'conversationId',
  'userId',
  'tenant',
  'department',
  'team',
  'costCenter',
  'taskId',
  'taskType',
  'taskRef',
  'outcome',
  'outcomeSource',
  'outcomeEvidence',
  'humanMs',
] as const satisfies readonly (keyof Claims)[];

export const NO_CLAIMS: Claims = Object.freeze({
  agentName: '',
  agentId: '',
  agentVersion: '',
  conversationId: '',
  userId: '',
  tenant: '',
  department: '',
  team: '',
  costCenter: '',
  taskId: '',
  taskType: '',
  taskRef: '',
  outcome: '',
  outcomeSource: '',
  outcomeEvidence: '',
  humanMs: '',
});

const KINDS: ReadonlySet<string> = new Set(STEP_KINDS);
const CLAIMABLE_OUTCOMES: ReadonlySet<string> = new Set(
  OUTCOMES.filter((outcome) => outcome !== 'open' && outcome !== 'abandoned'),
);

const NO_CONTENT: readonly ContentPart[] = [];

export function createNormalizer(options: NormalizerOptions): Normalizer {
  const { table, digester } = options;
  const cache = createTextCache(options.sanitizer);
  const reader = createStepReader(table, cache);
  const resources = createResourceReader(table.keys, cache);
  let resource: ResourceContext;
  let scopeMarks = 0;
  let scopeVersion = '';
  let content: readonly ContentPart[] = NO_CONTENT;
  let list: AttributeList;
  /** Of the call being read, like what stands beside its attributes; the next one overwrites them. */
  const emitted = noUsage();
  const rules: { -readonly [K in keyof UsageRules]: UsageRules[K] } = {
    cacheInside: 'auto',
    reasoningInside: true,
  };
  const envelope: Envelope = {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    name: '',
    startedAt: 0n,
    endedAt: 0n,
    statusCode: 0,
    statusMessage: '',
    traceState: '',
    attributes: 0,
    droppedAttributes: 0,
  };

  function stepKind({ marks }: Shape): StepKind | Declined {
    const answer = reader.kind();
    if (answer === 'drop') return 'dropped';
    if (answer !== null && KINDS.has(answer)) return answer as StepKind;
    return marks & table.keepsOther ? 'other' : 'foreign';
  }

  function claims(kind: StepKind, shape: Shape): Claims {
    const invokes = kind === 'run' || kind === 'workflow';
    if (!invokes && !shape.claims) return NO_CLAIMS;
    // A name taken from a span's name is an agent's only where the span is an agent.
    const named = invokes || !reader.fromSpanName(F.agentName);
    const agentName = named ? reader.label(F.agentName) : '';
    const outcome = reader.label(F.outcome);
    const known = outcome === '' || CLAIMABLE_OUTCOMES.has(outcome);
    const out: Claims = {
      agentName: kind === 'llm' && agentName === reader.text(F.requestModel) ? '' : agentName,
      agentId: reader.label(F.agentId),
      agentVersion: reader.label(F.agentVersion),
      conversationId: reader.identity(F.conversationId),
      userId: reader.identity(F.userId),
      tenant: reader.identity(F.tenant),
      department: reader.label(F.department),
      team: reader.label(F.team),
      costCenter: reader.label(F.costCenter),
      taskId: reader.identity(F.taskId),
      taskType: reader.label(F.taskType),
      taskRef: reader.identity(F.taskRef),
      outcome: known ? outcome : 'unknown',
      outcomeSource: reader.label(F.outcomeSource),
      outcomeEvidence: known ? reader.label(F.outcomeEvidence) : `not an outcome: ${outcome}`,
      humanMs: milliseconds(reader.number(F.humanTime)),
    };
    for (let i = 0; i < CLAIM_FIELDS.length; i++) if (out[CLAIM_FIELDS[i]!] !== '') return out;
    return NO_CLAIMS;
  }

  function usage({ cacheInside, reasoningInside }: Plan, provider: string): Usage | null {
    const input = reader.number(F.inputTokens);
    const output = reader.number(F.outputTokens);
    if (Number.isNaN(input) && Number.isNaN(output)) return null;
    emitted.inputTokens = input;
    emitted.output = output;
    emitted.cacheRead = reader.number(F.cacheReadTokens);
    emitted.cacheWrite = reader.number(F.cacheWriteTokens);
    emitted.cacheWrite5m = reader.number(F.cacheWrite5mTokens);
    emitted.cacheWrite1h = reader.number(F.cacheWrite1hTokens);
    emitted.reasoning = reader.number(F.reasoningTokens);
    emitted.total = reader.number(F.totalTokens);
    rules.cacheInside = typeof cacheInside === 'function' ? cacheInside(scopeVersion, provider) : cacheInside;
    rules.reasoningInside = reasoningInside;
    return splitUsage(emitted, rules);
  }

  function modelFacts(plan: Plan, kind: StepKind): ModelFacts | null {
    const calls = kind === 'llm' || kind === 'embedding';
    const hasUsage = reader.has(F.inputTokens) || reader.has(F.outputTokens);
    if (!calls && !hasUsage && !reader.has(F.reportedCost)) return null;
    const provider = reader.label(F.provider);
    return {
      provider,
      requestModel: reader.label(F.requestModel),
      responseModel: reader.label(F.responseModel),
      responseId: calls ? cache.short(reader.text(F.responseId)) : '',
      usage: hasUsage ? usage(plan, provider) : null,
      reportedCost: reader.has(F.reportedCost) ? decimalText(reader.text(F.reportedCost)) : '',
      reportedCurrency: reader.has(F.reportedCost) ? reader.label(F.reportedCurrency) || 'USD' : '',
      toolCalls: kind === 'llm' && reader.has(F.requestedToolCalls) ? requestedCalls(reader) : [],
    };
  }

  function requestedCalls(read: StepReader): InferredToolCall[] {
    const value = read.value(F.requestedToolCalls);
    if (!Array.isArray(value)) return [];
    return value.slice(0, 256).flatMap((call) => {
      if (typeof call !== 'object' || call === null || Array.isArray(call)) return [];
      const { id, name, arguments: args } = call as { [key: string]: JsonValue };
      const text = Buffer.from(typeof args === 'string' ? args : JSON.stringify(args ?? ''));
      return [
        {
          id: cache.short(String(id ?? '')),
          name: cache.short(String(name ?? '')),
          argumentsDigest: digester.digestBytes(text, 0, text.length),
          argumentsShapeDigest: digester.shapeDigestBytes(text, 0, text.length),
        },
      ];
    });
  }

  /** The emitter's digest of a field, or our own of its raw bytes. */
  function digest(given: number, of: number, take: Digester['digestBytes']): string {
    if (reader.has(given)) return cache.short(reader.text(given));
    const at = reader.plainText(of);
    if (at >= 0) return take(list.buf, list.starts[at]!, list.ends[at]!);
    if (!reader.has(of)) return '';
    const text = Buffer.from(reader.text(of));
    return take(text, 0, text.length);
  }

  function toolFacts(): ToolFacts {
    return {
      name: reader.label(F.toolName),
      callId: cache.short(reader.text(F.toolCallId)),
      argumentsDigest: digest(F.argumentsDigest, F.toolArguments, digester.digestBytes),
      argumentsShapeDigest: digest(F.argumentsShapeDigest, F.toolArguments, digester.shapeDigestBytes),
      resultDigest: digest(F.resultDigest, F.toolResult, digester.digestBytes),
      amount: reader.has(F.toolAmount) ? decimalText(reader.text(F.toolAmount)) : '',
      amountCurrency: reader.has(F.toolAmount) ? reader.label(F.toolCurrency) : '',
      effect: reader.label(F.toolEffect),
      resource: reader.label(F.toolResource),
    };
  }

  function handoffFacts(own: Claims): HandoffFacts {
    const escalation = reader.label(F.escalation);
    const to = escalation || reader.label(F.handoffTo);
    return {
      from: reader.label(F.handoffFrom) || own.agentName,
      to,
      human: escalation !== '' || PEOPLE.test(to),
    };
  }

  function approvalFacts(): ApprovalFacts {
    const event = reader.label(F.approvalEvent);
    const decision = reader.label(F.approvalDecision);
    const slaS = reader.number(F.approvalSla);
    return {
      id: reader.identity(F.approvalId),
      event: event === 'requested' || event === 'decided' ? event : decision === '' ? 'requested' : 'both',
      // A decision of our own need not repeat its request's rule; what only an emitter knows has none.
      rule: reader.label(F.approvalRule) || (event === '' ? 'emitter' : ''),
      decision,
      channel: reader.label(F.approvalChannel),
      reviewer: reader.identity(F.approvalReviewer),
      requestedBy: reader.identity(F.approvalRequestedBy),
      slaS: Number.isFinite(slaS) && slaS > 0 ? slaS : 0,
      deadline: reader.label(F.approvalDeadline),
    };
  }

  function evaluationFacts(): EvaluationFacts {
    const score = reader.number(F.evaluationScore);
    return {
      name: reader.label(F.evaluationName),
      score: Number.isFinite(score) ? score : null,
      label: reader.label(F.evaluationLabel),
      evaluator: reader.label(F.evaluator) || 'evaluator',
      ...(reader.has(F.responseId) && { responseId: cache.short(reader.text(F.responseId)) }),
    };
  }

  function keptContent(agentName: string, kind: StepKind): readonly ContentPart[] {
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

  /** What spans and log records have in common, once the reader is filled. */
  function build({ plan }: Shape, kind: StepKind, own: Claims, item: Envelope): Step {
    const isTool = kind === 'tool';
    const { statusCode, statusMessage } = item;
    const errorType = reader.label(F.errorType);
    const waits =
      (errorType !== '' && plan.waits.has(errorType)) ||
      (statusMessage !== '' && plan.waits.has(firstWord(statusMessage)));
    const failed =
      statusCode === 2 || reader.text(F.success) === 'false' || (statusCode !== 1 && errorType !== '');
    content = keptContent(own.agentName, kind);
    return {
      traceId: item.traceId,
      spanId: item.spanId,
      parentSpanId: item.parentSpanId,
      kind,
      name: item.name,
      startedAt: item.startedAt,
      endedAt: later(item.startedAt, item.endedAt),
      status: waits ? 'unset' : failed ? 'error' : statusCode === 1 ? 'ok' : 'unset',
      statusMessage: statusMessage === '' ? '' : cache.mask(statusMessage).slice(0, MAX_STATUS_MESSAGE),
      errorType,
      dialect: plan.name,
      resource,
      claims: own,
      model: modelFacts(plan, kind),
      tool: isTool || kind === 'handoff' || kind === 'approval' ? toolFacts() : null,
      // Every tool's name is a source of the target; most name none.
      handoff: kind === 'handoff' || (isTool && reader.label(F.handoffTo) !== '') ? handoffFacts(own) : null,
      approval: kind === 'approval' ? approvalFacts() : null,
      evaluation: kind === 'evaluation' ? evaluationFacts() : null,
      sequence: reader.has(F.sequence)
        ? {
            instance: reader.label(F.instance),
            number: reader.number(F.sequence) || 0,
            dropped: reader.number(F.dropped) || 0,
          }
        : null,
      waiting: waits || reader.text(F.waiting) === 'true',
      sampledShare: item.traceState === '' ? 1 : sampledShare(item.traceState),
      attributeCount: item.attributes,
      droppedAttributes: item.droppedAttributes,
    };
  }

  return {
    get content() {
      return content;
    },
    get resource() {
      return resource;
    },
    origin(buf, origin, start, end) {
      resource = resources.read(origin.resource, buf, start, end);
      scopeMarks = table.marksOfScope(origin.scopeName);
      scopeVersion = origin.scopeVersion;
    },
    span(view) {
      content = NO_CONTENT;
      list = view.attributes;
      reader.begin(list, view.nameStart, view.nameEnd, view.parentSpanId !== '');
      envelope.attributes = list.total;
      if (view.events.length > 0 && table.readsEvents) reader.events(view);
      const shape = reader.fill(scopeMarks);
      const kind = stepKind(shape);
      if (kind === 'foreign' || kind === 'dropped') return kind;
      envelope.traceId = view.traceId;
      envelope.spanId = view.spanId;
      envelope.parentSpanId = view.parentSpanId;
      envelope.name = cache.label(list, view.nameStart, view.nameEnd);
      envelope.startedAt = view.startedAt;
      envelope.endedAt = view.endedAt;
      envelope.statusCode = view.statusCode;
      envelope.statusMessage =
        view.messageEnd > view.messageStart ? list.buf.utf8Slice(view.messageStart, view.messageEnd) : '';
      envelope.traceState = view.traceState;
      envelope.droppedAttributes = view.droppedAttributes;
      return build(shape, kind, claims(kind, shape), envelope);
    },
    log(view, id) {
      content = NO_CONTENT;
      list = view.attributes;
      reader.begin(list, 0, 0, view.spanId !== '');
      const shape = reader.fill(scopeMarks);
      const name = view.eventName || reader.attribute('event.name');
      const known = LOG_EVENTS[name];
      if (
        known === undefined &&
        reader.attribute(ATTR.kind) === '' &&
        reader.attribute(ATTR.taskOutcome) === ''
      ) {
        return 'foreign';
      }
      const kind = known ?? stepKind(shape);
      if (kind === 'foreign' || kind === 'dropped') return kind;
      const at = view.time !== 0n ? view.time : view.observedTime;
      return build(shape, kind, claims(kind, shape), {
        traceId: view.traceId !== '' ? view.traceId : `log-${id}`,
        spanId: `log-${id}`,
        parentSpanId: view.spanId,
        name: cache.short(name),
        startedAt: at,
        endedAt: at,
        statusCode: 0,
        statusMessage: '',
        traceState: '',
        attributes: list.total,
        droppedAttributes: view.droppedAttributes,
      });
    },
  };
}

/** What stands beside the attributes of a span or log record. */
interface Envelope {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  startedAt: bigint;
  endedAt: bigint;
  statusCode: number;
  /** As sent. */
  statusMessage: string;
  traceState: string;
  attributes: number;
  droppedAttributes: number;
}

function noUsage(): { -readonly [K in keyof EmittedUsage]: EmittedUsage[K] } {
  return {
    inputTokens: Number.NaN,
    output: Number.NaN,
    cacheRead: Number.NaN,
    cacheWrite: Number.NaN,
    cacheWrite5m: Number.NaN,
    cacheWrite1h: Number.NaN,
    reasoning: Number.NaN,
    total: Number.NaN,
  };
}

function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

const MAX_STATUS_MESSAGE = 4096;

/** Targets of a handoff that are people. */
const PEOPLE = /(^|[_\s-])(human|person|people|operator|representative|live)s?([_\s-]|$)/i;

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

/** Whole milliseconds of seconds, at most a year; '' for what is no time. */
function milliseconds(seconds: number): string {
  return seconds >= 0 && seconds <= 31_622_400 ? String(Math.round(seconds * 1000)) : '';
}

/** A decimal number in its shortest form, at most 12 places; '' when it is none. */
function decimalText(text: string): string {
  const trimmed = text.trim();
  const plain = /^(\d{1,26})(?:\.(\d{1,30}))?$/.exec(trimmed);
  if (plain !== null) return shortest(plain[1]!, plain[2] ?? '');
  const value = Number(trimmed);
  if (trimmed === '' || !Number.isFinite(value) || value < 0 || value > 1e15) return '';
  const [whole, fraction] = value.toFixed(12).split('.');
  return shortest(whole!, fraction!);
}

function shortest(whole: string, fraction: string): string {
  const integer = whole.replace(/^0+(?=\d)/, '');
  const places = fraction.slice(0, 12).replace(/0+$/, '');
  return places === '' ? integer : `${integer}.${places}`;
}

/**
 * The share of traces that consistent probability sampling kept: `1 − th / 2^56` of `ot=th:<hex>`, its trailing zeros
 * left out (OpenTelemetry, "TraceState: Probability Sampling").
 */
export function sampledShare(traceState: string): number {
  const match = /(?:^|,)\s*ot=(?:[^,]*;)?th:([0-9a-f]{1,14})(?:[;,]|$)/.exec(traceState);
  if (match === null) return 1;
  const threshold = Number.parseInt(match[1]!.padEnd(14, '0'), 16);
  return 1 - threshold / 2 ** 56;
}
