import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alertsOf, episodeId, type Labels } from '@agentops/alerts';
import { createKeeper } from '@agentops/cli/alerts';
import { startPage } from '@agentops/cli/page';
import { type Embedded, readRegistry, type Store, startEmbedded } from '@agentops/processor';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testFile } from '../servers/tools.ts';
import { chromiumPath, launch, openPage, picture, settled } from './browser.ts';

const path = chromiumPath();
const REGISTRY = testFile('../registry/company');
const MINUTE = 60_000;
const WIDE = { width: 1400, height: 1200 };
const PHONE = { width: 390, height: 844 };
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;

interface Firing {
  readonly alert: string;
  readonly labels: Labels;
  /** Minutes ago. */
  readonly begun: number;
  readonly ended?: number;
  readonly value: number;
  readonly summary: string;
  readonly severity: string;
  readonly domain: string;
}

const support = {
  agent: 'customer-support',
  department: 'customer-care',
  operator: 'agent-sre',
  owner: 'care-leads',
};
const loop: Firing = {
  alert: 'loop-in-progress',
  labels: { ...support, environment: 'production' },
  begun: 42,
  value: 27,
  summary: 'customer-support runs in circles: 27 calls wasted so far.',
  severity: 'page',
  domain: 'operations',
};
const silent: Firing = {
  alert: 'silent-agent',
  labels: {
    agent: 'invoice-matching',
    calendar: 'daily',
    department: 'finance',
    operator: 'agent-sre',
    owner: 'finance-operations',
  },
  begun: 12,
  value: 1,
  summary: 'invoice-matching should have run and did not.',
  severity: 'page',
  domain: 'operations',
};
const budget: Firing = {
  alert: 'budget-soft',
  labels: { kind: 'department', subject: 'marketing', owner: 'marketing-desk' },
  begun: 300,
  value: 1,
  summary: 'marketing has spent 44,000 of 40,000 JPY <img src=x onerror=alert(1)>.',
  severity: 'ticket',
  domain: 'business',
};
const over: Firing = {
  ...loop,
  begun: 1_500,
  ended: 1_440,
  summary: 'customer-support runs in circles: 14 calls.',
};

