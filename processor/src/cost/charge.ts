import type { Charge } from '../fold/ports.ts';
import type { ModelFacts, Usage } from '../model.ts';
import type { Quote } from './catalogue.ts';
import { addUnits, type Decimal, multiplyUnits, parseUnits, priceOf, type Units } from './decimal.ts';

/** Where amounts go: the organisation's currency and its dated rates. */
export interface Reporting {
  readonly currency: string;
  /** What `1 from` is in `currency` on the business's day of `atNs`; null when the organisation gives no rate. */
  rate(from: string, atNs: bigint): Decimal | null;
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
  model: ModelFacts,
  quote: Quote | null,
  atNs: bigint,
  reporting: Reporting,
  estimated: boolean,
): Charge {
  const reported = readReported(model.reportedCost);
  let amount: Units | null = null;
  let amountCurrency = '';
  let state: Charge['state'] = 'unpriced';
  if (quote !== null && model.usage !== null) {
    amount = priceUsage(model.usage, quote);
    amountCurrency = quote.currency;
    state = estimated || quote.approximates(model.usage) ? 'estimated' : 'priced';
  } else if (reported !== null) {
    amount = reported;
    amountCurrency = model.reportedCurrency;
    state = 'reported';
  }
  const cost = amount === null ? null : convert(amount, amountCurrency, atNs, reporting);
  return {
    kind: 'model',
    provider: quote?.provider || model.provider,
    model: model.responseModel || model.requestModel,
    amount,
    amountCurrency,
    reportedAmount: reported,
    reportedCurrency: model.reportedCurrency,
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
  atNs: bigint,
  reporting: Reporting,
): Charge {
  const cost = convert(amount, currency, atNs, reporting);
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
function convert(amount: Units, currency: string, atNs: bigint, reporting: Reporting): Units | null {
  if (currency === reporting.currency) return amount;
  const rate = reporting.rate(currency, atNs);
  return rate === null ? null : multiplyUnits(amount, rate);
}
