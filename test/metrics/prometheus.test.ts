import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateAlerts, type PostableAlert } from '@agentops/alerts';
import { createExporter, keepMetrics, startMetricsServer } from '@agentops/cli/metrics';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import {
  findPrometheus,
  havePrometheus,
  majorVersion,
  promtool,
  startPrometheus,
} from '../servers/prometheus.ts';
import { type Engine, openEngine } from '../tools/chain.ts';
import { AGENT, openSite, type Site, task } from './site.ts';

const MINUTE = 60_000;

let engine: Engine;
let site: Site;
beforeAll(async () => {
  engine = openEngine();
  site = await openSite(engine);
  const now = Date.now();
  await site.feed(
    ...['a', 'b', 'c'].map((id) => task({ id, at: now - 5 * MINUTE, outcome: 'success', tokens: 1_000 })),
    task({ id: 'd', at: now - 4 * MINUTE, outcome: 'failure', circles: 14 }),
    task({ id: 'shadow', agent: 'shadow', at: now - 4 * MINUTE, tokens: 1_000 }),
  );
}, 120_000);
afterAll(() => engine.close());

const exporter = () => createExporter({ store: site.store, claim: null, onLog: () => {} });

test('an agent or an objective more is a series more, and what nobody has registered is none', async () => {
  const metrics = exporter();
  await metrics.refresh();
  const lines = metrics.text('text')!.split('\n');
  const { agents } = site.registry;
  const of = (name: string): string[] => lines.filter((line) => line.startsWith(`${name}{`));
  expect(of('agentops_cost_total').length).toBe(agents.length + 1);
  expect(of('agentops_agent_info').length).toBe(agents.length + 1);
  expect(lines.some((line) => line.includes('shadow'))).toBe(false);
  expect(of('agentops_charges_total')).toContain('agentops_charges_total{agent="unregistered"} 1');
  expect(lines).toContain('agentops_unregistered_agents_last_day 1');
  const success = `{agent="${AGENT}",slo="task_success",environment="production"}`;
  expect(lines).toContain(`agentops_slo_events_total${success} 4`);
  expect(lines).toContain(`agentops_slo_good_events_total${success} 3`);
  expect(of('agentops_budget_limit').length).toBeGreaterThan(8);
  expect(lines.filter((line) => !line.startsWith('#')).length).toBeLessThan(600);
});

test('a counter that a replica has not heard of yet does not fall', async () => {
  const metrics = exporter();
  await metrics.refresh();
  const before = /agentops_charges_total\{agent="it-helpdesk"\} (\d+)/.exec(metrics.text('text')!)![1];
  await site.store.command(
    `ALTER TABLE ${site.store.database}.metric_totals DELETE WHERE counter = 'charges' SETTINGS mutations_sync = 2`,
  );
  await metrics.refresh();
  expect(metrics.text('text')).toContain(`agentops_charges_total{agent="it-helpdesk"} ${before}`);
});

describe.runIf(havePrometheus())('a real Prometheus', () => {
  let bin: string;
  let dir: string;
  let alertmanager: Server;
  const told: PostableAlert[] = [];
  beforeAll(async () => {
    bin = await findPrometheus();
    dir = mkdtempSync(join(tmpdir(), 'agentops-prometheus-'));
    alertmanager = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        told.push(...(JSON.parse(body) as PostableAlert[]));
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(alertmanager, 'listening');
  }, 600_000);
  afterAll(() => {
    alertmanager.close();
    rmSync(dir, { recursive: true, force: true });
  });

  test('scrapes what is served, in both formats, and tells what the rules say', async () => {
    const metrics = keepMetrics(exporter(), () => {}, 500);
    const server = await startMetricsServer(metrics, { port: 0, host: '127.0.0.1' });
    const rules = join(dir, 'agentops.rules.yml');
    const { text } = generateAlerts(site.registry).find(({ path }) => path.endsWith('agentops.rules.yml'))!;
    writeFileSync(rules, text.replaceAll('interval: 1m', 'interval: 1s'));
    const { host } = new URL(server.url);
    const job = (name: string, protocol: string) => ({
      job_name: name,
      // Before version 3 nobody could choose.
      ...(majorVersion(bin) >= 3 && { scrape_protocols: [protocol] }),
      static_configs: [{ targets: [host] }],
    });
    const config = join(dir, 'prometheus.yml');
    writeFileSync(
      config,
      stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: [rules],
        alerting: {
          alertmanagers: [
            { static_configs: [{ targets: [`127.0.0.1:${(alertmanager.address() as AddressInfo).port}`] }] },
          ],
        },
        scrape_configs: [job('open', 'OpenMetricsText1.0.0'), job('text', 'PrometheusText0.0.4')],
      }),
    );
    const prometheus = await startPrometheus(bin, config, dir);
    try {
      const plain = await (await fetch(`${server.url}/metrics`)).text();
      expect(promtool(bin, ['check', 'metrics'], plain)).toBe('');
      interface Targets {
        activeTargets: { health: string; lastError: string; labels: { job: string } }[];
      }
      const healths = async (): Promise<string[]> =>
        (await prometheus.ask<Targets>('targets')).activeTargets.map(({ health, lastError, labels }) =>
          `${labels.job} ${health} ${lastError}`.trim(),
        );
      await expect
        .poll(async () => (await healths()).sort(), { timeout: 30_000 })
        .toEqual(['open up', 'text up']);
      interface Vector {
        result: { metric: Record<string, string>; value: [number, string] }[];
      }
      const events = async (): Promise<string[]> => {
        const query = `agentops_slo_good_events_total{agent="${AGENT}",slo="task_success"}`;
        return (await prometheus.ask<Vector>('query', { query })).result.map(({ value }) => value[1]);
      };
      await expect.poll(events, { timeout: 30_000 }).toEqual(['3', '3']);
      await site.feed(task({ id: 'e', at: Date.now() - MINUTE, outcome: 'success' }));
      await expect.poll(events, { timeout: 30_000 }).toEqual(['4', '4']);
      interface Rules {
        groups: { rules: { name: string; health: string; lastError?: string }[] }[];
      }
      const unwell = async (): Promise<string[]> =>
        (await prometheus.ask<Rules>('rules')).groups
          .flatMap(({ rules: all }) => all)
          .filter(({ health }) => health !== 'ok')
          .map(({ name, health, lastError = '' }) => `${name}: ${health} ${lastError}`);
      await expect.poll(unwell, { timeout: 30_000 }).toEqual([]);
      await expect
        .poll(() => told.find(({ labels }) => labels['alert'] === 'watchdog'), { timeout: 30_000 })
        .toMatchObject({
          labels: { product: 'agentops', severity: 'info', domain: 'pipeline', operator: 'agent-sre' },
          annotations: { runbook_url: 'runbooks/watchdog.md' },
        });
    } finally {
      await prometheus.stop();
      await server.close();
      await metrics.stop();
    }
  }, 180_000);

  test('a metric that is no metric is seen', () => {
    expect(() =>
      promtool(bin, ['check', 'metrics'], '# TYPE agentops_cost counter\nagentops_cost{a="b} 1\n'),
    ).toThrow();
  });
});
