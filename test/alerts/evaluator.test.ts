import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AlertDefinition, alertsOf, type PostableAlert, renderSummary } from '@agentops/alerts';
import {
  createClaim,
  createEvaluator,
  mannerOf,
  alertmanager as toAlertmanager,
  webhook,
} from '@agentops/cli/alerts';
import { readRegistry, type Store } from '@agentops/processor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildAlertmanager, haveAlertmanager, startAlertmanager } from '../servers/alertmanager.ts';
import { testFile } from '../servers/tools.ts';
import { type Engine, openEngine } from '../tools/chain.ts';
import { companyWith, THEIR_LABELS } from './registries.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 9, 5, 3, 0);

let engine: Engine;
let server: Server;
/** Whoever is told: what was posted, and the status it answers with. */
const taker = { url: '', answers: 200, bodies: [] as { path: string; body: unknown }[] };

beforeAll(async () => {
  engine = openEngine();
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      taker.bodies.push({
        path: request.url ?? '',
        body: JSON.parse(Buffer.concat(parts).toString('utf8')),
      });
      response.writeHead(taker.answers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  taker.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await engine.close();
});

const taken = (): { path: string; body: unknown }[] => taker.bodies.splice(0);
const yes = async (): Promise<boolean> => true;

/** A rule over a table of the test: what stands there is what it measures. */
function rule(store: Store): AlertDefinition {
  return {
    id: 'loop',
    title: 'Runs in circles',
    severity: 'page',
    domain: 'operations',
    summary: '{{ $labels.agent }} wastes {{ printf "%.0f" $value }} calls.',
    meaning: 'The same again.',
    firstSteps: [],
    sql: `SELECT agent, argMax(calls, at) AS calls FROM ${store.database}.measured WHERE at <= $__toTime GROUP BY agent`,
    above: 10,
    timing: { pending: 120, keepFiring: 0 },
    questions: [],
    dashboard: 'agentops-loops',
    labels: ['agent'],
    noData: 'ok',
  };
}

async function prepared(): Promise<{ store: Store; alert: AlertDefinition; measure: Measure }> {
  const store = await engine.database();
  await store.command(
    `CREATE TABLE ${store.database}.measured (at DateTime, agent String, calls Float64) ENGINE = MergeTree ORDER BY at`,
  );
  const measure: Measure = (minute, agent, calls) =>
    store.command(
      `INSERT INTO ${store.database}.measured VALUES (toDateTime(${START / 1000 + minute * 60}), '${agent}', ${calls})`,
    );
  return { store, alert: rule(store), measure };
}

type Measure = (minute: number, agent: string, calls: number) => Promise<void>;

const history = (store: Store) =>
  store.query(
    `SELECT alert, agent, severity, receiver, summary, toUnixTimestamp64Milli(started_at) AS started,
       toUnixTimestamp64Milli(notified_at) AS notified, toUnixTimestamp64Milli(resolved_at) AS resolved,
       toUnixTimestamp64Milli(resolved_notified_at) AS resolved_notified
     FROM ${store.database}.alert_history ORDER BY started_at`,
  );

test('an Alertmanager is told while it fires and when it ends; the history says when', async () => {
  const { store, alert, measure } = await prepared();
  const evaluator = createEvaluator({ store, receiver: toAlertmanager(taker.url), onLog: () => {} });
  await evaluator.recall();
  await measure(0, 'a', 12);
  await measure(0, 'b', 3);
  await measure(4, 'a', 0);
  const told: string[][] = [];
  for (let minute = 0; minute <= 5; minute++) {
    expect(await evaluator.evaluate([alert], START + minute * MINUTE, yes)).toBe(1);
    told.push(
      taken().flatMap(({ path, body }) => {
        expect(path).toBe('/api/v2/alerts');
        return (body as PostableAlert[]).map(
          ({ annotations, endsAt }) => `${annotations['summary']} ${endsAt}`,
        );
      }),
    );
  }
  expect(told).toEqual([
    [],
    [],
    ['a wastes 12 calls. 2026-10-05T03:06:00.000Z'],
    ['a wastes 12 calls. 2026-10-05T03:07:00.000Z'],
    ['a wastes 0 calls. 2026-10-05T03:04:00.000Z'],
    ['a wastes 0 calls. 2026-10-05T03:04:00.000Z'],
  ]);
  expect(await history(store)).toEqual([
    {
      alert: 'loop',
      agent: 'a',
      severity: 'page',
      receiver: 'alertmanager',
      summary: 'a wastes 0 calls.',
      started: String(START + 2 * MINUTE),
      notified: String(START + 2 * MINUTE),
      resolved: String(START + 4 * MINUTE),
      resolved_notified: String(START + 4 * MINUTE),
    },
  ]);
  expect(await store.query(`SELECT * FROM ${store.database}.alert_states`)).toEqual([]);
});

test('a webhook that is away is told later, once of the begin and once of the end', async () => {
  const { store, alert, measure } = await prepared();
  const said: string[] = [];
  const evaluator = createEvaluator({
    store,
    receiver: webhook(`${taker.url}/hook`),
    onLog: (message) => said.push(message),
  });
  await measure(0, 'a', 12);
  await measure(5, 'a', 0);
  const told: string[][] = [];
  for (let minute = 0; minute <= 7; minute++) {
    taker.answers = minute === 2 || minute === 5 ? 503 : 200;
    await evaluator.evaluate([alert], START + minute * MINUTE, yes);
    told.push(taken().map(({ body }) => (body as { status: string }).status));
  }
  expect(told).toEqual([[], [], ['firing'], ['firing'], [], ['resolved'], ['resolved'], []]);
  expect(said.filter((message) => message.includes('503'))).toHaveLength(2);
  expect(await history(store)).toMatchObject([
    {
      notified: String(START + 3 * MINUTE),
      resolved: String(START + 5 * MINUTE),
      resolved_notified: String(START + 6 * MINUTE),
    },
  ]);
});

test('by the labels of a company; the history keeps ours', async () => {
  const { store, alert, measure } = await prepared();
  const evaluator = createEvaluator({ store, receiver: toAlertmanager(taker.url), onLog: () => {} });
  const organisation = { alerting: { labels: THEIR_LABELS } };
  await measure(0, 'a', 12);
  const now = { ...alert, timing: { pending: 0, keepFiring: 0 } };
  await evaluator.evaluate([now], START, yes, mannerOf(companyWith(organisation)));
  expect(taken()).toMatchObject([
    {
      body: [{ labels: { bot: 'a', prio: 'P$1', alert: 'loop', domain: 'operations', product: 'agentops' } }],
    },
  ]);
  expect(await history(store)).toMatchObject([{ alert: 'loop', agent: 'a', severity: 'page' }]);
});

test('in a maintenance window a webhook is not told, but for security; afterwards it is told what still fires', async () => {
  const { store, alert, measure } = await prepared();
  const evaluator = createEvaluator({ store, receiver: webhook(taker.url), onLog: () => {} });
  // 12 to 12:10 in Tokyo: three minutes after the start.
  const window = { id: 'noon', days: ['mon'], from: '12:00', to: '12:03' };
  const manner = mannerOf(companyWith({ alerting: { maintenance: [window] } }));
  await measure(0, 'a', 12);
  const now = { ...alert, timing: { pending: 0, keepFiring: 0 } };
  const guarded = { ...now, id: 'guarded', domain: 'security' as const };
  const told: string[][] = [];
  for (let minute = 0; minute <= 4; minute++) {
    await evaluator.evaluate([now, guarded], START + minute * MINUTE, yes, manner);
    told.push(
      taken().flatMap(({ body }) =>
        (body as { alerts: PostableAlert[] }).alerts.map(({ labels }) => labels['alert']!),
      ),
    );
  }
  expect(told).toEqual([['guarded'], [], [], ['loop'], []]);
});

test('another evaluator goes on where one ended: what was pending fires, what fires is not said anew', async () => {
  const { store, alert, measure } = await prepared();
  await measure(0, 'a', 12);
  for (let minute = 0; minute <= 4; minute++) {
    const evaluator = createEvaluator({ store, receiver: webhook(taker.url), onLog: () => {} });
    await evaluator.recall();
    await evaluator.evaluate([alert], START + minute * MINUTE, yes);
  }
  expect(taken()).toHaveLength(1);
  expect(await history(store)).toMatchObject([{ started: String(START + 2 * MINUTE), resolved: null }]);
});

test('who has lost the claim meanwhile says and keeps nothing', async () => {
  const { store, alert, measure } = await prepared();
  await measure(0, 'a', 12);
  const evaluator = createEvaluator({ store, receiver: webhook(taker.url), onLog: () => {} });
  const now = { ...alert, timing: { pending: 0, keepFiring: 0 } };
  expect(await evaluator.evaluate([now], START, async () => false)).toBe(0);
  expect(taken()).toEqual([]);
  expect(await history(store)).toEqual([]);
});

test.skipIf(!haveAlertmanager())(
  'a real Alertmanager takes what is posted, and takes its end',
  async () => {
    const { store, alert, measure } = await prepared();
    const dir = mkdtempSync(join(tmpdir(), 'agentops-alertmanager-'));
    const config = join(dir, 'alertmanager.yml');
    writeFileSync(config, 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n');
    const manager = await startAlertmanager(await buildAlertmanager(), config, dir);
    try {
      const evaluator = createEvaluator({
        store,
        receiver: toAlertmanager(`${manager.url}/`),
        onLog: () => {},
      });
      const now = { ...alert, timing: { pending: 0, keepFiring: 0 } };
      const begun = Math.floor(Date.now() / MINUTE) * MINUTE - 2 * MINUTE;
      const fires = async (): Promise<unknown> => (await fetch(`${manager.url}/api/v2/alerts`)).json();
      await measure((begun - START) / MINUTE - 1, 'a', 12);
      await evaluator.evaluate([now], begun, yes);
      await expect.poll(fires, { timeout: 10_000 }).toMatchObject([
        {
          labels: { alertname: 'Runs in circles', agent: 'a', severity: 'page' },
          annotations: { summary: 'a wastes 12 calls.' },
          startsAt: new Date(begun).toISOString(),
          status: { state: 'active' },
        },
      ]);
      await store.command(`TRUNCATE TABLE ${store.database}.measured`);
      await measure((begun - START) / MINUTE, 'a', 0);
      await evaluator.evaluate([now], begun + MINUTE, yes);
      await expect.poll(fires, { timeout: 10_000 }).toEqual([]);
    } finally {
      await manager.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  },
  180_000,
);

test('what fires of a rule that is taken back has ended', async () => {
  const { store, alert, measure } = await prepared();
  await measure(0, 'a', 12);
  const evaluator = createEvaluator({ store, receiver: webhook(taker.url), onLog: () => {} });
  await evaluator.evaluate([{ ...alert, timing: { pending: 0, keepFiring: 0 } }], START, yes);
  await evaluator.evaluate([], START + MINUTE, yes);
  expect(taken().map(({ body }) => (body as { status: string }).status)).toEqual(['firing', 'resolved']);
  expect(await history(store)).toMatchObject([{ resolved: String(START + MINUTE) }]);
  expect(await store.query(`SELECT * FROM ${store.database}.alert_states`)).toEqual([]);
});

test('a query that fails is a ticket about the pipeline', async () => {
  const { store, alert } = await prepared();
  const evaluator = createEvaluator({ store, receiver: webhook(taker.url), onLog: () => {} });
  await evaluator.evaluate([{ ...alert, sql: 'SELECT missing FROM nowhere' }], START, yes);
  expect(taken()).toMatchObject([
    { body: { alerts: [{ labels: { alert: 'loop', severity: 'ticket', domain: 'pipeline' } }] } },
  ]);
});

test('of two claims the first one holds, until it is given up', async () => {
  const store = await engine.database();
  const first = createClaim(store, 'one', { settleMs: 1_000 });
  const second = createClaim(store, 'two', { settleMs: 1_000 });
  const holds = async (claim: typeof first): Promise<boolean> => (await claim.hold()).isOurs;
  expect([await holds(first), await holds(second)]).toEqual([false, false]);
  await expect.poll(() => holds(first), { timeout: 20_000 }).toBe(true);
  expect([await holds(second), await holds(first)]).toEqual([false, true]);
  await first.release();
  await expect.poll(() => holds(second), { timeout: 20_000 }).toBe(true);
  expect([await holds(first), await holds(second)]).toEqual([false, true]);
}, 60_000);

test('a claim does not count before others can be seen, and one that has lapsed begins anew', async () => {
  const store = await engine.database();
  expect(await createClaim(store, 'one').hold()).toMatchObject({ isOurs: false });
  const lapsing = createClaim(store, 'lapsing', { settleMs: 0, validMs: 0 });
  expect((await lapsing.hold()).isOurs).toBe(false);
});

test('every summary of the catalogue can be said', () => {
  const alerts = alertsOf(readRegistry(testFile('../registry/company')));
  expect(alerts.length).toBeGreaterThan(10);
  for (const { summary, labels } of alerts) {
    const values = Object.fromEntries(labels.map((name) => [name, `<${name}>`]));
    const text = renderSummary(summary, values, 2);
    expect(text).not.toContain('{{');
    for (const [, name] of summary.matchAll(/\$labels\.(\w+)/g)) expect(text).toContain(`<${name}>`);
  }
});
