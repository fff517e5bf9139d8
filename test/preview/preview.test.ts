import { startPage } from '@agentops/cli/page';
import { boardsOf, buildBoard } from '@agentops/dashboards';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Company, GRAFANA_TOKEN, startCompany } from '../dashboards/company.ts';
import { ALL_PICTURES, chromiumPath, launch, openPage, picture, settled } from './browser.ts';

const path = chromiumPath();
const WIDE = { width: 1500, height: 1400 };
const PHONE = { width: 390, height: 844 };

describe.runIf(path !== null)('the dashboards in a real browser', () => {
  let company: Company;
  let browser: Browser;
  let url: string;
  let contentToken: string;
  /** One that fails in circles, and one of an agent whose messages are kept. */
  let task: string;
  let told: string;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    company = await startCompany();
    const page = await startPage({
      embedded: company.embedded,
      port: 0,
      dataDir: company.registryDir,
      registryDir: company.registryDir,
      otlpUrl: `http://127.0.0.1:${company.embedded.otlpPort}`,
      clickhouseUrl: `http://127.0.0.1:${company.embedded.clickhouse!.port}`,
      needsToken: false,
      clickhouseTokens: { grafana: GRAFANA_TOKEN },
    });
    stop = page.close;
    contentToken = page.contentToken;
    url = `http://127.0.0.1:${page.port}`;
    browser = await launch(path!);
    const [row] = await company.embedded.reader.query<{ task: string }>(
      "SELECT task_id AS task FROM agentops.task_outcomes WHERE loops > 0 AND outcome = 'failure' LIMIT 1",
    );
    task = row!.task;
    const [kept] = await company.embedded.reader.query<{ task: string }>(
      "SELECT task_id AS task FROM agentops.task_outcomes WHERE agent = 'expense-reimbursement' AND tool_calls > 2 LIMIT 1",
    );
    told = kept!.task;
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await stop();
    await company.stop();
  });

  const boards = [
    'fleet',
    'slo',
    'agent',
    'run',
    'loops',
    'people',
    'quality',
    'cost',
    'governance',
    'pipeline',
  ];
  const light = ALL_PICTURES ? boards : ['run'];
  test.each([
    ...boards.map((board) => [board, 'dark'] as const),
    ...light.map((board) => [board, 'light'] as const),
  ])(
    '%s, %s: every panel is drawn, and nothing complains',
    async (board, theme) => {
      const uid = `agentops-${board}`;
      const { page, troubles } = await openPage(browser, WIDE);
      await page.goto(`${url}/d/${uid}?theme=${theme}${board === 'run' ? `&var-task=${task}` : ''}`);
      await settled(page);
      const found = boardsOf(company.registry).find((one) => one.uid === uid)!;
      const panels = (buildBoard(found).panels ?? []).filter(({ type }) => type !== 'row') as {
        title: string;
      }[];
      const isDrawn = async (title: string): Promise<boolean> => {
        const panel = page.locator(`[data-testid="data-testid Panel header ${title}"]`);
        const drawn = async (): Promise<boolean> =>
          (await panel.locator('canvas').count()) > 0 ||
          (await panel.innerText()).replace(title, '').trim().length > 0;
        for (let left = 40; left > 0 && !(await drawn()); left--) await page.waitForTimeout(250);
        return drawn();
      };
      for (const { title } of panels) {
        const panel = page.locator(`[data-testid="data-testid Panel header ${title}"]`);
        await panel.scrollIntoViewIfNeeded();
        expect(await panel.count()).toBe(1);
        expect({ title, drawn: await isDrawn(title) }).toEqual({ title, drawn: true });
        const text = await panel.innerText();
        expect(text).not.toMatch(/DB::Exception|NaN|undefined|\[object/);
      }
      await page.locator('h1').scrollIntoViewIfNeeded();
      await settled(page);
      // Also once somebody has been at the end of the page, and comes back.
      const [{ title: first }] = panels as [{ title: string }];
      expect({ title: first, again: await isDrawn(first) }).toEqual({ title: first, again: true });
      await picture(page, `${board}-${theme}`);
      expect(troubles).toEqual([]);
      await page.close();
    },
    90_000,
  );

  test('from the fleet to the agent to the task, by clicks; the address tells all of it', async () => {
    const { page, troubles } = await openPage(browser, WIDE);
    await page.goto(`${url}/d/agentops-fleet?theme=dark`);
    await settled(page);
    await page.getByRole('link', { name: 'customer-support' }).first().click();
    await page.waitForURL(/\/d\/agentops-agent\?.*var-agent=customer-support/);
    await settled(page);
    await page.locator('[data-testid*="Which tasks went wrong"] a').first().click();
    await page.waitForURL(/\/d\/agentops-run\?.*var-task=customer-support-/);
    await settled(page);
    await expect
      .poll(() => page.locator('[data-testid*="What did it do"]').innerText(), { timeout: 15_000 })
      .toContain('invoke_agent');
    const shared = page.url();
    const other = await openPage(browser, WIDE);
    await other.page.goto(shared);
    await settled(other.page);
    await expect
      .poll(() => other.page.locator('[data-testid*="What did it do"]').innerText(), { timeout: 15_000 })
      .toContain('invoke_agent');
    expect([...troubles, ...other.troubles]).toEqual([]);
    await page.close();
    await other.page.close();
  }, 90_000);

  test('what was said is for those who hold the token, when they ask for it, and masked', async () => {
    const { page, troubles } = await openPage(browser, WIDE);
    const board = `${url}/d/agentops-run?theme=light&var-task=${told}`;
    const said = page.locator('[data-testid*="What was said"]');
    await page.goto(`${board}&var-content=shown`);
    await settled(page);
    await expect.poll(() => said.innerText()).toContain('for those who open this page with its token');
    await page.goto(`${board}#token=${contentToken}`);
    await settled(page);
    await expect.poll(() => said.innerText()).toContain('hidden, or nothing was kept');
    await page.goto(`${board}&var-content=shown`);
    await settled(page);
    // A panel is drawn once it is seen.
    await said.scrollIntoViewIfNeeded();
    await expect.poll(() => said.innerText(), { timeout: 15_000 }).toContain('Please reimburse');
    expect(page.url()).not.toContain('token');
    await picture(page, 'content');
    const texts = await page.locator('body').innerText();
    expect(texts).not.toMatch(/4111|kenji\.mori/);
    expect(troubles).toEqual([]);
    await page.close();
  }, 90_000);

  test('a variable narrows what is shown', async () => {
    const { page } = await openPage(browser, WIDE);
    await page.goto(`${url}/d/agentops-fleet?theme=dark&var-agent=invoice-matching`);
    await settled(page);
    const table = page.locator('[data-testid*="Which agent is wrong"]');
    await expect.poll(() => table.innerText()).toContain('invoice-matching');
    expect(await table.innerText()).not.toContain('customer-support');
    await page.close();
  }, 60_000);

  test('on a phone the panels stand one beneath the other', async () => {
    const { page, troubles } = await openPage(browser, PHONE);
    await page.goto(`${url}/d/agentops-fleet?theme=light`);
    await settled(page);
    const wide = await page.locator('html').evaluate(({ scrollWidth }) => scrollWidth);
    expect(wide).toBeLessThanOrEqual(PHONE.width + 1);
    await picture(page, 'fleet-phone');
    expect(troubles).toEqual([]);
    await page.close();
  }, 60_000);

  test.each([
    ['/d/agentops-fleet', 'light'],
    ['/d/agentops-fleet', 'dark'],
    ['/d/agentops-run', 'light'],
    ['/alerts', 'light'],
    ['/runbooks/slo-burn-page', 'light'],
  ])(
    'whoever sees %s badly reads or hears what is on it, %s',
    async (path, theme) => {
      // The page's own policy keeps out what looks at it, too.
      const context = await browser.newContext({ viewport: WIDE, bypassCSP: true });
      const page = await context.newPage();
      await page.goto(`${url}${path}?theme=${theme}&var-task=${told}`);
      if (path.startsWith('/d/')) await settled(page);
      else await page.waitForLoadState('networkidle');
      await page.addScriptTag({ content: axe.source });
      // Names of a few of Grafana's own buttons say more than is written on them, and so not the same.
      const found = await page.evaluate<axe.AxeResults>(
        "axe.run(document, { rules: { 'label-content-name-mismatch': { enabled: false } } })",
      );
      const grave = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(grave.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      await context.close();
    },
    60_000,
  );

  test('scripts come from the page alone', async () => {
    const answer = await fetch(`${url}/d/agentops-fleet`);
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/);
    const foreign = await fetch(`${url}/api/dashboards/query`, {
      method: 'POST',
      headers: { origin: 'http://evil.example' },
      body: '{"sql":"SELECT 1"}',
    });
    expect(foreign.status).toBe(403);
    const write = await fetch(`${url}/api/dashboards/query`, {
      method: 'POST',
      body: JSON.stringify({ sql: 'DROP TABLE agentops.steps' }),
    });
    expect(write.status).toBe(400);
  });
});
