import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServedStore, serveStore } from './store.ts';

const run = promisify(execFile);
const CLIENTS = fileURLToPath(new URL('clients', import.meta.url));
const CACHE = join(homedir(), '.cache', 'agentops-tests');
const INSTALL_MS = 240_000;

const COSTS = 'SELECT department, sum(cost) FROM cost_by_department GROUP BY department';
const STEPS = "SELECT * FROM run_steps WHERE environment = 'production'";

interface Answer {
  readonly rows: Readonly<Record<string, string>>;
  readonly steps: number;
  readonly error: string;
}

let store: ServedStore;
let truth: Pick<Answer, 'rows' | 'steps'>;

beforeAll(async () => {
  store = await serveStore();
  const { query } = store.embedded.reader;
  const ledger = await query<{ department: string; cost: string }>(
    'SELECT department, sum(cost) AS cost FROM agentops.cost_entries GROUP BY department',
  );
  const [steps] = await query<{ n: string }>(
    "SELECT count() AS n FROM agentops.run_steps WHERE environment = 'production'",
  );
  truth = {
    rows: Object.fromEntries(ledger.map((row) => [row.department, plain(row.cost)])),
    steps: Number(steps?.n),
  };
  expect(truth.steps).toBeGreaterThan(300);
  expect(Object.values(truth.rows).some((cost) => Number(cost) > 0)).toBe(true);
}, 60_000);
afterAll(() => store.stop());

/** Without zeros at its end. */
function plain(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}

function expectTruth(answer: Answer): void {
  expect({ rows: answer.rows, steps: answer.steps }).toEqual(truth);
  expect(answer.error).toContain('(ACCESS_DENIED)');
}

/** Loud where a language is missing; an error where CI is set. */
function have(command: string): boolean {
  const found = (process.env['PATH'] ?? '').split(':').some((dir) => existsSync(join(dir, command)));
  if (found) return true;
  if (process.env['CI'] !== undefined) throw new Error(`${command} is needed where CI is set`);
  console.warn(`SKIPPED: a client of the endpoint needs ${command}, which is not here`);
  return false;
}

/** A folder of what a client needs, made once for each content of `files`. */
async function installed(
  name: string,
  files: readonly string[],
  make: (dir: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  const dir = join(CACHE, `endpoint-${name}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(join(dir, 'complete'))) return dir;
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  await make(dir);
  writeFileSync(join(dir, 'complete'), '');
  return dir;
}

describe('the same cost by department, equal to the ledger', () => {
  test('curl', async () => {
    const { stdout } = await run('curl', ['-sS', '--fail', store.url, '--data-binary', COSTS]);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t') as [string, string]);
    expect(Object.fromEntries(rows.map(([department, cost]) => [department, plain(cost)]))).toEqual(
      truth.rows,
    );
    const compressed = ['-sS', '--compressed', `${store.url}/?enable_http_compression=1&database=agentops`];
    const steps = await run('curl', [...compressed, '--data-binary', `${STEPS} FORMAT JSONEachRow`], {
      maxBuffer: 1 << 28,
    });
    expect(steps.stdout.trimEnd().split('\n')).toHaveLength(truth.steps);
  });

  test.each([true, false])('@clickhouse/client, compressed: %s', async (response) => {
    const client = createClient({
      url: store.url,
      database: 'agentops',
      compression: { response, request: response },
      log: { level: ClickHouseLogLevel.OFF },
    });
    try {
      const costs = await client.query({
        query: COSTS.replace('sum(cost)', 'toString(sum(cost)) AS cost'),
        format: 'JSONEachRow',
      });
      const rows = (await costs.json()) as { department: string; cost: string }[];
      const steps = await client.query({
        query: 'SELECT * FROM run_steps WHERE environment = {environment:String}',
        query_params: { environment: 'production' },
        format: 'JSONCompactEachRow',
      });
      let count = 0;
      for await (const part of steps.stream()) count += part.length;
      const error = await client
        .insert({ table: 'dead_letters', values: [{ reason: 'js' }], format: 'JSONEachRow' })
        .then(
          () => '',
          (refused: { type?: string }) => `(${refused.type})`,
        );
      expectTruth({
        rows: Object.fromEntries(rows.map((row) => [row.department, plain(row.cost)])),
        steps: count,
        error,
      });
      const broken = await client.query({
        query: 'SELECT number, throwIf(number = 3000000) FROM numbers(4000000)',
        format: 'JSONEachRow',
      });
      // A compressed answer that is cut off cannot always be read to its last words: an error it is all the same.
      await expect(broken.json()).rejects.toThrow(response ? /throwIf|aborted/ : /throwIf/);
    } finally {
      await client.close();
    }
  });

  test.runIf(have('go'))(
    'clickhouse-go over HTTP, as Grafana has it: Native, LZ4, ZSTD, gzip',
    async () => {
      const source = join(CLIENTS, 'go');
      const files = ['go.mod', 'go.sum', 'main.go'].map((name) => join(source, name));
      const dir = await installed('go', files, async (out) => {
        await run('go', ['build', '-o', join(out, 'ask'), '.'], { cwd: source });
      });
      const { stdout } = await run(join(dir, 'ask'), [store.address, COSTS]);
      const answers = JSON.parse(stdout) as Record<string, Answer>;
      expect(Object.keys(answers).sort()).toEqual(['gzip', 'lz4', 'none', 'zstd']);
      for (const answer of Object.values(answers)) expectTruth(answer);
    },
    INSTALL_MS,
  );

  test.runIf(have('python3'))(
    'clickhouse-connect, as Superset and notebooks have it',
    async () => {
      const requirements = join(CLIENTS, 'python', 'requirements.txt');
      const dir = await installed('python', [requirements], async (out) => {
        await run('python3', ['-m', 'venv', join(out, 'venv')]);
        await run(join(out, 'venv/bin/pip'), ['--quiet', 'install', '-r', requirements]);
      });
      const ask = join(CLIENTS, 'python', 'ask.py');
      const { stdout } = await run(join(dir, 'venv/bin/python'), [ask, store.address, COSTS]);
      const answers = JSON.parse(stdout) as Record<string, Answer>;
      expect(Object.keys(answers)).toHaveLength(4);
      for (const answer of Object.values(answers)) expectTruth(answer);
    },
    INSTALL_MS,
  );

  test.runIf(have('mvn') && have('javac'))(
    'JDBC',
    async () => {
      const source = join(CLIENTS, 'java');
      const pom = join(source, 'pom.xml');
      const code = join(source, 'Ask.java');
      const dir = await installed('java', [pom, code], async (out) => {
        const copy = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime'];
        await run('mvn', [...copy, `-DoutputDirectory=${join(out, 'lib')}`]);
        await run('javac', ['-cp', `${join(out, 'lib')}/*`, '-d', join(out, 'classes'), code]);
      });
      const path = `${join(dir, 'classes')}:${join(dir, 'lib')}/*`;
      const { stdout } = await run('java', ['-cp', path, 'Ask', store.address, COSTS]);
      const answer = JSON.parse(stdout) as Answer & { columns: number };
      expectTruth(answer);
      expect(answer.columns).toBeGreaterThan(40);
    },
    INSTALL_MS,
  );
});
