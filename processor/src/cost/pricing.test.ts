import { fileURLToPath } from 'node:url';
import { loadRegistry, type RegistryDocument, readRegistryFiles } from '@agentops/registry';
import { describe, expect, test } from 'vitest';
import type { Charge, PricedStep, Pricing } from '../fold/ports.ts';
import { createTimeline } from '../registry/facts.ts';
import { createPriceBook } from './catalogue.ts';
import { createPricing } from './pricing.ts';

type Price = RegistryDocument['organisation']['prices'][number];

const COMPANY = fileURLToPath(new URL('../../../registry/company', import.meta.url));
const { document } = loadRegistry(readRegistryFiles(COMPANY));
const HASH = 'a'.repeat(64);
const ms = (time: string): number => Date.parse(time);
const AT = ms('2026-11-02T00:00:00Z');

/** A million input tokens of `model`, asked for as `requested`, by the it-helpdesk agent or another. */
function charge(
  pricing: Pricing,
  { model = 'our-llama', requested = '', agent = 'it-helpdesk', at = AT, provider = 'vllm' } = {},
): Charge {
  const step: PricedStep = {
    kind: 'llm',
    endedAt: BigInt(at) * 1_000_000n,
    endedMs: at,
    toolName: '',
    provider,
    requestModel: requested,
    responseModel: model,
    usage: {
      input: 1_000_000,
      cachedInput: 0,
      cacheWrite: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output: 0,
      reasoning: 0,
    },
    reportedCost: '',
    reportedCurrency: '',
  };
  const facts = createTimeline().latest.agent({
    service: agent,
    namespace: '',
    agentName: agent,
    agentId: '',
  });
  return pricing.charge(step, { ...facts, id: agent }, false)!;
}

function priced(organisation: readonly Price[], ofHelpdesk: readonly Price[] = []): Pricing {
  const agents = document!.agents.map((agent) =>
    agent.id === 'it-helpdesk' ? { ...agent, prices: [...ofHelpdesk] } : agent,
  );
  const own = { organisation: { ...document!.organisation, prices: [...organisation] }, agents };
  return createPricing(createTimeline([{ hash: HASH, validFrom: 0n, document: own }]), createPriceBook());
}

const price = (input: number, more: Partial<Price> = {}): Price => ({
  model: 'our-*',
  currency: 'JPY',
  input,
  output: 2 * input,
  ...more,
});

describe('prices of the registry', () => {
  test('come before the catalogue, at their own currency, and only for what they name', () => {
    const pricing = priced([price(300, { model: 'gpt-4o*', provider: 'azure*' })]);
    expect(charge(pricing, { model: 'gpt-4o', provider: 'azure.ai.openai' })).toMatchObject({
      cost: 300e12,
      amountCurrency: 'JPY',
      provider: 'azure.ai.openai',
      confidence: 'negotiated',
      priceId: 'registry@aaaaaaaaaaaa:0',
    });
    expect(charge(pricing, { model: 'gpt-4o', provider: 'openai' })).toMatchObject({
      amount: 2.5e12,
      amountCurrency: 'USD',
      cost: 379e12,
      currency: 'JPY',
    });
    expect(charge(pricing)).toMatchObject({ state: 'unpriced', cost: null });
  });

  test('the newest that is already valid at the span’s end, from the business’s midnight on', () => {
    const pricing = priced([
      price(1),
      price(3, { valid_from: '2026-11-01' }),
      price(2, { valid_from: '2026-10-01' }),
      price(4, { valid_from: '2027-01-01' }),
    ]);
    const cost = (at: string): Charge => charge(pricing, { at: ms(at) });
    expect(cost('2026-09-30T23:59:59.999+09:00')).toMatchObject({
      cost: 1e12,
      priceId: 'registry@aaaaaaaaaaaa:0',
    });
    expect(cost('2026-10-01T00:00:00+09:00')).toMatchObject({
      cost: 2e12,
      priceId: 'registry@aaaaaaaaaaaa:2@2026-10-01',
    });
    expect(cost('2026-12-31T23:59:59+09:00').cost).toBe(3e12);
    expect(cost('2027-01-01T00:00:00+09:00').cost).toBe(4e12);
  });

  test('an agent’s own come before the organisation’s, however new those are', () => {
    const pricing = priced(
      [price(9, { valid_from: '2026-11-01' })],
      [price(5, { valid_from: '2026-01-01' })],
    );
    expect(charge(pricing).cost).toBe(5e12);
    expect(charge(pricing, { agent: 'expense-reimbursement' }).cost).toBe(9e12);
  });

  test('a deployment is found by the name that was asked for', () => {
    const pricing = priced([price(7)]);
    expect(charge(pricing, { model: 'meta/llama-3.3', requested: 'our-fast-one' }).cost).toBe(7e12);
    expect(charge(pricing, { model: '', requested: 'our-fast-one' }).cost).toBe(7e12);
    expect(charge(pricing, { model: 'unheard-of', requested: 'gpt-4o', provider: 'openai' }).amount).toBe(
      2.5e12,
    );
  });
});

test('the exchange rate is that of the business’s day; before the first one there is none', () => {
  const pricing = priced([]);
  const at = (time: string): Charge => charge(pricing, { model: 'gpt-4o', provider: 'openai', at: ms(time) });
  expect(at('2026-09-30T23:59:59.999+09:00')).toMatchObject({ cost: 370.5e12, state: 'priced' });
  expect(at('2026-10-01T00:00:00+09:00')).toMatchObject({ cost: 379e12, state: 'priced' });
  expect(at('2026-03-31T00:00:00+09:00')).toMatchObject({ cost: null, amount: 2.5e12, state: 'no_rate' });
});
