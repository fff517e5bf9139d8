import type { Dialect } from './dialect.ts';

/** Claude Code and the Claude Agent SDK. Tool failures stand on a child; approvals have a span of their own. */
export const claudeCode: Dialect = {
  name: 'claude-code',
  detect: { scopes: ['com.anthropic.claude_code'], keys: ['span.type'] },
  kind: [
    {
      key: 'span.type',
      is: {
        interaction: 'run',
        llm_request: 'llm',
        tool: 'tool',
        'tool.blocked_on_user': 'approval',
        // The same call again, told by what ran it: it alone says that the call failed.
        'tool.execution': 'tool',
        hook: 'other',
      },
      // Decided by configuration, not by a person.
      refine: (kind, read) =>
        kind === 'approval' && /^(config|hook)$/.test(read.attribute('source')) ? 'other' : undefined,
    },
  ],
  fields: {
    agentName: [
      'subagent_type',
      { key: 'span.type', parse: (value) => (value === 'interaction' ? 'claude-code' : undefined) },
    ],
    agentId: ['agent_id'],
    userId: ['user.email', 'user.account_uuid', 'user.id'],
    tenant: ['organization.id'],
    requestModel: ['gen_ai.request.model', 'model'],
    responseId: ['request_id', 'gen_ai.response.id'],
    inputTokens: ['input_tokens'],
    outputTokens: ['output_tokens'],
    cacheReadTokens: ['cache_read_tokens'],
    cacheWriteTokens: ['cache_creation_tokens'],
    toolName: ['gen_ai.tool.name', 'tool_name'],
    toolCallId: ['gen_ai.tool.call.id', 'tool_use_id'],
    toolArguments: ['tool_input', 'full_command'],
    success: ['success'],
    approvalId: ['tool_use_id'],
    approvalDecision: [
      { key: 'decision', parse: (value) => ({ accept: 'approved', reject: 'rejected' })[String(value)] },
    ],
    // `user_temporary`, `user_permanent`, `user_reject`, `user_abort`: somebody was asked at the prompt.
    approvalChannel: [
      { key: 'source', parse: (value) => (String(value).startsWith('user_') ? 'terminal' : undefined) },
    ],
    approvalReviewer: ['user.email', 'user.account_uuid'],
  },
  cacheInside: false,
  keepsOther: true,
};
