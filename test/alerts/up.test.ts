import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../servers/process.ts';
import { testFile } from '../servers/tools.ts';

const BIN = testFile('../cli/bin/agentops.js');

let dir: string;
let hook: Server;
let up: RunningServer | undefined;
const told: string[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-alerting-'));
  hook = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { alerts } = JSON.parse(Buffer.concat(parts).toString('utf8')) as {
        alerts: { labels: { alert: string }; annotations: { dashboard: string } }[];
      };
      told.push(...alerts.map(({ labels, annotations }) => `${labels.alert} ${annotations.dashboard}`));
      response.end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await up?.kill();
  hook.close();
  rmSync(dir, { recursive: true, force: true });
}, 30_000);

test('agentops up evaluates the rules of its registry and tells a webhook; status says so', async () => {
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
  up = startServer(
    process.execPath,
    [
      BIN,
      'up',
      ...['--data', dir, '--registry', testFile('../registry/company')],
      ...['--otlp-port', '0', '--page-port', '0', '--clickhouse-port', '0'],
      ...['--webhook', url, '--grafana-url', 'http://grafana.example/'],
    ],
    { cwd: dir },
  );
  await expect
    .poll(() => told, { timeout: 90_000, interval: 200 })
    .toContain('watchdog http://grafana.example/d/agentops-pipeline');
  const status = async (): Promise<{ evaluators: number; states: { alert: string; state: string }[] }> =>
    JSON.parse(
      (await promisify(execFile)(process.execPath, [BIN, 'alerts', 'status', '--data', dir, '--json']))
        .stdout,
    );
  await expect.poll(status, { timeout: 60_000, interval: 500 }).toMatchObject({
    evaluators: 1,
    states: expect.arrayContaining([expect.objectContaining({ alert: 'watchdog', state: 'firing' })]),
  });
}, 180_000);
