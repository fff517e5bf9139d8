import {
  type ApprovalDecision,
  type ApprovalRule,
  ATTR,
  type Outcome,
  type OutcomeSource,
  type ToolEffect,
} from '@agentops/registry/contract';
import { SpanKind } from '@opentelemetry/api';
import { argumentsDigests, contentText, resultDigest } from './content.ts';
import type { Dimensions } from './dimensions.ts';
import { beginStep, inStep, present, quietly, type Step, type StepOptions } from './spans.ts';

export interface TaskOptions extends Dimensions, Pick<StepOptions, 'parent' | 'startTime'> {}

/** The unit of work that the business counts. Its id, type and whose work it is travel to every span below it. */
export function beginTask(id: string, options: TaskOptions = {}): TaskStep {
  const { parent, startTime, ...dimensions } = options;
  const step = beginStep(
    `task ${dimensions.taskType ?? ''}`.trim(),
    { [ATTR.kind]: 'other' },
    stepOptions({ parent, startTime }, { ...dimensions, task: id }),
  );
  return { ...step, outcome: (outcome, how = {}) => setOutcome(step, outcome, how) };
}

export interface TaskStep extends Step {
  /** The verdict on the task. */
  outcome(outcome: ClaimedOutcome, how?: OutcomeOptions): void;
}

export type ClaimedOutcome = Exclude<Outcome, 'open' | 'abandoned'>;

export interface OutcomeOptions {
  readonly source?: OutcomeSource;
  readonly evidence?: string;
}

function setOutcome(step: Step, outcome: ClaimedOutcome, { source, evidence }: OutcomeOptions): void {
  step.set(
    present({
      [ATTR.taskOutcome]: outcome,
      [ATTR.taskOutcomeSource]: source,
      [ATTR.taskOutcomeEvidence]: evidence,
    }),
  );
}

export function task<T>(
  id: string,
  options: TaskOptions,
  work: (step: TaskStep) => T | Promise<T>,
): Promise<T> {
  return inStep(beginTask(id, options), work);
}

export interface AgentRunOptions extends Dimensions, Pick<StepOptions, 'parent' | 'startTime'> {
  readonly version?: string;
}

/** One invocation of an agent (`invoke_agent`). */
export function beginAgentRun(agent: string, options: AgentRunOptions = {}): TaskStep {
  const { parent, startTime, version, ...dimensions } = options;
  const step = beginStep(
    `invoke_agent ${agent}`,
    present({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': agent,
      [ATTR.agentVersion]: version,
    }),
    stepOptions({ parent, startTime }, dimensions),
  );
  return { ...step, outcome: (outcome, how = {}) => setOutcome(step, outcome, how) };
}

export function agentRun<T>(
  agent: string,
  options: AgentRunOptions,
  work: (step: TaskStep) => T | Promise<T>,
): Promise<T> {
  return inStep(beginAgentRun(agent, options), work);
}

export interface ModelCallOptions extends Pick<StepOptions, 'parent' | 'startTime'> {
  readonly provider: string;
  readonly model: string;
  readonly operation?: 'chat' | 'text_completion' | 'generate_content' | 'embeddings';
  readonly input?: unknown;
}

/** Token counts of one call; `input` includes what was read from and written to the cache. */
export interface ReportedUsage {
  readonly input?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly output?: number;
  readonly reasoning?: number;
}

export interface ModelResponse {
  readonly id?: string;
  readonly model?: string;
  readonly finishReasons?: string[];
  readonly usage?: ReportedUsage;
  readonly output?: unknown;
}

export interface ModelStep extends Step {
  response(response: ModelResponse): void;
}

