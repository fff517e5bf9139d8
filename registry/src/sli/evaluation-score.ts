import type { Sli } from './types.ts';

export const evaluationScore = {
  id: 'evaluation_score',
  scope: 'agents',
  title: 'Evaluation score',
  question: 'What do evaluators think of the answers?',
  definition:
    'Mean of the scores that evaluators gave, in their own unit: the mean of evaluators with different units says nothing.',
  unit: 'score',
  direction: 'higher',
  numerator: 'sum of the scores',
  denominator: 'scores',
  coverage: 'what was scored; tasks without a score are outside',
  sql: { source: 'scores', total: '1', value: 'e.score' },
} as const satisfies Sli;
