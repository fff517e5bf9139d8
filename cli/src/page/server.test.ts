import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Embedded, startEmbedded } from '@agentops/processor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRequest } from '../fixtures/run.ts';
import { pageScript } from './script.ts';
import { type Page, startPage } from './server.ts';
import type { Status } from './status.ts';

let dir: string;
let embedded: Embedded;
let page: Page;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-page-'));
  embedded = await startEmbedded({ dataDir: join(dir, 'data'), otlpPort: 0 });
  page = await startPage({
    embedded,
    port: 0,
    dataDir: `${dir}/<b>`,
    registryDir: null,
    otlpUrl: `http://127.0.0.1:${embedded.otlpPort}`,
    clickhouseUrl: 'http://127.0.0.1:8123',
    needsToken: false,
  });
  const accepted = await fetch(`http://127.0.0.1:${embedded.otlpPort}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: exportRequest(Date.now()),
  });
  expect(accepted.status).toBe(200);
  await embedded.drained();
});

afterAll(async () => {
  await page?.close();
  await embedded?.stop();
  rmSync(dir, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** fetch does not let a Host header be chosen. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {} } = options;
    const asked = request({ host: '127.0.0.1', port: page.port, path, method, headers }, async (response) => {
      let body = '';
      for await (const part of response.setEncoding('utf8')) body += part;
      resolve({ status: response.statusCode!, headers: response.headers, body });
    });
    asked.on('error', reject);
    asked.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  });
}

const post = (path: string, body: unknown, token = page.token): Promise<Answer> =>
  ask(path, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body });

describe('the start page', () => {
  it('loads nothing from elsewhere and lets nothing be injected', async () => {
    const { body, headers } = await ask('/');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect([...body.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1])).toEqual([
      '/page.css',
      '/page.js',
      '/d/agentops-fleet',
      '/alerts',
    ]);
    expect(body).not.toContain('<b>');
    expect(body).not.toMatch(/ (?:style|on\w+)=/);
  });

  it('has an element for every number that its script fills in', async () => {
    expect(() => new Function(pageScript)).not.toThrow();
    const { body } = await ask('/');
    const filled = [...pageScript.matchAll(/\b(?:at|say|rows)\('([\w-]+)'/g)].map((match) => match[1]);
    expect(filled.length).toBeGreaterThan(20);
    for (const id of filled) expect(body).toContain(`id="${id}"`);
  });

  it('shows live counts', async () => {
    const { process, store, storeError } = JSON.parse((await ask('/api/status')).body) as Status;
    expect([process.health, process.received, storeError]).toEqual([{ state: 'running' }, 3, null]);
    const status = store!;
    expect(status.items).toMatchObject({ received: 3, stored: 3, unaccounted: 0 });
    expect(status.agents).toMatchObject([
      { agent: 'unregistered:planner', registered: false, tasks: 1, success: 1, judged: 1 },
    ]);
    expect(status.departments).toMatchObject([{ department: 'care', unpriced: 0 }]);
    // 1000 × 0.15 + 100 × 0.60 USD for a million tokens of gpt-4o-mini.
    expect(Number(status.departments[0]!.cost)).toBeCloseTo(0.00021, 10);
  });

  it.each([[{ host: 'evil.example' }], [{ origin: 'http://evil.example' }], [{ origin: 'null' }]])(
    'answers no stranger: %j',
    async (headers: Record<string, string>) => {
      expect((await ask('/api/status', { headers })).status).toBe(403);
    },
  );

  it('knows nothing beside its files', async () => {
    for (const path of ['/constructor', '/__proto__', '/page.css/..', '/api/query'])
      expect((await ask(path)).status).toBe(404);
    expect((await ask('/', { method: 'PUT' })).status).toBe(405);
  });
});

describe('the door for other commands', () => {
  it('opens to the token only', async () => {
    expect((await post('/api/query', { sql: 'SELECT 1', format: 'CSV' }, 'guess')).status).toBe(401);
    expect((await ask('/api/ping', { method: 'POST' })).status).toBe(401);
    expect((await post('/api/ping', {})).status).toBe(200);
  });

  it('answers questions in any format, with bound parameters', async () => {
    const { body } = await post('/api/query', {
      sql: 'SELECT {x:String} AS x',
      format: 'JSONEachRow',
      params: { x: "a'b" },
    });
    expect(body).toBe(`{"x":"a'b"}\n`);
  });

  it('says what is wrong with a question', async () => {
    const { status, body } = await post('/api/query', {
      sql: 'SELECT * FROM agentops.nothing',
      format: 'CSV',
    });
    expect([status, body]).toEqual([400, expect.stringContaining('agentops.nothing')]);
  });

  it('takes questions only', async () => {
    const { status, body } = await post('/api/query', {
      sql: 'SELECT 1; DROP TABLE agentops.runs',
      format: 'CSV',
    });
    expect([status, body]).toEqual([400, expect.stringContaining('one statement at a time')]);
  });

  it('reads files and tells how it went, line by line', async () => {
    const file = join(dir, 'more.jsonl');
    writeFileSync(file, `${exportRequest(Date.now())}\n`);
    const { body } = await post('/api/ingest', { files: [file, join(dir, 'missing')] });
    const events = body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.find((event) => event.done)).toMatchObject({ done: { file, received: 3, duplicates: 3 } });
    expect(events.at(-1).error).toContain('missing');
  });

  it('reads old files when it is told how old', async () => {
    const file = join(dir, 'old.jsonl');
    writeFileSync(file, `${exportRequest(Date.now() - 1000 * 86_400_000)}\n`);
    const ingest = async (sinceDays?: number): Promise<object> =>
      JSON.parse(
        (await post('/api/ingest', { files: [file], sinceDays })).body.trimEnd().split('\n').at(-1)!,
      );
    expect(await ingest()).toMatchObject({ done: { received: 3, deadLetters: 3 } });
    expect(await ingest(1001)).toMatchObject({ done: { received: 3, deadLetters: 0 } });
    expect(await ingest()).toMatchObject({ done: { received: 3, deadLetters: 3 } });
  });
});

describe('while the store is away', () => {
  it('the page says so, and shows what the process knows', async () => {
    await embedded.reader.command('RENAME DATABASE agentops TO away');
    try {
      const status = async (): Promise<Status> => JSON.parse((await ask('/api/status')).body);
      await expect.poll(async () => (await status()).storeError, { timeout: 10_000 }).toContain('agentops');
      expect(await status()).toMatchObject({ store: null, process: { health: { state: 'running' } } });
    } finally {
      await embedded.reader.command('RENAME DATABASE away TO agentops');
    }
    await expect
      .poll(async () => (JSON.parse((await ask('/api/status')).body) as Status).store?.items.unaccounted)
      .toBe(0);
  });
});
