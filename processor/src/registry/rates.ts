import type { Organisation } from '@agentops/registry';
import { type Decimal, parseDecimal } from '../cost/decimal.ts';

/** What `1 from` is in the reporting currency on the business's day of `atMs`; null when the organisation gives no rate. */
export type Rate = (from: string, atMs: number) => Decimal | null;

export const DEFAULT_CURRENCY = 'USD';

/** The organisation's dated exchange rates into its reporting currency. */
export function compileRates(organisation: Organisation | null | undefined): Rate {
  const currency = organisation?.currency ?? DEFAULT_CURRENCY;
  const rates = newestFirst(
    (organisation?.exchange_rates ?? [])
      .filter(({ to }) => to === currency)
      .map(({ from, rate, valid_from }) => ({
        from,
        rate: parseDecimal(rate),
        since: startOfDay(valid_from, organisation?.time_zone),
      })),
  );
  return (from, atMs) => rates.find((rate) => rate.from === from && rate.since <= atMs)?.rate ?? null;
}

/** The start of a day (2026-04-01) in an IANA time zone, in ms since the epoch; an unknown zone is UTC. */
export function startOfDay(day: string, timeZone = 'UTC'): number {
  const wall = Date.parse(day);
  // What the clock on the wall is ahead may differ between midnight of UTC and that of the zone: asked again there.
  const about = wall - aheadMs(timeZone, wall);
  return wall - aheadMs(timeZone, about);
}

/** By how much the clocks of a zone are ahead of UTC at an instant, ms. */
function aheadMs(timeZone: string, at: number): number {
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
    }).formatToParts(at);
    const part = (type: Intl.DateTimeFormatPartTypes): number =>
      Number(parts.find((one) => one.type === type)!.value);
    const wall = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return wall - at;
  } catch {
    return 0;
  }
}

/** Of equal age, the order of the file. */
export function newestFirst<Dated extends { readonly since: number }>(list: readonly Dated[]): Dated[] {
  return [...list].sort((a, b) => b.since - a.since);
}
