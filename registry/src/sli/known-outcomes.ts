import type { Sli } from './types.ts';

export const knownOutcomes = {
  id: 'known_outcomes',
  scope: 'pipeline',
  title: 'Tasks with a known outcome',
  question: 'Of how many tasks does anybody know how they ended?',
  definition:
    'Share of the ended tasks for which somebody, or the registry for them, says how they ended. What is unknown stands outside the success of tasks.',
  unit: 'percent',
  direction: 'higher',
  numerator: 'ended tasks whose outcome is known',
  denominator: 'ended tasks',
  coverage: 'every ended task',
  sql: { source: 'tasks', total: '1', good: `t.outcome != 'unknown'` },
} as const satisfies Sli;
