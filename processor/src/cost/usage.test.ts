import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EmittedUsage, splitUsage } from './usage.ts';

const emitted = (part: Partial<EmittedUsage>): EmittedUsage => ({
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
const INSIDE = { cacheInside: true, reasoningInside: true } as const;
const BESIDE = { cacheInside: false, reasoningInside: true } as const;
const AUTO = { cacheInside: 'auto', reasoningInside: true } as const;

describe('cache', () => {
  test('classes do not overlap, whether the cache stands inside of the input or beside it', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), fc.nat(1e6), (fresh, cacheRead, cacheWrite) => {
        const counts = { cacheRead, cacheWrite, output: 5 };
        const inside = splitUsage(
          emitted({ ...counts, inputTokens: fresh + cacheRead + cacheWrite }),
          INSIDE,
        );
        expect(inside).toEqual(splitUsage(emitted({ ...counts, inputTokens: fresh }), BESIDE));
        expect(inside).toMatchObject({ input: fresh, cachedInput: cacheRead, cacheWrite });
      }),
    );
  });

  test('the numbers decide where the emitter is not known', () => {
    const input = (part: Partial<EmittedUsage>): number =>
      splitUsage(emitted({ output: 1, ...part }), AUTO)!.input;
    expect(input({ inputTokens: 10, cacheRead: 100 })).toBe(10);
    expect(input({ inputTokens: 200, cacheRead: 100, total: 301 })).toBe(200);
    expect(input({ inputTokens: 200, cacheRead: 100, total: 201 })).toBe(100);
    expect(input({ inputTokens: 200, cacheRead: 100 })).toBe(100);
  });

  test('an input smaller than its cached part cannot include it, whatever the emitter’s rule', () => {
    expect(splitUsage(emitted({ inputTokens: 10, cacheRead: 100, output: 1 }), INSIDE)).toMatchObject({
      input: 10,
      cachedInput: 100,
    });
  });

  test('writes by their time to live are parts of all writes', () => {
    const split = { cacheWrite5m: 30, cacheWrite1h: 70, inputTokens: 150, output: 1 };
    expect(splitUsage(emitted(split), INSIDE)).toMatchObject({
      input: 50,
      cacheWrite: 100,
      cacheWrite1h: 70,
    });
    expect(splitUsage(emitted({ ...split, cacheWrite: 120 }), INSIDE)).toMatchObject({
      input: 30,
      cacheWrite: 120,
    });
  });
});

describe('reasoning', () => {
  const output = (part: Partial<EmittedUsage>, reasoningInside = true): number =>
    splitUsage(emitted({ inputTokens: 100, ...part }), { cacheInside: true, reasoningInside })!.output;

  test('is part of the output, also where an emitter leaves it out', () => {
    expect(output({ output: 30, reasoning: 20 })).toBe(30);
    expect(output({ output: 30, reasoning: 20 }, false)).toBe(50);
    expect(output({ output: 20, reasoning: 30 })).toBe(30);
  });

  test('a total that needs it on top overrules', () => {
    expect(output({ output: 30, reasoning: 20, total: 130 })).toBe(30);
    expect(output({ output: 30, reasoning: 20, total: 150 })).toBe(50);
  });
});

test('nothing said is unknown, nonsense too; zero is legal', () => {
  expect(splitUsage(emitted({}), INSIDE)).toBeNull();
  expect(splitUsage(emitted({ cacheRead: 5, total: 5 }), INSIDE)).toBeNull();
  for (const inputTokens of [-5, 1e15, Number.POSITIVE_INFINITY]) {
    expect(splitUsage(emitted({ inputTokens, output: 1 }), INSIDE)).toBeNull();
  }
  expect(splitUsage(emitted({ inputTokens: 5, output: 1, cacheRead: -1 }), INSIDE)).toBeNull();
  expect(splitUsage(emitted({ inputTokens: 0, output: 0 }), INSIDE)).toMatchObject({ input: 0, output: 0 });
});
