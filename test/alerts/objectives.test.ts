import {
  alertsOf,
  BURN_LEVELS,
  type BurnEvent,
  burnOf,
  burnRows,
  dropOf,
  generateAlerts,
  LEAST_USUAL,
  slowOf,
  thresholdAbove,
  usualOf,
} from '@agentops/alerts';
import { observe } from '@agentops/cli/alerts';
import type { Store } from '@agentops/processor';
import type { RegistryDocument } from '@agentops/registry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { company } from '../incidents/world.ts';
import { type Engine, openEngine } from '../tools/chain.ts';
import { type Chance, chance } from '../tools/otlp.ts';

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
const QUARTER = 900 * SECOND;
const NOW = Math.floor(1_795_001_000 / 900) * QUARTER;
/** On the edge of a quarter of an hour, beside it, and within one. */
const CLOCKS = [NOW, NOW + SECOND, NOW + 433 * SECOND];

/** An event of an objective. Times are ms before `NOW`; negative: it comes later. */
interface Event {
  readonly age: number;
  /** When it counts elsewhere: a verdict may come days after its task. */
  readonly late: number;
  readonly good: number;
  readonly total: number;
}

/** Times at which something is decided by a second. */
const EDGES = [
  ...new Set(
    [0, ...BURN_LEVELS.flatMap(({ longS, shortS }) => [longS, shortS]), 28 * 86_400].flatMap((s) => [
      s - 1,
      s,
      s + 1,
    ]),
  ),
];

const SHAPES: readonly ((random: Chance) => Event[])[] = [
  () => [],
  (random) => [event(random, random.int(DAY), random.next() < 0.5)],
  // As ever, then worse for a while, or not.
  (random) => stream(random, [5, 40, 300][random.int(3)]!, 30, 0.02 + 0.3 * random.next(), random.next()),
  (random) => stream(random, 40, 30, 0.1, 0.1),
  // A young agent; one that has paused; one that is gone.
  (random) => stream(random, 60, 1 + random.int(3), 0.1, random.next()),
  (random) =>
    stream(random, 60, 30, 0.1, 0.9).filter(({ age }) => age > 12 * DAY || age < HOUR * random.int(20)),
  (random) => stream(random, 60, 30, 0.1, 0.9).filter(({ age }) => age > 4 * DAY),
  // To the second, among enough others.
  (random) => [
    ...EDGES.map((second) => ({ age: second * SECOND, late: 0, good: random.int(2), total: 1 })),
    ...stream(random, 300, 4, 0.5, 0.5),
  ],
  // Nobody has judged anything.
  (random) => stream(random, 40, 10, 0.2, 1).map((one) => ({ ...one, good: 0, total: 0 })),
];

let serial = 0;
/** No two at the same time: which is the later one would be chance. */
function event(random: Chance, age: number, isBad: boolean): Event {
  return {
    age: age + (serial++ % 997) / 1_000,
    late: random.next() < 0.1 ? random.int(10) * DAY : 0,
    good: isBad ? 0 : 1,
    total: 1,
  };
}

function stream(random: Chance, perDay: number, days: number, before: number, during: number): Event[] {
  const changed = random.next() * 3 * DAY;
  return Array.from({ length: perDay * days }, () => {
    const age = Math.floor(random.next() * days * DAY) - HOUR;
    const isBad = random.next() < (age < changed ? during : before);
    if (random.next() < 0.05) return { ...event(random, age, false), good: 0, total: 0 };
    // Of a task with many tool calls some failed.
    if (random.next() < 0.2)
      return { ...event(random, age, isBad), good: isBad ? random.int(3) : 4, total: 4 };
    return event(random, age, isBad);
  });
}

const OBJECTIVES = [70, 75, 90, 95, 99, 99.9] as const;
const WINDOWS = ['7d', '28d', '30d'] as const;
const CASES = 90;

interface Case {
  readonly agent: string;
  readonly slo: string;
  /** null: only measured. */
  readonly objective: number | null;
  readonly events: readonly Event[];
}

