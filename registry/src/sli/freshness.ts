import type { Sli } from './types.ts';

export const freshness = {
  id: 'freshness',
  scope: 'pipeline',
  title: 'Fresh steps',
  question: 'How soon does telemetry arrive?',
  definition:
    'Share of the steps that arrived within a minute of their end. Steps read from files are left out. Between arrival and the tables lie seconds: conservation shows what is pending.',
  unit: 'percent',
  direction: 'higher',
  numerator: 'steps received at most 60 s after their end',
  denominator: 'steps received live',
  coverage: 'every step that arrived; what never arrives is seen by gaps in sequence numbers only',
  sql: {
    source: 'steps',
    total: '1',
    good: 'toUnixTimestamp64Milli(s.received_at) - toUnixTimestamp64Milli(s.ended_at) <= 60000',
  },
} as const satisfies Sli;
