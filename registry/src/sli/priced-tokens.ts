import type { Sli } from './types.ts';

export const pricedTokens = {
  id: 'priced_tokens',
  scope: 'pipeline',
  title: 'Priced share of tokens',
  question: 'How much of the usage do the costs cover?',
  definition:
    'Share of the tokens of model charges whose cost in the reporting currency is known. Unpriced tokens are in no cost.',
  unit: 'percent',
  direction: 'higher',
  numerator: 'tokens of charges with a known cost',
  denominator: 'tokens of all charges, copies left out',
  coverage: 'charges whose emitter gave token counts, of all charges',
  sql: {
    source: 'charges',
    total: 'c.input_tokens + c.cached_input_tokens + c.cache_write_tokens + c.output_tokens',
    good: '(c.input_tokens + c.cached_input_tokens + c.cache_write_tokens + c.output_tokens) * (c.cost IS NOT NULL)',
  },
} as const satisfies Sli;
