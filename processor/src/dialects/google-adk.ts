import type { JsonValue } from '../decode/attributes.ts';
import type { Dialect } from './dialect.ts';

/**
 * Google ADK. Tools are children of the model call; merged tool spans are copies. For TypeScript, and for Python where
 * the call is named `call_llm`, the output count leaves thoughts out: the raw response beside it tells them.
 */
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
    outputTokens: [{ key: 'gcp.vertex.agent.llm_response', parse: candidatesAndThoughts }],
    reasoningTokens: [{ key: 'gcp.vertex.agent.llm_response', parse: thoughts }],
  },
  cacheInside: true,
  keepsOther: true,
};

/** The emitters write the raw response in either case. */
const THOUGHTS = /"thoughts(?:TokenCount|_token_count)"\s*:\s*(\d+)/;
const CANDIDATES = /"candidates(?:TokenCount|_token_count)"\s*:\s*(\d+)/;

/** Thinking tokens. */
function thoughts(response: JsonValue): JsonValue | undefined {
  return countIn(response, THOUGHTS);
}

/** All that the model put out, thoughts included. */
function candidatesAndThoughts(response: JsonValue): JsonValue | undefined {
  const candidates = countIn(response, CANDIDATES);
  return candidates === undefined ? undefined : candidates + (countIn(response, THOUGHTS) ?? 0);
}

/** The response may be cut off: it is searched, not parsed. */
function countIn(response: JsonValue, pattern: RegExp): number | undefined {
  const match = pattern.exec(String(response));
  return match === null ? undefined : Number(match[1]);
}
