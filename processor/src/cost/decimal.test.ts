import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addUnits,
  divideHalfEven,
  formatUnits,
  multiplyUnits,
  parseDecimal,
  parseUnits,
  perMillion,
  perThousand,
  priceOf,
} from './decimal.ts';

/** Half to even by its definition: of the two neighbours the nearer, of two equally near the even one. */
function nearest(numerator: bigint, denominator: bigint): bigint {
  const below = (numerator - (((numerator % denominator) + denominator) % denominator)) / denominator;
  const fromBelow = numerator - below * denominator;
  const fromAbove = denominator - fromBelow;
  if (fromBelow === fromAbove) return below % 2n === 0n ? below : below + 1n;
  return fromBelow < fromAbove ? below : below + 1n;
}

test('a price for a million tokens has no binary error', () => {
  expect(formatUnits(priceOf(1, perMillion(0.075)))).toBe('0.000000075');
  expect(formatUnits(priceOf(3, perMillion(0.1)))).toBe('0.0000003');
  expect(formatUnits(priceOf(1_000_000, perMillion('2.5')))).toBe('2.5');
  expect(formatUnits(priceOf(7, perMillion(7.5e-8)))).toBe('0.000000000001');
  expect(formatUnits(perThousand(12))).toBe('0.012');
});

test('any price times any count is the rational number, rounded half to even once', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 40), fc.nat(10 ** 9), fc.nat(12), (tokens, digits, places) => {
      const text = `${digits}e-${places}`;
      const exact = nearest(BigInt(tokens) * BigInt(digits) * 10n ** 12n, 10n ** BigInt(places + 6));
      expect(BigInt(priceOf(tokens, perMillion(text)))).toBe(exact);
    }),
  );
});

test('any amount times any rate is the rational number, also beyond what a double holds', () => {
  const amount = fc.oneof(
    fc.bigInt({ min: -(10n ** 7n), max: 10n ** 7n }),
    fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
  );
  fc.assert(
    fc.property(amount, fc.nat(10 ** 8), fc.nat(20), (value, digits, places) => {
      const units = value <= 10n ** 15n && value >= -(10n ** 15n) ? Number(value) : value;
      const product = multiplyUnits(units, parseDecimal(`${digits}e-${places}`));
      expect(BigInt(product)).toBe(nearest(value * BigInt(digits), 10n ** BigInt(places)));
    }),
  );
});

test('half goes to even, also below zero', () => {
  const tens = [5n, 15n, 25n, -5n, -15n, 14n, 16n, -16n];
  expect(tens.map((n) => divideHalfEven(n, 10n))).toEqual([0n, 2n, 2n, 0n, -2n, 1n, 2n, -2n]);
  for (const n of tens)
    expect(BigInt(multiplyUnits(Number(n), parseDecimal('0.1')))).toBe(divideHalfEven(n, 10n));
});

test('text and units are inverse, sums are exact', () => {
  const any = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
  fc.assert(
    fc.property(any, any, (a, b) => {
      expect(BigInt(parseUnits(formatUnits(a)))).toBe(a);
      expect(BigInt(addUnits(a, b))).toBe(a + b);
    }),
  );
});

test.each(['', 'abc', '1,5', '0x10', 'NaN', 'Infinity', '1e999', '--1'])(
  '%j is no decimal number',
  (text) => {
    expect(() => parseDecimal(text)).toThrow(RangeError);
  },
);
