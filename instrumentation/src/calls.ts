import { ATTR, type ToolEffect } from '@agentops/registry/contract';
import { SpanKind } from '@opentelemetry/api';
import { argumentsDigests, contentText, resultDigest } from './content.ts';
import { beginStep, inStep, type Placement, present, quietly, type Step } from './spans.ts';

export interface ModelCallOptions extends Placement {
  /** `gen_ai.provider.name`: openai, anthropic, aws.bedrock, azure.ai.openai, gcp.gemini … */
  readonly provider: string;
  readonly model: string;
  readonly operation?: 'chat' | 'text_completion' | 'generate_content' | 'embeddings' | undefined;
  /** Messages and system prompt; sent along, masked, only where content is on. */
  readonly input?: unknown;
  readonly system?: unknown;
}

/** Token counts of one call, as the convention nests them; leave out what the provider does not say. */
export interface ReportedUsage {
  /** All input, with what was read from and written to the cache. */
  readonly input?: number | undefined;
  readonly cacheRead?: number | undefined;
  /** All cache writes; the two below are parts of it. */
  readonly cacheWrite?: number | undefined;
  readonly cacheWrite5m?: number | undefined;
  readonly cacheWrite1h?: number | undefined;
  /** All output, reasoning included. */
  readonly output?: number | undefined;
  readonly reasoning?: number | undefined;
}

export interface ModelResponse {
  readonly id?: string | undefined;
  readonly model?: string | undefined;
  readonly finishReasons?: string[] | undefined;
  readonly usage?: ReportedUsage | undefined;
  /** Sent along, masked, only where content is on. */
  readonly output?: unknown;
}

export interface ModelStep extends Step {
  response(response: ModelResponse): void;
}

/** One logical call of a model, its retries included. */
export function beginModelCall(options: ModelCallOptions): ModelStep {
  const { parent, startTime, operation = 'chat' } = options;
  const step = beginStep(
    `${operation} ${options.model}`,
    present({
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': options.provider,
      'gen_ai.request.model': options.model,
      'gen_ai.system_instructions': contentText(options.system),
      'gen_ai.input.messages': contentText(options.input),
    }),
    { parent, startTime, kind: SpanKind.CLIENT },
  );
  return Object.assign(step, {
    response: (response: ModelResponse) => quietly(() => step.set(responseAttributes(response))),
  });
}

function responseAttributes({ id, model, finishReasons, usage, output }: ModelResponse) {
  return present({
    'gen_ai.response.id': id,
    'gen_ai.response.model': model,
    'gen_ai.response.finish_reasons': finishReasons,
    'gen_ai.usage.input_tokens': usage?.input,
    'gen_ai.usage.cache_read.input_tokens': usage?.cacheRead,
    'gen_ai.usage.cache_write.input_tokens': usage?.cacheWrite,
    // No convention splits cache writes by their lifetime: these are the names of the provider that bills them apart.
    'anthropic.usage.cache_creation.ephemeral_5m_input_tokens': usage?.cacheWrite5m,
    'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': usage?.cacheWrite1h,
    'gen_ai.usage.output_tokens': usage?.output,
    'gen_ai.usage.reasoning.output_tokens': usage?.reasoning,
    'gen_ai.output.messages': contentText(output),
  });
}

export function modelCall<T>(
  options: ModelCallOptions,
  work: (step: ModelStep) => T | Promise<T>,
): Promise<T> {
  return inStep(beginModelCall(options), work);
}

export interface ToolCallOptions extends Placement {
  readonly callId?: string | undefined;
  /** Digested before anything is masked; sent along, masked, only where content is on. */
  readonly arguments?: unknown;
  /** Decimal text or number; kept even when content is off. */
  readonly amount?: string | number | undefined;
  /** ISO 4217 */
  readonly currency?: string | undefined;
  readonly effect?: ToolEffect | undefined;
  readonly resource?: string | undefined;
}

export interface ToolStep extends Step {
  /** What the tool returned: digested, and sent along only where content is on. */
  result(value: unknown): void;
}

/** One execution of a tool (`execute_tool`). */
export function beginToolCall(tool: string, options: ToolCallOptions = {}): ToolStep {
  const { parent, startTime, amount } = options;
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
      [ATTR.argumentsShapeDigest]: digests?.shapeDigest,
      [ATTR.toolAmount]: amount === undefined ? undefined : String(amount),
      [ATTR.toolCurrency]: options.currency,
      [ATTR.toolSideEffect]: options.effect,
      [ATTR.toolResource]: options.resource,
    }),
    { parent, startTime },
  );
  return Object.assign(step, {
    result: (value: unknown) => quietly(() => step.set(resultAttributes(value))),
  });
}

function resultAttributes(value: unknown) {
  return present({
    [ATTR.resultDigest]: resultDigest(value),
    'gen_ai.tool.call.result': contentText(value),
  });
}

/** Runs a tool; its return value is digested and passed through. */
export function toolCall<T>(
  tool: string,
  options: ToolCallOptions,
  work: (step: ToolStep) => T | Promise<T>,
): Promise<T> {
  const step = beginToolCall(tool, options);
  return inStep(step, work, step.result);
}
