import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  alertmanagerParts,
  labelMapping,
  mergeAlertmanager,
  mergePolicies,
  routingTree,
} from '@agentops/alerts';
import { readRegistry } from '@agentops/processor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { companyWith, EVERY_CHANNEL, THEIR_LABELS } from '../alerts/registries.ts';
import { buildAlertmanager, haveAlertmanager } from '../servers/alertmanager.ts';
import { testFile } from '../servers/tools.ts';
import { generated, grafanaConfig } from './generated.ts';
import { everyAlert, intendedOf } from './questions.ts';
import { asked, type Config, type Labels, startSite } from './site.ts';

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
      mute_time_intervals: [holidays]
receivers:
  - name: ops
  - name: shop
  - name: night
time_intervals:
  - name: holidays
    time_intervals: [{ months: [january], days_of_month: ['1'] }]
`;
/** What it has of its own, and whom that reaches. */
const OF_THEIRS: readonly [Labels, string][] = [
  [{ alertname: 'ShopDown', team: 'shop' }, 'shop'],
  [{ alertname: 'HostDown', severity: 'page' }, 'night'],
  [{ alertname: 'DiskFull' }, 'ops'],
  [{ alertname: 'ShopDown', team: 'shop', severity: 'page' }, 'shop'],
  [{ alertname: 'Tickets', domain: 'business', agent: 'customer-support' }, 'ops'],
];

describe.runIf(haveAlertmanager())('the real Alertmanager', () => {
  let bin: string;
  let dir: string;
  beforeAll(async () => {
    bin = await buildAlertmanager();
    dir = mkdtempSync(join(tmpdir(), 'agentops-routing-'));
  }, 400_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const amtool = async (...args: string[]): Promise<string> => (await run(join(bin, 'amtool'), args)).stdout;

  /** Whom each alert reaches, by the configuration. */
  async function reached(
    config: Config,
    questions: ReadonlyMap<string, Labels>,
  ): Promise<Record<string, readonly string[]>> {
    const site = await startSite(config);
    try {
      await site.post(asked(questions));
      await expect.poll(async () => (await site.receivers()).size, { timeout: 20_000 }).toBe(questions.size);
      return Object.fromEntries(await site.receivers());
    } finally {
      await site.stop();
    }
  }

  async function checked(name: string, text: string): Promise<Config> {
    const file = join(dir, name);
    writeFileSync(file, text);
    expect(await amtool('check-config', file)).toContain('SUCCESS');
    return parse(text) as Config;
  }

  test('accepts what is generated: of the sample, of every kind of channel, with windows and labels of a company', async () => {
    expect(await amtool('check-config', GENERATED)).toContain('SUCCESS');
    const full = companyWith({
      channels: EVERY_CHANNEL,
      alerting: {
        labels: THEIR_LABELS,
        webhook_url: 'http://agentops.example:4319/',
        maintenance: [{ id: 'night', days: ['sun'], from: '22:00', to: '02:00' }],
        mail: { server: 'smtp.kitano.example:587', from: 'agents@kitano.example', user: 'agents' },
      },
    });
    await checked('full.yml', generated(full, 'alertmanager/alertmanager.yml'));
  });

  test('every alert of every agent, department and user reaches whoever is meant, with one route each', async () => {
    const questions = everyAlert(registry);
    expect(questions.size).toBeGreaterThan(150);
    expect(await reached(parse(readFileSync(GENERATED, 'utf8')) as Config, questions)).toEqual(
      intendedOf(questions),
    );
  }, 60_000);

  test('a broken route, matcher or label is seen', async () => {
    const questions = everyAlert(registry);
    const broken = readFileSync(GENERATED, 'utf8').replace('domain="reviewers"', 'domain="reviewer"');
    expect(await reached(parse(broken) as Config, questions)).not.toEqual(intendedOf(questions));
  }, 60_000);

  test('Grafana’s tree of policies says the same of each', async () => {
    const questions = everyAlert(registry);
    expect(await reached(grafanaConfig(registry), questions)).toEqual(intendedOf(questions));
  }, 60_000);

  test('what Grafana cannot evaluate is the pipeline’s, whatever the rule is of', async () => {
    const labels = { product: 'agentops', alert: 'approval-overdue', severity: 'page', domain: 'reviewers' };
    const questions = new Map([['error', { ...labels, alertname: 'DatasourceError' }]]);
    expect(await reached(grafanaConfig(registry), questions)).toEqual({ error: ['agentops-sre-pager'] });
  });

  test('by the labels of a company: routes of both, alerts as they are told', async () => {
    const theirs = companyWith({
      alerting: { grafana: 'policies', watchdog: 'dead-mans-switch', labels: THEIR_LABELS },
    });
    const labels = labelMapping(theirs);
    const ours = everyAlert(registry);
    const questions = new Map([...ours].map(([id, one]) => [id, labels.toTheirs(one)]));
    expect([...questions.values()][0]).toMatchObject({
      prio: 'P$1',
      bot: 'code-review',
      department: 'IT|EDP',
    });
    for (const [id, one] of questions) expect(labels.toOurs(one)).toEqual(ours.get(id));
    const config = parse(generated(theirs, 'alertmanager/alertmanager.yml')) as Config;
    expect(await reached(config, questions)).toEqual(intendedOf(ours));
    expect(await reached(grafanaConfig(theirs), questions)).toEqual(intendedOf(ours));
  }, 60_000);

  test('a page that nobody took goes to the channel that is called next, whatever it is of', async () => {
    const page = {
      product: 'agentops',
      alert: 'silent-agent',
      severity: 'page',
      domain: 'operations',
      agent: 'customer-support',
    };
    const questions = new Map(
      ['care-owners', 'security-desk'].map((id) => [id, { ...page, escalated_to: id }]),
    );
    const config = parse(readFileSync(GENERATED, 'utf8')) as Config;
    expect(await reached(config, questions)).toEqual({
      'care-owners': ['agentops-care-owners'],
      'security-desk': ['agentops-security-desk'],
    });
  });

  test('merged into theirs: ours goes our way, theirs goes theirs, comments stay', async () => {
    const merged = mergeAlertmanager(THEIRS, alertmanagerParts(registry)!);
    for (const comment of ['# on call: see the wiki', '# the shop first', 'resolve_timeout: 5m # ours'])
      expect(merged).toContain(comment);
    expect(mergeAlertmanager(merged, alertmanagerParts(registry)!)).toBe(merged);
    const ours = everyAlert(registry);
    const theirs = OF_THEIRS.map(([labels], i): [string, Labels] => [`theirs ${i}`, labels]);
    expect(await reached(await checked('merged.yml', merged), new Map([...ours, ...theirs]))).toEqual({
      ...intendedOf(ours),
      ...Object.fromEntries(OF_THEIRS.map(([, receiver], i) => [`theirs ${i}`, [receiver]])),
    });
    // A registry that names fewer takes away what it had added, and nothing else.
    const windows = companyWith({
      alerting: { maintenance: [{ id: 'night', days: ['sun'], from: '22:00', to: '02:00' }] },
    });
    const more = mergeAlertmanager(merged, alertmanagerParts(windows)!);
    expect(more).toContain('agentops-night');
    expect(mergeAlertmanager(more, alertmanagerParts(registry)!)).toBe(merged);
  }, 60_000);

  test('merged into their tree of Grafana’s policies likewise', async () => {
    const tree = `apiVersion: 1
policies:
    - orgId: 1
      receiver: ops
      group_by: [grafana_folder, alertname]
      routes:
        # the shop first
        - receiver: shop
          object_matchers: [[team, =, shop]]
`;
    const merged = mergePolicies(tree, routingTree(registry)!);
    expect(merged).toContain('# the shop first');
    expect(mergePolicies(merged, routingTree(registry)!)).toBe(merged);
    const ours = everyAlert(registry);
    const questions = new Map<string, Labels>([
      ...ours,
      ['shop', { alertname: 'ShopDown', team: 'shop' }],
      ['other', { alertname: 'DiskFull' }],
    ]);
    expect(await reached(grafanaConfig(registry, merged), questions)).toEqual({
      ...intendedOf(ours),
      shop: ['shop'],
      other: ['ops'],
    });
  }, 60_000);
});