function makeCases(random: Chance): { registry: RegistryDocument; cases: Case[] } {
  const { organisation, agents } = company();
  const cases: Case[] = [];
  const made = Array.from({ length: CASES }, (_, i) => {
    const agent = `agent-${i}`;
    const isMeasured = i % 4 === 3;
    const objective = isMeasured ? null : OBJECTIVES[random.int(OBJECTIVES.length)]!;
    const isBounded = !isMeasured && i % 3 === 0;
    const events = SHAPES[i % SHAPES.length]!(random);
    cases.push({ agent, slo: isBounded ? 'cost_per_task <= 15 JPY' : 'task_success', objective, events });
    const slo = {
      sli: isBounded ? ('cost_per_task' as const) : ('task_success' as const),
      objective: objective ?? ('measure' as const),
      window: WINDOWS[random.int(WINDOWS.length)]!,
      ...(isBounded && { at_most: '15 JPY' }),
    };
    return {
      ...agents[0]!,
      id: agent,
      stage: isMeasured ? ('pilot' as const) : ('production' as const),
      slos: [slo],
    };
  });
  return { registry: { organisation, agents: made }, cases };
}

/** Events where the rules look for them, and their sums as the maintainer makes them. */
async function storeEvents({ command, database }: Store, cases: readonly Case[]): Promise<void> {
  await command(`CREATE TABLE ${database}.events AS ${database}.slo_events ENGINE = MergeTree ORDER BY at`);
  await command(
    `CREATE TABLE ${database}.given (agent String, slo String, objective Nullable(Float64), at Int64, decided Int64, good Float64, total Float64) ENGINE = Memory`,
  );
  const micro = (ms: number): number => Math.round(ms * 1_000);
  const rows = cases.flatMap(({ agent, slo, objective, events }) =>
    events.map(({ age, late, good, total }) =>
      JSON.stringify([agent, slo, objective, micro(NOW - age - late), micro(NOW - age), good, total]),
    ),
  );
  for (let at = 0; at < rows.length; at += 5_000)
    await command(
      `INSERT INTO ${database}.given FORMAT JSONCompactEachRow ${rows.slice(at, at + 5_000).join('\n')}`,
    );
  await command(`
    INSERT INTO ${database}.events (agent, slo, sli, environment, objective, window_s, at, measure, good, total, task_id, decided_at, direction)
    SELECT agent, slo, splitByChar(' ', slo)[1] AS sli, 'production' AS environment, objective, toUInt64(0) AS window_s,
      fromUnixTimestamp64Micro(at) AS at, 'share' AS measure, good, total, '' AS task_id, fromUnixTimestamp64Micro(decided) AS decided_at, 'higher' AS direction
    FROM ${database}.given
    -- A value without a bound is no share, be it a number or none.
    UNION ALL
    SELECT agent, slo, 'evaluation_score', 'production', objective, toUInt64(0), fromUnixTimestamp64Micro(at), 'mean', nan, 1, '', fromUnixTimestamp64Micro(decided), 'higher'
    FROM ${database}.given WHERE total = 0`);
  const quarter = (time: string): string => `toStartOfFifteenMinutes(toDateTime(${time}, 'UTC'))`;
  await command(`
    INSERT INTO ${database}.slo_sums (at, decided_at, agent, slo, window_s, sli, environment, measure, direction, events, judged, good, total, bad_shares, first_at, version, deleted)
    SETTINGS max_partitions_per_insert_block = 0
    SELECT ${quarter('e.at')} AS quarter, ${quarter('e.decided_at')} AS decided, agent, slo, window_s, sli, environment, measure, direction,
      count(), countIf(e.total > 0), sum(e.good), sum(e.total), sumIf((e.total - e.good) / e.total, e.total > 0), min(e.at), 1, 0
    FROM ${database}.events AS e
    GROUP BY quarter, decided, agent, slo, window_s, sli, environment, measure, direction`);
}

/** What the rules look at, newest first. */
function seenAt({ events }: Case, clock: number): BurnEvent[] {
  const oldest = Math.floor((clock - 28 * DAY) / QUARTER) * QUARTER;
  return events
    .filter(({ age, total }) => total > 0 && NOW - age <= clock && NOW - age >= oldest)
    .map(({ age, good, total }) => ({ at: (clock - (NOW - age)) / SECOND, good, total }))
    .sort((a, b) => a.at - b.at);
}

