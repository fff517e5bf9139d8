import { createRequire } from 'node:module';
import { calcPrice, findProvider, type ModelPrice } from '@pydantic/genai-prices';
import type { Usage } from '../model.ts';
import { perMillion, type TokenPrice } from './decimal.ts';

/** Prices of one model at one time. A class without a price of its own is charged as input. */
export interface Quote {
  /** Source, version, and the model's entry in it. */
  readonly priceId: string;
  readonly provider: string;
  readonly model: string;
  readonly currency: string;
  /** `list`: a dated list price; `list-undated`: the catalogue does not say since when; `negotiated`: from the registry. */
  readonly confidence: 'list' | 'list-undated' | 'negotiated';
  readonly input: TokenPrice;
  readonly cachedInput: TokenPrice;
  readonly cacheWrite: TokenPrice;
  readonly cacheWrite1h: TokenPrice;
  readonly output: TokenPrice;
  /** True when a class had to be charged at a price that is not its own. */
  readonly approximates: (usage: Usage) => boolean;
}

export interface PriceBook {
  /** `inputTokens`: all input, cached included; it chooses the tier. null: nobody knows a price. */
  quote(provider: string, model: string, atNs: bigint, inputTokens: number): Quote | null;
}

/** Pinned exactly, since the catalogue is part of every price's identity. */
const VERSION: string = createRequire(import.meta.url)('../../package.json').dependencies[
  '@pydantic/genai-prices'
];

/** Names that frameworks put where a model's provider belongs. */
const FRAMEWORKS = new Set([
  'strands-agents',
  'langchain',
  'langgraph',
  'crewai',
  'gcp.vertex.agent',
  'microsoft.agent_framework',
  'openai_agents',
  'litellm',
  'unknown',
]);

/** Providers by their OpenTelemetry names where the catalogue has others. */
const PROVIDERS: Readonly<Record<string, string>> = { x_ai: 'x-ai', xai: 'x-ai', 'amazon-bedrock': 'aws' };

const DAY_NS = 86_400_000_000_000n;
const MINUTE_NS = 60_000_000_000n;
const MAX_CACHED = 10_000;

/** How often a model's price may change: its quotes are kept that long. */
type Period = 'never' | 'daily' | 'minutely';

interface Known {
  readonly period: Period;
  readonly tierStarts: readonly number[];
}

/**
 * The price catalogue `@pydantic/genai-prices`, asked once per provider, model, period and tier. It supplies prices only;
 * the arithmetic is exact and ours.
 */
export function createPriceBook(): PriceBook {
  const known = new Map<string, Known | null>();
  const quotes = new Map<string, Quote | null>();
  return {
    quote(provider, model, atNs, inputTokens) {
      if (model === '') return null;
      const name = `${provider}\0${model}`;
      let about = known.get(name);
      if (about === undefined) {
        about = inspect(provider, model, atNs);
        if (known.size >= MAX_CACHED) known.clear();
        known.set(name, about);
      }
      if (about === null) return null;
      let tier = 0;
      for (const start of about.tierStarts) if (inputTokens > start) tier++;
      const period = about.period === 'never' ? 0n : atNs / (about.period === 'daily' ? DAY_NS : MINUTE_NS);
      const key = `${name}\0${tier}\0${period}`;
      let quote = quotes.get(key);
      if (quote === undefined) {
        quote = resolve(provider, model, atNs, inputTokens);
        if (quotes.size >= MAX_CACHED) quotes.clear();
        quotes.set(key, quote);
      }
      return quote;
    },
  };
}

/** The catalogue throws for what it cannot make sense of: nobody knows a price then. */
function ask(provider: string, model: string, atNs: bigint): ReturnType<typeof calcPrice> {
  const timestamp = new Date(Number(atNs / 1_000_000n));
  const providerId =
    FRAMEWORKS.has(provider) || provider === '' ? undefined : (PROVIDERS[provider] ?? provider);
  try {
    const found = providerId !== undefined && findProvider({ providerId }) !== undefined;
    const options = { timestamp, ...(found && { providerId }) };
    const usage = { input_tokens: 0, output_tokens: 0 };
    return calcPrice(usage, model, options) ?? calcPrice(usage, bareModel(model), options);
  } catch {
    return null;
  }
}

/** `openai/gpt-4o`, `models/gemini-2.5-flash` → the model's own name. */
function bareModel(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1);
}

function inspect(provider: string, model: string, atNs: bigint): Known | null {
  const answer = ask(provider, model, atNs);
  if (answer === null) return null;
  const entries = Array.isArray(answer.model.prices) ? answer.model.prices : [];
  const byTime = entries.some((entry) => entry.constraint?.type === 'time_of_date');
  const starts = new Set<number>();
  const prices = entries.length > 0 ? entries.map((entry) => entry.prices) : [answer.model_price];
  for (const price of prices) {
    for (const value of Object.values(price)) {
      if (typeof value === 'object') for (const { start } of value.tiers) starts.add(start);
    }
  }
  return {
    period: byTime ? 'minutely' : entries.length > 0 ? 'daily' : 'never',
    tierStarts: [...starts].sort((a, b) => a - b),
  };
}

function resolve(provider: string, model: string, atNs: bigint, inputTokens: number): Quote | null {
  const answer = ask(provider, model, atNs);
  if (answer === null) return null;
  const price = answer.model_price;
  const input = unit(price, 'input_mtok', inputTokens);
  const output = unit(price, 'output_mtok', inputTokens);
  if (input === null && output === null) return null;
  const cached = unit(price, 'cache_read_mtok', inputTokens);
  const written = unit(price, 'cache_write_mtok', inputTokens);
  const written1h = unit(price, 'cache_write_1h_mtok', inputTokens);
  const dated = Array.isArray(answer.model.prices);
  const free = perMillion(0);
  return {
    priceId: `genai-prices@${VERSION}:${answer.provider.id}/${answer.model.id}`,
    provider: answer.provider.id,
    model: answer.model.id,
    currency: 'USD',
    confidence: dated ? 'list' : 'list-undated',
    input: input ?? free,
    cachedInput: cached ?? input ?? free,
    cacheWrite: written ?? input ?? free,
    cacheWrite1h: written1h ?? written ?? input ?? free,
    output: output ?? free,
    approximates: (usage) =>
      (usage.cachedInput > 0 && cached === null) ||
      (usage.cacheWrite > 0 && written === null) ||
      (usage.cacheWrite1h > 0 && written1h === null),
  };
}

/** A unit price; the whole request is charged at the highest tier that its input exceeds, as the catalogue defines it. */
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
