/**
 * Exact money: a whole number of 10^-12 currency units (ClickHouse's `Decimal(38, 12)`). A `number` while it is a safe
 * integer, which is nearly always and several times faster, else a `bigint`; both mean the same.
 */
export type Units = number | bigint;

export const SCALE = 12;
const ONE = 10n ** BigInt(SCALE);
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
/** Twice a remainder below this power of ten is still a safe integer. */
const MAX_FAST_PLACES = 15;

/** The smaller representation of the same value. */
export function units(value: bigint): Units {
  return value <= SAFE && value >= -SAFE ? Number(value) : value;
}

/** A decimal number as a fraction: `digits × 10^-places`. */
export interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

/**
 * `'12.50'`, `'-3'`, `'7.5e-8'` → digits and places, exactly. Prices of catalogues are JavaScript numbers: their shortest
 * decimal text is what the catalogue's author wrote. Throws `RangeError` for anything else.
 */
export function parseDecimal(text: string | number): Decimal {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(String(text).trim());
  if (match === null) throw new RangeError(`not a decimal number: ${text}`);
  const fraction = match[3] ?? '';
  const exponent = Number(match[4] ?? 0);
  if (Math.abs(exponent) > 60) throw new RangeError(`exponent out of range: ${text}`);
  let digits = BigInt(match[2]! + fraction);
  let places = fraction.length - exponent;
  if (places < 0) {
    digits *= 10n ** BigInt(-places);
    places = 0;
  }
  return { digits: match[1] === '-' ? -digits : digits, places };
}

/** A decimal text as units, rounded half to even beyond 12 places. */
export function parseUnits(text: string): Units {
  const { digits, places } = parseDecimal(text);
  return units(rescale(digits, places));
}

/** `digits × 10^-places` in units. */
export function rescale(digits: bigint, places: number): bigint {
  return places <= SCALE
    ? digits * 10n ** BigInt(SCALE - places)
    : divideHalfEven(digits, 10n ** BigInt(places - SCALE));
}

/** Quotient rounded half to even (IEEE 754 `roundTiesToEven`); the divisor is positive. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const remainder = dividend % divisor;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  if (twice < divisor || (twice === divisor && quotient % 2n === 0n)) return quotient;
  return dividend < 0n ? quotient - 1n : quotient + 1n;
}

export function addUnits(a: Units, b: Units): Units {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return units(BigInt(a) + BigInt(b));
}

/** `amount × factor`, rounded half to even. */
export function multiplyUnits(amount: Units, factor: Decimal): Units {
  if (typeof amount === 'number' && factor.places <= MAX_FAST_PLACES) {
    const product = amount * Number(factor.digits);
    const divisor = 10 ** factor.places;
    if (Number.isSafeInteger(product)) {
      const remainder = product % divisor;
      const quotient = (product - remainder) / divisor;
      const twice = Math.abs(remainder) * 2;
      if (twice < divisor || (twice === divisor && quotient % 2 === 0)) return quotient;
      return product < 0 ? quotient - 1 : quotient + 1;
    }
  }
  return units(divideHalfEven(BigInt(amount) * factor.digits, 10n ** BigInt(factor.places)));
}

/** `'0.012500000000'` without the zeros that say nothing: `'0.0125'`. */
export function formatUnits(amount: Units): string {
  const value = BigInt(amount);
  const positive = value < 0n ? -value : value;
  const fraction = (positive % ONE).toString().padStart(SCALE, '0').replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${positive / ONE}${fraction === '' ? '' : `.${fraction}`}`;
}

/** A price for one token, ready to multiply: exact at any number of places. */
export interface TokenPrice {
  /** Units for one token when that is a whole safe number, the usual case; else NaN. */
  readonly whole: number;
  readonly exact: Decimal;
}

/** A price for a million tokens → the price of one. */
export function perMillion(price: string | number): TokenPrice {
  const { digits, places } = parseDecimal(price);
  const exact = { digits, places: places + 6 };
  const whole = exact.places <= SCALE ? Number(digits * 10n ** BigInt(SCALE - exact.places)) : Number.NaN;
  return { whole: Number.isSafeInteger(whole) ? whole : Number.NaN, exact };
}

/** A price for a thousand of something → the price of one, rounded half to even. */
export function perThousand(price: string | number): Units {
  const { digits, places } = parseDecimal(price);
  return units(rescale(digits, places + 3));
}

/** The price of `tokens` tokens, rounded half to even once. */
export function priceOf(tokens: number, price: TokenPrice): Units {
  const fast = tokens * price.whole;
  if (Number.isSafeInteger(fast)) return fast;
  return units(rescale(BigInt(tokens) * price.exact.digits, price.exact.places));
}
