import { createRequire } from 'node:module';
import { calcPrice, type ModelInfo, type ModelPrice, type PriceCalculation } from '@pydantic/genai-prices';
import type { Usage } from '../model.ts';
import { perMillion, perThousand, type TokenPrice, type Units } from './decimal.ts';
import { questions } from './providers.ts';
import { createRecent } from './recent.ts';

/**
 * How far a price can be trusted. `list`: the catalogue says since when; `list-undated`: it does not, so that a past call
 * may have had another price; `list-inferred`: the emitter names no provider that it knows, the model's name does;
 * `negotiated`: the registry's.
 */
export type Confidence = 'list' | 'list-undated' | 'list-inferred' | 'negotiated';

/** Prices of one model at one time and size of request. A class without a price of its own is charged as input. */
export interface Quote {
  /** Source, its version, the model's entry in it, and the day from which the price is valid where that is known. */
  readonly priceId: string;
  /** The catalogue's id of it; '' where a price of the registry leaves the emitter's. */
  readonly provider: string;
  readonly currency: string;
  readonly confidence: Confidence;
  readonly input: TokenPrice;
  readonly cachedInput: TokenPrice;
  /** Cache writes, those of five minutes too: the catalogue gives them no price of their own. */
  readonly cacheWrite: TokenPrice;
  readonly cacheWrite1h: TokenPrice;
  readonly output: TokenPrice;
  /** The reasoning part of the output, where it has a price of its own. */
  readonly reasoning: TokenPrice | null;
  /** What a request costs besides its tokens. */
  readonly request: Units;
  /** True when a class had to be charged at a price that is not its own. */
  readonly approximates: (usage: Usage) => boolean;
}

export interface PriceBook {
  /** `inputTokens`: all input, cached included; it chooses the tier. `atMs`: since the epoch. null: nobody knows a price. */
  quote(provider: string, model: string, atMs: number, inputTokens: number): Quote | null;
}

/** Pinned exactly, since the catalogue is part of every price's identity. */
const VERSION: string = createRequire(import.meta.url)('../../package.json').dependencies[
  '@pydantic/genai-prices'
];

const DAY_MS = 86_400_000;
const MAX_MODELS = 5_000;
/** No model has a longer name; a flood of longer ones is not kept. */
const MAX_NAME = 256;

/** One model's prices, each asked for once: by date, by time of day, by size of the request. */
interface Shelf {
  /** The days on which prices change, ms since the epoch, ascending. */
  readonly dates: readonly number[];
  /** The times of day at which they change, seconds since midnight UTC, ascending. */
  readonly times: readonly number[];
  /** Input tokens above which the next tier begins, ascending. */
  readonly tiers: readonly number[];
  readonly quotes: (Quote | null | undefined)[];
}

/**
 * The price catalogue `@pydantic/genai-prices`, asked once per model, period and tier. It supplies prices only; the
 * arithmetic is exact and ours. Its tiers are those of the whole request: all tokens of a request whose input exceeds a
 * tier's start are charged at that tier's prices (`calculateTieredPrice` in its source).
 */
export function createPriceBook(): PriceBook {
  const shelves = createRecent<Shelf | null>(MAX_MODELS);
  return {
    quote(provider, model, atMs, inputTokens) {
      if (model === '' || model.length > MAX_NAME || provider.length > MAX_NAME) return null;
      let shelf = shelves.get(provider, model);
      if (shelf === undefined) {
        shelf = openShelf(provider, model, atMs);
        shelves.put(provider, model, shelf);
      }
      if (shelf === null) return null;
      const { dates, times, tiers, quotes } = shelf;
      let place = 0;
      for (const start of dates) if (atMs >= start) place++;
      if (times.length > 0) {
        const second = Math.floor((atMs % DAY_MS) / 1000);
        place *= times.length + 1;
        for (const start of times) if (second >= start) place++;
      }
      place *= tiers.length + 1;
      for (const start of tiers) if (inputTokens > start) place++;
      let quote = quotes[place];
      if (quote === undefined) {
        quote = resolve(provider, model, atMs, inputTokens);
        quotes[place] = quote;
      }
      return quote;
    },
  };
}

interface Answer {
  readonly calculation: PriceCalculation;
  readonly inferred: boolean;
}

