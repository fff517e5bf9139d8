import { globMatcher, parseMoney } from '@agentops/registry';
import type { Pricing } from '../fold/ports.ts';
import type { CompiledTimeline, CompiledVersion } from '../registry/facts.ts';
import type { PriceBook, Quote } from './catalogue.ts';
import { chargeFixed, chargeModelCall, type Reporting } from './charge.ts';
import { parseUnits, perMillion } from './decimal.ts';

const NO_ORGANISATION = 'USD';
const DAY_MS = 86_400_000;

/** Prices steps by the registry version and the catalogue as of their end. */
export function createPricing(timeline: CompiledTimeline, book: PriceBook): Pricing {
  const views = new WeakMap<CompiledVersion, VersionPrices>();
  function pricesOf(version: CompiledVersion): VersionPrices {
    let view = views.get(version);
    if (view === undefined) {
      view = compilePrices(version);
      views.set(version, view);
    }
    return view;
  }

  return {
    charge(step, agent, estimated) {
      const prices = pricesOf(timeline.at(step.endedAt));
      if (step.kind === 'tool') {
        const price = agent.tool(step.tool?.name ?? '')?.price ?? null;
        if (price === null) return null;
        const { amount, currency } = parseMoney(price);
        return chargeFixed(
          parseUnits(amount),
          currency,
          `registry:${agent.id}/${step.tool!.name}`,
          step.endedAt,
          prices,
        );
      }
      const model = step.model!;
      const usage = model.usage;
      const inputs = usage === null ? 0 : usage.input + usage.cachedInput + usage.cacheWrite;
      const name = model.responseModel || model.requestModel;
      const quote =
        prices.override(agent.id, model.provider, name, step.endedAt) ??
        book.quote(model.provider, name, step.endedAt, inputs) ??
        (model.requestModel === name
          ? null
          : book.quote(model.provider, model.requestModel, step.endedAt, inputs));
      return chargeModelCall(model, quote, step.endedAt, prices, estimated);
    },
  };
}

interface VersionPrices extends Reporting {
  override(agent: string, provider: string, model: string, atNs: bigint): Quote | null;
}

function compilePrices({ document, hash }: CompiledVersion): VersionPrices {
  const currency = document?.organisation.currency ?? NO_ORGANISATION;
  const rates = [...(document?.organisation.exchange_rates ?? [])].sort((a, b) =>
    a.valid_from < b.valid_from ? 1 : -1,
  );
  const entries = (document?.agents ?? [])
    .flatMap((agent) => agent.prices.map((price) => ({ agent: agent.id, price })))
    .concat((document?.organisation.prices ?? []).map((price) => ({ agent: '', price })))
    .map(({ agent, price }, index) => ({
      agent,
      provider: globMatcher(price.provider ?? '*'),
      model: globMatcher(price.model),
      validFrom: price.valid_from ?? '',
      quote: {
        priceId: `registry@${hash.slice(0, 12)}:${index}`,
        provider: price.provider ?? '',
        model: price.model,
        currency: price.currency,
        confidence: 'negotiated',
        input: perMillion(price.input),
        cachedInput: perMillion(price.cached_input ?? price.input),
        cacheWrite: perMillion(price.cache_write ?? price.input),
        cacheWrite1h: perMillion(price.cache_write_1h ?? price.cache_write ?? price.input),
        output: perMillion(price.output),
        approximates: () => false,
      } satisfies Quote,
    }))
    .sort((a, b) => (a.validFrom < b.validFrom ? 1 : -1));
  const days = new Map<bigint, string>();

  /** The calendar day of a time, UTC. */
  function day(atNs: bigint): string {
    const number = atNs / (BigInt(DAY_MS) * 1_000_000n);
    let text = days.get(number);
    if (text === undefined) {
      text = new Date(Number(number) * DAY_MS).toISOString().slice(0, 10);
      if (days.size > 10_000) days.clear();
      days.set(number, text);
    }
    return text;
  }

  return {
    currency,
    rate(from, atNs) {
      const on = day(atNs);
      for (const rate of rates)
        if (rate.from === from && rate.to === currency && rate.valid_from <= on) return String(rate.rate);
      return null;
    },
    override(agent, provider, model, atNs) {
      if (entries.length === 0) return null;
      const on = day(atNs);
      for (const entry of entries) {
        if (entry.agent !== '' && entry.agent !== agent) continue;
        if (entry.validFrom <= on && entry.provider(provider) && entry.model(model)) return entry.quote;
      }
      return null;
    },
  };
}
