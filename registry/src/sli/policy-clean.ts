import type { Sli } from './types.ts';

export const policyClean = {
  id: 'policy_clean',
  scope: 'agents',
  title: 'Tasks within policy',
  question: 'Does the agent keep to what the registry allows?',
  definition:
    'Share of the ended tasks without an undeclared tool, model or resource, and without an approval that is missing, late or given by the person who asked.',
  unit: 'percent',
  direction: 'higher',
  numerator: 'ended tasks without an offence',
  denominator: 'ended tasks',
  coverage: 'every ended task; what an agent does without telemetry is not seen',
  sql: {
    source: 'tasks',
    total: '1',
    good: 't.offences = 0',
  },
} as const satisfies Sli;
