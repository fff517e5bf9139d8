import type { JsonValue } from '../decode/attributes.ts';
import type { Dialect } from './dialect.ts';
import { isRecord, parsedJson } from './values.ts';

/** What an app calls a conversation in the context that it hands to the SDK. */
const CONVERSATION_IN_CONTEXT = [
  'ai.settings.context.sessionId',
  'ai.settings.context.threadId',
  'ai.settings.context.chatId',
];

/**
 * Vercel AI SDK 4 to 6 and the `LegacyOpenTelemetry` of 7 (scope `ai`). Root and step spans repeat the usage of the
 * calls below them: they are runs and steps here, so their sums are never counted beside the calls.
 */
export const aiSdkLegacy: Dialect = {
  name: 'ai-sdk',
  detect: { keys: ['ai.operationId'] },
  kind: [
    {
      key: 'ai.operationId',
      is: {
        'ai.generateText': 'run',
        'ai.streamText': 'run',
        'ai.generateObject': 'run',
        'ai.streamObject': 'run',
        'ai.generateText.doGenerate': 'llm',
        'ai.streamText.doStream': 'llm',
        'ai.generateObject.doGenerate': 'llm',
        'ai.streamObject.doStream': 'llm',
        'ai.toolCall': 'tool',
        'ai.embed': 'other',
        'ai.embedMany': 'other',
        'ai.embed.doEmbed': 'embedding',
        'ai.embedMany.doEmbed': 'embedding',
        'ai.rerank': 'other',
        'ai.rerank.doRerank': 'retrieval',
      },
    },
  ],
  fields: {
    agentName: ['ai.telemetry.functionId', 'resource.name'],
    conversationId: [
      'ai.telemetry.metadata.sessionId',
      'ai.telemetry.metadata.threadId',
      'ai.telemetry.metadata.chatId',
      ...CONVERSATION_IN_CONTEXT,
    ],
    userId: ['ai.telemetry.metadata.userId', 'ai.settings.context.userId'],
    tenant: [
      'ai.telemetry.metadata.tenantId',
      'ai.telemetry.metadata.tenant',
      'ai.settings.context.tenantId',
      'ai.settings.context.tenant',
    ],
    department: ['ai.telemetry.metadata.department', 'ai.settings.context.department'],
    taskId: ['ai.telemetry.metadata.taskId', 'ai.settings.context.taskId'],
    provider: ['gen_ai.system', 'ai.model.provider'],
    requestModel: ['gen_ai.request.model', 'ai.model.id'],
    responseModel: ['gen_ai.response.model', 'ai.response.model'],
    responseId: [
      { key: 'gen_ai.response.id', parse: realResponseId },
      { key: 'ai.response.id', parse: realResponseId },
    ],
    inputTokens: ['ai.usage.inputTokens', 'ai.usage.promptTokens'],
    outputTokens: ['ai.usage.outputTokens', 'ai.usage.completionTokens'],
    cacheReadTokens: ['ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens'],
    cacheWriteTokens: ['ai.usage.inputTokenDetails.cacheWriteTokens'],
    reasoningTokens: ['ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'],
    totalTokens: ['ai.usage.totalTokens'],
    toolName: ['ai.toolCall.name'],
    toolCallId: ['ai.toolCall.id'],
    toolArguments: ['ai.toolCall.args'],
    toolResult: ['ai.toolCall.result'],
    finishReasons: ['ai.response.finishReason'],
    inputMessages: ['ai.prompt.messages', 'ai.prompt'],
    outputMessages: ['ai.response.text', 'ai.response.object'],
    requestedToolCalls: [{ key: 'ai.response.toolCalls', parse: requestedToolCalls }],
  },
  /** Anthropic's input excluded the cache up to version 5; the scope carries no version, so the numbers decide. */
  cacheInside: 'auto',
};

/**
 * Vercel AI SDK 7 (scope `gen_ai`): the GenAI convention, where the root repeats the usage of its calls, with the details
 * and the runtime context under names of its own.
 */
export const aiSdk: Dialect = {
  name: 'ai-sdk-7',
  detect: { scopes: ['gen_ai'], keys: ['ai.settings.context.*'] },
  kind: [],
  fields: {
    conversationId: CONVERSATION_IN_CONTEXT,
    userId: ['ai.settings.context.userId'],
    tenant: ['ai.settings.context.tenantId', 'ai.settings.context.tenant'],
    department: ['ai.settings.context.department'],
    taskId: ['ai.settings.context.taskId'],
    responseId: [{ key: 'gen_ai.response.id', parse: realResponseId }],
    reasoningTokens: ['ai.usage.outputTokenDetails.reasoningTokens'],
  },
  cacheInside: true,
};

/** Ids that the SDK makes up are no ids of a provider's response. */
function realResponseId(value: JsonValue): JsonValue | undefined {
  return String(value).startsWith('aitxt-') ? undefined : value;
}

/** `[{toolCallId, toolName, input}]` as JSON → `[{id, name, arguments}]`. */
function requestedToolCalls(value: JsonValue): JsonValue | undefined {
  const calls = typeof value === 'string' ? parsedJson(value) : value;
  if (!Array.isArray(calls)) return undefined;
  return calls.filter(isRecord).map((call) => ({
    id: call['toolCallId'] ?? '',
    name: call['toolName'] ?? '',
    arguments: call['input'] ?? call['args'] ?? '',
  }));
}
