/**
 * The conversation that every recorded agent has: look a booking up, refund it, say so. Three model calls; what they
 * say and cost is fixed here, so that the truth about every recording is known without reading it.
 *
 * In tokens: input 3,800 in all, of which 2,700 came from the cache; output 380, of which 70 reasoning. Where the
 * provider reports cache writes (Anthropic), 100 of the input were written.
 */
export const AGENT = 'refund_agent';
export const USER = 'u-17';
export const CONVERSATION = 'conv-42';
export const PROMPT = 'Please refund booking B-42.';

/** `input` is everything that went in: full rate, from the cache, into the cache. `reasoning` is part of `output`. */
export const TURNS = [
  {
    call: { id: 'call_lookup', name: 'lookup_booking', arguments: { id: 'B-42' } },
    usage: { input: 1000, cached: 500, written: 100, output: 200, reasoning: 50 },
  },
  {
    call: { id: 'call_refund', name: 'issue_refund', arguments: { booking: 'B-42', amount: 120 } },
    usage: { input: 1300, cached: 1000, written: 0, output: 100, reasoning: 20 },
  },
  {
    text: 'Booking B-42 is refunded.',
    usage: { input: 1500, cached: 1200, written: 0, output: 80, reasoning: 0 },
  },
];

export const RESULTS = {
  lookup_booking: { booking: 'B-42', price: 120, currency: 'EUR', status: 'confirmed' },
  issue_refund: { refunded: 120, currency: 'EUR' },
};

/** The turn that follows the answer to a tool call; without one, the first. */
export function turnAfter(callId) {
  return callId === undefined ? TURNS[0] : TURNS[TURNS.findIndex((turn) => turn.call?.id === callId) + 1];
}
