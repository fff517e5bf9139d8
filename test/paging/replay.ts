import { type AlertDefinition, alertmanagerParts, type Instance } from '@agentops/alerts';
import type { Fired } from '@agentops/cli/alerts';
import { simulate } from '@agentops/cli/simulate';
import type { Store } from '@agentops/processor';
import { createWorld, DAY, HOUR, MINUTE, type Sent, toldOf } from '../incidents/world.ts';
import { type CompanyName, changeOf, firedOf, profileOf, registryOf, ruleOf } from './companies.ts';
import { deliver } from './delivery.ts';
import { fleetThatIsWell, registryOfTheWeek } from './fleet.ts';
import { reaching } from './inhibit.ts';
import { judge, type Told } from './judge.ts';
import { HISTORY_DAYS, WEEK_BEGINS, WEEK_ENDS, type Week } from './week.ts';

/** How often rules are asked: what is measured in minutes more often than what rests on hours or days. */
const OFTEN_MS: Readonly<Record<string, number>> = {
  'loop-in-progress': 3 * MINUTE,
  'telemetry-stale': 5 * MINUTE,
  'silent-agent': 10 * MINUTE,
  'approval-overdue': 10 * MINUTE,
};
const EVERY_MS = { page: 30 * MINUTE, ticket: 2 * HOUR, info: 2 * HOUR } as const;
/** Telemetry is loaded for so long at once; while an agent loops, for so long. */
const LOAD_MS = 8 * HOUR;
const LOOP_MS = 6 * MINUTE;
/** Alerts that begin in it are from before: what stands, and what it takes to settle. */
const SETTLES_MS = DAY / 2;

/** Where a rule may fire soon, it is asked when it may, as an evaluator would. */
export function stepOf({ id, severity, timing }: AlertDefinition, instances: readonly Instance[]): number {
  const usual = OFTEN_MS[id] ?? EVERY_MS[severity];
  const waits = instances.some(({ state }) => state === 'pending');
  return waits ? Math.min(usual, timing.pending * 1_000) : usual;
}

export interface Played {
  readonly seed: number;
  readonly week: Week;
}

/**
 * Weeks through SDK, chain, engine and the generated rules, at the same time: what fired in each, in the order in which it
 * did.
 */
export async function replayWeeks(
  store: Store,
  weeks: readonly Played[],
  onHour: (hour: number) => void = () => {},
): Promise<Map<number, Fired[]>> {
  const companies = weeks.map(({ seed }) => nameOf(seed));
  const from = WEEK_BEGINS - SETTLES_MS;
  const registry = registryOf(registryOfTheWeek(), companies);
  const world = await createWorld(store, registry, WEEK_BEGINS);
  for (const played of weeks) world.send(await telemetryOf(played, from));
  const fired = await world.fired({
    from,
    to: WEEK_ENDS,
    every: stepOf,
    phases: phasesOf(weeks, from),
    rule: (alert) => ruleOf(alert, companies),
    onTime: (now) => onHour((now - WEEK_BEGINS) / HOUR),
  });
  return new Map(weeks.map(({ seed }) => [seed, firedOf(fired, nameOf(seed))]));
}

const nameOf = (seed: number): CompanyName => `s${seed}`;

async function telemetryOf({ seed, week }: Played, from: number): Promise<Sent[]> {
  const company = nameOf(seed);
  const lines: string[] = [];
  const everything = [...week.incidents, ...week.disturbances];
  await simulate({
    seed,
    from: new Date(WEEK_BEGINS - HISTORY_DAYS * DAY),
    to: new Date(WEEK_ENDS),
    fleet: fleetThatIsWell().map((profile) => profileOf(profile, company)),
    changes: everything.flatMap(({ changes }) => changes.map((change) => changeOf(change, company))),
    write: (line) => void lines.push(line),
  });
  const outages = everything.filter(({ isOutage }) => isOutage);
  // Of the weeks before fewer requests will do; but not so few that their minutes would look as quiet as an outage.
  const sent = deliver(lines, (at) => (at < from ? 2 * MINUTE : MINUTE), outages);
  return sent.map((one) => ({ ...one, source: company }));
}

/** Telemetry is loaded by parts of days, where an outage begins and ends, and piece by piece while an agent loops. */
function phasesOf(weeks: readonly Played[], from: number): number[] {
  const usual = range(from, WEEK_ENDS, LOAD_MS);
  const loops = weeks.flatMap(({ week }) =>
    week.incidents
      .filter(({ tells }) => 'loop-in-progress' in tells)
      .flatMap((one) => range(one.from - (one.from % LOOP_MS), one.to + LOOP_MS, LOOP_MS)),
  );
  const outages = weeks.flatMap(({ week }) =>
    [...week.incidents, ...week.disturbances]
      .filter(({ isOutage }) => isOutage)
      .flatMap((one) => [one.from, one.to - 1, one.to]),
  );
  return [...new Set([...usual, ...loops, ...outages])].sort((a, b) => a - b);
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + (i + 1) * step);
}

/** What reached somebody during the week. */
export function tellWeek(fired: readonly Fired[], { incidents, disturbances }: Week): Told[] {
  const registry = registryOfTheWeek();
  const reached = reaching(fired, alertmanagerParts(registry)!.inhibit_rules)
    .filter(({ at }) => at >= WEEK_BEGINS)
    .map((one) => ({ ...one, channel: toldOf(registry, one.fired.notification) }));
  return judge(reached, incidents, disturbances);
}
