import type { Sli } from './types.ts';

export const costPerTask = {
  id: 'cost_per_task',
  scope: 'agents',
  title: 'Cost per task',
  question: 'What does a task cost?',
  definition:
    'Mean cost of an ended task in the reporting currency, models and priced tools, at list or negotiated prices; with a bound, the share of the tasks that cost no more. Human time stands beside it in cost_per_task.',
  unit: 'money',
  direction: 'lower',
  numerator: 'cost of the tasks; with a bound, tasks that cost at most that much',
  denominator: 'ended tasks in which every call has a price',
  coverage: 'ended tasks without an unpriced call, of all ended tasks',
  bound: { form: 'money', example: 'at_most: 15 JPY' },
  sql: {
    source: 'tasks',
    total: 't.cost IS NOT NULL AND t.unpriced_calls = 0',
    value: 't.cost',
  },
} as const satisfies Sli;
