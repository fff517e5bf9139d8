import type { Dialect } from './dialect.ts';

/** Pydantic AI and Logfire, instrumentation versions 2 to 6. */
export const pydanticAi: Dialect = {
  name: 'pydantic-ai',
  detect: {
    scopes: ['pydantic-ai', 'logfire'],
    keys: ['logfire.span_type', 'pydantic_ai.tool.deferral.name'],
  },
  kind: [
    { key: 'logfire.span_type', is: { pending_span: 'drop' } },
    { spanName: 'agent run', kind: 'run' },
    { spanName: 'running tool', kind: 'tool' },
    { spanName: 'running *', kind: 'other' },
  ],
  fields: {
    agentName: ['gen_ai.agent.name', 'agent_name'],
    toolArguments: ['tool_arguments'],
    toolResult: ['tool_response'],
    waiting: [{ key: 'pydantic_ai.tool.deferral.name', parse: () => true }],
    reportedCost: ['operation.cost'],
  },
  cacheInside: true,
  waits: ['ApprovalRequired', 'CallDeferred'],
};
