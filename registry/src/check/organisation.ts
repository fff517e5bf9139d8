import { error, type Finding } from '../diagnostic.ts';
import type { Organisation } from '../schema/organisation.ts';
import { checkOrganisationBudgets } from './budgets.ts';
import { checkMoney, checkPrices, checkRates } from './money.ts';

/** What the organisation file says of itself. */
export function* checkOrganisation(organisation: Organisation): Generator<Finding> {
  if (!isTimeZone(organisation.time_zone)) {
    yield error(
      'time-zone',
      ['time_zone'],
      `${organisation.time_zone} is no time zone`,
      'use an IANA name such as Asia/Tokyo',
    );
  }
  for (const list of ['departments', 'teams', 'channels'] as const) {
    const seen = new Set<string>();
    for (const [index, { id }] of organisation[list].entries()) {
      if (seen.has(id)) {
        yield error(
          'duplicate-id',
          [list, index, 'id'],
          `${list} has ${id} twice`,
          'give each an id of its own',
        );
      }
      seen.add(id);
    }
  }
  for (const [index, { working_hours }] of organisation.channels.entries()) {
    if (working_hours === undefined || working_hours.from !== working_hours.to) continue;
    yield error(
      'working-hours',
      ['channels', index, 'working_hours', 'to'],
      `from ${working_hours.from} to ${working_hours.to} is no time at all`,
      'let to be later than from (on the next day when it is smaller); leave working_hours out for always',
    );
  }
  yield* checkOrganisationBudgets(organisation);
  yield* checkRates(organisation);
  yield* checkPrices(organisation.prices, organisation);
  yield* checkMoney(organisation.human_review_hourly_cost, ['human_review_hourly_cost'], organisation);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
