import type { Fired } from '@agentops/cli/alerts';
import { HOUR } from '../incidents/world.ts';
import { DEPARTMENTS, type Disturbance, type Incident } from './incident.ts';

/** So long after its end an incident may still be told of: windows look back. */
const GRACE = { page: 2 * HOUR, ticket: 24 * HOUR } as const;

/** How alerts and incidents are brought together, for whoever reads the figures. */
export const ATTRIBUTION = [
  `An alert tells of an incident when it is of a kind that the incident was said to raise before anything ran, names its agent`,
  `or department (and, of objectives, one that the incident breaks), and began from its beginning to ${GRACE.page / HOUR} h (pages) or ${GRACE.ticket / HOUR} h (tickets:`,
  `a day is what their rules look back at least) after its end; of several, the first. What began before the week and still stands counts, too. Every other`,
  `alert is false. An incident is found when an alert of the severity that it calls for, or a page for a ticket, reached the channel that`,
  `is meant. Of what breaks an objective arithmetic decides whether it is an incident: see harm.ts.`,
] as const;

/** An alert as it reached somebody. */
export interface Told {
  readonly fired: Fired;
  /** When it reached somebody, ms since the epoch. */
  readonly at: number;
  readonly channel: string;
  /** What it is about, where that is true; null: it is false. */
  readonly incident: Incident | null;
  /** What may have misled it. */
  readonly disturbance: Disturbance | null;
  /** Is the channel the one that the incident names? */
  readonly isRight: boolean;
}

export function severityOf({ notification }: Fired): 'page' | 'ticket' {
  return notification.labels['severity'] === 'page' ? 'page' : 'ticket';
}

/** Which incident each alert tells of, as `ATTRIBUTION` says. An alert that began before the incident tells of nothing of it. */
export function judge(
  fired: readonly Pick<Told, 'fired' | 'at' | 'channel'>[],
  incidents: readonly Incident[],
  disturbances: readonly Disturbance[],
): Told[] {
  return fired.map(({ fired: one, at, channel }) => {
    const grace = GRACE[severityOf(one)];
    const isDuring = ({ from, to }: Disturbance): boolean =>
      one.startedAt >= from && one.startedAt <= to + grace;
    const incident =
      incidents.find((each) => one.alert in each.tells && isDuring(each) && concerns(one, each)) ?? null;
    const disturbance = disturbances.find((each) => isDuring(each) && concerns(one, each)) ?? null;
    return {
      fired: one,
      at,
      channel,
      incident,
      disturbance,
      isRight: incident?.tells[one.alert] === channel,
    };
  });
}

function concerns({ notification: { labels } }: Fired, { about, changes, misses }: Disturbance): boolean {
  if (about === 'all') return true;
  const [sli = ''] = (labels['slo'] ?? '').split(' ');
  if (sli !== '' && !misses.includes(sli)) return false;
  const agents = [about, ...changes.map(({ agent }) => agent)];
  const departments = agents.flatMap((agent) => DEPARTMENTS[agent] ?? []);
  const models = changes.flatMap(({ profile }) => profile.model ?? []);
  const names = [...agents, ...departments, ...models];
  return ['agent', 'subject'].some((label) => {
    const value = labels[label] ?? '';
    return names.some((name) => value === name || value === `unregistered:${name}`);
  });
}

/** What came of an incident. */
export interface Outcome {
  readonly incident: Incident;
  readonly told: readonly Told[];
  /** ms from its beginning to when it was first told as it should be; null: it was not. */
  readonly after: number | null;
  /** ms from its end to when the last alert of it had ended; null where none was told or one still fires. */
  readonly overAfter: number | null;
}

export function outcomes(incidents: readonly Incident[], told: readonly Told[]): Outcome[] {
  return incidents.map((incident) => {
    const own = told.filter((one) => one.incident === incident);
    // A page tells of what is worth a ticket, too.
    const enough = own.filter(
      ({ fired, isRight }) => isRight && (incident.calls === 'ticket' || severityOf(fired) === 'page'),
    );
    const first = Math.min(...enough.map(({ at }) => at));
    const ends = own.map(({ fired }) => fired.resolvedAt ?? Number.POSITIVE_INFINITY);
    const last = Math.max(...ends);
    return {
      incident,
      told: own,
      after: enough.length === 0 ? null : first - incident.from,
      overAfter: Number.isFinite(last) ? Math.max(0, last - incident.to) : null,
    };
  });
}

/** The value below which a share of the sorted values lies; null of none. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
