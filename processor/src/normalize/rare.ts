import type { StepKind } from '@agentops/registry/contract';
import type { JsonValue } from '../decode/attributes.ts';
import type {
  ApprovalFacts,
  Claims,
  EvaluationFacts,
  HandoffFacts,
  InferredToolCall,
  SequenceFacts,
} from '../model.ts';
import { NOTHING_RARE, type RareFacts } from '../steps/page.ts';
import { F, type StepReader } from './reader.ts';
import type { Digester } from './tool-call.ts';

export interface RareOptions {
  readonly reader: StepReader;
  /** Masks a text, and cuts it where it is longer than any name. */
  readonly short: (text: string) => string;
  readonly digester: Digester;
}

/** What hardly any item says. `isModel`, `isTool`: has it the facts of a model call, of a tool? */
export function readRare(
  { reader, short, digester }: RareOptions,
  kind: StepKind,
  isModel: boolean,
  isTool: boolean,
  own: Claims,
): RareFacts {
  const toolCalls =
    kind === 'llm' && reader.has(F.requestedToolCalls) ? requestedCalls(reader, short, digester) : NO_CALLS;
  // Every tool's name is a source of the target; most name none.
  const handsOff = kind === 'handoff' || (kind === 'tool' && reader.label(F.handoffTo) !== '');
  const said =
    reader.has(F.toolAmount) ||
    reader.has(F.toolEffect) ||
    reader.has(F.toolResource) ||
    reader.has(F.reportedCost) ||
    reader.has(F.sequence);
  if (!said && !handsOff && toolCalls.length === 0 && kind !== 'approval' && kind !== 'evaluation') {
    return NOTHING_RARE;
  }
  const hasAmount = isTool && reader.has(F.toolAmount);
  const hasCost = isModel && reader.has(F.reportedCost);
  return {
    amount: hasAmount ? decimalText(reader.text(F.toolAmount)) : '',
    amountCurrency: hasAmount ? reader.label(F.toolCurrency) : '',
    effect: isTool ? reader.label(F.toolEffect) : '',
    resource: isTool ? reader.label(F.toolResource) : '',
    reportedCost: hasCost ? decimalText(reader.text(F.reportedCost)) : '',
    reportedCurrency: hasCost ? reader.label(F.reportedCurrency) || 'USD' : '',
    toolCalls,
    handoff: handsOff ? handoffFacts(reader, own) : null,
    approval: kind === 'approval' ? approvalFacts(reader) : null,
    evaluation: kind === 'evaluation' ? evaluationFacts(reader, short) : null,
    sequence: reader.has(F.sequence) ? sequenceFacts(reader) : null,
  };
}

const NO_CALLS: readonly InferredToolCall[] = NOTHING_RARE.toolCalls;

function requestedCalls(
  reader: StepReader,
  short: (text: string) => string,
  digester: Digester,
): readonly InferredToolCall[] {
  const value = reader.value(F.requestedToolCalls);
  if (!Array.isArray(value)) return NO_CALLS;
  return value.slice(0, 256).flatMap((call) => {
    if (typeof call !== 'object' || call === null || Array.isArray(call)) return [];
    const { id, name, arguments: args } = call as { [key: string]: JsonValue };
    const text = Buffer.from(typeof args === 'string' ? args : JSON.stringify(args ?? ''));
    return [
      {
        id: short(String(id ?? '')),
        name: short(String(name ?? '')),
        argumentsDigest: digester.digestBytes(text, 0, text.length),
        argumentsShapeDigest: digester.shapeDigestBytes(text, 0, text.length),
      },
    ];
  });
}

/** Targets of a handoff that are people. */
const PEOPLE = /(^|[_\s-])(human|person|people|operator|representative|live)s?([_\s-]|$)/i;

function handoffFacts(reader: StepReader, own: Claims): HandoffFacts {
  const escalation = reader.label(F.escalation);
  const to = escalation || reader.label(F.handoffTo);
  return {
    from: reader.label(F.handoffFrom) || own.agentName,
    to,
    human: escalation !== '' || PEOPLE.test(to),
  };
}

function approvalFacts(reader: StepReader): ApprovalFacts {
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

function evaluationFacts(reader: StepReader, short: (text: string) => string): EvaluationFacts {
  const score = reader.number(F.evaluationScore);
  return {
    name: reader.label(F.evaluationName),
    score: Number.isFinite(score) ? score : null,
    label: reader.label(F.evaluationLabel),
    evaluator: reader.label(F.evaluator) || 'evaluator',
    ...(reader.has(F.responseId) && { responseId: short(reader.text(F.responseId)) }),
  };
}

function sequenceFacts(reader: StepReader): SequenceFacts {
  return {
    instance: reader.label(F.instance),
    number: reader.number(F.sequence) || 0,
    dropped: reader.number(F.dropped) || 0,
  };
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
