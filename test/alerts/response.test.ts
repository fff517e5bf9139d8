import { createKeeper } from '@agentops/cli/alerts';
import type { Store } from '@agentops/processor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine } from '../tools/chain.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** A day in the time zone of the tests, Tokyo: 09:00 there. */
const START = Math.floor((Date.now() - 3 * DAY) / DAY) * DAY;

let engine: Engine;
let store: Store;
beforeAll(async () => {
  engine = openEngine();
  store = await engine.database();
  /** rule, agent, severity; begun, told, ended: minutes since the start. */
  const fired: [string, string, string, number, number | null, number | null][] = [
    ['loop', 'a', 'page', 0, 1, 60],
    ['loop', 'a', 'page', 100, 101, null],
    ['loop', 'b', 'page', 0, 0, 30],
    ['drift', 'a', 'ticket', 0, 0, 10],
    ['watchdog', '', 'info', 0, 0, null],
    ['old', 'a', 'page', -40 * 1_440, -40 * 1_440, -39 * 1_440],
  ];
  for (const [alert, agent, severity, begun, told, ended] of fired) {
    const time = (minute: number | null): string =>
      minute === null ? 'NULL' : `fromUnixTimestamp64Milli(${START + minute * MINUTE})`;
    const labels = JSON.stringify(agent === '' ? [] : [['agent', agent]]);
    const notification = JSON.stringify({
      labels: { severity },
      annotations: { summary: `${alert} of ${agent}` },
    });
    await store.command(
      `INSERT INTO ${store.database}.alert_episodes VALUES ('${alert}', '${labels}', ${time(begun)}, ${time(ended)},
       'webhook', ${time(told)}, NULL, '${notification}', 1)`,
    );
  }
  const ids = new Map(
    (
      await store.query<{ id: string; name: string }>(
        `SELECT id, concat(alert, ' ', agent, ' ', toString((toUnixTimestamp64Milli(started_at) - ${START}) / ${MINUTE})) AS name
         FROM ${store.database}.alert_history`,
      )
    ).map(({ id, name }) => [name, id]),
  );
  const keeper = createKeeper(store);
  for (const [name, kind, minute] of [
    ['loop a 0', 'acknowledged', 5],
    ['loop a 0', 'acknowledged', 9],
    ['loop a 100', 'escalated', 115],
    ['loop a 100', 'closed', 121],
    ['drift a 0', 'reassigned', 3],
  ] as const) {
    const nothing = { groupHash: '', alert: '', instance: '', startedAt: null, notification: '', note: '' };
    const at = START + minute * MINUTE;
    const said = { source: 'person', eventId: `${name} ${kind} ${minute}`, kind, at } as const;
    await keeper.keep(
      [{ ...nothing, ...said, episode: ids.get(name)!, person: 'mei', receiver: 'care-owners' }],
      at,
    );
  }
});
afterAll(() => engine.close());

test('time to acknowledge: from when somebody was told until somebody took it, of those that anybody took', async () => {
  const rows = await store.query(
    `SELECT alert, agent, severity, sum(r.fired) AS fired, sum(r.acknowledged) AS acknowledged, sum(r.escalated) AS escalated,
       sum(r.acknowledge_ms) / ${MINUTE} AS minutes, max(longest_ms) / ${MINUTE} AS longest
     FROM ${store.database}.alert_response AS r WHERE alert != 'old' GROUP BY alert, agent, severity ORDER BY alert, agent`,
  );
  expect(rows).toEqual([
    {
      alert: 'drift',
      agent: 'a',
      severity: 'ticket',
      fired: '1',
      acknowledged: '0',
      escalated: '0',
      minutes: 0,
      longest: null,
    },
    {
      alert: 'loop',
      agent: 'a',
      severity: 'page',
      fired: '2',
      acknowledged: '2',
      escalated: '1',
      minutes: 24,
      longest: 20,
    },
    {
      alert: 'loop',
      agent: 'b',
      severity: 'page',
      fired: '1',
      acknowledged: '0',
      escalated: '0',
      minutes: 0,
      longest: null,
    },
  ]);
});

test('alerts on which nobody acted in 30 days: not those that somebody passed on, nor those that call nobody', async () => {
  const rows = await store.query(
    `SELECT alert, agent, severity, fired, firing, fired_seconds, summary FROM ${store.database}.unacted_alerts`,
  );
  expect(rows).toEqual([
    {
      alert: 'loop',
      agent: 'b',
      severity: 'page',
      fired: '1',
      firing: '0',
      fired_seconds: 1_800,
      summary: 'loop of b',
    },
  ]);
});
