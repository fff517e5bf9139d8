import { fileURLToPath } from 'node:url';
import { publishRegistry, renderSchema, type Store } from '@agentops/processor';
import { loadRegistry, type RegistryDocument, readRegistryFiles } from '@agentops/registry';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count, type Engine, openEngine } from '../tools/chain.ts';
import { type Chance, chance } from '../tools/otlp.ts';
import { dayIn, type Entry, forecast, quarterOf } from './forecast-reference.ts';

const COMPANY = fileURLToPath(new URL('../../registry/company', import.meta.url));
const DAY = 86_400_000;

let engine: Engine;
let store: Store;
beforeAll(async () => {
  engine = openEngine();
  store = await engine.database();
});
afterAll(() => engine.close());

/** The views as they stand in the schema, at another time and place. */
async function viewsAt(now: number, timeZone: string): Promise<void> {
  const { views } = renderSchema({
    database: store.database,
    retentionDays: 0,
    timeZone,
    currency: 'USD',
  });
  const at = `toDateTime64('${new Date(now).toISOString().slice(0, -1).replace('T', ' ')}', 9, 'UTC')`;
  for (const { id, sql } of views) {
    if (/^\d+_(budgets|sampled_runs|cost_forecast|budget_status)$/.test(id))
      await store.command(sql.replaceAll("now64(9, 'UTC')", at));
  }
}

interface Spending extends Entry {
  readonly department: string;
  readonly agent: string;
  readonly user: string;
  readonly environment?: string;
  /** Without a price. */
  readonly unpriced?: boolean;
}

async function spend(entries: readonly Spending[]): Promise<void> {
  await store.command(`TRUNCATE TABLE ${store.database}.cost_ledger`);
  if (entries.length === 0) return countAnew();
  const rows = entries.map((entry, i) => {
    const at = `fromUnixTimestamp64Milli(${entry.at}, 'UTC')`;
    const cost = entry.unpriced ? 'NULL' : `toDecimal128('${(entry.cents / 100).toFixed(2)}', 12)`;
    return `('${i.toString(16).padStart(32, '0')}', '0', 'model', ${at}, ${at}, 'run-${i}', '${entry.agent}', '${entry.environment ?? 'production'}', '${entry.department}', '${entry.user}', ${cost}, 'USD', 'priced', 1)`;
  });
  await store.command(
    `INSERT INTO ${store.database}.cost_ledger
     (trace_id, span_id, kind, started_at, at, run_id, agent, environment, department, user_id, cost, currency, state, version)
     VALUES ${rows.join(', ')}`,
  );
  await countAnew();
}

/** Everything, also what nothing says has changed. */
async function countAnew(): Promise<void> {
  await store.command(`TRUNCATE TABLE ${store.database}.rollup_rounds`);
  await count(store);
}

async function publish(change: (document: RegistryDocument) => void): Promise<void> {
  const { document } = loadRegistry(readRegistryFiles(COMPANY));
  const { organisation, agents } = document!;
  Object.assign(organisation!, { currency: 'USD', exchange_rates: [], budgets: [] });
  for (const agent of agents) agent.budgets = [];
  change(document!);
  await store.command(`TRUNCATE TABLE ${store.database}.registry_versions`);
  await publishRegistry(store, document!, 1n);
}

interface Row {
  readonly kind: string;
  readonly subject: string;
  readonly spent: number;
  readonly days: number;
  readonly forecast: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly reason: string;
  readonly exhausted: number | null;
}

async function forecasts(): Promise<Row[]> {
  return store.query<Row>(
    `SELECT kind, subject, toFloat64(spent) AS spent, history_days AS days, toFloat64(forecast) AS forecast,
       toFloat64(forecast_low) AS low, toFloat64(forecast_high) AS high, reason,
       toFloat64(toUnixTimestamp(exhausted_at)) * 1000 AS exhausted
     FROM ${store.database}.cost_forecast ORDER BY kind, subject`,
  );
}

