import type { Sli } from './types.ts';

export const taskLatency = {
  id: 'task_latency',
  scope: 'agents',
  title: 'Task latency',
  question: 'How long does a task take?',
  definition:
    'Mean time from the first step of an ended task to its last, waits for people included; with a bound, the share of the tasks that take no longer.',
  unit: 'ms',
  direction: 'lower',
  numerator: 'time of the tasks; with a bound, tasks that take at most that long',
  denominator: 'ended tasks',
  coverage: 'every ended task',
  bound: { form: 'duration', example: 'at_most: 5m' },
  sql: { source: 'tasks', total: '1', value: 't.duration_ms' },
} as const satisfies Sli;
