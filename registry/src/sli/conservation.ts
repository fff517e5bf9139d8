import type { Sli } from './types.ts';

export const conservation = {
  id: 'conservation',
  scope: 'pipeline',
  title: 'Items accounted for',
  question: 'Is everything that came in accounted for?',
  definition:
    'Share of the received items that are stored, duplicates, dead letters, declared drops or still pending, each counted in a place of its own. Anything below 100 % is a loss, or something counted twice.',
  unit: 'percent',
  direction: 'higher',
  numerator: 'received items less those of minutes that do not balance by their difference',
  denominator: 'received items',
  coverage: 'every received request; refused ones are not received',
  sql: {
    source: 'receipts',
    total: 'm.received',
    good: 'greatest(0, m.received - abs(m.balance))',
  },
} as const satisfies Sli;
