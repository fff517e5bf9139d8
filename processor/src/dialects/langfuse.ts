import type { Dialect } from './dialect.ts';

/** The Langfuse SDK's observations. */
export const langfuse: Dialect = {
  name: 'langfuse',
  detect: { scopes: ['langfuse'], keys: ['langfuse.observation.type'] },
  kind: [
    {
      key: 'langfuse.observation.type',
      is: {
        generation: 'llm',
        agent: 'run',
        tool: 'tool',
        retriever: 'retrieval',
        embedding: 'embedding',
        guardrail: 'guardrail',
        evaluator: 'evaluation',
        chain: 'other',
        span: 'other',
        event: 'other',
      },
    },
  ],
  fields: {
    agentName: [{ spanName: '' }],
    conversationId: ['session.id', 'langfuse.session.id'],
    userId: ['user.id', 'langfuse.user.id'],
    agentVersion: ['langfuse.version', 'langfuse.release'],
    requestModel: ['langfuse.observation.model.name'],
    inputTokens: [
      { key: 'langfuse.observation.usage_details', path: ['input'] },
      { key: 'langfuse.observation.usage_details', path: ['prompt_tokens'] },
      { key: 'langfuse.observation.usage_details', path: ['input_tokens'] },
    ],
    outputTokens: [
      { key: 'langfuse.observation.usage_details', path: ['output'] },
      { key: 'langfuse.observation.usage_details', path: ['completion_tokens'] },
      { key: 'langfuse.observation.usage_details', path: ['output_tokens'] },
    ],
    cacheReadTokens: [
      { key: 'langfuse.observation.usage_details', path: ['input_cached_tokens'] },
      { key: 'langfuse.observation.usage_details', path: ['prompt_tokens_details', 'cached_tokens'] },
    ],
    cacheWriteTokens: [
      { key: 'langfuse.observation.usage_details', path: ['input_cache_creation'] },
      { key: 'langfuse.observation.usage_details', path: ['cache_creation_input_tokens'] },
    ],
    reasoningTokens: [
      { key: 'langfuse.observation.usage_details', path: ['output_reasoning_tokens'] },
      { key: 'langfuse.observation.usage_details', path: ['completion_tokens_details', 'reasoning_tokens'] },
    ],
    totalTokens: [
      { key: 'langfuse.observation.usage_details', path: ['total'] },
      { key: 'langfuse.observation.usage_details', path: ['total_tokens'] },
    ],
    reportedCost: [{ key: 'langfuse.observation.cost_details', path: ['total'] }],
    toolName: [{ spanName: '' }],
    toolArguments: ['langfuse.observation.input'],
    toolResult: ['langfuse.observation.output'],
    success: [
      { key: 'langfuse.observation.level', parse: (value) => (value === 'ERROR' ? false : undefined) },
    ],
  },
  cacheInside: 'auto',
};
