import type { Dialect } from './dialect.ts';

/** LangSmith's OpenTelemetry export. Its operation names are partly wrong: its own span kind comes first. */
export const langsmith: Dialect = {
  name: 'langsmith',
  detect: { scopes: ['langsmith'], keys: ['langsmith.span.kind'] },
  kind: [
    {
      key: 'langsmith.span.kind',
      is: {
        llm: 'llm',
        tool: 'tool',
        retriever: 'retrieval',
        embedding: 'embedding',
        chain: 'other',
        prompt: 'other',
        parser: 'other',
      },
      refine: (kind, read) => (kind === 'other' && !read.hasParent ? 'workflow' : undefined),
    },
  ],
  fields: {
    agentName: ['langsmith.metadata.lc_agent_name', { spanName: '' }],
    conversationId: [
      'langsmith.metadata.thread_id',
      'langsmith.metadata.session_id',
      'langsmith.metadata.conversation_id',
    ],
    userId: ['langsmith.metadata.user_id'],
    toolArguments: ['gen_ai.prompt'],
    toolResult: [{ key: 'gen_ai.completion', path: ['output', 'content'] }, 'gen_ai.completion'],
    cacheReadTokens: [
      { key: 'langsmith.metadata.usage_metadata', path: ['input_token_details', 'cache_read'] },
    ],
    reasoningTokens: [
      { key: 'langsmith.metadata.usage_metadata', path: ['output_token_details', 'reasoning'] },
    ],
  },
  cacheInside: true,
};
