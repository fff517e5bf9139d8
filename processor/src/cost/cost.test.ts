import { calcPrice } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Usage } from '../model.ts';
import { createPriceBook } from './catalogue.ts';
import { chargeModelCall, priceUsage, type Reporting } from './charge.ts';
import {
  addUnits,
  divideHalfEven,
  formatUnits,
  parseDecimal,
  parseUnits,
  perMillion,
  priceOf,
} from './decimal.ts';
import { splitUsage } from './usage.ts';

const AT = 1_795_000_000_000_000_000n;
const DOLLARS: Reporting = { currency: 'USD', rate: () => null };

const usage = (part: Partial<Usage>): Usage => ({
  input: 0,
  cachedInput: 0,
  cacheWrite: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
  ...part,
});

describe('exact amounts', () => {
  test('a price for a million tokens has no binary error', () => {
    expect(formatUnits(priceOf(1, perMillion(0.075)))).toBe('0.000000075');
    expect(formatUnits(priceOf(3, perMillion(0.1)))).toBe('0.0000003');
    expect(formatUnits(priceOf(1_000_000, perMillion('2.5')))).toBe('2.5');
  });

  test('any price times any count equals the rational number, rounded half to even once', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.nat(10 ** 9), fc.nat(9), (tokens, digits, places) => {
        const text = `${Math.trunc(digits / 10 ** places)}.${String(digits % 10 ** places).padStart(places, '0')}0`;
        const price = parseDecimal(text);
        const exact = divideHalfEven(
          BigInt(tokens) * price.digits * 10n ** 12n,
          10n ** BigInt(price.places + 6),
        );
        expect(BigInt(priceOf(tokens, perMillion(text)))).toBe(exact);
      }),
    );
  });

  test('half goes to even, also below zero', () => {
    expect([5n, 15n, 25n, -5n, -15n, 14n, 16n].map((n) => divideHalfEven(n, 10n))).toEqual([
      0n,
      2n,
      2n,
      0n,
      -2n,
      1n,
      2n,
    ]);
  });

  test('text and units are inverse; sums do not depend on order', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.bigInt({ min: 0n, max: 10n ** 20n }),
        (a, b) => {
          expect(BigInt(parseUnits(formatUnits(a < 0n ? -a : a)))).toBe(a < 0n ? -a : a);
          expect(BigInt(addUnits(a, b))).toBe(a + b);
        },
      ),
    );
  });
});

describe('the catalogue', () => {
  const MODELS = [
    ['openai', 'gpt-4o'],
    ['openai', 'gpt-4o-2024-08-06'],
    ['openai', 'gpt-4.1-mini'],
    ['openai', 'text-embedding-3-small'],
    ['anthropic', 'claude-sonnet-4-20250514'],
    ['anthropic', 'claude-sonnet-4-5'],
    ['anthropic', 'claude-3-5-haiku-latest'],
    ['gcp.gemini', 'gemini-2.5-flash'],
    ['gcp.gemini', 'gemini-2.5-pro'],
    ['aws.bedrock', 'us.anthropic.claude-sonnet-4-20250514-v1:0'],
    ['mistral_ai', 'mistral-large-latest'],
    ['deepseek', 'deepseek-chat'],
    ['groq', 'llama-3.3-70b-versatile'],
    ['x_ai', 'grok-4'],
  ] as const;
  const USAGES = [
    usage({ input: 1, output: 1 }),
    usage({ input: 1234, output: 567 }),
    usage({ input: 900, cachedInput: 5000, output: 40 }),
    usage({ input: 150_000, cachedInput: 90_000, output: 4000 }),
    usage({ input: 271_999, output: 1 }),
    usage({ input: 272_000, output: 1 }),
  ];

  test.each(MODELS)('%s %s costs what the catalogue itself computes', (provider, model) => {
    const book = createPriceBook();
    for (const each of USAGES) {
      const inputs = each.input + each.cachedInput;
      const quote = book.quote(provider, model, AT, inputs)!;
      const theirs = calcPrice(
        { input_tokens: inputs, cache_read_tokens: each.cachedInput, output_tokens: each.output },
        model,
        { providerId: quote.provider, timestamp: new Date(Number(AT / 1_000_000n)) },
      )!;
      expect(Number(formatUnits(priceUsage(each, quote)))).toBeCloseTo(theirs.total_price, 9);
    }
  });

  test('a model that nobody knows has no price, and neither does its framework', () => {
    const book = createPriceBook();
    expect(book.quote('openai', 'no-such-model', AT, 1)).toBeNull();
    expect(book.quote('', '', AT, 1)).toBeNull();
    expect(book.quote('langchain', 'gpt-4o', AT, 1)?.provider).toBe('openai');
  });

  test('a flood of made-up models keeps its memory', () => {
    const book = createPriceBook();
    for (let i = 0; i < 30_000; i++) expect(book.quote('openai', `made-up-${i}`, AT, 1)).toBeNull();
  });
});

