import { createHmac } from 'node:crypto';
import { episodeId, type LabelMapping, labelMapping } from '@agentops/alerts';
import { organisationSchema } from '@agentops/registry';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDoor, type Door, type EventKeeper, type WebhookAnswer } from './door.ts';
import { type AlertEvent, sha256 } from './event.ts';

const NOW = Date.UTC(2026, 10, 23, 12, 0);
const TOKEN = 'a-token-of-sixteen-and-more';
const secrets = { grafana: [TOKEN], alertmanager: [TOKEN], pagerduty: [TOKEN], generic: [TOKEN] };

/** By which labels alerts are told where the registry says so. */
const mapped = (labels: object): LabelMapping =>
  labelMapping({ organisation: organisationSchema.parse({ name: 'Kitano', alerting: { labels } }) });

/** Keeps events in memory, each id once. */
function memory(labels = mapped({})): EventKeeper & { readonly events: AlertEvent[] } {
  const events: AlertEvent[] = [];
  return {
    events,
    labels: async () => labels,
    async keep(told) {
      const before = events.length;
      for (const one of told) if (!events.some(({ eventId }) => eventId === one.eventId)) events.push(one);
      return { added: events.length - before, unknown: told.filter(({ alert }) => alert === '') };
    },
  };
}

function opened(keeper: EventKeeper = memory()): { door: Door; said: string[] } {
  const said: string[] = [];
  return { door: createDoor({ secrets, keeper, now: () => NOW, onLog: (line) => said.push(line) }), said };
}

const hmac = (text: string): string => createHmac('sha256', TOKEN).update(text).digest('hex');
const stamp = String(NOW / 1_000);

/** Sends a body with the proof that the sender would give. */
function send(door: Door, sender: string, body: unknown): Promise<WebhookAnswer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers: Record<string, Record<string, string>> = {
    grafana: {
      'x-grafana-alerting-signature': hmac(`${stamp}:${text}`),
      'x-grafana-alerting-timestamp': stamp,
    },
    alertmanager: { authorization: `Bearer ${TOKEN}` },
    pagerduty: { 'x-pagerduty-signature': `v1=${hmac(text)}` },
    generic: { 'x-agentops-signature': hmac(`${stamp}:${text}`), 'x-agentops-timestamp': stamp },
  };
  return door.answer({
    path: `/v1/alerts/${sender}`,
    headers: headers[sender] ?? {},
    body: Buffer.from(text),
  });
}

const LABELS = { agent: 'a', operator: 'agent-sre' };
const GROUP_KEY = '{}/{product="agentops"}:{agent="a", alert="loop-in-progress", subject=""}';
const STARTED = NOW - 60_000;
const told = (status: 'firing' | 'resolved') => ({
  status,
  labels: {
    ...LABELS,
    alert: 'loop-in-progress',
    alertname: 'Runs in circles',
    severity: 'page',
    domain: 'operations',
  },
  annotations: { summary: 'a wastes 12 calls.' },
  startsAt: new Date(STARTED).toISOString(),
  endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : new Date(NOW - 1_000).toISOString(),
  generatorURL: 'http://grafana.example/d/agentops-loops',
  fingerprint: '1a30ba71cca2921f',
});
const group = (...alerts: object[]) => ({
  version: '4',
  groupKey: GROUP_KEY,
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'agentops-sre-pager',
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example',
  alerts,
});
const incident = (
  type: string,
  agent: object | null = { type: 'user_reference', summary: 'Minato Ueda' },
) => ({
  event: {
    id: `event of ${type}`,
    event_type: type,
    resource_type: 'incident',
    occurred_at: new Date(NOW - 5_000).toISOString(),
    agent,
    client: null,
    data: {
      id: 'Q1',
      type: 'incident',
      status: 'acknowledged',
      incident_key: sha256(GROUP_KEY),
      title: '[FIRING 1] Runs in circles',
      html_url: 'https://acme.pagerduty.example/incidents/Q1',
      service: { type: 'service_reference', summary: 'Agents' },
    },
  },
});

