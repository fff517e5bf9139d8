import type { Dialect } from './dialect.ts';

/** Mastra's exporter. Usage stands on one span a model call. */
export const mastra: Dialect = {
  name: 'mastra',
  detect: { scopes: ['@mastra/'], keys: ['mastra.span.type'] },
  kind: [
    {
      key: 'mastra.span.type',
      is: {
        agent_run: 'run',
        workflow_run: 'workflow',
        model_inference: 'llm',
        tool_call: 'tool',
        mcp_tool_call: 'tool',
        provider_tool_call: 'tool',
        workflow_wait_event: 'approval',
        scorer_run: 'evaluation',
        model_chunk: 'drop',
        model_step: 'other',
        workflow_step: 'other',
        processor_run: 'other',
      },
    },
  ],
  fields: {
    conversationId: ['gen_ai.conversation.id', 'mastra.metadata.threadId'],
    userId: ['mastra.metadata.userId', 'mastra.metadata.resourceId'],
    tenant: ['mastra.metadata.tenantId', 'mastra.metadata.tenant'],
  },
  cacheInside: true,
  keepsOther: true,
};
