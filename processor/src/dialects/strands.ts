import type { Dialect } from './dialect.ts';

/** Strands Agents (TypeScript and Python). Agent, graph and node spans repeat the usage of the calls below them. */
export const strands: Dialect = {
  name: 'strands',
  detect: {
    scopes: ['strands'],
    keys: ['event_loop.cycle_id', 'agent_loop.cycle_id', 'gen_ai.event.start_time'],
  },
  kind: [
    { spanName: 'execute_agent_loop_cycle*', kind: 'other' },
    { spanName: 'execute_event_loop_cycle*', kind: 'other' },
    { spanName: 'node *', kind: 'other' },
  ],
  fields: {
    toolArguments: ['gen_ai.tool.call.arguments', 'event:gen_ai.tool.message/content'],
    toolResult: ['gen_ai.tool.call.result', 'event:gen_ai.choice/message'],
    success: [{ key: 'gen_ai.tool.status', parse: (value) => (value === 'error' ? false : undefined) }],
  },
  cacheInside: 'auto',
};
