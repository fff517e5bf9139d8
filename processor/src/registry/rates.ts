import type { Organisation } from '@agentops/registry';
import { type Decimal, parseDecimal } from '../cost/decimal.ts';

/** What `1 from` is in the reporting currency on the day (UTC) of `atNs`; null when the organisation gives no rate. */
export type Rate = (from: string, atNs: bigint) => Decimal | null;

export const DEFAULT_CURRENCY = 'USD';

/** The organisation's dated exchange rates into its reporting currency. */
export function compileRates(organisation: Organisation | null | undefined): Rate {
  const currency = organisation?.currency ?? DEFAULT_CURRENCY;
  const rates = newestFirst(
    (organisation?.exchange_rates ?? [])
      .filter(({ to }) => to === currency)
      .map(({ from, rate, valid_from }) => ({ from, rate: parseDecimal(rate), since: midnight(valid_from) })),
  );
  return (from, atNs) => rates.find((rate) => rate.from === from && rate.since <= atNs)?.rate ?? null;
}

/** The start of a day, UTC, in ns since the epoch. */
export function midnight(day: string): bigint {
  return BigInt(Date.parse(day)) * 1_000_000n;
}

/** Of equal age, the order of the file. */
export function newestFirst<Dated extends { readonly since: bigint }>(list: readonly Dated[]): Dated[] {
  return [...list].sort((a, b) => (a.since === b.since ? 0 : a.since < b.since ? 1 : -1));
}