/** To the cent and a little of what both round; times to two seconds. */
function expectEqual(row: Row | undefined, wanted: ReturnType<typeof forecast>): void {
  expect(row).toBeDefined();
  expect(row!.days).toBe(wanted.days);
  expect(row!.spent).toBeCloseTo(wanted.spent, 6);
  for (const key of ['forecast', 'low', 'high'] as const) {
    if (wanted[key] === null) expect(row![key]).toBeNull();
    else {
      const slack = key === 'forecast' ? 1e-9 : 2e-3;
      expect(Math.abs(row![key]! - wanted[key])).toBeLessThanOrEqual(slack * (1 + wanted[key]));
    }
  }
  expect(row!.reason === '').toBe(wanted.forecast !== null);
  if (wanted.exhausted === null) expect(row!.exhausted).toBeNull();
  else expect(Math.abs(row!.exhausted! - wanted.exhausted)).toBeLessThanOrEqual(2000);
}

const ZONES = ['Asia/Tokyo', 'America/New_York', 'Asia/Kathmandu', 'Europe/London'];
const LIMIT = 400;

/** Calm or busy weeks, longer or shorter than what the forecast needs; around changes of the clock as well. */
const situation = fc.record({
  now: fc.integer({ min: Date.parse('2026-02-20'), max: Date.parse('2026-11-30') }),
  timeZone: fc.constantFrom(...ZONES),
  entries: fc.array(
    fc.record({
      ago: fc.oneof(fc.integer({ min: -DAY, max: 40 * DAY }), fc.integer({ min: 0, max: 80 * DAY })),
      cents: fc.integer({ min: 0, max: 5000 }),
      department: fc.constantFrom('finance', 'it'),
    }),
    { minLength: 1, maxLength: 60 },
  ),
});

