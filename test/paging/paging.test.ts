import { alertmanagerParts, alertsOf } from '@agentops/alerts';
import type { Fired } from '@agentops/cli/alerts';
import { simulate } from '@agentops/cli/simulate';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, toldOf } from '../incidents/world.ts';
import { deliver } from './delivery.ts';
import { fleetThatIsWell, registryOfTheWeek } from './fleet.ts';
import { isWorth, settled } from './harm.ts';
import { DISTURBANCES, INCIDENTS, type Incident } from './incident.ts';
import { reaching } from './inhibit.ts';
import { judge, outcomes, quantile } from './judge.ts';
import { loopSpans, silences, stepOf } from './pace.ts';
import { makeWeek, STANDING, WEEK_BEGINS, WEEK_ENDS } from './week.ts';

const registry = registryOfTheWeek();
const alerts = new Map(alertsOf(registry).map((alert) => [alert.id, alert]));

/** An alert as it was said. Times in hours of the week. */
function said(alert: string, labels: Record<string, string>, from: number, to: number | null): Fired {
  const { severity, domain } = alerts.get(alert)!;
  return {
    alert,
    startedAt: WEEK_BEGINS + from * HOUR,
    resolvedAt: to === null ? null : WEEK_BEGINS + to * HOUR,
    notification: {
      labels: { product: 'agentops', alert, severity, domain, ...labels },
      annotations: {},
      startsAt: '',
      endsAt: '',
    },
  };
}

describe('a week', () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed + 1);

  test('has nearly every kind once, with nothing of one agent at the same time', () => {
    for (const seed of seeds) {
      const { incidents, disturbances, left } = makeWeek(seed);
      expect(incidents.length + disturbances.length + left.length).toBe(
        INCIDENTS.length + DISTURBANCES.length + 1,
      );
      expect(left.length).toBeLessThanOrEqual(3);
      const all = [...incidents, ...disturbances].filter((one) => one !== STANDING);
      for (const one of all) {
        expect(one.from).toBeGreaterThanOrEqual(WEEK_BEGINS);
        expect(one.from).toBeLessThan(WEEK_ENDS);
        const others = all.filter((other) => other !== one && other.about === one.about);
        expect(others.filter((other) => other.from < one.to && one.from < other.to)).toEqual([]);
      }
    }
  });

  test('is the same for the same seed, and another for another', () => {
    expect(makeWeek(3)).toEqual(makeWeek(3));
    expect(makeWeek(3)).not.toEqual(makeWeek(4));
  });

  test('its incidents name alerts that there are, and the channels that the registry names for them', () => {
    for (const { incidents } of seeds.map(makeWeek)) {
      for (const { about, tells, changes, calls } of incidents) {
        expect(Object.keys(tells).length).toBeGreaterThan(0);
        const agent = changes[0]?.agent ?? about;
        for (const [id, channel] of Object.entries(tells)) {
          const isKnown = registry.agents.some((one) => one.id === agent);
          const ofAgents = alerts.get(id)!.labels.includes('agent');
          const labels = { agent: ofAgents ? (isKnown ? agent : `unregistered:${agent}`) : '', subject: '' };
          expect({ id, agent, told: toldOf(registry, said(id, labels, 0, null).notification) }).toEqual({
            id,
            agent,
            told: channel,
          });
        }
        const severities = Object.keys(tells).map((id) => alerts.get(id)!.severity);
        if (calls === 'page') expect(severities).toContain('page');
      }
    }
  });
});

const INCIDENT: Incident = {
  kind: 'an agent starts to loop',
  about: 'it-helpdesk',
  from: WEEK_BEGINS + 10 * HOUR,
  to: WEEK_BEGINS + 12 * HOUR,
  calls: 'page',
  tells: { 'loop-in-progress': 'sre-pager', 'slo-burn-ticket': 'it-owners' },
  misses: ['loop_free'],
  changes: [],
};
const told = (fired: Fired, channel = 'sre-pager') => ({ fired, at: fired.startedAt, channel });

