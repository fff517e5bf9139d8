import type { Dialect } from './dialect.ts';

/** The Anthropic SDKs' own spans (`com.anthropic.sdk.*`), on by default beside any other instrumentation. */
export const anthropic: Dialect = {
  name: 'anthropic-sdk',
  detect: { scopes: ['com.anthropic.sdk', 'com.anthropic.claude-platform'] },
  kind: [
    { spanName: 'anthropic.messages.count_tokens', kind: 'other' },
    { spanName: 'anthropic.messages.tool_runner', kind: 'run' },
    { spanName: 'anthropic.sessions.*', kind: 'other' },
    { spanName: 'anthropic.environment.*', kind: 'other' },
  ],
  fields: {
    agentName: ['gen_ai.agent.name'],
    conversationId: ['gen_ai.conversation.id', 'anthropic.session.thread.id'],
    tenant: ['anthropic.workspace.id'],
    cacheWrite5mTokens: ['anthropic.usage.cache_creation.ephemeral_5m_input_tokens'],
    cacheWrite1hTokens: ['anthropic.usage.cache_creation.ephemeral_1h_input_tokens'],
    finishReasons: ['anthropic.message.stop_reason'],
    toolResult: ['anthropic.tool_result.content'],
  },
  cacheInside: true,
  keepsOther: true,
};