describe('charges', () => {
  const model = {
    provider: 'openai',
    requestModel: 'gpt-4o',
    responseModel: 'gpt-4o',
    responseId: '',
    usage: usage({ input: 1000, output: 100 }),
    reportedCost: '0.01',
    reportedCurrency: 'USD',
    toolCalls: [],
  };
  const quote = createPriceBook().quote('openai', 'gpt-4o', AT, 1000);

  test('the catalogue comes before what the emitter reports, which stands beside it', () => {
    const charge = chargeModelCall(model, quote, AT, DOLLARS, false);
    expect(charge).toMatchObject({ state: 'priced', amount: 3_500_000_000, reportedAmount: 10_000_000_000 });
  });

  test('without a price the reported amount, without either unknown: never 0', () => {
    expect(chargeModelCall(model, null, AT, DOLLARS, false)).toMatchObject({
      state: 'reported',
      cost: 10_000_000_000,
    });
    expect(chargeModelCall({ ...model, reportedCost: '' }, null, AT, DOLLARS, false)).toMatchObject({
      state: 'unpriced',
      cost: null,
    });
    expect(
      chargeModelCall({ ...model, usage: null, reportedCost: '' }, quote, AT, DOLLARS, false),
    ).toMatchObject({ state: 'unpriced', amount: null });
  });

  test('a missing exchange rate is a state, never 1', () => {
    const yen: Reporting = { currency: 'JPY', rate: () => null };
    expect(chargeModelCall(model, quote, AT, yen, false)).toMatchObject({
      state: 'no_rate',
      amount: 3_500_000_000,
      cost: null,
    });
    const rated: Reporting = { currency: 'JPY', rate: () => '151.6' };
    expect(chargeModelCall(model, quote, AT, rated, false)).toMatchObject({
      state: 'priced',
      cost: 530_600_000_000,
    });
  });
});

describe('usage', () => {
  const emitted = (part: Partial<Parameters<typeof splitUsage>[0]>): Parameters<typeof splitUsage>[0] => ({
    inputTokens: Number.NaN,
    output: Number.NaN,
    cacheRead: Number.NaN,
    cacheWrite: Number.NaN,
    cacheWrite5m: Number.NaN,
    cacheWrite1h: Number.NaN,
    reasoning: Number.NaN,
    total: Number.NaN,
    ...part,
  });

  test('classes do not overlap, whether the cache stands inside of the input or beside it', () => {
    const inside = splitUsage(emitted({ inputTokens: 1100, cacheRead: 400, cacheWrite: 100, output: 5 }), {
      cacheInside: true,
      reasoningInside: true,
    });
    const beside = splitUsage(emitted({ inputTokens: 600, cacheRead: 400, cacheWrite: 100, output: 5 }), {
      cacheInside: false,
      reasoningInside: true,
    });
    expect(inside).toEqual(beside);
    expect(inside).toMatchObject({ input: 600, cachedInput: 400, cacheWrite: 100 });
  });

  test('the numbers decide where the emitter is not known', () => {
    const auto = { cacheInside: 'auto', reasoningInside: true } as const;
    expect(splitUsage(emitted({ inputTokens: 10, cacheRead: 100, output: 1 }), auto)!.input).toBe(10);
    expect(
      splitUsage(emitted({ inputTokens: 200, cacheRead: 100, output: 1, total: 301 }), auto)!.input,
    ).toBe(200);
    expect(
      splitUsage(emitted({ inputTokens: 200, cacheRead: 100, output: 1, total: 201 }), auto)!.input,
    ).toBe(100);
  });

  test('nothing said is unknown, nonsense too; zero is legal', () => {
    const rules = { cacheInside: true, reasoningInside: true };
    expect(splitUsage(emitted({}), rules)).toBeNull();
    expect(splitUsage(emitted({ inputTokens: -5, output: 1 }), rules)).toBeNull();
    expect(splitUsage(emitted({ inputTokens: 1e15, output: 1 }), rules)).toBeNull();
    expect(splitUsage(emitted({ inputTokens: 0, output: 0 }), rules)).toMatchObject({ input: 0, output: 0 });
  });

  test('reasoning is part of the output, also where an emitter leaves it out', () => {
    expect(
      splitUsage(emitted({ output: 30, reasoning: 20 }), { cacheInside: true, reasoningInside: true }),
    ).toMatchObject({ output: 30, reasoning: 20 });
    expect(
      splitUsage(emitted({ output: 30, reasoning: 20 }), { cacheInside: true, reasoningInside: false }),
    ).toMatchObject({ output: 50, reasoning: 20 });
  });
});
