import type { Sli } from './types.ts';

export const taskSuccess = {
  id: 'task_success',
  scope: 'agents',
  title: 'Task success',
  question: 'Do tasks reach what they were begun for?',
  definition:
    'Share of the ended tasks with a known outcome that succeeded. The strongest verdict counts: human, then system of record, evaluator, the agent itself, signals of the emitter. Escalated, stopped, cancelled and abandoned tasks did not succeed; open ones do not count yet.',
  unit: 'percent',
  direction: 'higher',
  numerator: 'ended tasks whose outcome is success',
  denominator: 'ended tasks whose outcome is known',
  coverage: 'ended tasks with a known outcome, of all ended tasks',
  sql: {
    source: 'tasks',
    total: `t.outcome != 'unknown'`,
    good: `t.outcome = 'success'`,
    decidedAt: 'ifNull(t.decided_at, t.ended_at)',
  },
} as const satisfies Sli;
