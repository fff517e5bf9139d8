import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { testFile } from '../servers/tools.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Chromium of this machine: loud where there is none, an error where CI is set. */
export function chromiumPath(): string | null {
  const found = [process.env['CHROMIUM'] ?? '', ...PLACES].find((path) => path !== '' && existsSync(path));
  if (found !== undefined) return found;
  const words = 'the dashboards in a browser need Chromium (apt-get install chromium, or CHROMIUM=path)';
  if (process.env['CI'] !== undefined) throw new Error(`${words}, though CI is set`);
  console.warn(`SKIPPED: ${words}`);
  return null;
}

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page that keeps what went wrong on it. */
export async function openPage(
  browser: Browser,
  size: { width: number; height: number },
): Promise<{ page: Page; troubles: string[] }> {
  const page = await browser.newPage({ viewport: size });
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('response', async (response) => {
    if (response.status() >= 400)
      troubles.push(`${response.status()} ${response.url()} ${await response.text().catch(() => '')}`);
  });
  return { page, troubles };
}

/** Waits until no panel loads any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('[data-testid*="Panel header"]', { timeout: 30_000 });
  await page.waitForLoadState('networkidle');
  // The page's policy lets nobody evaluate code in it, us neither: asked from outside.
  const loading = page.locator('[aria-label="Panel loading bar"]');
  for (const end = Date.now() + 30_000; (await loading.count()) > 0 && Date.now() < end; )
    await page.waitForTimeout(100);
}

/** Pictures of all dashboards in both themes, and those of the README anew: `SCREENSHOTS=1 npx vitest run test/preview`. */
export const ALL_PICTURES = process.env['SCREENSHOTS'] !== undefined;
const FOLDER = testFile('preview/shots');
const OF_THE_README: Readonly<Record<string, string>> = {
  'fleet-dark': 'fleet.png',
  'run-dark': 'task.png',
};

/** Takes a picture to look at. */
export async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path, fullPage });
  const shown = OF_THE_README[name];
  if (ALL_PICTURES && shown !== undefined) copyFileSync(path, testFile(`../docs/images/${shown}`));
}
