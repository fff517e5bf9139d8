import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

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
