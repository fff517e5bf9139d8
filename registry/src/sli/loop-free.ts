import type { Sli } from './types.ts';

export const loopFree = {
  id: 'loop_free',
  scope: 'agents',
  title: 'Tasks without loops',
  question: 'Does the agent get on, or run in circles?',
  definition:
    'Share of the ended tasks without a loop finding: no repeated calls without progress, no cycles, error-retry storms, hand-off ping-pong or recursion beyond what the registry allows the tool.',
  unit: 'percent',
  direction: 'higher',
  numerator: 'ended tasks without a finding',
  denominator: 'ended tasks',
  coverage: 'every ended task; patterns that compare arguments need their digests',
  sql: { source: 'tasks', total: '1', good: 't.loops = 0' },
} as const satisfies Sli;