describe('rules over objectives say what the plain computation says', () => {
  test('without traffic, of one event, with gaps, late verdicts, unknown outcomes, on the edges of the clock', async () => {
    const { registry, cases } = makeCases(chance(77));
    const store = await engine.database();
    await storeEvents(store, cases);
    const { rows } = burnRows(registry);
    const fires: Record<string, number> = {};
    for (const clock of CLOCKS) {
      for (const id of ['slo-burn-page', 'slo-burn-ticket', 'measured-drop']) {
        const alert = alertsOf(registry).find((rule) => rule.id === id)!;
        const sql = alert.sql
          .replaceAll('agentops.slo_events', `${store.database}.events`)
          .replaceAll('agentops.', `${store.database}.`);
        const seen = await observe(store, { ...alert, sql }, clock);
        if ('error' in seen) throw new Error(seen.error);
        const said = new Map(seen.map(({ labels, value }) => [labels['agent'], value]));
        const own = cases.filter(({ objective }) => (id === 'measured-drop') === (objective === null));
        expect(said.size).toBe(own.length);
        for (const one of own) {
          const events = seenAt(one, clock);
          const severity = id === 'slo-burn-page' ? 'page' : 'ticket';
          const burns = rows
            .filter(({ agent, level }) => agent === one.agent && level.severity === severity)
            .map(({ level, threshold, objective, windowS }) => {
              const usual = usualOf(1 - objective / 100, events);
              return burnOf(level, thresholdAbove(level, threshold, usual, windowS), events);
            });
          const expected =
            one.objective === null
              ? dropOf(LEAST_USUAL, events)
              : Math.max(
                  0,
                  ...burns,
                  (severity === 'page' ? dropOf : slowOf)(1 - one.objective / 100, events),
                );
          const value = said.get(one.agent);
          // Thresholds are written with six digits.
          const near = value !== null && Math.abs(value! - expected) <= 1e-4 * Math.max(1, expected);
          expect({
            id,
            clock: clock - NOW,
            agent: one.agent,
            events: events.length,
            value,
            expected,
            near,
          }).toMatchObject({
            near: true,
          });
          if (expected > 1) fires[id] = (fires[id] ?? 0) + 1;
        }
      }
    }
    for (const id of ['slo-burn-page', 'slo-burn-ticket', 'measured-drop'])
      expect(fires[id]).toBeGreaterThan(5);
  }, 120_000);

  test('another objective holds what has happened to another threshold', async () => {
    const { registry, cases } = makeCases(chance(78));
    const store = await engine.database();
    await storeEvents(store, cases);
    const burn = async (document: RegistryDocument, id: string): Promise<Map<string, number>> => {
      const alert = alertsOf(document).find((rule) => rule.id === id)!;
      const sql = alert.sql
        .replaceAll('agentops.slo_events', `${store.database}.events`)
        .replaceAll('agentops.', `${store.database}.`);
      const seen = await observe(store, { ...alert, sql }, NOW);
      if ('error' in seen) throw new Error(seen.error);
      return new Map(seen.map(({ labels, value }) => [labels['agent']!, value!]));
    };
    const stricter = structuredClone(registry);
    for (const { slos } of stricter.agents)
      for (const slo of slos) if (typeof slo.objective === 'number') Object.assign(slo, { objective: 99 });
    let more = 0;
    for (const id of ['slo-burn-page', 'slo-burn-ticket']) {
      const [before, after] = [await burn(registry, id), await burn(stricter, id)];
      for (const { agent, objective } of cases) {
        if (objective === null || objective >= 99) continue;
        expect(after.get(agent)!).toBeGreaterThanOrEqual(before.get(agent)! - 1e-9);
        if (before.get(agent)! <= 1 && after.get(agent)! > 1) more++;
      }
    }
    expect(more).toBeGreaterThan(3);
    // Only measured from now on: no rule holds it to anything but itself.
    const measured = structuredClone(registry);
    for (const agent of measured.agents) {
      Object.assign(agent, { stage: 'pilot' });
      for (const slo of agent.slos) Object.assign(slo, { objective: 'measure' });
    }
    expect((await burn(measured, 'slo-burn-page')).size).toBe(0);
  }, 120_000);
});

test('an objective that no rule could hold is refused where rules are made', () => {
  const registry = company();
  expect(() => generateAlerts(registry)).not.toThrow();
  Object.assign(registry.agents.find(({ id }) => id === 'customer-support')!.slos[0]!, { objective: 20 });
  expect(() => generateAlerts(registry)).toThrow(/customer-support, task_success: an objective of 20 %/);
});
