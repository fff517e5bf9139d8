import { DAY, HOUR } from '../incidents/world.ts';
import { type Chance, chance } from '../tools/otlp.ts';
import { DISTURBANCES, type Disturbance, INCIDENTS, type Incident, type Kind, OWNERS } from './incident.ts';

/** Monday, midnight in Tokyo. */
export const WEEK_BEGINS = Date.UTC(2026, 10, 15, 15);
export const WEEK_ENDS = WEEK_BEGINS + 7 * DAY;
/** What comes before: rules look so far back. */
export const HISTORY_DAYS = 28;
/** Rules are asked from here on: by the beginning of the week what stands has been told. */
export const ASKED_FROM = WEEK_BEGINS - DAY / 2;
/** Between what happens to one agent, so that each alert has one reason. */
const APART = 8 * HOUR;
const TRIES = 400;

export interface Week {
  readonly incidents: readonly Incident[];
  readonly disturbances: readonly Disturbance[];
  /** Kinds for which there was no room. */
  readonly left: readonly string[];
}

/** What was so before anybody asked: its objective stands above what was measured. It is no reason to get up. */
export const STANDING: Incident = {
  kind: 'an objective that is not reached yet',
  about: 'customer-support',
  from: ASKED_FROM,
  to: WEEK_ENDS,
  calls: 'ticket',
  tells: { 'slo-burn-ticket': OWNERS['customer-support']! },
  misses: ['task_success'],
  changes: [],
};

interface Slot {
  readonly agent: string;
  readonly from: number;
  readonly to: number;
}

/** A week of a seed: every kind once, at times and with agents that the seed draws. */
export function makeWeek(seed: number): Week {
  const random = chance(seed * 7_919 + 13);
  const taken: Slot[] = [];
  const left: string[] = [];
  const place = (kind: Kind): Slot | null => {
    for (let i = 0; i < TRIES; i++) {
      const slot = draw(kind, random);
      if (slot.to > WEEK_ENDS - DAY / 4 || taken.some((other) => isNear(slot, other))) continue;
      taken.push(slot);
      return slot;
    }
    left.push(kind.name);
    return null;
  };
  // What needs the most room is placed first.
  const order = (kinds: readonly Kind[]): Kind[] =>
    [...kinds].sort((a, b) => b.lasts[1] / b.agents.length - a.lasts[1] / a.agents.length);
  const incidents = order(INCIDENTS).flatMap((kind) => {
    const slot = place(kind);
    return slot === null ? [] : [incidentOf(kind, slot)];
  });
  const disturbances = order(DISTURBANCES).flatMap((kind) => {
    const slot = place(kind);
    return slot === null ? [] : [disturbanceOf(kind, slot)];
  });
  const byTime = (a: { from: number }, b: { from: number }): number => a.from - b.from;
  return { incidents: [...incidents.sort(byTime), STANDING], disturbances: disturbances.sort(byTime), left };
}

function draw({ agents, days, begins, lasts }: Kind, random: Chance): Slot {
  const between = ([least, most]: readonly [number, number]): number =>
    Math.round((least + random.next() * (most - least)) * 60) * 60_000;
  const agent = agents[random.int(agents.length)]!;
  const from = WEEK_BEGINS + days[random.int(days.length)]! * DAY + between(begins);
  return { agent, from, to: from + between(lasts) };
}

/** Does the one disturb the other? Outages concern everybody. */
function isNear(a: Slot, b: Slot): boolean {
  if (a.agent !== b.agent && a.agent !== 'all' && b.agent !== 'all') return false;
  const apart = a.agent === 'all' || b.agent === 'all' ? HOUR : APART;
  return a.from < b.to + apart && b.from < a.to + apart;
}

function incidentOf(kind: Kind, slot: Slot): Incident {
  return { ...disturbanceOf(kind, slot), calls: kind.calls!, tells: kind.tells!(slot.agent) };
}

function disturbanceOf(
  { name, about, profile, isOutage, tells, objective, misses = [], lingers = 0 }: Kind,
  { agent, from, to }: Slot,
): Disturbance {
  return {
    kind: name,
    about: about ?? agent,
    from,
    to: to + lingers * HOUR,
    changes: profile === undefined ? [] : [{ agent, from, to, profile }],
    misses,
    ...(isOutage && { isOutage }),
    ...(tells !== undefined && { tells: tells(agent) }),
    ...(objective !== undefined && { objective }),
  };
}
