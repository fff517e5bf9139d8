import type { Charge, PricedCall } from '../fold/ports.ts';
import type { Usage } from '../model.ts';
import type { Quote } from './catalogue.ts';
import { addUnits, type Decimal, multiplyUnits, parseUnits, priceOf, type Units } from './decimal.ts';

/** Where amounts go: the organisation's currency and its dated rates. */
export interface Reporting {
  readonly currency: string;
  /** What `1 from` is in `currency` on the business's day of `atMs`; null when the organisation gives no rate. */
  rate(from: string, atMs: number): Decimal | null;
}

/** A trillion, in units: beyond it an amount is an error, and converted it might not fit its column. */
const ABSURD = 10n ** 24n;

/** The price of every token class, each rounded half to even once, and of the request itself, summed. */
export function priceUsage(usage: Usage, quote: Quote): Units {
  const apart = quote.reasoning === null ? 0 : Math.min(usage.reasoning, usage.output);
  let total = addUnits(quote.request, priceOf(usage.input, quote.input));
  total = addUnits(total, priceOf(usage.output - apart, quote.output));
  if (apart > 0) total = addUnits(total, priceOf(apart, quote.reasoning!));
  if (usage.cachedInput > 0) total = addUnits(total, priceOf(usage.cachedInput, quote.cachedInput));
  if (usage.cacheWrite > 0) {
    total = addUnits(total, priceOf(usage.cacheWrite - usage.cacheWrite1h, quote.cacheWrite));
    total = addUnits(total, priceOf(usage.cacheWrite1h, quote.cacheWrite1h));
  }
  return total;
}

/**
 * The charge of one model call. The catalogue comes before what an emitter reports, whose amount stands beside it.
 * Without a price or without usage the amount is the reported one, else unknown: NULL, never 0.
 * `estimated`: the usage is a wrapper's sum, not a call's own.
 */
export function chargeModelCall(
  call: PricedCall,
  quote: Quote | null,
  atMs: number,
  reporting: Reporting,
  estimated: boolean,
): Charge {
  const { usage } = call;
  const reported = readReported(call.reportedCost);
  let amount: Units | null = null;
  let amountCurrency = '';
  let state: Charge['state'] = 'unpriced';
  if (quote !== null && usage !== null) {
    amount = priceUsage(usage, quote);
    amountCurrency = quote.currency;
    state = estimated || quote.approximates(usage) ? 'estimated' : 'priced';
  } else if (reported !== null) {
    amount = reported;
    amountCurrency = call.reportedCurrency;
    state = 'reported';
  }
  const cost = amount === null ? null : convert(amount, amountCurrency, atMs, reporting);
  return {
    kind: 'model',
    provider: quote?.provider || call.provider,
    model: call.responseModel || call.requestModel,
    amount,
    amountCurrency,
    reportedAmount: reported,
    reportedCurrency: call.reportedCurrency,
    cost,
    currency: reporting.currency,
    state: amount !== null && cost === null ? 'no_rate' : state,
    priceId: state === 'priced' || state === 'estimated' ? quote!.priceId : '',
    confidence: state === 'reported' ? 'reported' : state === 'unpriced' ? '' : quote!.confidence,
  };
}

/** What an emitter reports for one call; null for nothing, and for what no call ever cost. */
function readReported(text: string): Units | null {
  if (text === '') return null;
  const amount = parseUnits(text);
  return amount > ABSURD ? null : amount;
}

/** A fixed price: a tool's call. */
export function chargeFixed(
  amount: Units,
  currency: string,
  priceId: string,
  atMs: number,
  reporting: Reporting,
): Charge {
  const cost = convert(amount, currency, atMs, reporting);
  return {
    kind: 'tool',
    provider: '',
    model: '',
    amount,
    amountCurrency: currency,
    reportedAmount: null,
    reportedCurrency: '',
    cost,
    currency: reporting.currency,
    state: cost === null ? 'no_rate' : 'priced',
    priceId,
    confidence: 'negotiated',
  };
}

/** An amount in the reporting currency, rounded half to even once; null without a rate: never 1. */
function convert(amount: Units, currency: string, atMs: number, reporting: Reporting): Units | null {
  if (currency === reporting.currency) return amount;
  const rate = reporting.rate(currency, atMs);
  return rate === null ? null : multiplyUnits(amount, rate);
}
