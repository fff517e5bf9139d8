import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { alertmanagerParts, alertsOf, destinations, mergeAlertmanager, receiverName } from '@agentops/alerts';
import { readRegistry } from '@agentops/processor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { buildAlertmanager, haveAlertmanager, startAlertmanager } from '../servers/alertmanager.ts';
import { testFile } from '../servers/tools.ts';

const run = promisify(execFile);
const registry = readRegistry(testFile('../registry/company'));
const GENERATED = testFile('../alerts/generated/alertmanager/alertmanager.yml');

/** A configuration of a company that has never heard of us. */
const THEIRS = `# on call: see the wiki
global:
  resolve_timeout: 5m # ours
route:
  receiver: ops
  group_by: [alertname]
  routes:
    # the shop first
    - matchers: [team="shop"]
      receiver: shop
    - matchers: [severity="page"]
      receiver: night
receivers:
  - name: ops
  - name: shop
  - name: night
`;

describe.runIf(haveAlertmanager())('the real Alertmanager', () => {
  let bin: string;
  let dir: string;
  beforeAll(async () => {
    bin = await buildAlertmanager();
    dir = mkdtempSync(join(tmpdir(), 'agentops-routing-'));
  }, 400_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const amtool = async (...args: string[]): Promise<string> => (await run(join(bin, 'amtool'), args)).stdout;
  async function receiversOf(config: string, labels: Record<string, string>): Promise<string> {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    return (await amtool('config', 'routes', 'test', `--config.file=${config}`, ...pairs)).trim();
  }

  test('accepts the generated configuration', async () => {
    expect(await amtool('check-config', GENERATED)).toContain('SUCCESS');
  });

  test('every alert of every agent reaches whoever the registry names', async () => {
    const all = destinations(registry);
    let routed = 0;
    for (const { id, severity, domain, labels } of alertsOf(registry)) {
      if (severity === 'info') continue;
      const wanted = all.filter(
        (one) => one.domain === domain && (labels.includes('agent') ? one.agent !== '' : one.agent === ''),
      );
      // One process for each question: the first and the last of them tell agents apart.
      for (const one of [wanted[0]!, wanted.at(-1)!]) {
        const found = await receiversOf(GENERATED, {
          product: 'agentops',
          alert: id,
          severity,
          domain,
          ...(one.agent !== '' && { agent: one.agent }),
          ...(one.agent === '' && one.department !== '' && { subject: one.department }),
        });
        expect({ id, for: one.agent || one.department, found }).toEqual({
          id,
          for: one.agent || one.department,
          found: receiverName(one.channel),
        });
        routed++;
      }
    }
    expect(routed).toBeGreaterThan(30);
  }, 60_000);

  test('a page that nobody took goes to the channel that is called next, whatever it is of', async () => {
    for (const channel of ['care-owners', 'security-desk']) {
      const labels = {
        product: 'agentops',
        alert: 'silent-agent',
        severity: 'page',
        agent: 'customer-support',
      };
      expect(await receiversOf(GENERATED, { ...labels, domain: 'operations', escalated_to: channel })).toBe(
        `agentops-${channel}`,
      );
    }
  });

  test('merged into theirs: ours goes our way, theirs goes theirs, comments stay', async () => {
    const merged = mergeAlertmanager(THEIRS, alertmanagerParts(registry));
    const file = join(dir, 'merged.yml');
    writeFileSync(file, merged);
    expect(merged).toContain('# on call: see the wiki');
    expect(merged).toContain('# the shop first');
    expect(merged).toContain('resolve_timeout: 5m # ours');
    const before = join(dir, 'theirs.yml');
    writeFileSync(before, THEIRS);
    for (const labels of [
      { team: 'shop' },
      { severity: 'page' },
      { alertname: 'DiskFull' },
      { team: 'shop', severity: 'page' },
    ]) {
      expect(await receiversOf(file, labels)).toBe(await receiversOf(before, labels));
    }
    const ours = {
      product: 'agentops',
      alert: 'silent-agent',
      severity: 'page',
      domain: 'operations',
      agent: 'customer-support',
    };
    expect(await receiversOf(file, ours)).toBe('agentops-sre-pager');
    expect(mergeAlertmanager(merged, alertmanagerParts(registry))).toBe(merged);
    expect(await amtool('check-config', file)).toContain('SUCCESS');
  });

  test('what a person reads, and what a broken pipeline silences', async () => {
    const got: {
      receiver: string;
      body: { alerts: { annotations: Record<string, string>; labels: Record<string, string> }[] };
    }[] = [];
    const server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        got.push({ receiver: request.url!.slice(1), body: JSON.parse(body) });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    // The generated routes, with a webhook in the place of every receiver.
    const config = parse(readFileSync(GENERATED, 'utf8'));
    config.receivers = config.receivers.map(({ name }: { name: string }) => ({
      name,
      webhook_configs: [{ url: `http://127.0.0.1:${port}/${name}` }],
    }));
    config.route.routes[0].group_wait = '100ms';
    delete config.global;
    const file = join(dir, 'live.yml');
    writeFileSync(file, stringify(config));
    const state = join(dir, 'state');
    mkdirSync(state);
    const alertmanager = await startAlertmanager(bin, file, state);
    try {
      const alert = (id: string, agent: string, domain: string) => ({
        labels: { product: 'agentops', alert: id, severity: 'page', domain, ...(agent && { agent }) },
        annotations: {
          title: id,
          summary: `${agent} runs in circles: 42 calls wasted`,
          runbook_url: `runbooks/${id}.md`,
        },
      });
      const post = async (alerts: object[]): Promise<void> => {
        const answer = await fetch(`${alertmanager.url}/api/v2/alerts`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(alerts),
        });
        expect(answer.status).toBe(200);
      };
      await post([alert('loop-in-progress', 'customer-support', 'operations')]);
      await expect.poll(() => got.length, { timeout: 15_000 }).toBe(1);
      expect(got[0]!.receiver).toBe('agentops-sre-pager');
      expect(got[0]!.body.alerts[0]!.annotations['summary']).toBe(
        'customer-support runs in circles: 42 calls wasted',
      );
      await post([alert('telemetry-stale', '', 'pipeline')]);
      await expect.poll(() => got.length, { timeout: 15_000 }).toBe(2);
      await post([alert('silent-agent', 'invoice-matching', 'operations')]);
      const silenced = async (): Promise<string[]> => {
        const answer = await fetch(`${alertmanager.url}/api/v2/alerts?inhibited=true`);
        const list = (await answer.json()) as { labels: Record<string, string>; status: { state: string } }[];
        return list
          .filter(({ status }) => status.state === 'suppressed')
          .map(({ labels }) => labels['alert']!)
          .sort();
      };
      await expect.poll(silenced, { timeout: 15_000 }).toEqual(['loop-in-progress', 'silent-agent']);
    } finally {
      await alertmanager.stop();
      server.close();
    }
  }, 60_000);
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) body += part;
  return body;
}