describe('what is said', () => {
  test.each(['grafana', 'alertmanager'])('%s: who was told, and that it has ended', async (sender) => {
    const keeper = memory();
    const { door } = opened(keeper);
    expect(await send(door, sender, group(told('firing')))).toEqual({
      status: 200,
      body: { events: 1, new: 1, unknown: 0 },
    });
    await send(door, sender, group(told('resolved')));
    const both = {
      source: sender,
      alert: 'loop-in-progress',
      instance: '[["agent","a"],["operator","agent-sre"]]',
      startedAt: STARTED,
      receiver: 'agentops-sre-pager',
      groupHash: sha256(GROUP_KEY),
    };
    expect(keeper.events).toMatchObject([
      { ...both, kind: 'notified', at: NOW },
      { ...both, kind: 'resolved', at: NOW - 1_000 },
    ]);
  });

  test.each(['grafana', 'alertmanager'])(
    '%s, by the labels of a company: the same firing',
    async (sender) => {
      const labels = mapped({
        agent: { name: 'bot', values: { a: 'the A' } },
        operator: { name: 'team' },
        severity: { name: 'prio', values: { page: 'P1' } },
      });
      const keeper = memory(labels);
      const theirs = { ...told('firing'), labels: labels.toTheirs(told('firing').labels) };
      expect(theirs.labels).toMatchObject({ bot: 'the A', team: 'agent-sre', prio: 'P1' });
      await send(opened(keeper).door, sender, group(theirs));
      const ours = memory();
      await send(opened(ours).door, sender, group(told('firing')));
      expect(keeper.events).toEqual(ours.events);
    },
  );

  test('a page that was escalated is the same firing', async () => {
    const keeper = memory();
    const { door } = opened(keeper);
    const escalated = {
      ...told('firing'),
      labels: { ...told('firing').labels, escalated_to: 'care-owners' },
    };
    await send(door, 'alertmanager', { ...group(escalated), groupKey: 'another' });
    await send(door, 'alertmanager', group(told('firing')));
    expect(new Set(keeper.events.map(({ instance, startedAt }) => `${instance} ${startedAt}`)).size).toBe(1);
    expect(new Set(keeper.events.map(({ groupHash }) => groupHash)).size).toBe(2);
  });

  test('PagerDuty: who took an incident, gave it back, passed it on, closed it', async () => {
    const keeper = memory();
    const { door } = opened(keeper);
    const machine = { type: 'inbound_integration_reference', summary: 'Prometheus' };
    for (const posted of [
      incident('incident.triggered'),
      incident('incident.acknowledged'),
      incident('incident.unacknowledged', null),
      incident('incident.escalated', { type: 'service_reference', summary: 'Agents' }),
      incident('incident.reassigned'),
      incident('incident.resolved'),
      { ...incident('incident.resolved', machine) },
      incident('incident.annotated'),
      { event: { id: 'p', event_type: 'pagey.ping', data: { message: 'Hello' } } },
    ])
      expect((await send(door, 'pagerduty', posted)).status).toBe(200);
    expect(keeper.events.map(({ kind, person, groupHash }) => [kind, person, groupHash])).toEqual([
      ['acknowledged', 'Minato Ueda', sha256(GROUP_KEY)],
      ['unacknowledged', '', sha256(GROUP_KEY)],
      ['reassigned', '', sha256(GROUP_KEY)],
      ['reassigned', 'Minato Ueda', sha256(GROUP_KEY)],
      ['closed', 'Minato Ueda', sha256(GROUP_KEY)],
    ]);
    expect(keeper.events[0]).toMatchObject({ at: NOW - 5_000, receiver: 'Agents' });
  });

  test('any other tool, by the id of the firing', async () => {
    const keeper = memory();
    const { door } = opened(keeper);
    const id = episodeId('loop-in-progress', LABELS, STARTED);
    const posted = { event: 'acknowledged', alert: id, by: 'minato.ueda', note: 'looking' };
    expect(await send(door, 'generic', [posted, { ...posted, event: 'closed' }])).toMatchObject({
      body: { events: 2, new: 2 },
    });
    expect(keeper.events[0]).toMatchObject({ episode: id, person: 'minato.ueda', at: NOW, note: 'looking' });
  });

  test('said again, nothing changes; of what nobody knows it is told', async () => {
    const keeper = memory();
    const { door, said } = opened(keeper);
    const foreign = { ...told('firing'), labels: { alertname: 'DiskFull' } };
    for (let i = 0; i < 2; i++) {
      const { body } = await send(door, 'alertmanager', group(told('firing'), foreign));
      expect(body).toEqual({ events: 2, new: i === 0 ? 2 : 0, unknown: 1 });
    }
    expect(said[0]).toContain('alertmanager says notified of an alert that is not known here');
  });
});

