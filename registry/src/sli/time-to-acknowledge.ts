import type { Sli } from './types.ts';

/**
 * Of people, not of agents: its events are alerts that fired, in the view `alert_response`, and no objective of an agent names
 * it. The time that is allowed stands in the organisation file (`acknowledge_within`).
 */
export const timeToAcknowledge = {
  id: 'time_to_acknowledge',
  title: 'Time to acknowledge',
  question: 'How soon does somebody take a page?',
  definition:
    'Time from when the first person was told of a page until a person took it, of the pages that anybody took. What was closed without being taken counts as taken then; passing it on does not.',
  unit: 'ms',
  direction: 'lower',
  numerator: 'milliseconds from notification to acknowledgement, summed',
  denominator: 'pages that somebody took',
  coverage:
    'the share of the pages that somebody took: those that nobody took have no time, and stand beside it',
} as const satisfies Omit<Sli, 'scope' | 'sql'>;