describe('the judge', () => {
  const loop = (from: number, to: number | null, agent = 'it-helpdesk') =>
    said('loop-in-progress', { agent }, from, to);

  test('a page is true while its incident lasts, and for two hours after; false before, later, of another agent, of another kind', () => {
    const all = [
      loop(9, 11),
      loop(10.5, 12),
      loop(13.9, 15),
      loop(14.1, 15),
      loop(11, 12, 'customer-support'),
      said('silent-agent', { agent: 'it-helpdesk' }, 11, 12),
    ];
    const judged = judge(
      all.map((one) => told(one)),
      [INCIDENT],
      [],
    );
    expect(judged.map(({ incident }) => incident !== null)).toEqual([false, true, true, false, false, false]);
  });

  test('of an objective that it does not break an incident says nothing', () => {
    const burn = (slo: string) =>
      told(said('slo-burn-ticket', { agent: 'it-helpdesk', slo }, 11, 20), 'it-owners');
    const judged = judge([burn('loop_free'), burn('task_success'), burn('loop_free <= 3')], [INCIDENT], []);
    expect(judged.map(({ incident }) => incident !== null)).toEqual([true, false, true]);
  });

  test('an incident is found by a page to whom it names; a ticket is not enough for one that wants a page', () => {
    const ticket = said('slo-burn-ticket', { agent: 'it-helpdesk' }, 10.2, 20);
    const [wrong, right] = [told(loop(10.5, 11), 'care-owners'), told(loop(11, 13))];
    const of = (list: ReturnType<typeof told>[]) => outcomes([INCIDENT], judge(list, [INCIDENT], []))[0]!;
    expect(of([told(ticket, 'it-owners')]).after).toBeNull();
    expect(of([wrong]).after).toBeNull();
    expect(of([told(ticket, 'it-owners'), wrong, right])).toMatchObject({ after: HOUR, overAfter: 8 * HOUR });
    expect(of([told(loop(11, null))]).overAfter).toBeNull();
  });

  test('quantiles are values that there were', () => {
    expect([0.5, 0.9, 1].map((share) => quantile([5, 1, 3, 2, 4], share))).toEqual([3, 5, 5]);
    expect(quantile([], 0.5)).toBeNull();
  });
});

describe('what breaks an objective', () => {
  const tells = { 'slo-burn-page': 'sre-pager' };
  const [few, many] = (['few fail', 'many fail'] as const).map(
    (kind): Incident => ({
      ...INCIDENT,
      ...{ kind, tells, objective: 'task_success', misses: ['task_success'] },
    }),
  ) as [Incident, Incident];
  const { calls: _, ...disturbance } = { ...few, kind: 'made up as none' };
  const week = { incidents: [few, many, INCIDENT], disturbances: [disturbance], left: [] };
  const kindsOf = (list: readonly { readonly kind: string }[]) => list.map(({ kind }) => kind);

  test('is an incident by its share of the error budget, whatever it was made up as', () => {
    const [slight, grave] = [
      { bad: 5, total: 5, budget: 119 },
      { bad: 6, total: 20, budget: 119 },
    ];
    const one = settled(week, [slight, grave, null, slight]);
    expect(kindsOf(one.incidents)).toEqual(['many fail', INCIDENT.kind]);
    expect(kindsOf(one.disturbances)).toEqual(['made up as none', 'few fail']);
    const other = settled(week, [grave, grave, null, grave]);
    expect(kindsOf(other.incidents)).toEqual(['made up as none', 'few fail', 'many fail', INCIDENT.kind]);
    expect(other.incidents[0]!.calls).toBe('page');
    expect(other.disturbances).toEqual([]);
  });

  test('or when as good as everything fails; a ticket is for more of the budget than a page, which is for less time', () => {
    expect(isWorth('page', { bad: 10, total: 11, budget: 1_000 })).toBe(true);
    expect(isWorth('page', { bad: 10, total: 12, budget: 1_000 })).toBe(false);
    expect(isWorth('ticket', { bad: 60, total: 600, budget: 1_000 })).toBe(false);
    expect(isWorth('ticket', { bad: 100, total: 600, budget: 1_000 })).toBe(true);
  });
});

