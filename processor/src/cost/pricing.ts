import { globMatcher, type Organisation, parseMoney } from '@agentops/registry';
import type { Pricing } from '../fold/ports.ts';
import type { CompiledTimeline, CompiledVersion } from '../registry/facts.ts';
import { compileRates, DEFAULT_CURRENCY, newestFirst, startOfDay } from '../registry/rates.ts';
import type { PriceBook, Quote } from './catalogue.ts';
import { chargeFixed, chargeModelCall, type Reporting } from './charge.ts';
import { parseUnits, perMillion } from './decimal.ts';

/** Prices steps by the registry version and the catalogue as of their end. */
export function createPricing(timeline: CompiledTimeline, book: PriceBook): Pricing {
  const views = new WeakMap<CompiledVersion, VersionPrices>();
  let last: { readonly version: CompiledVersion; readonly prices: VersionPrices } | null = null;
  function pricesOf(version: CompiledVersion): VersionPrices {
    if (last?.version === version) return last.prices;
    let view = views.get(version);
    if (view === undefined) {
      view = compilePrices(version);
      views.set(version, view);
    }
    last = { version, prices: view };
    return view;
  }

  return {
    currency: (timeNs) => pricesOf(timeline.at(timeNs)).currency,
    charge(step, agent, estimated) {
      const prices = pricesOf(timeline.of(step));
      if (step.kind === 'tool') {
        const price = agent.tool(step.toolName)?.price ?? null;
        if (price === null) return null;
        const { amount, currency } = parseMoney(price);
        const priceId = `registry:${agent.id}/${step.toolName}`;
        return chargeFixed(parseUnits(amount), currency, priceId, step.endedMs, prices);
      }
      const { provider, requestModel, responseModel, usage, endedMs } = step;
      const inputs = usage === null ? 0 : usage.input + usage.cachedInput + usage.cacheWrite;
      // The provider's answer names the model exactly; what was asked for may be an alias or a deployment.
      const exact = responseModel || requestModel;
      const asked = requestModel === exact ? '' : requestModel;
      const quote =
        prices.override(agent.id, provider, exact, endedMs) ??
        prices.override(agent.id, provider, asked, endedMs) ??
        book.quote(provider, exact, endedMs, inputs) ??
        book.quote(provider, asked, endedMs, inputs);
      return chargeModelCall(step, quote, endedMs, prices, estimated);
    },
  };
}

interface VersionPrices extends Reporting {
  override(agent: string, provider: string, model: string, atMs: number): Quote | null;
}

function compilePrices({ document, hash }: CompiledVersion): VersionPrices {
  const organisation = document?.organisation;
  const currency = organisation?.currency ?? DEFAULT_CURRENCY;
  const ofAgents = (document?.agents ?? []).flatMap((agent) =>
    agent.prices.map((price, index) =>
      entry(price, agent.id, `registry@${hash.slice(0, 12)}:${agent.id}/${index}`, organisation?.time_zone),
    ),
  );
  const ofAll = (organisation?.prices ?? []).map((price, index) =>
    entry(price, null, `registry@${hash.slice(0, 12)}:${index}`, organisation?.time_zone),
  );
  // An agent's own prices come before the organisation's, however old they are.
  const entries = [...newestFirst(ofAgents), ...newestFirst(ofAll)];

  return {
    currency,
    rate: compileRates(organisation),
    override(agent, provider, model, atMs) {
      if (entries.length === 0) return null;
      const found = entries.find(
        (each) =>
          (each.agent === null || each.agent === agent) &&
          each.since <= atMs &&
          each.provider(provider) &&
          each.model(model),
      );
      return found?.quote ?? null;
    },
  };
}

interface Entry {
  /** null: every agent's. */
  readonly agent: string | null;
  readonly provider: (name: string) => boolean;
  readonly model: (name: string) => boolean;
  readonly since: number;
  readonly quote: Quote;
}

function entry(
  price: Organisation['prices'][number],
  agent: string | null,
  id: string,
  timeZone: string | undefined,
): Entry {
  const { valid_from } = price;
  return {
    agent,
    provider: globMatcher(price.provider ?? '*'),
    model: globMatcher(price.model),
    since: valid_from === undefined ? 0 : startOfDay(valid_from, timeZone),
    quote: {
      priceId: valid_from === undefined ? id : `${id}@${valid_from}`,
      provider: '',
      currency: price.currency,
      confidence: 'negotiated',
      input: perMillion(price.input),
      cachedInput: perMillion(price.cached_input ?? price.input),
      cacheWrite: perMillion(price.cache_write ?? price.input),
      cacheWrite1h: perMillion(price.cache_write_1h ?? price.cache_write ?? price.input),
      output: perMillion(price.output),
      reasoning: null,
      request: 0,
      approximates: () => false,
    },
  };
}
