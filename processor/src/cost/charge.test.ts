import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ModelFacts, Usage } from '../model.ts';
import { createPriceBook } from './catalogue.ts';
import { chargeFixed, chargeModelCall, priceUsage, type Reporting } from './charge.ts';
import { addUnits, parseDecimal, parseUnits, type Units } from './decimal.ts';

const AT = 1_795_000_000_000;
const NOTHING: Usage = {
  input: 0,
  cachedInput: 0,
  cacheWrite: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
};
const DOLLARS: Reporting = { currency: 'USD', rate: () => null };
const YEN: Reporting = { currency: 'JPY', rate: (from) => (from === 'USD' ? parseDecimal('151.6') : null) };
const book = createPriceBook();
const quote = book.quote('openai', 'gpt-4o', AT, 1000)!;
const call: ModelFacts = {
  provider: 'openai',
  requestModel: 'gpt-4o',
  responseModel: 'gpt-4o',
  responseId: '',
  usage: { ...NOTHING, input: 1000, output: 100 },
  reportedCost: '0.01',
  reportedCurrency: 'USD',
  toolCalls: [],
};

describe('states', () => {
  test('the catalogue comes before what the emitter reports, which stands beside it', () => {
    expect(chargeModelCall(call, quote, AT, DOLLARS, false)).toMatchObject({
      state: 'priced',
      amount: 3_500_000_000,
      reportedAmount: 10_000_000_000,
      confidence: 'list-undated',
    });
  });

  test('without a price the reported amount, without either unknown: never 0', () => {
    expect(chargeModelCall(call, null, AT, DOLLARS, false)).toMatchObject({
      state: 'reported',
      cost: 10_000_000_000,
      priceId: '',
      confidence: 'reported',
    });
    const silent = { ...call, reportedCost: '' };
    const unknown = { state: 'unpriced', amount: null, cost: null, priceId: '', confidence: '' };
    expect(chargeModelCall(silent, null, AT, DOLLARS, false)).toMatchObject(unknown);
    expect(chargeModelCall({ ...silent, usage: null }, quote, AT, DOLLARS, false)).toMatchObject(unknown);
  });

  test('what no call ever cost is no report', () => {
    const absurd = { ...call, reportedCost: '99999999999999999999999999' };
    expect(chargeModelCall(absurd, null, AT, YEN, false)).toMatchObject({
      state: 'unpriced',
      cost: null,
      reportedAmount: null,
    });
  });

  test('no tokens cost nothing where the usage is known', () => {
    expect(chargeModelCall({ ...call, usage: NOTHING }, quote, AT, DOLLARS, false)).toMatchObject({
      state: 'priced',
      cost: 0,
    });
  });

  test('a wrapper’s sum and a class at another’s price are estimates', () => {
    expect(chargeModelCall(call, quote, AT, DOLLARS, true).state).toBe('estimated');
    const written = { ...call, usage: { ...NOTHING, input: 1, cacheWrite: 5 } };
    expect(chargeModelCall(written, quote, AT, DOLLARS, false).state).toBe('estimated');
  });

  test('a missing exchange rate is a state, never 1', () => {
    const none: Reporting = { currency: 'JPY', rate: () => null };
    const expected = {
      state: 'no_rate',
      amount: 3_500_000_000,
      amountCurrency: 'USD',
      cost: null,
      currency: 'JPY',
    };
    expect(chargeModelCall(call, quote, AT, none, false)).toMatchObject(expected);
    expect(chargeModelCall(call, quote, AT, YEN, false)).toMatchObject({
      state: 'priced',
      cost: 530_600_000_000,
    });
    expect(chargeFixed(parseUnits('5'), 'EUR', 'registry:a/b', AT, YEN)).toMatchObject({
      state: 'no_rate',
      cost: null,
    });
    expect(chargeFixed(parseUnits('5'), 'JPY', 'registry:a/b', AT, YEN)).toMatchObject({
      state: 'priced',
      cost: 5e12,
    });
  });
});

describe('amounts', () => {
  const count = fc.nat(2_000_000);
  const anyUsage = fc.record({
    input: count,
    cachedInput: count,
    cacheWrite: count,
    cacheWrite5m: fc.constant(0),
    cacheWrite1h: fc.constant(0),
    output: count,
    reasoning: fc.constant(0),
  });
  const claude = book.quote('anthropic', 'claude-sonnet-4-5', AT, 1000)!;

  test('the classes, priced one by one, sum to the whole in any order', () => {
    fc.assert(
      fc.property(anyUsage, fc.double({ min: 0, max: 1, noNaN: true }), (usage, share) => {
        const whole = { ...usage, cacheWrite1h: Math.floor(usage.cacheWrite * share) };
        const parts: Units[] = [
          priceUsage({ ...NOTHING, output: whole.output }, claude),
          priceUsage(
            { ...NOTHING, cacheWrite: whole.cacheWrite1h, cacheWrite1h: whole.cacheWrite1h },
            claude,
          ),
          priceUsage({ ...NOTHING, cacheWrite: whole.cacheWrite - whole.cacheWrite1h }, claude),
          priceUsage({ ...NOTHING, cachedInput: whole.cachedInput }, claude),
          priceUsage({ ...NOTHING, input: whole.input }, claude),
        ];
        expect(parts.reduce(addUnits)).toBe(priceUsage(whole, claude));
        expect(parts.reverse().reduce(addUnits)).toBe(priceUsage(whole, claude));
      }),
    );
  });

  test('twice the tokens at the same price cost twice as much', () => {
    fc.assert(
      fc.property(anyUsage, (usage) => {
        const twice = Object.fromEntries(
          Object.entries(usage).map(([k, v]) => [k, v * 2]),
        ) as unknown as Usage;
        expect(BigInt(priceUsage(twice, claude))).toBe(BigInt(priceUsage(usage, claude)) * 2n);
      }),
    );
  });

  test('reasoning is part of the output, at its own price where it has one', () => {
    const thinking = { ...NOTHING, output: 1_000_000, reasoning: 400_000 };
    expect(priceUsage(thinking, quote)).toBe(10e12);
    // 0.6 × 8 + 0.4 × 3 dollars.
    expect(priceUsage(thinking, book.quote('perplexity', 'sonar-deep-research', AT, 1)!)).toBe(6e12);
  });
});
