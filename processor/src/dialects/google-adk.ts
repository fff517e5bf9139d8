import type { JsonValue } from '../decode/attributes.ts';
import type { Dialect } from './dialect.ts';

/** Google ADK. Tools are children of the model call; output tokens leave thoughts out; merged tool spans are copies. */
export const googleAdk: Dialect = {
  name: 'google-adk',
  detect: { scopes: ['gcp.vertex.agent', 'google.adk'], keys: ['gcp.vertex.agent.*'] },
  kind: [
    { key: 'gen_ai.tool.name', is: { '(merged tools)': 'drop' } },
    { spanName: 'execute_tool (merged)', kind: 'drop' },
    { spanName: 'call_llm', kind: 'llm' },
    { spanName: 'invocation', kind: 'workflow' },
  ],
  fields: {
    conversationId: ['gen_ai.conversation.id', 'gcp.vertex.agent.session_id'],
    toolArguments: ['gcp.vertex.agent.tool_call_args'],
    toolResult: ['gcp.vertex.agent.tool_response'],
    cacheReadTokens: [
      { key: 'gcp.vertex.agent.llm_response', path: ['usageMetadata', 'cachedContentTokenCount'] },
      { key: 'gcp.vertex.agent.llm_response', path: ['usage_metadata', 'cached_content_token_count'] },
    ],
    reasoningTokens: [{ key: 'gcp.vertex.agent.llm_response', parse: thoughts }],
  },
  cacheInside: true,
  reasoningInside: false,
  keepsOther: true,
};

/** Thinking tokens of the raw response: the span's output count does not have them. */
function thoughts(value: JsonValue): JsonValue | undefined {
  const match = /"thoughts(?:TokenCount|_token_count)"\s*:\s*(\d+)/.exec(String(value));
  return match === null ? undefined : Number(match[1]);
}
