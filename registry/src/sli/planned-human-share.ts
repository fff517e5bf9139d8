import type { Sli } from './types.ts';

export const plannedHumanShare = {
  id: 'planned_human_share',
  scope: 'agents',
  title: 'Tasks with planned human decisions',
  question: 'How often do the approval rules ask a human?',
  definition:
    'Share of the ended tasks in which a human decided because an always, threshold or sample rule asked for it. The rules decide it: more is neither better nor worse, and no error budget hangs on it.',
  unit: 'percent',
  direction: 'none',
  numerator: 'ended tasks with a decision that a rule asked for',
  denominator: 'ended tasks',
  coverage: 'every ended task; decisions that leave no telemetry are not seen',
  sql: { source: 'tasks', total: '1', good: 't.planned_interventions > 0' },
} as const satisfies Sli;
