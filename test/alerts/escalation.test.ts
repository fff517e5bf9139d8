import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { episodeId, escalationChain, type PostableAlert } from '@agentops/alerts';
import {
  createEvaluator,
  createKeeper,
  escalate,
  alertmanager as toAlertmanager,
  webhook,
} from '@agentops/cli/alerts';
import { readRegistry, type Store } from '@agentops/processor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testFile } from '../servers/tools.ts';
import { type Engine, openEngine } from '../tools/chain.ts';

const MINUTE = 60_000;
/** The view looks back 30 days. */
const START = Math.floor(Date.now() / MINUTE) * MINUTE - 5 * 3_600_000;
const AGENT = 'customer-support';
const registry = readRegistry(testFile('../registry/company'));
const chain = escalationChain(registry, { agent: AGENT, domain: 'operations', department: '' });
const LABELS = { agent: AGENT };

let engine: Engine;
let server: Server;
let url: string;
/** What came, as `channel: status`, a channel '' for whoever is told first; 503 while away. */
const told: string[] = [];
let isAway = false;

beforeAll(async () => {
  engine = openEngine();
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const posted = JSON.parse(Buffer.concat(parts).toString('utf8'));
      const alerts = (Array.isArray(posted) ? posted : posted.alerts) as (PostableAlert & {
        status?: string;
      })[];
      if (!isAway)
        told.push(
          ...alerts.map(({ labels, status }) => `${labels['escalated_to'] ?? ''}: ${status ?? 'posted'}`),
        );
      response.writeHead(isAway ? 503 : 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await engine.close();
});

const yes = async (): Promise<boolean> => true;
const ID = episodeId('loop', LABELS, START);

interface Site {
  readonly store: Store;
  readonly said: string[];
  /** A round of the evaluator and of the escalation, so many minutes after the begin; who was told, and what. */
  round(minute: number, by?: 'webhook' | 'alertmanager'): Promise<string[]>;
  /** A person does something about it. */
  act(kind: 'acknowledged' | 'unacknowledged', minute: number): Promise<void>;
  wastes(calls: number): Promise<void>;
}

async function open(): Promise<Site> {
  const store = await engine.database();
  const said: string[] = [];
  const onLog = (line: string): void => void said.push(line);
  await store.command(
    `CREATE TABLE ${store.database}.measured (agent String, calls Float64) ENGINE = ReplacingMergeTree ORDER BY agent`,
  );
  const rule = {
    id: 'loop',
    title: 'Runs in circles',
    severity: 'page',
    domain: 'operations',
    summary: '{{ $labels.agent }} wastes {{ printf "%.0f" $value }} calls.',
    meaning: 'The same again.',
    firstSteps: [],
    sql: `SELECT agent, calls FROM ${store.database}.measured FINAL`,
    above: 10,
    timing: { pending: 0, keepFiring: 0 },
    questions: [],
    dashboard: 'agentops-loops',
    labels: ['agent'],
    noData: 'ok',
  } as const;
  const wastes = (calls: number): Promise<void> =>
    store.command(`INSERT INTO ${store.database}.measured VALUES ('${AGENT}', ${calls})`);
  await wastes(12);
  return {
    store,
    said,
    wastes,
    async round(minute, by = 'webhook') {
      const receiver = by === 'webhook' ? webhook(url) : toAlertmanager(url);
      const now = START + minute * MINUTE;
      // Each time another process: what is known stands in the store.
      const evaluator = createEvaluator({ store, receiver, onLog });
      await evaluator.recall();
      await evaluator.evaluate([rule], now, yes);
      await escalate({ store, receiver, onLog }, registry, now, yes);
      return told.splice(0);
    },
    async act(kind, minute) {
      const at = START + minute * MINUTE;
      const nothing = {
        groupHash: '',
        alert: '',
        instance: '',
        startedAt: null,
        receiver: '',
        notification: '',
        note: '',
      };
      await createKeeper(store).keep(
        [
          {
            ...nothing,
            source: 'person',
            eventId: `${kind} ${minute}`,
            kind,
            at,
            person: 'minato.ueda',
            episode: ID,
          },
        ],
        at,
      );
    },
  };
}

const history = (store: Store): Promise<Record<string, unknown>[]> =>
  store.query(`SELECT id, escalated_to, in_hand FROM ${store.database}.alert_history`);

test('the sample company calls the owner after the operator, then security', () => {
  expect(registry.organisation.acknowledge_within).toBe('15m');
  expect(chain.map(({ id }) => id)).toEqual(['sre-pager', 'care-owners', 'security-desk']);
});

test('nobody takes it: one after another is called, once each; all are told when it ends', async () => {
  const site = await open();
  const minutes = [0, 14, 15, 16, 29, 30, 31, 120];
  const rounds: string[][] = [];
  for (const minute of minutes) rounds.push(await site.round(minute));
  expect(rounds).toEqual([
    [': firing'],
    [],
    ['care-owners: firing'],
    [],
    [],
    ['security-desk: firing'],
    [],
    [],
  ]);
  expect(await history(site.store)).toEqual([
    { id: ID, escalated_to: ['care-owners', 'security-desk'], in_hand: 0 },
  ]);
  expect(site.said).toEqual([
    expect.stringContaining('care-owners is called'),
    expect.stringContaining('security-desk is called'),
  ]);
  await site.wastes(0);
  expect(await site.round(121)).toEqual([': resolved', 'care-owners: resolved', 'security-desk: resolved']);
  expect(await site.round(122)).toEqual([]);
});

test('who takes it ends the calls; when it is given back they begin again', async () => {
  const site = await open();
  await site.round(0);
  expect(await site.round(15)).toEqual(['care-owners: firing']);
  await site.act('acknowledged', 17);
  expect(await site.round(18)).toEqual(['care-owners: resolved']);
  expect(await site.round(90)).toEqual([]);
  await site.act('unacknowledged', 91);
  expect([await site.round(92), await site.round(105)]).toEqual([[], []]);
  expect(await site.round(106)).toEqual(['security-desk: firing']);
});

test('taken in time, nobody else is called', async () => {
  const site = await open();
  await site.round(0);
  await site.act('acknowledged', 10);
  for (const minute of [15, 30, 300]) expect(await site.round(minute)).toEqual([]);
});

test('an Alertmanager is told again and again, as of every alert; when it is taken, once that it is over', async () => {
  const site = await open();
  await site.round(0, 'alertmanager');
  expect(await site.round(15, 'alertmanager')).toEqual([': posted', 'care-owners: posted']);
  expect(await site.round(16, 'alertmanager')).toEqual([': posted', 'care-owners: posted']);
  await site.act('acknowledged', 16.5);
  expect(await site.round(17, 'alertmanager')).toEqual([': posted', 'care-owners: posted']);
  expect(await site.round(18, 'alertmanager')).toEqual([': posted']);
});

test('a receiver that is away is told later; who has lost the claim calls nobody', async () => {
  const site = await open();
  await site.round(0);
  isAway = true;
  expect(await site.round(15)).toEqual([]);
  isAway = false;
  const { store } = site;
  await escalate(
    { store, receiver: webhook(url), onLog: () => {} },
    registry,
    START + 16 * MINUTE,
    async () => false,
  );
  expect(told.splice(0)).toEqual([]);
  expect(await site.round(17)).toEqual(['care-owners: firing']);
});

test('a company that says no time escalates nothing', async () => {
  const site = await open();
  await site.round(0);
  const { acknowledge_within: _, ...organisation } = registry.organisation;
  const { store } = site;
  await escalate(
    { store, receiver: webhook(url), onLog: () => {} },
    { ...registry, organisation },
    START + 600 * MINUTE,
    yes,
  );
  expect(told.splice(0)).toEqual([]);
});
