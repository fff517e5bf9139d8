import type { Sli } from './types.ts';

export const toolCallsPerTask = {
  id: 'tool_calls_per_task',
  scope: 'agents',
  title: 'Tool calls per task',
  question: 'How many tool calls does a task take?',
  definition:
    'Mean number of tool calls of an ended task; with a bound, the share of the ended tasks that take no more than it. Calls that no span of their own shows are read from model outputs.',
  unit: 'calls',
  direction: 'lower',
  numerator: 'tool calls; with a bound, ended tasks with at most that many',
  denominator: 'ended tasks',
  coverage: 'every ended task; task_outcomes.inferred_tool_calls shows how many calls had no span',
  bound: { form: 'number', example: 'at_most: 12' },
  sql: { source: 'tasks', total: '1', value: 't.tool_calls' },
} as const satisfies Sli;