export function beginModelCall(options: ModelCallOptions): ModelStep {
  const operation = options.operation ?? 'chat';
  const step = beginStep(
    `${operation} ${options.model}`,
    present({
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': options.provider,
      'gen_ai.request.model': options.model,
      'gen_ai.input.messages': contentText(options.input),
    }),
    { ...stepOptions(options), kind: SpanKind.CLIENT },
  );
  return {
    ...step,
    response: ({ id, model, finishReasons, usage, output }) =>
      step.set(
        present({
          'gen_ai.response.id': id,
          'gen_ai.response.model': model,
          'gen_ai.response.finish_reasons': finishReasons,
          'gen_ai.usage.input_tokens': usage?.input,
          'gen_ai.usage.cache_read.input_tokens': usage?.cacheRead,
          'gen_ai.usage.cache_write.input_tokens': usage?.cacheWrite,
          'gen_ai.usage.output_tokens': usage?.output,
          'gen_ai.usage.reasoning.output_tokens': usage?.reasoning,
          'gen_ai.output.messages': contentText(output),
        }),
      ),
  };
}

export function modelCall<T>(
  options: ModelCallOptions,
  work: (step: ModelStep) => T | Promise<T>,
): Promise<T> {
  return inStep(beginModelCall(options), work);
}

export interface ToolCallOptions extends Pick<StepOptions, 'parent' | 'startTime'> {
  readonly callId?: string;
  readonly arguments?: unknown;
  /** Decimal text or number; kept even when content is off. */
  readonly amount?: string | number;
  /** ISO 4217 */
  readonly currency?: string;
  readonly effect?: ToolEffect;
  readonly resource?: string;
}

export interface ToolStep extends Step {
  /** What the tool returned: digested, and sent along only where content is on. */
  result(value: unknown): void;
}

export function beginToolCall(tool: string, options: ToolCallOptions = {}): ToolStep {
  const digests = argumentsDigests(options.arguments);
  const step = beginStep(
    `execute_tool ${tool}`,
    present({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': tool,
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': options.callId,
      'gen_ai.tool.call.arguments': contentText(options.arguments),
      [ATTR.argumentsDigest]: digests?.digest,
      [ATTR.argumentsShapeDigest]: digests?.shape,
      [ATTR.toolAmount]: options.amount === undefined ? undefined : String(options.amount),
      [ATTR.toolCurrency]: options.currency,
      [ATTR.toolSideEffect]: options.effect,
      [ATTR.toolResource]: options.resource,
    }),
    stepOptions(options),
  );
  return {
    ...step,
    result: (value) =>
      quietly(() =>
        step.set(
          present({
            [ATTR.resultDigest]: resultDigest(value) ?? undefined,
            'gen_ai.tool.call.result': contentText(value),
          }),
        ),
      ),
  };
}

/** Runs a tool; its return value is digested and passed through. */
export function toolCall<T>(
  tool: string,
  options: ToolCallOptions,
  work: (step: ToolStep) => T | Promise<T>,
): Promise<T> {
  return inStep(beginToolCall(tool, options), async (step) => {
    const value = await work(step);
    step.result(value);
    return value;
  });
}

/** Work passes from one agent to another. */
export function handoff(
  from: string,
  to: string,
  options: Pick<StepOptions, 'parent' | 'startTime'> = {},
): void {
  instant(
    `handoff ${to}`,
    {
      [ATTR.kind]: 'handoff',
      'gen_ai.agent.handoff.source.name': from,
      'gen_ai.agent.handoff.target.name': to,
    },
    options,
  );
}

export interface ApprovalRequest extends Pick<StepOptions, 'parent' | 'startTime'> {
  /** Shared by request and decision, which may be hours and processes apart. */
  readonly id: string;
  readonly rule: Exclude<ApprovalRule, 'emitter'>;
  readonly channel?: string;
  readonly requestedBy?: string;
  readonly deadline?: Date;
  readonly slaSeconds?: number;
  readonly tool?: string;
  readonly toolCallId?: string;
  readonly amount?: string | number;
  readonly currency?: string;
}

