import {
  alertsOf,
  type Days,
  MEASURES,
  measuresOf,
  UNUSUAL,
  unusualOf,
  unusualTasks,
} from '@agentops/alerts';
import { observe } from '@agentops/cli/alerts';
import type { Store } from '@agentops/processor';
import type { RegistryDocument } from '@agentops/registry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { company } from '../incidents/world.ts';
import { type Engine, openEngine } from '../tools/chain.ts';
import { type Chance, chance } from '../tools/otlp.ts';

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

const QUARTER = 900;
const DAY = 86_400;
const OUTCOMES = ['success', 'failure', 'escalated', 'unknown', 'open'] as const;
type Outcome = (typeof OUTCOMES)[number];

/** A task, seconds before the end of the last quarter of an hour that is over. */
interface Task {
  readonly age: number;
  readonly outcome: Outcome;
  readonly toolCalls: number;
  readonly toolErrors: number;
  /** null: a charge is unknown. */
  readonly cost: number | null;
  readonly ms: number;
}

/** An agent that goes its way and then, perhaps, another: some have hardly any tasks, some pause, some begin late. */
function history(random: Chance): Task[] {
  const perDay = [1, 3, 12, 40, 120][random.int(5)]!;
  const begins = [2, 20, 40, 70][random.int(4)]!;
  const changesAt = random.next() < 0.6 ? random.next() * 3 * DAY : -1;
  const factor = 1 + 3 * random.next();
  const weekendsOff = random.next() < 0.5;
  const pause = random.next() < 0.2 ? [random.int(30), random.int(30)] : null;
  const tasks: Task[] = [];
  for (let day = 0; day < begins; day++) {
    if (weekendsOff && day % 7 >= 5) continue;
    if (pause !== null && day >= pause[0]! && day < pause[0]! + pause[1]!) continue;
    const isOther = day * DAY < changesAt;
    const traffic = isOther && random.next() < 0.4 ? (random.next() < 0.5 ? 4 * factor : 0.1) : 1;
    const count = Math.round(perDay * (0.7 + 0.6 * random.next()) * traffic);
    for (let i = 0; i < count; i++) {
      const age = Math.floor((day + random.next()) * DAY);
      const is = age < changesAt;
      const toolCalls = Math.round((3 + random.int(5)) * (is ? factor : 1));
      const fails = random.next() < (is ? 0.1 * factor : 0.1);
      tasks.push({
        age,
        outcome: fails
          ? random.next() < 0.7
            ? 'failure'
            : 'escalated'
          : OUTCOMES[random.next() < 0.9 ? 0 : 3 + random.int(2)]!,
        toolCalls,
        // Now and then one task tries a call again and again.
        toolErrors: random.next() < (is ? 0.2 * factor : 0.05) ? (random.next() < 0.1 ? 12 : 1) : 0,
        cost:
          random.next() < 0.05
            ? null
            : random.next() < 0.02
              ? 0
              : Math.round(1e6 * (is ? factor : 1) * (0.2 + random.next())) / 1e6,
        ms: Math.round((is ? factor : 1) * 20_000 * (0.3 + random.next())),
      });
    }
  }
  return tasks;
}

/** The rows of `task_sums` that a maintainer would have made of these tasks. */
async function store(into: Store, agents: ReadonlyMap<string, readonly Task[]>, end: number): Promise<void> {
  const rows = [...agents].flatMap(([agent, tasks]) =>
    tasks.map(({ age, outcome, toolCalls, toolErrors, cost, ms }) =>
      JSON.stringify([agent, end - age - 1, outcome, toolCalls, toolErrors, cost, ms]),
    ),
  );
  const { database } = into;
  await into.command(
    `CREATE TABLE ${database}.tasks_given (agent String, ended UInt32, outcome String, tool_calls UInt64, tool_errors UInt64, cost Nullable(Float64), ms Float64) ENGINE = Memory`,
  );
  for (let at = 0; at < rows.length; at += 5_000)
    await into.command(
      `INSERT INTO ${database}.tasks_given FORMAT JSONCompactEachRow ${rows.slice(at, at + 5_000).join('\n')}`,
    );
  await into.command(`
    INSERT INTO ${database}.task_sums (at, agent, environment, outcome, tasks, tool_calls, tool_errors, whole_costs, log_cost, log_tool_calls, log_duration, version, deleted)
    SETTINGS max_partitions_per_insert_block = 0
    SELECT toStartOfFifteenMinutes(toDateTime(ended, 'UTC')) AS at, agent, 'production', outcome, count(), sum(g.tool_calls), sum(g.tool_errors),
      countIf(cost > 0), sum(toInt64(round(1e6 * log(if(ifNull(cost, 0) > 0, assumeNotNull(cost), 1))))),
      sum(toInt64(round(1e6 * log(1 + g.tool_calls)))), sum(toInt64(round(1e6 * log(1 + ms)))), 1, 0
    FROM ${database}.tasks_given AS g GROUP BY at, agent, outcome`);
}