async function fires(store: Store, one: Firing): Promise<void> {
  const time = (minutes: number | undefined): string =>
    minutes === undefined ? 'NULL' : `fromUnixTimestamp64Milli(${NOW - minutes * MINUTE})`;
  const labels = JSON.stringify(Object.entries(one.labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  const notification = JSON.stringify({
    labels: { severity: one.severity, domain: one.domain },
    annotations: { summary: one.summary },
  });
  const version = NOW - (one.ended ?? 0);
  await store.command(
    `INSERT INTO agentops.alert_episodes VALUES ('${one.alert}', '${labels}', ${time(one.begun)}, ${time(one.ended)},
     'webhook', ${time(one.begun)}, NULL, '${notification}', ${version})`,
  );
  if (one.ended !== undefined) return;
  await store.command(
    `INSERT INTO agentops.alert_instances VALUES ('${one.alert}', '${labels}', 'firing', ${time(one.begun)}, ${time(one.begun)},
     NULL, ${one.value}, 0, ${version}, 0)`,
  );
}

const idOf = ({ alert, labels, begun }: Firing): string => episodeId(alert, labels, NOW - begun * MINUTE);

describe.runIf(path !== null)('alerts in a real browser', () => {
  let dir: string;
  let embedded: Embedded;
  let browser: Browser;
  let url: string;
  let close: () => Promise<void>;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'agentops-alerts-page-'));
    embedded = await startEmbedded({
      dataDir: dir,
      registryDir: REGISTRY,
      otlpPort: 0,
      clickhouse: { port: 0 },
    });
    const page = await startPage({
      embedded,
      port: 0,
      dataDir: dir,
      registryDir: REGISTRY,
      otlpUrl: `http://127.0.0.1:${embedded.otlpPort}`,
      clickhouseUrl: `http://127.0.0.1:${embedded.clickhouse!.port}`,
      needsToken: false,
    });
    close = page.close;
    url = `http://127.0.0.1:${page.port}`;
    browser = await launch(path!);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await close();
    await embedded.stop();
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  test('before anybody evaluates, the page says how that begins', async () => {
    const { page, troubles } = await openPage(browser, WIDE);
    await page.goto(`${url}/alerts?theme=dark`);
    await page.getByText('Nobody evaluates the rules here').waitFor({ timeout: 30_000 });
    await page.getByText('Nothing fires.').waitFor();
    expect(troubles).toEqual([]);
    await page.close();
  }, 60_000);

  test.each(['dark', 'light'])(
    'what fires, since when, who has it, who was called; %s',
    async (theme) => {
      const store = embedded.reader;
      for (const one of [loop, silent, budget, over]) await fires(store, one);
      await store.command(
        `INSERT INTO agentops.alert_claims VALUES ('test', now64(3), now64(3) + INTERVAL 1 HOUR, ${NOW})`,
      );
      const nothing = {
        groupHash: '',
        alert: '',
        instance: '',
        startedAt: null,
        notification: '',
        note: '',
        person: '',
      };
      const ago = (minutes: number): number => NOW - minutes * MINUTE;
      await createKeeper(store).keep(
        [
          {
            ...nothing,
            source: 'evaluator',
            eventId: '1',
            kind: 'escalated',
            at: ago(27),
            episode: idOf(loop),
            receiver: 'care-owners',
          },
          {
            ...nothing,
            source: 'person',
            eventId: '2',
            kind: 'acknowledged',
            at: ago(7),
            episode: idOf(silent),
            person: 'minato.ueda',
            receiver: '',
          },
        ],
        NOW,
      );
      const { page, troubles } = await openPage(browser, WIDE);
      await page.goto(`${url}/alerts?theme=${theme}`);
      await page.locator('.alert').first().waitFor({ timeout: 30_000 });
      const cards = await page.locator('.alert').allInnerTexts();
      expect(cards).toHaveLength(3);
      expect(cards[0]).toContain('customer-support runs in circles: 27 calls wasted so far.');
      expect(cards[0]).toMatch(/called\s+sre-pager, then care-owners/);
      expect(cards[0]).toMatch(/taken by\s+nobody/);
      expect(cards[0]).toContain(`agentops alerts ack ${idOf(loop)} --by NAME`);
      expect(cards[1]).toMatch(/taken by\s+minato.ueda, after 5 min/);
      expect(cards[2]).toContain('<img src=x onerror=alert(1)>');
      await page.getByRole('status').getByText('2 pages, 1 of them in nobody’s hands · 1 ticket').waitFor();
      const rows = page.locator('section[aria-labelledby=history] tbody tr');
      expect(await rows.count()).toBe(4);
      expect(await rows.last().innerText()).toMatch(/1 h\s+page/);
      const rules = alertsOf(readRegistry(REGISTRY));
      expect(await page.locator('section[aria-labelledby=rules] tbody tr').count()).toBe(rules.length);
      await picture(page, `alerts-${theme}`, true);
      expect(troubles).toEqual([]);
      await page.close();
    },
    60_000,
  );

  test('whoever looks at the fleet sees them, too', async () => {
    const { page, troubles } = await openPage(browser, WIDE);
    await page.goto(`${url}/d/agentops-fleet?theme=dark`);
    await settled(page);
    const panel = page.locator('[data-testid*="Which alerts are open"]');
    await panel.scrollIntoViewIfNeeded();
    await expect.poll(() => panel.innerText(), { timeout: 15_000 }).toContain(loop.summary);
    const text = await panel.innerText();
    for (const part of ['minato.ueda', 'care-owners', 'budget-soft', 'silent-agent'])
      expect(text).toContain(part);
    await picture(page, 'fleet-alerts');
    expect(troubles).toEqual([]);
    await page.close();
  }, 60_000);

  test('by keyboard: found by its words, then its runbook', async () => {
    const { page, troubles } = await openPage(browser, WIDE);
    await page.goto(`${url}/alerts?theme=dark`);
    await page.locator('.alert').first().waitFor({ timeout: 30_000 });
    await page.getByLabel('Find').focus();
    await page.keyboard.type('marketing');
    await expect.poll(() => page.locator('.alert').count()).toBe(1);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('dashboard');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('runbook');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/runbooks\/budget-soft$/);
    await page.getByRole('heading', { level: 2, name: 'What it means' }).waitFor();
    expect(troubles).toEqual([]);
    await page.close();
  }, 60_000);

  test('on a phone nothing is wider than it', async () => {
    const { page, troubles } = await openPage(browser, PHONE);
    for (const name of ['alerts', 'runbooks/loop-in-progress', 'matrix/customer-care']) {
      await page.goto(`${url}/${name}?theme=light`);
      await page
        .locator(name === 'alerts' ? '.alert' : '.reading')
        .first()
        .waitFor({ timeout: 30_000 });
      const wide = await page.locator('html').evaluate(({ scrollWidth }) => scrollWidth);
      expect([name, wide]).toEqual([name, PHONE.width]);
      await picture(page, `${name.replace('/', '-')}-phone`, true);
    }
    expect(troubles).toEqual([]);
    await page.close();
  }, 60_000);

  test('every runbook and every page on who answers for what can be read', async () => {
    const registry = readRegistry(REGISTRY);
    const names = [
      ...alertsOf(registry).map(({ id, title }) => [`runbooks/${id}`, title]),
      ...registry.organisation.departments.map(({ id, name }) => [
        `matrix/${id}`,
        `Who answers for the agents of ${name}`,
      ]),
    ] as const;
    for (const [name, title] of names) {
      const answer = await fetch(`${url}/api/readings/${name}`);
      expect([name, answer.status]).toEqual([name, 200]);
      expect(((await answer.json()) as { markdown: string }).markdown).toContain(`# ${title}`);
    }
    const { page, troubles } = await openPage(browser, WIDE);
    for (const [theme, name] of [
      ['dark', 'runbooks/loop-in-progress'],
      ['light', 'matrix/customer-care'],
    ]) {
      await page.goto(`${url}/${name}?theme=${theme}`);
      await page.locator('.reading table').first().waitFor({ timeout: 30_000 });
      await picture(page, name!.replace('/', '-'), true);
    }
    await page.goto(`${url}/runbooks/loop-in-progress`);
    await page.getByText('Now: customer-support runs in circles').waitFor();
    expect(troubles).toEqual([]);
    await page.goto(`${url}/runbooks/of-nothing`);
    await page.getByRole('alert').getByText('there is no page').waitFor();
    await page.close();
  }, 60_000);
});
