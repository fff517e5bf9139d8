import { calcPrice, findProvider } from '@pydantic/genai-prices';
import { describe, expect, test } from 'vitest';
import type { Usage } from '../model.ts';
import { createPriceBook, type Quote } from './catalogue.ts';
import { priceUsage } from './charge.ts';
import { formatUnits, priceOf } from './decimal.ts';

const ms = (time: string): number => Date.parse(time);
const NOTHING: Usage = {
  input: 0,
  cachedInput: 0,
  cacheWrite: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
};
const USAGES: readonly Usage[] = [
  { ...NOTHING, input: 1, output: 1 },
  { ...NOTHING, input: 1234, output: 567, reasoning: 89 },
  { ...NOTHING, input: 900, cachedInput: 5000, output: 40 },
  {
    ...NOTHING,
    input: 10,
    cachedInput: 3000,
    cacheWrite: 7000,
    cacheWrite5m: 4000,
    cacheWrite1h: 3000,
    output: 40,
  },
  // Around every tier of the catalogue: 128,000, 199,999, 200,000, 271,999, 272,000, 512,000.
  ...[128_000, 128_001, 199_999, 200_000, 200_001, 271_999, 272_000, 272_001, 512_001].map((input) => ({
    ...NOTHING,
    input: input - 50_000,
    cachedInput: 50_000,
    output: 100,
  })),
];
// Not in order: what was asked for first must not decide what comes after.
const TIMES = [
  '2026-08-21T03:59:59Z',
  '2025-01-01T00:29:59.999Z',
  '2027-01-01T16:30:00Z',
  '2025-06-10T00:30:00Z',
];
const NOW = ms('2026-08-21T03:59:59Z');

function theirs(usage: Usage, provider: string, model: string, at: string): number {
  return calcPrice(
    {
      input_tokens: usage.input + usage.cachedInput + usage.cacheWrite,
      cache_read_tokens: usage.cachedInput,
      cache_write_tokens: usage.cacheWrite,
      cache_write_1h_tokens: usage.cacheWrite1h,
      output_tokens: usage.output,
      output_reasoning_tokens: usage.reasoning,
    },
    model,
    { providerId: provider, timestamp: new Date(at) },
  )!.total_price;
}

describe.each([
  'anthropic',
  'aws',
  'azure',
  'cohere',
  'deepseek',
  'google',
  'groq',
  'mistral',
  'moonshotai',
  'openai',
  'perplexity',
  'together',
  'x-ai',
])('%s', (provider) => {
  test('every model costs what the catalogue itself computes, whatever the time and the size', () => {
    const book = createPriceBook();
    let compared = 0;
    for (const { id } of findProvider({ providerId: provider })!.models) {
      for (const at of TIMES) {
        for (const usage of USAGES) {
          const inputs = usage.input + usage.cachedInput + usage.cacheWrite;
          const quote = book.quote(provider, id, ms(at), inputs);
          if (quote === null) continue;
          const ours = Number(formatUnits(priceUsage(usage, quote)));
          const expected = theirs(usage, provider, id, at);
          if (Math.abs(ours - expected) > 1e-9 * Math.max(1, expected))
            expect([id, at, usage, ours]).toBe(expected);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(USAGES.length * TIMES.length * 2);
  });
});

describe('when and how far', () => {
  const book = createPriceBook();
  const input = (quote: Quote | null): string => formatUnits(priceOf(1_000_000, quote!.input));

  test('a dated price holds from midnight UTC of its day, and says so', () => {
    const before = book.quote('openai', 'o3', ms('2025-06-09T23:59:59.999Z'), 1);
    const after = book.quote('openai', 'o3', ms('2025-06-10T00:00:00Z'), 1);
    expect([input(before), input(after)]).toEqual(['10', '2']);
    expect([before!.priceId, after!.priceId]).toEqual([
      'genai-prices@0.1.8:openai/o3',
      'genai-prices@0.1.8:openai/o3@2025-06-10',
    ]);
    expect([before!.confidence, after!.confidence]).toEqual(['list', 'list']);
    expect(book.quote('openai', 'gpt-4o', ms('2025-06-10T00:00:00Z'), 1)!.confidence).toBe('list-undated');
  });

  test('a price by the hour changes at its minute', () => {
    const at = (time: string): string =>
      input(book.quote('deepseek', 'deepseek-chat', ms(`2026-05-05T${time}Z`), 1));
    expect(['00:29:59.999', '00:30:00', '16:29:59.999', '16:30:00'].map(at)).toEqual([
      '0.135',
      '0.27',
      '0.27',
      '0.135',
    ]);
  });

  test('a tier is the whole request’s, from the first token above its start', () => {
    const at = (inputs: number): string => input(book.quote('google', 'gemini-2.5-pro', NOW, inputs));
    expect([1, 200_000, 200_001, 1].map(at)).toEqual(['1.25', '1.25', '2.5', '1.25']);
  });

  test('a request may cost more than its tokens', () => {
    const quote = book.quote('perplexity', 'sonar', NOW, 100)!;
    expect(formatUnits(priceUsage({ ...NOTHING, input: 100, output: 10 }, quote))).toBe('0.01211');
  });

  test('a class without a price of its own is charged, and that is said', () => {
    const quote = book.quote('anthropic', 'claude-sonnet-4-5', NOW, 1)!;
    expect(quote.approximates({ ...NOTHING, cachedInput: 5, cacheWrite: 9, cacheWrite1h: 9 })).toBe(false);
    const other = book.quote('aws.bedrock', 'us.anthropic.claude-sonnet-4-20250514-v1:0', NOW, 1)!;
    expect(other.approximates({ ...NOTHING, cacheWrite: 9 })).toBe(false);
    expect(other.approximates({ ...NOTHING, cacheWrite: 9, cacheWrite1h: 9 })).toBe(true);
  });
});

test('a flood of made-up models changes no price', () => {
  const book = createPriceBook();
  const at = NOW;
  const before = book.quote('openai', 'gpt-4o', at, 1);
  for (let i = 0; i < 12_000; i++) expect(book.quote('openai', `made-up-${i}`, at, 1)).toBeNull();
  expect(book.quote('openai', 'x'.repeat(1_000_000), at, 1)).toBeNull();
  expect(book.quote('openai', 'gpt-4o', at, 1)).toMatchObject({
    priceId: before!.priceId,
    input: before!.input,
  });
});