/** A person is asked before something is done. */
export function approvalRequested(request: ApprovalRequest): void {
  instant(
    `approval requested ${request.tool ?? ''}`.trim(),
    present({
      [ATTR.kind]: 'approval',
      [ATTR.approvalEvent]: 'requested',
      [ATTR.approvalId]: request.id,
      [ATTR.approvalRule]: request.rule,
      [ATTR.approvalChannel]: request.channel,
      [ATTR.approvalRequestedBy]: request.requestedBy,
      [ATTR.approvalDeadline]: request.deadline?.toISOString(),
      [ATTR.approvalSla]: request.slaSeconds,
      'gen_ai.tool.name': request.tool,
      'gen_ai.tool.call.id': request.toolCallId,
      [ATTR.toolAmount]: request.amount === undefined ? undefined : String(request.amount),
      [ATTR.toolCurrency]: request.currency,
    }),
    request,
  );
}

export interface ApprovalVerdict extends Pick<StepOptions, 'parent' | 'startTime'> {
  readonly id: string;
  readonly decision: Exclude<ApprovalDecision, 'pending'>;
  readonly rule?: Exclude<ApprovalRule, 'emitter'>;
  readonly reviewer?: string;
  readonly channel?: string;
}

/** What the person decided, or that nobody did in time. */
export function approvalDecided(verdict: ApprovalVerdict): void {
  instant(
    `approval ${verdict.decision}`,
    present({
      [ATTR.kind]: 'approval',
      [ATTR.approvalEvent]: 'decided',
      [ATTR.approvalId]: verdict.id,
      [ATTR.approvalRule]: verdict.rule,
      [ATTR.approvalDecision]: verdict.decision,
      [ATTR.approvalReviewer]: verdict.reviewer,
      [ATTR.approvalChannel]: verdict.channel,
    }),
    verdict,
  );
}

/** People take over. */
export function escalation(
  channel: 'business' | 'security' | 'reviewers' | 'operator',
  reason: string,
  options: Pick<StepOptions, 'parent' | 'startTime'> = {},
): void {
  instant(
    `escalation ${channel}`,
    {
      [ATTR.kind]: 'handoff',
      [ATTR.escalationChannel]: channel,
      [ATTR.escalationReason]: contentText(reason) ?? '',
    },
    options,
  );
}

export interface Evaluation extends Pick<StepOptions, 'parent' | 'startTime'> {
  readonly name: string;
  readonly score?: number;
  readonly label?: string;
  readonly evaluator?: 'human' | 'system' | 'evaluator';
}

/** A score for what was done. */
export function evaluation(result: Evaluation): void {
  instant(
    `evaluation ${result.name}`,
    present({
      [ATTR.kind]: 'evaluation',
      'gen_ai.evaluation.name': result.name,
      'gen_ai.evaluation.score.value': result.score,
      'gen_ai.evaluation.score.label': result.label,
      [ATTR.evaluator]: result.evaluator,
    }),
    result,
  );
}

/** A verdict on a task that ended before: from a system of record, an evaluator or a person. */
export function outcome(
  taskId: string,
  verdict: ClaimedOutcome,
  how: OutcomeOptions & Pick<StepOptions, 'parent' | 'startTime'> = {},
): void {
  instant(
    'task outcome',
    present({
      [ATTR.kind]: 'other',
      [ATTR.taskOutcome]: verdict,
      [ATTR.taskOutcomeSource]: how.source,
      [ATTR.taskOutcomeEvidence]: how.evidence,
    }),
    how,
    { task: taskId },
  );
}

function instant(
  name: string,
  attributes: Parameters<typeof beginStep>[1],
  options: Pick<StepOptions, 'parent' | 'startTime'>,
  dimensions?: Dimensions,
): void {
  quietly(() => beginStep(name, attributes, stepOptions(options, dimensions)).end(options.startTime));
}

function stepOptions(
  {
    parent,
    startTime,
  }: {
    readonly parent?: StepOptions['parent'] | undefined;
    readonly startTime?: StepOptions['startTime'] | undefined;
  },
  dimensions?: Dimensions,
): StepOptions {
  return {
    ...(parent !== undefined && { parent }),
    ...(startTime !== undefined && { startTime }),
    ...(dimensions !== undefined && { dimensions }),
  };
}