/** The catalogue throws for what it cannot make sense of: nobody knows a price then. */
function ask(provider: string, model: string, atMs: number): Answer | null {
  const timestamp = new Date(atMs);
  for (const { providerId, model: name, inferred } of questions(provider, model)) {
    try {
      const calculation = calcPrice({ input_tokens: 0, output_tokens: 0 }, name, {
        timestamp,
        ...(providerId !== null && { providerId }),
      });
      if (calculation !== null) return { calculation, inferred };
    } catch {
      return null;
    }
  }
  return null;
}

function openShelf(provider: string, model: string, atMs: number): Shelf | null {
  const answer = ask(provider, model, atMs);
  if (answer === null) return null;
  const entries = conditions(answer.calculation.model);
  const dates = new Set<number>();
  const times = new Set<number>();
  const tiers = new Set<number>();
  for (const { constraint, prices } of entries) {
    if (constraint?.type === 'start_date') dates.add(Date.parse(constraint.start_date));
    if (constraint?.type === 'time_of_date') {
      times.add(secondOfDay(constraint.start_time));
      times.add(secondOfDay(constraint.end_time));
    }
    for (const price of Object.values(prices)) {
      if (typeof price === 'object') for (const { start } of price.tiers) tiers.add(start);
    }
  }
  return {
    dates: [...dates].sort((a, b) => a - b),
    times: [...times].sort((a, b) => a - b),
    tiers: [...tiers].sort((a, b) => a - b),
    quotes: [],
  };
}

function conditions(model: ModelInfo): Exclude<ModelInfo['prices'], ModelPrice> {
  return Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }];
}

/** `16:30:00Z` → seconds since midnight UTC. */
function secondOfDay(time: string): number {
  return ((Date.parse(`1970-01-02T${time}`) + DAY_MS) % DAY_MS) / 1000;
}

function resolve(provider: string, model: string, atMs: number, inputTokens: number): Quote | null {
  const answer = ask(provider, model, atMs);
  if (answer === null) return null;
  const { calculation, inferred } = answer;
  const price = calculation.model_price;
  const input = unit(price, 'input_mtok', inputTokens);
  const output = unit(price, 'output_mtok', inputTokens);
  // An entry without token prices (audio by the hour, pages, a subscription) says nothing of what tokens cost.
  if (input === null && output === null) return null;
  const cached = unit(price, 'cache_read_mtok', inputTokens);
  const written = unit(price, 'cache_write_mtok', inputTokens);
  const written1h = unit(price, 'cache_write_1h_mtok', inputTokens);
  const request = price['requests_kcount'];
  const free = perMillion(0);
  const since = validFrom(calculation);
  return {
    priceId: `genai-prices@${VERSION}:${calculation.provider.id}/${calculation.model.id}${since === '' ? '' : `@${since}`}`,
    provider: calculation.provider.id,
    currency: 'USD',
    confidence: inferred ? 'list-inferred' : isDated(calculation.model) ? 'list' : 'list-undated',
    input: input ?? free,
    cachedInput: cached ?? input ?? free,
    cacheWrite: written ?? input ?? free,
    cacheWrite1h: written1h ?? written ?? input ?? free,
    output: output ?? free,
    reasoning: unit(price, 'output_reasoning_mtok', inputTokens),
    request: typeof request === 'number' ? perThousand(request) : 0,
    approximates: (usage) =>
      (usage.cachedInput > 0 && cached === null) ||
      (usage.cacheWrite > 0 && written === null) ||
      (usage.cacheWrite1h > 0 && written1h === null),
  };
}

function isDated(model: ModelInfo): boolean {
  return conditions(model).some(({ constraint }) => constraint?.type === 'start_date');
}

/** The day from which the price in force is valid; '' when the catalogue does not say. */
function validFrom({ model, model_price }: PriceCalculation): string {
  const constraint = conditions(model).find(({ prices }) => prices === model_price)?.constraint;
  return constraint?.type === 'start_date' ? constraint.start_date : '';
}

/** A unit price; the whole request is charged at the highest tier that its input exceeds. */
function unit(price: ModelPrice, key: string, inputTokens: number): TokenPrice | null {
  const value = price[key];
  if (value === undefined) return null;
  if (typeof value === 'number') return perMillion(value);
  let chosen = value.base;
  for (const tier of [...value.tiers].sort((a, b) => a.start - b.start)) {
    if (inputTokens > tier.start) chosen = tier.price;
  }
  return perMillion(chosen);
}
