import type { Sli } from './types.ts';

export const unplannedHumanShare = {
  id: 'unplanned_human_share',
  scope: 'agents',
  title: 'Tasks without unplanned human work',
  question: 'Does the agent manage without people stepping in?',
  definition:
    'Share of the ended tasks that needed no takeover, escalation, rejection or correction by a human. 100 % less this is the unplanned human share.',
  unit: 'percent',
  direction: 'higher',
  numerator: 'ended tasks without an unplanned intervention',
  denominator: 'ended tasks',
  coverage: 'every ended task; interventions that leave no telemetry are not seen',
  sql: { source: 'tasks', total: '1', good: 't.unplanned_interventions = 0' },
} as const satisfies Sli;
