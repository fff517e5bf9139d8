import type { StepKind } from '@agentops/registry/contract';
import type { JsonValue } from '../decode/attributes.ts';

/** What a dialect can say about a span. Each field takes the first source that is not empty. */
export const FIELDS = [
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
  'humanTime',
  'provider',
  'requestModel',
  'responseModel',
  'responseId',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWrite5mTokens',
  'cacheWrite1hTokens',
  'reasoningTokens',
  'totalTokens',
  'reportedCost',
  'reportedCurrency',
  'toolName',
  'toolCallId',
  'toolArguments',
  'toolResult',
  'toolAmount',
  'toolCurrency',
  'toolEffect',
  'toolResource',
  'argumentsDigest',
  'argumentsShapeDigest',
  'resultDigest',
  'handoffFrom',
  'handoffTo',
  /** The channel of people who take over. */
  'escalation',
  'approvalId',
  'approvalEvent',
  'approvalRule',
  'approvalDecision',
  'approvalChannel',
  'approvalReviewer',
  'approvalRequestedBy',
  'approvalSla',
  'approvalDeadline',
  'evaluationName',
  'evaluationScore',
  'evaluationLabel',
  'evaluator',
  'errorType',
  /** `true` or `false`: the emitter's own word on whether the call worked. */
  'success',
  'finishReasons',
  /** Content: read for digests and, where the registry allows it, kept masked. */
  'inputMessages',
  'outputMessages',
  'systemInstructions',
  /** Tool calls that the model asked for: `[{id, name, arguments}]`. */
  'requestedToolCalls',
  /** `true`: the run stands still until somebody answers. */
  'waiting',
  'instance',
  'sequence',
  'dropped',
] as const;
export type Field = (typeof FIELDS)[number];

/**
 * Where a field's value comes from:
 * - `'gen_ai.tool.name'`: an attribute;
 * - `'event:gen_ai.choice/content'`: an attribute of a span event;
 * - `{ key, path }`: a value inside an attribute that holds JSON;
 * - `{ key, parse }`: a named pure function of the attribute's value; `undefined` is empty;
 * - `{ key, contains, parse }`: the same, asked only where the value's bytes contain a text: most content has nothing;
 * - `{ prefix, collect }`: a named pure function of all attributes with that prefix (flattened lists);
 * - `{ spanName }`: what follows that beginning of the span's name.
 * `reject` lists values that mean nothing.
 */
export type FieldSource =
  | string
  | { readonly key: string; readonly path: readonly string[]; readonly reject?: readonly string[] }
  | {
      readonly key: string;
      readonly parse: (value: JsonValue) => JsonValue | undefined;
      readonly reject?: readonly string[];
    }
  | {
      readonly key: string;
      readonly contains: string;
      readonly parse: (value: JsonValue) => JsonValue | undefined;
    }
  | { readonly key: string; readonly reject: readonly string[] }
  | {
      readonly prefix: string;
      readonly collect: (entries: ReadonlyMap<string, JsonValue>) => JsonValue | undefined;
    }
  | { readonly spanName: string; readonly reject?: readonly string[] };

/** What a rule may answer: a kind; `drop`, a declared drop (placeholders, synthetic copies). */
export type KindAnswer = StepKind | 'drop';

/** What a rule's refinement may look at. */
export interface FieldReader {
  readonly spanName: string;
  readonly hasParent: boolean;
  text(field: Field): string;
  /** Any attribute that some dialect names, as text; '' when absent. */
  attribute(key: string): string;
}

/**
 * Tried in order over all detected dialects; the first that answers wins.
 * - `{ key, is }`: by an attribute's value (compared as written);
 * - `{ key, present }`: because the attribute is there;
 * - `{ spanName, kind }`: by the span's name: `'execute_tool *'` by its beginning, else whole.
 * `refine` may overrule the answer by looking closer; `undefined` leaves it.
 */
export type KindRule = (
  | { readonly key: string; readonly is: Readonly<Record<string, KindAnswer>> }
  | { readonly key: string; readonly present: KindAnswer }
  | { readonly spanName: string; readonly kind: KindAnswer }
) & { readonly refine?: (kind: KindAnswer, read: FieldReader) => KindAnswer | undefined };

/** One emitter's way of saying things. Order among dialects stands in `index.ts`; OTel GenAI comes last. */
export interface Dialect {
  readonly name: string;
  /** A dialect takes part when its scope name begins so, or when one of the attributes is there (`'ai.*'`: any such). */
  readonly detect: { readonly scopes?: readonly string[]; readonly keys?: readonly string[] };
  readonly kind: readonly KindRule[];
  readonly fields: { readonly [F in Field]?: readonly FieldSource[] };
  /** Is cached input part of the input count? `auto` decides by the numbers. May depend on scope version and provider. */
  readonly cacheInside?: CacheRule | ((scopeVersion: string, provider: string) => CacheRule);
  /** Is reasoning part of the output count? True when not said. */
  readonly reasoningInside?: boolean;
  /** Exception types that are no errors but a wait for somebody's answer. */
  readonly waits?: readonly string[];
  /** Spans of this dialect that no rule names are kept as `other` (true) or are foreign (false, the default). */
  readonly keepsOther?: boolean;
}

export type CacheRule = boolean | 'auto';

/**
 * `transfer_to_billing` → `billing`: frameworks hand over by a tool of such a name. The call stays a tool call, which it
 * was; that it handed over stands beside it.
 */
export function transferTarget(value: JsonValue): JsonValue | undefined {
  const match = /^(?:transfer|handoff|hand_off)_to_(.+)$/i.exec(String(value));
  return match === null ? undefined : match[1]!;
}