test('a rule is asked when it may fire: not of silence before it is quiet, of circles when one has ended', () => {
  const quiet = silences(
    [0, 10, 60, 70].map((minutes) => minutes * MINUTE),
    110 * MINUTE,
  );
  expect(quiet).toEqual([
    { from: 38 * MINUTE, to: 60 * MINUTE },
    { from: 98 * MINUTE, to: 110 * MINUTE },
  ]);
  const stale = alerts.get('telemetry-stale')!;
  const firing = { labels: {}, since: 0, firedAt: 0, resolvedAt: null, value: 31, missing: 0 };
  const minutes = (now: number, ...states: ('pending' | 'firing')[]): number =>
    stepOf(
      stale,
      states.map((state) => ({ ...firing, state })),
      now * MINUTE,
      quiet,
    ) / MINUTE;
  expect([minutes(0), minutes(35), minutes(40), minutes(61)]).toEqual([40, 5, 5, 40]);
  expect([minutes(0, 'firing'), minutes(0, 'pending')]).toEqual([5, 5]);
  const circles = loopSpans([20 * MINUTE], 60 * MINUTE);
  const step = (now: number): number =>
    stepOf(alerts.get('loop-in-progress')!, [], now * MINUTE, circles) / MINUTE;
  expect([step(0), step(21), step(36), step(60)]).toEqual([21, 3, 24, 3]);
});

test('what a broken pipeline makes unreliable reaches nobody before it is mended', () => {
  const rules = alertmanagerParts(registry)!.inhibit_rules;
  const stale = said('telemetry-stale', { scope: 'all' }, 2, 5);
  const silent = (from: number, to: number | null) =>
    said('silent-agent', { agent: 'customer-support' }, from, to);
  const all = [stale, silent(1, 6), silent(3, 4), silent(3, 7), silent(6, 8)];
  expect(reaching(all, rules).map(({ at }) => (at - WEEK_BEGINS) / HOUR)).toEqual([2, 1, 5, 6]);
  const burn = (alert: string, agent: string) =>
    said(alert, { agent, slo: 'task_success', environment: 'production' }, 1, 9);
  const burns = [burn('slo-burn-page', 'a'), burn('slo-burn-ticket', 'a'), burn('slo-burn-ticket', 'b')];
  expect(reaching(burns, rules).map(({ fired }) => fired)).toEqual([burns[0], burns[2]]);
});

test('every span arrives once, when it has ended; in an outage when that is over', async () => {
  const lines: string[] = [];
  const day = WEEK_BEGINS + DAY;
  const { spans } = await simulate({
    seed: 5,
    from: new Date(WEEK_BEGINS),
    to: new Date(day),
    fleet: fleetThatIsWell(),
    write: (line) => void lines.push(line),
  });
  const outage = { from: WEEK_BEGINS + 9 * HOUR, to: WEEK_BEGINS + 12 * HOUR };
  const sent = deliver(lines, () => MINUTE, [outage]);
  const ids = new Set<string>();
  for (const { at, body } of sent) {
    expect(at >= outage.from + MINUTE && at < outage.to).toBe(false);
    for (const span of spansOf(body)) {
      expect(Number(BigInt(span.endTimeUnixNano) / 1_000_000n)).toBeLessThan(at);
      ids.add(span.spanId);
    }
  }
  expect(ids.size).toBe(spans);
  expect(sent.filter(({ at }) => at === outage.to).length).toBeGreaterThan(0);
});

function spansOf(body: unknown): readonly { readonly spanId: string; readonly endTimeUnixNano: string }[] {
  const { resourceSpans } = body as {
    resourceSpans: { scopeSpans: { spans: { spanId: string; endTimeUnixNano: string }[] }[] }[];
  };
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}
