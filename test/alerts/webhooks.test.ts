import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { episodeId } from '@agentops/alerts';
import { createDoor, createKeeper, startWebhookServer } from '@agentops/cli/alerts';
import type { Store } from '@agentops/processor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildAlertmanager, haveAlertmanager, startAlertmanager } from '../servers/alertmanager.ts';
import { type Engine, openEngine } from '../tools/chain.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 9, 5, 3, 0);
const SECRET = 'a-secret-of-sixteen-and-more';
const GROUP_KEY = '{}/{product="agentops"}:{agent="a", alert="loop"}';
const INCIDENT = createHash('sha256').update(GROUP_KEY).digest('hex');
const LABELS = { agent: 'a', operator: 'agent-sre', owner: 'care-leads' };

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

interface Site {
  readonly store: Store;
  readonly url: string;
  readonly said: string[];
  /** Minutes since the start at the receiver. */
  readonly clock: { now: number };
  /** An alert that our own evaluator keeps. */
  fires(minute: number, endsAt?: number): Promise<void>;
  post(sender: string, body: object, secret?: string): Promise<{ status: number; body: object }>;
  history(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** The door on a port of its own, over a database of its own. */
async function open(): Promise<Site> {
  const store = await engine.database();
  const said: string[] = [];
  const clock = { now: 0 };
  const secrets = { grafana: [SECRET], alertmanager: [SECRET], pagerduty: [SECRET], generic: [SECRET] };
  const door = createDoor({
    secrets,
    keeper: createKeeper(store),
    now: () => START + clock.now * MINUTE,
    onLog: (line) => said.push(line),
  });
  const server = await startWebhookServer(door, { port: 0, host: '127.0.0.1' });
  return {
    store,
    url: server.url,
    said,
    clock,
    async fires(minute, end) {
      const time = (at: number | undefined): string =>
        at === undefined ? 'NULL' : `fromUnixTimestamp64Milli(${START + at * MINUTE})`;
      const notification = JSON.stringify({
        labels: { severity: 'page', domain: 'operations' },
        annotations: { summary: 'a wastes 12 calls.' },
      });
      await store.command(
        `INSERT INTO ${store.database}.alert_episodes VALUES ('loop', '${instance}', ${time(minute)}, ${time(end)},
         'alertmanager', ${time(minute)}, NULL, '${notification}', ${(end ?? minute) + 1})`,
      );
    },
    async post(sender, body, secret = SECRET) {
      const text = JSON.stringify(body);
      const stamp = String(START / 1_000 + clock.now * 60);
      const hmac = (signed: string): string => createHmac('sha256', secret).update(signed).digest('hex');
      const proofs: Record<string, Record<string, string>> = {
        grafana: { 'x-grafana-alerting-signature': hmac(text) },
        alertmanager: { authorization: `Bearer ${secret}` },
        pagerduty: { 'x-pagerduty-signature': `v1=${hmac(text)}` },
        generic: { 'x-agentops-signature': hmac(`${stamp}:${text}`), 'x-agentops-timestamp': stamp },
      };
      const answer = await fetch(`${server.url}/v1/alerts/${sender}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...proofs[sender] },
        body: text,
      });
      return { status: answer.status, body: (await answer.json()) as object };
    },
    history: () =>
      store.query(
        `SELECT id, origin, receiver, agent, owner, (toUnixTimestamp64Milli(started_at) - ${START}) / ${MINUTE} AS started,
           (toUnixTimestamp64Milli(notified_at) - ${START}) / ${MINUTE} AS notified,
           (toUnixTimestamp64Milli(resolved_at) - ${START}) / ${MINUTE} AS resolved,
           (toUnixTimestamp64Milli(acknowledged_at) - ${START}) / ${MINUTE} AS acknowledged, acknowledged_by, in_hand, acted
         FROM ${store.database}.alert_history ORDER BY started_at, alert, agent`,
      ),
    close: server.close,
  };
}

const instance = JSON.stringify(Object.entries(LABELS));
const iso = (minute: number): string => new Date(START + minute * MINUTE).toISOString();
const group = (status: 'firing' | 'resolved', minute: number, end = minute) => ({
  version: '4',
  receiver: 'agentops-sre-pager',
  groupKey: GROUP_KEY,
  status,
  alerts: [
    {
      status,
      labels: { ...LABELS, alert: 'loop', alertname: 'Loop', severity: 'page', domain: 'operations' },
      annotations: { summary: 'a wastes 12 calls.' },
      startsAt: iso(minute),
      endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : iso(end),
    },
  ],
});
const incident = (id: string, type: string, minute: number, person = 'Minato Ueda') => ({
  event: {
    id,
    event_type: `incident.${type}`,
    occurred_at: iso(minute),
    agent: { type: 'user_reference', summary: person },
    data: { type: 'incident', id: 'Q1', incident_key: INCIDENT, title: 'Loop' },
  },
});

test('who took an incident in PagerDuty took the alerts of its group, by whichever way they are known', async () => {
  const site = await open();
  await site.fires(0);
  const id = episodeId('loop', LABELS, START);
  expect(await site.history()).toMatchObject([{ id, acknowledged: null, in_hand: 0, acted: 0 }]);
  site.clock.now = 1;
  expect(await site.post('alertmanager', group('firing', 0))).toEqual({
    status: 200,
    body: { events: 1, new: 1, unknown: 0 },
  });
  site.clock.now = 5;
  const taken = incident('e1', 'acknowledged', 4);
  expect(await site.post('pagerduty', taken)).toMatchObject({ body: { new: 1, unknown: 0 } });
  site.clock.now = 90;
  expect(await site.post('pagerduty', taken)).toMatchObject({ body: { new: 0 } });
  const known = { id, origin: 'evaluator', receiver: 'alertmanager', agent: 'a', owner: 'care-leads' };
  expect(await site.history()).toMatchObject([
    {
      ...known,
      started: 0,
      notified: 0,
      acknowledged: 4,
      acknowledged_by: 'Minato Ueda',
      in_hand: 1,
      acted: 1,
    },
  ]);
  await site.post('pagerduty', incident('e2', 'unacknowledged', 34));
  expect(await site.history()).toMatchObject([{ acknowledged: 4, in_hand: 0, acted: 1 }]);
  await site.close();
});

test('in whatever order it comes: an acknowledgement waits for its alert', async () => {
  const site = await open();
  site.clock.now = 5;
  expect(await site.post('pagerduty', incident('e1', 'acknowledged', 4))).toMatchObject({
    body: { new: 1, unknown: 1 },
  });
  expect(site.said).toEqual([
    expect.stringContaining('pagerduty says acknowledged of an alert that is not known'),
  ]);
  expect(await site.history()).toEqual([]);
  await site.post('grafana', group('resolved', 0, 30));
  await site.post('grafana', group('firing', 0));
  const all = { origin: 'grafana', receiver: 'agentops-sre-pager', started: 0, notified: 5, resolved: 30 };
  expect(await site.history()).toMatchObject([{ ...all, acknowledged: 4, acknowledged_by: 'Minato Ueda' }]);
  await site.close();
});

test('who takes an incident takes what its group held then: not what comes later, not what was over', async () => {
  const site = await open();
  site.clock.now = 60;
  for (const [from, to] of [
    [0, 10],
    [20, undefined],
    [40, undefined],
  ] as const) {
    await site.post('alertmanager', group('firing', from));
    if (to !== undefined) await site.post('alertmanager', group('resolved', from, to));
  }
  await site.post('pagerduty', incident('e1', 'acknowledged', 30));
  expect((await site.history()).map(({ started, acknowledged }) => [started, acknowledged])).toEqual([
    [0, null],
    [20, 30],
    [40, null],
  ]);
  await site.close();
});

test('of the same said twice the first time stays', async () => {
  const site = await open();
  for (const minute of [1, 61, 121]) {
    site.clock.now = minute;
    await site.post('alertmanager', group('firing', 0));
  }
  expect(await site.history()).toMatchObject([{ notified: 1, resolved: null }]);
  expect(await site.store.query(`SELECT count() AS n FROM ${site.store.database}.alert_events`)).toEqual([
    { n: '1' },
  ]);
  await site.close();
});

test('any other tool by the id of the firing; passing it on is an act, and no acknowledgement', async () => {
  const site = await open();
  await site.fires(0, 50);
  const alert = episodeId('loop', LABELS, START);
  site.clock.now = 10;
  await site.post('generic', { event: 'reassigned', alert, by: 'mei.fujita' });
  expect(await site.history()).toMatchObject([{ acknowledged: null, in_hand: 0, acted: 1 }]);
  site.clock.now = 12;
  await site.post('generic', { event: 'closed', alert, by: 'minato.ueda' });
  expect(await site.history()).toMatchObject([
    { acknowledged: 12, acknowledged_by: 'minato.ueda', in_hand: 1 },
  ]);
  expect(await site.post('generic', { event: 'closed', alert: 'f00', by: 'x' })).toMatchObject({
    body: { unknown: 1 },
  });
  await site.close();
});

test('what is forged is 401 and changes nothing; what is no group is 400', async () => {
  const site = await open();
  for (const [sender, body] of [
    ['grafana', group('firing', 0)],
    ['alertmanager', group('firing', 0)],
    ['pagerduty', incident('e1', 'acknowledged', 0)],
    ['generic', { event: 'closed', alert: 'x', by: 'y' }],
  ] as const) {
    expect(await site.post(sender, body, 'another-secret-of-somebody')).toMatchObject({ status: 401 });
    expect(await site.post(sender, [7])).toMatchObject({ status: 400 });
  }
  expect(await site.store.query(`SELECT * FROM ${site.store.database}.alert_events`)).toEqual([]);
  await site.close();
});

test('texts arrive as they were, and a thousand alerts in one group', async () => {
  const site = await open();
  const [one] = group('firing', 0).alerts;
  const odd = `日本 'quoted' "twice" \\n \u0000 {braces} %41`;
  const alerts = Array.from({ length: 1_000 }, (_, i) => ({
    ...one!,
    labels: { ...one!.labels, agent: `agent ${i}`, subject: odd },
    annotations: { summary: odd.repeat(10) },
  }));
  expect(await site.post('alertmanager', { ...group('firing', 0), alerts })).toMatchObject({
    body: { new: 1_000, unknown: 0 },
  });
  expect(
    await site.store.query(
      `SELECT count() AS n, uniqExact(agent) AS agents, any(subject) AS subject, any(summary) AS summary
       FROM ${site.store.database}.alert_history`,
    ),
  ).toEqual([{ n: '1000', agents: '1000', subject: odd, summary: odd.repeat(10) }]);
  await site.close();
});

test.skipIf(!haveAlertmanager())(
  'a real Alertmanager calls PagerDuty and tells us of it: the incident finds its alert by the key that it was given',
  async () => {
    const site = await open();
    const dir = mkdtempSync(join(tmpdir(), 'agentops-acks-'));
    /** What PagerDuty is sent (Events API v2). */
    const events: { event_action: string; dedup_key: string }[] = [];
    const pagerduty = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        events.push(JSON.parse(Buffer.concat(parts).toString('utf8')));
        response.writeHead(202).end('{"status":"success"}');
      });
    });
    await new Promise<void>((resolve) => pagerduty.listen(0, '127.0.0.1', resolve));
    const { port } = pagerduty.address() as AddressInfo;
    const config = join(dir, 'alertmanager.yml');
    writeFileSync(
      config,
      `route: { receiver: sre-pager, group_by: [alert, agent], group_wait: 0s }
receivers:
  - name: sre-pager
    pagerduty_configs: [{ routing_key: key, url: 'http://127.0.0.1:${port}/v2/enqueue' }]
    webhook_configs:
      - url: ${site.url}/v1/alerts/alertmanager
        http_config: { authorization: { credentials: ${SECRET} } }
`,
    );
    const manager = await startAlertmanager(await buildAlertmanager(), config, dir);
    try {
      const begun = Math.floor((Date.now() - START) / MINUTE) - 3;
      site.clock.now = begun + 1;
      const alert = {
        labels: { ...LABELS, alert: 'loop', alertname: 'Loop', severity: 'page', domain: 'operations' },
        annotations: { summary: 'a wastes 12 calls.' },
        startsAt: iso(begun),
        endsAt: iso(begun + 60),
      };
      const posted = await fetch(`${manager.url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([alert]),
      });
      expect(posted.status).toBe(200);
      await expect.poll(() => events.length, { timeout: 20_000 }).toBe(1);
      const fired = { id: episodeId('loop', LABELS, START + begun * MINUTE), origin: 'alertmanager' };
      await expect
        .poll(site.history, { timeout: 20_000 })
        .toMatchObject([{ ...fired, receiver: 'sre-pager', notified: begun + 1, acknowledged: null }]);
      const key = events[0]!.dedup_key;
      const taken = incident('e1', 'acknowledged', begun + 2);
      site.clock.now = begun + 3;
      const data = { ...taken.event.data, incident_key: key };
      expect(await site.post('pagerduty', { event: { ...taken.event, data } })).toMatchObject({
        body: { new: 1, unknown: 0 },
      });
      expect(await site.history()).toMatchObject([
        { ...fired, acknowledged: begun + 2, acknowledged_by: 'Minato Ueda' },
      ]);
    } finally {
      await manager.stop();
      pagerduty.close();
      rmSync(dir, { recursive: true, force: true });
      await site.close();
    }
  },
  180_000,
);
