import type { Dialect } from './dialect.ts';

/** Microsoft Agent Framework: agent spans repeat the usage of their calls; workflow spans frame them. */
export const agentFramework: Dialect = {
  name: 'agent-framework',
  detect: { scopes: ['agent_framework', 'Microsoft.Agents'], keys: ['executor.id'] },
  kind: [
    { spanName: 'workflow.run*', kind: 'workflow' },
    { spanName: 'executor.process*', kind: 'other' },
    { spanName: 'edge_group.process*', kind: 'other' },
    { spanName: 'message.send*', kind: 'other' },
  ],
  fields: {
    agentName: ['gen_ai.agent.name', 'workflow.name'],
    conversationId: [
      // The Responses API puts a response id here that changes with every call: no conversation.
      {
        key: 'gen_ai.conversation.id',
        parse: (value) => (String(value).startsWith('resp_') ? undefined : value),
      },
    ],
  },
  cacheInside: true,
  keepsOther: true,
};