/** Normal, by Box and Muller. */
function normal(random: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** The views compute what the reference does; how good that is is asked of the reference, which is quicker. */
test('the interval holds the month’s cost about as often as it says', () => {
  const random = chance(77);
  const shape = [2, 20, 22, 21, 20, 18, 3];
  const months = 400;
  let held = 0;
  for (let month = 0; month < months; month++) {
    const days = 15 + random.int(40);
    const now = Date.parse('2026-11-01T12:00:00Z') + random.int(29) * DAY;
    const first = now - days * DAY;
    const cents = (day: number): number =>
      Math.max(0, Math.round(100 * (shape[new Date(day).getUTCDay()]! + 3 * normal(random))));
    const entries: Entry[] = [];
    for (let day = first; day < Date.parse('2026-12-01T00:00:00Z'); day += DAY)
      entries.push({ at: day, cents: cents(day) });
    const whole = entries
      .filter(({ at }) => at >= Date.parse('2026-11-01T00:00:00Z'))
      .reduce((total, entry) => total + entry.cents / 100, 0);
    const { low, high } = forecast(
      entries.filter(({ at }) => at < now),
      now,
      'UTC',
      null,
    );
    if (low === null || high === null) throw new Error('there is enough history');
    if (low <= whole && whole <= high) held++;
  }
  expect(held / months).toBeGreaterThan(0.92);
  expect(held / months).toBeLessThan(0.99);
});

describe('cost_forecast', () => {
  test('equals a plain computation from the entries, at any time of any month in any zone', async () => {
    await publish(({ organisation }) => {
      organisation!.budgets = [{ department: 'finance', per: 'month', hard: `${LIMIT} USD` }];
    });
    await fc.assert(
      fc.asyncProperty(situation, async ({ now, timeZone, entries }) => {
        const spending = entries.map(({ ago, cents, department }) => ({
          at: now - ago,
          cents,
          department,
          agent: 'it-helpdesk',
          user: 'somebody',
        }));
        await spend(spending);
        await viewsAt(now, timeZone);
        const rows = await forecasts();
        const of = (kind: string, subject: string): Row | undefined =>
          rows.find((row) => row.kind === kind && row.subject === subject);
        const past = spending.filter(({ at }) => quarterOf(at) <= now);
        if (past.length > 0) {
          expectEqual(of('organisation', ''), forecast(past, now, timeZone, null));
          expectEqual(of('agent', 'it-helpdesk'), forecast(past, now, timeZone, null));
        }
        const finance = past.filter(({ department }) => department === 'finance');
        expectEqual(of('department', 'finance'), forecast(finance, now, timeZone, LIMIT));
        expect(of('user', 'somebody')).toBeUndefined();
      }),
      { numRuns: 10 },
    );
  }, 120_000);

  test('a steady week keeps its shape: no interval, and the budget is gone on the day that the shape says', async () => {
    const now = Date.parse('2026-11-16T03:00:00Z');
    await publish(({ agents }) => {
      agents.find(({ id }) => id === 'it-helpdesk')!.budgets = [
        { per: 'month', soft: '100 USD', hard: '205 USD', on_breach: 'stop', owner: 'it-services' },
      ];
    });
    const dayOf = dayIn('Asia/Tokyo');
    // 10 $ at noon of each working day, nothing at weekends, since 2026-10-01.
    const days = Array.from({ length: 46 }, (_, i) => Date.parse('2026-10-01T03:00:00Z') + i * DAY);
    await spend(
      days
        .filter((at) => ![0, 6].includes(new Date(dayOf(at)).getUTCDay()))
        .map((at) => ({ at, cents: 1000, department: 'it', agent: 'it-helpdesk', user: 'u' })),
    );
    await viewsAt(now, 'Asia/Tokyo');
    const row = (await forecasts()).find(({ kind }) => kind === 'agent');
    // November 2026 has 21 working days; its 21st is the last, on which 5 of 10 $ are left at noon.
    expect(row).toMatchObject({ spent: 100, days: 28, forecast: 210, low: 210, high: 210, reason: '' });
    expect(new Date(row!.exhausted!).toISOString()).toBe('2026-11-30T03:00:00.000Z');
  });

  test('what has no price, and environments that nobody is paged for, are in no amount', async () => {
    const now = Date.parse('2026-11-16T03:00:00Z');
    await publish(() => {});
    const one = { at: now - DAY, cents: 100, department: 'it', agent: 'it-helpdesk', user: 'u' };
    await spend([
      one,
      { ...one, environment: 'staging' },
      { ...one, environment: '' },
      { ...one, unpriced: true },
    ]);
    await viewsAt(now, 'Asia/Tokyo');
    const rows = await store.query<Record<string, unknown>>(
      `SELECT toFloat64(spent) AS spent, toUInt32(unpriced_calls) AS unpriced, forecast, reason
       FROM ${store.database}.cost_forecast WHERE kind = 'organisation'`,
    );
    expect(rows).toEqual([
      { spent: 2, unpriced: 1, forecast: null, reason: '0 complete days of history, 14 are needed' },
    ]);
  });
});

describe('budget_status', () => {
  test('day and month of the business, by department, user and agent, equal sums of the entries', async () => {
    await publish(({ organisation, agents }) => {
      organisation!.exchange_rates = [
        { from: 'EUR', to: 'USD', rate: 1.25, valid_from: '2020-01-01' },
        { from: 'EUR', to: 'USD', rate: 9, valid_from: '2099-01-01' },
      ];
      organisation!.budgets = [
        { department: 'finance', per: 'month', soft: '40 EUR', hard: '160 EUR', owner: 'finance-operations' },
        { user: 'mei', per: 'day', soft: '10 USD' },
        { department: 'it', per: 'day', hard: '10 GBP' },
      ];
      agents.find(({ id }) => id === 'it-helpdesk')!.budgets = [
        { per: 'day', hard: '30 USD', on_breach: 'stop' },
      ];
    });
    await fc.assert(
      fc.asyncProperty(situation, async ({ now, timeZone, entries }) => {
        const spending = entries.map(({ ago, cents, department }, i) => ({
          at: now - Math.abs(ago) / 8,
          cents,
          department,
          agent: 'it-helpdesk',
          user: i % 2 === 0 ? 'mei' : 'rin',
        }));
        const whole = spending.map((entry) => ({ ...entry, at: Math.floor(entry.at) }));
        await spend(whole);
        await viewsAt(now, timeZone);
        const rows = await store.query<Record<string, unknown>>(
          `SELECT kind, subject, per, toFloat64(spent) AS spent, toFloat64(soft) AS soft, toFloat64(hard) AS hard,
             toFloat64(budget_left) AS left, state, on_breach, toUnixTimestamp(period_start) AS since
           FROM ${store.database}.budget_status ORDER BY kind, subject, per`,
        );
        const dayOf = dayIn(timeZone);
        const sum = (wanted: (entry: Spending) => boolean, length: number): number =>
          whole
            .filter(
              (entry) => wanted(entry) && dayOf(entry.at).slice(0, length) === dayOf(now).slice(0, length),
            )
            .reduce((total, { cents }) => total + cents, 0) / 100;
        const agent = sum(() => true, 10);
        const finance = sum(({ department }) => department === 'finance', 7);
        const it = sum(({ department }) => department === 'it', 10);
        const mei = sum(({ user }) => user === 'mei', 10);
        const close = (value: number): unknown => expect.closeTo(value, 6);
        expect(rows).toMatchObject([
          {
            kind: 'agent',
            subject: 'it-helpdesk',
            spent: close(agent),
            left: close(30 - agent),
            state: agent > 30 ? 'hard' : 'within',
            on_breach: 'stop',
          },
          {
            subject: 'finance',
            spent: close(finance),
            soft: 50,
            hard: 200,
            left: close(200 - finance),
            state: finance > 200 ? 'hard' : finance > 50 ? 'soft' : 'within',
          },
          { subject: 'it', spent: close(it), hard: null, left: null, state: 'no_rate' },
          {
            subject: 'mei',
            spent: close(mei),
            hard: null,
            left: close(10 - mei),
            state: mei > 10 ? 'soft' : 'within',
          },
        ]);
        expect(dayOf(Number(rows[0]!['since']) * 1000)).toBe(dayOf(now));
        expect(dayOf(Number(rows[0]!['since']) * 1000 - 1)).not.toBe(dayOf(now));
        expect(dayOf(Number(rows[1]!['since']) * 1000)).toBe(`${dayOf(now).slice(0, 7)}-01`);
      }),
      { numRuns: 6 },
    );
  }, 120_000);

  test('a budget of tasks shows how many of the month passed it, and the dearest', async () => {
    const now = Date.parse('2026-11-16T03:00:00Z');
    await publish(({ agents }) => {
      agents.find(({ id }) => id === 'it-helpdesk')!.budgets = [
        { per: 'task', soft: '1 USD', hard: '2 USD', on_breach: 'hitl' },
      ];
    });
    // The last one ended a month ago, the one before it has a charge without a price as well.
    const tasks = [50, 150, 150, 250, 100, 900].map((cents, i) => ({
      at: i === 5 ? now - 30 * DAY : now - i * DAY,
      cents,
      department: 'it',
      agent: 'it-helpdesk',
      user: 'u',
    }));
    await spend([...tasks, { ...tasks[4]!, unpriced: true }]);
    await store.command(
      `ALTER TABLE ${store.database}.cost_ledger UPDATE run_id = 'run-4' WHERE run_id = 'run-6' SETTINGS mutations_sync = 1`,
    );
    await store.command(
      `ALTER TABLE ${store.database}.cost_ledger UPDATE task_id = run_id WHERE 1 SETTINGS mutations_sync = 1`,
    );
    const rows = tasks.map(({ at, agent }, i) => {
      const ended = `fromUnixTimestamp64Milli(${at}, 'UTC')`;
      return `('${i}', '${i}', 'run-${i}', '${agent}', 'production', ${ended}, ${ended}, 1, 1, 1, 'sampled')`;
    });
    await store.command(
      `INSERT INTO ${store.database}.runs
       (trace_id, root_span_id, run_id, agent, environment, started_at, ended_at, root_seen, model_calls, version, telemetry)
       VALUES ${rows.join(', ')}`,
    );
    await countAnew();
    await viewsAt(now, 'Asia/Tokyo');
    const [row] = await store.query<Record<string, unknown>>(
      `SELECT per, toFloat64(spent) AS spent, state, exhausted_at, toUInt32(tasks) AS ended, toUInt32(tasks_over_soft) AS soft_passed,
         toUInt32(tasks_over_hard) AS hard_passed, dearest_task, toUInt32(unpriced_calls) AS unpriced,
         toUInt32(sampled_runs) AS sampled, on_breach
       FROM ${store.database}.budget_status`,
    );
    expect(row).toEqual({
      per: 'task',
      spent: 2.5,
      state: 'hard',
      exhausted_at: null,
      ended: 5,
      soft_passed: 3,
      hard_passed: 1,
      dearest_task: 'run-3',
      unpriced: 1,
      sampled: 5,
      on_breach: 'hitl',
    });
  });
});
