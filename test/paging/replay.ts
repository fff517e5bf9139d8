import { alertmanagerParts } from '@agentops/alerts';
import type { Fired } from '@agentops/cli/alerts';
import { simulate } from '@agentops/cli/simulate';
import type { Store } from '@agentops/processor';
import { createWorld, DAY, HOUR, MINUTE, type Sent, toldOf } from '../incidents/world.ts';
import { type CompanyName, changeOf, firedOf, profileOf, registryOf, ruleOf } from './companies.ts';
import { deliver } from './delivery.ts';
import { fleetThatIsWell, registryOfTheWeek } from './fleet.ts';
import { type Harmed, harmOf } from './harm.ts';
import { reaching } from './inhibit.ts';
import { judge, type Told } from './judge.ts';
import { loopSpans, type Span, silences, stepOf } from './pace.ts';
import { ASKED_FROM, HISTORY_DAYS, WEEK_BEGINS, WEEK_ENDS, type Week } from './week.ts';

/** Telemetry is loaded for so long at once; while an agent loops, for so long. */
const LOAD_MS = 8 * HOUR;
const LOOP_MS = 6 * MINUTE;

export interface Played {
  readonly seed: number;
  readonly week: Week;
}

/** What fired in a week, in the order in which it did, and what harm its incidents and disturbances did. */
export interface Replayed {
  readonly fired: readonly Fired[];
  readonly harms: readonly Harmed[];
}

/** Weeks through SDK, chain, engine and the generated rules, at the same time. */
export async function replayWeeks(
  store: Store,
  weeks: readonly Played[],
  onHour: (hour: number) => void = () => {},
): Promise<Map<number, Replayed>> {
  const companies = weeks.map(({ seed }) => nameOf(seed));
  const from = ASKED_FROM;
  const registry = registryOf(registryOfTheWeek(), companies);
  const world = await createWorld(store, registry, WEEK_BEGINS);
  const spans = new Map<string, Span[]>([['telemetry-stale', []]]);
  for (const played of weeks) {
    const sent = await telemetryOf(played, from);
    world.send(sent);
    spans.get('telemetry-stale')!.push(
      ...silences(
        sent.map(({ at }) => at),
        WEEK_ENDS,
      ),
    );
  }
  const fired = await world.fired({
    from,
    to: WEEK_ENDS,
    every: (alert, instances, now) => stepOf(alert, instances, now, spans.get(alert.id)),
    phases: phasesOf(weeks, from),
    rule: (alert) => ruleOf(alert, companies),
    onTime: (now) => onHour((now - WEEK_BEGINS) / HOUR),
    onLoaded: async (until) =>
      void spans.set('loop-in-progress', loopSpans(await loopsOf(store, from), until)),
  });
  const replayed = new Map<number, Replayed>();
  for (const { seed, week } of weeks) {
    const company = nameOf(seed);
    const harms: Harmed[] = [];
    for (const one of [...week.incidents, ...week.disturbances])
      harms.push(await harmOf(store, one, (agent) => `${agent}-${company}`));
    replayed.set(seed, { fired: firedOf(fired, company), harms });
  }
  return replayed;
}

/** When the circles that are known since a time ended, ms since the epoch. */
async function loopsOf(store: Store, since: number): Promise<number[]> {
  const rows = await store.query<{ ended: string }>(
    `SELECT DISTINCT toUnixTimestamp64Milli(ended_at) AS ended FROM ${store.database}.loop_findings
     WHERE ended_at >= fromUnixTimestamp64Milli({since:Int64})`,
    { since },
  );
  return rows.map(({ ended }) => Number(ended));
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

/** What somebody had to deal with in the week: what reached them in it, and what stood when it began. */
export function tellWeek(fired: readonly Fired[], { incidents, disturbances }: Week): Told[] {
  const registry = registryOfTheWeek();
  const reached = reaching(fired, alertmanagerParts(registry)!.inhibit_rules)
    .filter(({ at, fired: { resolvedAt } }) => at >= WEEK_BEGINS || (resolvedAt ?? WEEK_ENDS) > WEEK_BEGINS)
    .map((one) => ({ ...one, channel: toldOf(registry, one.fired.notification) }));
  return judge(reached, incidents, disturbances);
}
