import type { Sli } from './types.ts';

export const toolSuccess = {
  id: 'tool_success',
  scope: 'agents',
  title: 'Tool success',
  question: 'Do the tools work that the agent relies on?',
  definition:
    'Share of the tool calls of ended tasks that ended without an error. A failed call is no failed task: agents try again.',
  unit: 'percent',
  direction: 'higher',
  numerator: 'tool calls without an error',
  denominator: 'tool calls',
  coverage: 'ended tasks that called a tool, of all ended tasks',
  sql: { source: 'tasks', total: 't.tool_calls', good: 't.tool_calls - t.tool_errors' },
} as const satisfies Sli;