/** Failed tool calls that count of the tasks of each quarter of an hour and outcome, at the first of these. */
function countedErrors(tasks: readonly Task[]): Map<Task, number> {
  const rows = new Map<string, Task[]>();
  for (const task of tasks) {
    const key = `${Math.floor(task.age / QUARTER)} ${task.outcome}`;
    rows.set(key, [...(rows.get(key) ?? []), task]);
  }
  return new Map(
    [...rows.values()].map((row): [Task, number] => {
      const all = row.reduce((sum, { toolErrors }) => sum + toolErrors, 0);
      return [row[0]!, Math.min(all, UNUSUAL.mostErrors * row.length)];
    }),
  );
}

/** The plain computation, from the tasks themselves. */
function expectedOf(tasks: readonly Task[]): Record<string, number> {
  const ended = tasks.filter(({ outcome, age }) => outcome !== 'open' && age < UNUSUAL.days * DAY);
  const days = (count: (task: Task) => number, sum: (task: Task) => number): Days => {
    const counts = new Array<number>(UNUSUAL.days).fill(0);
    const sums = new Array<number>(UNUSUAL.days).fill(0);
    for (const task of ended) {
      const day = Math.floor(task.age / DAY);
      counts[day]! += count(task);
      sums[day]! += sum(task);
    }
    return { counts, sums };
  };
  const isJudged = ({ outcome }: Task): number => (outcome === 'unknown' ? 0 : 1);
  const isPriced = ({ cost }: Task): number => (cost !== null && cost > 0 ? 1 : 0);
  const errors = countedErrors(ended);
  const by: Record<string, Days> = {
    'cost per task': days(isPriced, (task) => (isPriced(task) ? Math.log(task.cost!) : 0)),
    'tool calls per task': days(
      () => 1,
      ({ toolCalls }) => Math.log(1 + toolCalls),
    ),
    'time per task': days(
      () => 1,
      ({ ms }) => Math.log(1 + ms),
    ),
    'failed tasks': days(isJudged, ({ outcome }) =>
      outcome === 'failure' || outcome === 'escalated' ? 1 : 0,
    ),
    'failed tool calls': days(
      ({ toolCalls }) => toolCalls,
      (task) => errors.get(task) ?? 0,
    ),
  };
  const { more, fewer } = unusualTasks(by['time per task']!.counts);
  return {
    ...Object.fromEntries(Object.entries(by).map(([name, one]) => [name, unusualOf(one, MEASURES[name]!)])),
    'more tasks a day': more,
    'fewer tasks a day': fewer,
  };
}

const CASES = 120;
const EFFORT = ['cost per task', 'tool calls per task'];

test('what is unusual of an agent is what the plain computation says', async () => {
  const random = chance(2_611);
  const {
    organisation,
    agents: [one],
  } = company();
  const names = Array.from({ length: CASES }, (_, i) => `agent-${i}`);
  const registry: RegistryDocument = {
    organisation,
    agents: names.map((id) => ({ ...one!, id, stage: 'pilot', slos: [] })),
  };
  const agents = new Map(names.map((name) => [name, history(random)]));
  const database = await engine.database();
  // The clock stands on the edge of a quarter, or within one.
  for (const [i, now] of [1_795_000_500, 1_795_000_500 + 433].entries()) {
    const end = Math.floor(now / QUARTER) * QUARTER;
    if (i === 0) await store(database, agents, end);
    const said = new Map<string, number>();
    for (const id of ['effort-up', 'unusual']) {
      const alert = alertsOf(registry).find((rule) => rule.id === id)!;
      const sql = alert.sql.replaceAll('agentops.', `${database.database}.`);
      const seen = await observe(database, { ...alert, sql }, now * 1_000);
      if ('error' in seen) throw new Error(seen.error);
      for (const { labels, value } of seen) said.set(`${id} ${labels['agent']} ${labels['measure']}`, value!);
    }
    const fires = new Map<string, number>();
    for (const [agent, measure] of measuresOf(registry)) {
      const expected = expectedOf(agents.get(agent)!);
      const holds = Math.max(expected['failed tasks']!, expected['failed tool calls']!) <= 1;
      const isEffort = EFFORT.includes(measure);
      const [value, rest] = [
        isEffort ? said.get(`effort-up ${agent} ${measure}`)! : 0,
        said.get(`unusual ${agent} ${measure}`)!,
      ];
      expect({ agent, measure, effort: value, rest }).toEqual({
        agent,
        measure,
        effort: expect.closeTo(isEffort && holds ? expected[measure]! : 0, 4),
        rest: expect.closeTo(isEffort && holds ? 0 : expected[measure]!, 4),
      });
      if (Math.max(value, rest) > 1) fires.set(measure, (fires.get(measure) ?? 0) + 1);
    }
    // The cases show something of everything, and mostly nothing.
    for (const measure of new Set(measuresOf(registry).map(([, name]) => name))) {
      expect({ measure, fires: (fires.get(measure) ?? 0) > 0 }).toEqual({ measure, fires: true });
      expect(fires.get(measure)!).toBeLessThan(CASES / 2);
    }
  }
}, 120_000);