describe('what is refused', () => {
  test('what is forged or stale: 401 with the reason, counted, and nothing kept', async () => {
    const keeper = memory();
    const { door, said } = opened(keeper);
    const forged = { path: '/v1/alerts/pagerduty', body: Buffer.from('{}'), headers: {} };
    expect(await door.answer(forged)).toMatchObject({ status: 401 });
    const late = incident('incident.acknowledged');
    const days = (n: number): string => new Date(NOW - n * 86_400_000).toISOString();
    for (const occurred_at of [days(8), days(-1)])
      expect(await send(door, 'pagerduty', { event: { ...late.event, occurred_at } })).toMatchObject({
        status: 401,
        body: { message: expect.stringContaining('too old or of the future') },
      });
    expect(door.counts().pagerduty).toEqual({ accepted: 0, refused: 3, malformed: 0, failed: 0 });
    expect(said).toHaveLength(3);
    expect(keeper.events).toEqual([]);
  });

  test('a sender without a secret, and one that nobody knows', async () => {
    const door = createDoor({
      secrets: { ...secrets, grafana: [] },
      keeper: memory(),
      now: () => NOW,
      onLog: () => {},
    });
    expect(await send(door, 'grafana', group())).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining('AGENTOPS_GRAFANA_WEBHOOK_SECRET') },
    });
    for (const sender of ['opsgenie', '__proto__', 'toString', ''])
      expect((await send(door, sender, {})).status).toBe(404);
  });

  test.each([
    ['no JSON', 'alertmanager', 'no JSON'],
    ['no alerts', 'alertmanager', {}],
    ['a time that is none', 'alertmanager', group({ ...told('firing'), startsAt: 'yesterday' })],
    ['a status that is none', 'alertmanager', group({ ...told('firing'), status: 'perhaps' })],
    ['a label that is no text', 'grafana', group({ ...told('firing'), labels: { agent: 7 } })],
    ['more alerts than a group has', 'grafana', group(...Array(1_001).fill(told('firing')))],
    ['an event without an id', 'pagerduty', { event: { event_type: 'incident.acknowledged' } }],
    ['no event', 'pagerduty', []],
    ['nobody', 'generic', { event: 'acknowledged', alert: 'x' }],
    ['what people do not say', 'generic', { event: 'notified', alert: 'x', by: 'y' }],
  ])('%s, of %s: 400', async (_, sender, body) => {
    const keeper = memory();
    expect((await send(opened(keeper).door, sender, body)).status).toBe(400);
    expect(keeper.events).toEqual([]);
  });

  test('what cannot be kept is to be sent again', async () => {
    const { door } = opened({ ...memory(), keep: () => Promise.reject(new Error('the store is away')) });
    expect(await send(door, 'alertmanager', group(told('firing')))).toMatchObject({ status: 503 });
    expect(door.counts().alertmanager.failed).toBe(1);
  });
});

describe('whatever is sent', () => {
  const senders = fc.constantFrom('grafana', 'alertmanager', 'pagerduty', 'generic');
  const body = (event: AlertEvent): unknown[] => [
    event.at,
    event.startedAt ?? 0,
    ...Object.values(event).filter((value) => typeof value === 'string'),
  ];

  test('any JSON is answered 200, 400 or 401; what is kept fits the columns', async () => {
    await fc.assert(
      fc.asyncProperty(senders, fc.json({ maxDepth: 6 }), async (sender, text) => {
        const keeper = memory();
        const { status } = await send(opened(keeper).door, sender, text);
        expect([200, 400, 401]).toContain(status);
        for (const value of keeper.events.flatMap(body))
          if (typeof value === 'number') expect(Number.isSafeInteger(value)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('a good request with one field replaced', async () => {
    const good: Record<string, object> = {
      grafana: group(told('firing'), told('resolved')),
      alertmanager: group(told('firing')),
      pagerduty: incident('incident.acknowledged'),
      generic: { event: 'closed', alert: 'abc', by: 'mei', at: new Date(NOW).toISOString() },
    };
    await fc.assert(
      fc.asyncProperty(senders, fc.nat(), fc.jsonValue(), async (sender, place, value) => {
        const posted = structuredClone(good[sender]!);
        const spots = placesOf(posted);
        const [holder, key] = spots[place % spots.length]!;
        holder[key] = value;
        const keeper = memory();
        const { status } = await send(opened(keeper).door, sender, posted);
        expect([200, 400, 401]).toContain(status);
        for (const one of keeper.events) {
          expect(Number.isSafeInteger(one.at)).toBe(true);
          expect(one.eventId).not.toBe('');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('a signature of other bytes is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.string(), async (bytes, signature) => {
        const { door } = opened();
        const request = { path: '/v1/alerts/pagerduty', body: Buffer.from(bytes) };
        const answer = await door.answer({
          ...request,
          headers: { 'x-pagerduty-signature': `v1=${signature}` },
        });
        expect(answer.status).toBe(401);
      }),
      { numRuns: 300 },
    );
  });
});

type Holder = Record<string, unknown>;

/** Every field within a value, as its holder and its key. */
function placesOf(value: unknown): [Holder, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[value as Holder, key], ...placesOf(inner)]);
}
