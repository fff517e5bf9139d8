import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../servers/process.ts';
import { testFile } from '../servers/tools.ts';

const BIN = testFile('../cli/bin/agentops.js');

let dir: string;
let hook: Server;
let up: RunningServer | undefined;
let metrics: RunningServer | undefined;
const told: string[] = [];
/** Id of the firing of each alert, as whoever is told sees it. */
const ids = new Map<string, string>();
const SECRET = 'a-secret-of-sixteen-and-more';
const WRITER = 'the-token-of-the-writer-here';

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-alerting-'));
  hook = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { alerts } = JSON.parse(Buffer.concat(parts).toString('utf8')) as {
        alerts: { labels: { alert: string }; annotations: { dashboard: string; firing_id: string } }[];
      };
      for (const { labels, annotations } of alerts) ids.set(labels.alert, annotations.firing_id);
      told.push(...alerts.map(({ labels, annotations }) => `${labels.alert} ${annotations.dashboard}`));
      response.end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await metrics?.kill();
  await up?.kill();
  hook.close();
  rmSync(dir, { recursive: true, force: true });
}, 30_000);

test('agentops up evaluates the rules of its registry and tells a webhook; status says so', async () => {
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
  const users = join(dir, '..', `${basename(dir)}.users`);
  writeFileSync(users, `writer ${WRITER}\n`, { mode: 0o600 });
  up = startServer(
    process.execPath,
    [
      BIN,
      'up',
      ...['--data', dir, '--registry', testFile('../registry/company')],
      ...['--otlp-port', '0', '--page-port', '0', '--clickhouse-port', '0'],
      ...['--webhook', url, '--grafana-url', 'http://grafana.example/', '--clickhouse-users', users],
    ],
    { cwd: dir, env: { AGENTOPS_GENERIC_WEBHOOK_SECRET: SECRET } },
  );
  await expect
    .poll(() => told, { timeout: 90_000, interval: 200 })
    .toContain('watchdog http://grafana.example/d/agentops-pipeline');
  const alerts = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(process.execPath, [BIN, 'alerts', ...args, '--data', dir])).stdout;
  const status = async (): Promise<{ evaluators: number; states: { alert: string; state: string }[] }> =>
    JSON.parse(await alerts('status', '--json'));
  await expect.poll(status, { timeout: 60_000, interval: 500 }).toMatchObject({
    evaluators: 1,
    states: expect.arrayContaining([expect.objectContaining({ alert: 'watchdog', state: 'firing' })]),
  });

  const [, otlp] = /OTLP\/HTTP +(\S+)/.exec(up.said())!;
  const watchdog = ids.get('watchdog')!;
  const post = async (secret: string): Promise<{ status: number; body: unknown }> => {
    const body = JSON.stringify({ event: 'reassigned', alert: watchdog, by: 'mei.fujita' });
    const stamp = String(Math.floor(Date.now() / 1_000));
    const answer = await fetch(`${otlp}/v1/alerts/generic`, {
      method: 'POST',
      headers: {
        'x-agentops-timestamp': stamp,
        'x-agentops-signature': createHmac('sha256', secret).update(`${stamp}:${body}`).digest('hex'),
      },
      body,
    });
    return { status: answer.status, body: await answer.json() };
  };
  expect(await post(SECRET)).toEqual({ status: 200, body: { events: 1, new: 1, unknown: 0 } });
  expect(await post('another-secret-of-somebody')).toMatchObject({ status: 401 });
  expect(await alerts('ack', watchdog, '--by', 'minato.ueda')).toContain('minato.ueda has it');
  await expect(alerts('ack', 'f00', '--by', 'minato.ueda')).rejects.toThrow('there is no alert f00');
  const sql = `SELECT id, acknowledged_by, in_hand, acted FROM agentops.alert_history WHERE alert = 'watchdog'`;
  const asked = await promisify(execFile)(process.execPath, [
    BIN,
    'sql',
    sql,
    '--data',
    dir,
    '--format',
    'JSONEachRow',
  ]);
  expect(
    asked.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([{ id: watchdog, acknowledged_by: 'minato.ueda', in_hand: 1, acted: 1 }]);
  expect(await alerts('history', '--unacted', '--json')).toBeTruthy();

  const [, page] = /start page +(\S+)/.exec(up.said())!;
  const scrape = async (from: string): Promise<string> => (await fetch(`${from}/metrics`)).text();
  expect(await scrape(page!)).toContain('agentops_agent_info{agent="customer-support",');
  // The same from a process of its own, as over a ClickHouse server.
  const [, store] = /ClickHouse +http:\/\/(\S+)/.exec(up.said())!;
  metrics = startServer(
    process.execPath,
    [BIN, 'metrics', '--clickhouse', `http://writer:${WRITER}@${store}`, '--port', '0'],
    { cwd: dir },
  );
  const served = (): string =>
    /metrics of agents at (\S+)\/metrics/.exec(metrics!.said())?.[1] ?? metrics!.said();
  await expect.poll(served, { timeout: 60_000 }).toMatch(/^http:/);
  expect(await scrape(served())).toContain(
    'agentops_slo_events_total{agent="customer-support",slo="task_success",environment="production"} 0\n',
  );
  await expect.poll(() => metrics!.said(), { timeout: 60_000 }).toContain(' counts');
  rmSync(users);
}, 240_000);
