import type { Sli } from './types.ts';

export const reviewerResponse = {
  id: 'reviewer_response',
  scope: 'agents',
  title: 'Reviewers in time',
  question: 'Do people answer within the time that they promised?',
  definition:
    'Share of the requests for approval that were decided within the time that their rule allows, in the working hours of their channel where the registry knows them. What expired is late, and so is what still waits once that time is over.',
  unit: 'percent',
  direction: 'higher',
  numerator: 'requests decided within the time allowed',
  denominator: 'requests with a time allowed that are decided or overdue',
  coverage: 'requests whose rule allows a time; the others are outside',
  sql: { source: 'approvals', total: '1', good: 'a.late = 0' },
} as const satisfies Sli;
