import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishRegistry, type Store } from '@agentops/processor';
import { loadRegistry, readRegistryFiles } from '@agentops/registry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, openEngine, records, run } from '../tools/chain.ts';
import { makeFleet, requests } from '../tools/fleet.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance } from '../tools/otlp.ts';

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const COMPANY = fileURLToPath(new URL('../../registry/company', import.meta.url));
/** FOCUS wants ISO 8601 times, decimals that look like some, and nothing for null. */
const CSV = `SETTINGS format_csv_null_representation = '', date_time_output_format = 'iso', output_format_decimal_trailing_zeros = 1`;

const python = findPython();
if (python === null) console.warn('SKIPPED: focus-validator needs python3 with venv, which is not here');

function findPython(): string | null {
  try {
    execFileSync('python3', ['-c', 'import venv, ensurepip'], { stdio: 'ignore' });
    return 'python3';
  } catch {
    if (process.env['CI'] !== undefined) throw new Error('python3 with venv is needed where CI is set');
    return null;
  }
}

/** The validator in an environment of its own, kept between runs of the tests. */
function installValidator(): string {
  const venv = join(homedir(), '.cache', 'agentops-tests', 'focus-validator-1.0.0');
  const command = join(venv, 'bin', 'focus-validator');
  if (!existsSync(join(venv, 'complete'))) {
    rmSync(venv, { recursive: true, force: true });
    mkdirSync(dirname(venv), { recursive: true });
    execFileSync(python!, ['-m', 'venv', venv], { stdio: 'pipe' });
    execFileSync(join(venv, 'bin', 'pip'), ['--quiet', 'install', '-r', REQUIREMENTS], { stdio: 'pipe' });
    writeFileSync(join(venv, 'complete'), '');
  }
  return command;
}

/** The validator looks for its list of currencies relative to the folder in which it runs. */
function validate(command: string, file: string): string {
  const lib = join(dirname(command), '..', 'lib');
  const cwd = join(lib, readdirSync(lib)[0]!, 'site-packages');
  try {
    return execFileSync(command, ['--data-file', file, '--validate-version', '1.0'], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    return String((error as { stdout?: string }).stdout ?? error);
  }
}

let engine: Engine;
let store: Store;
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-focus-'));
  engine = openEngine();
  store = await engine.database();
  const { document } = loadRegistry(readRegistryFiles(COMPANY));
  await publishRegistry(store, document!, 1n);
  const fleet = makeFleet(chance(8), 66);
  await run(store, memorySource(records(requests(fleet, chance(9), 50)), { sizes: [50] }));
}, 120_000);
afterAll(async () => {
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('focus_cost', () => {
  test('sums to the ledger, and leaves out what has no known cost rather than call it 0', async () => {
    const [row] = await store.query<Record<string, string>>(
      `SELECT (SELECT sum(BilledCost) FROM ${store.database}.focus_cost) AS focus,
         (SELECT sum(cost) FROM ${store.database}.cost_entries) AS ledger,
         (SELECT count() FROM ${store.database}.focus_cost) AS charges,
         (SELECT countIf(cost IS NOT NULL AND state != 'superseded') FROM ${store.database}.cost_entries) AS priced`,
    );
    expect(row!['focus']).toBe(row!['ledger']);
    expect(Number(row!['focus'])).toBeGreaterThan(0);
    expect(row!['charges']).toBe(row!['priced']);
  });

  test('periods are the business’s days and months', async () => {
    const [row] = await store.query<Record<string, string>>(
      `SELECT toString(min(ChargePeriodStart)) AS day, toString(min(BillingPeriodStart)) AS month,
         toString(max(BillingPeriodEnd)) AS next, countIf(ChargePeriodEnd != ChargePeriodStart + INTERVAL 1 DAY) AS odd
       FROM ${store.database}.focus_cost`,
    );
    // Days of Tokyo begin at 15:00 UTC.
    expect(row).toEqual({
      day: '2026-11-17 15:00:00',
      month: '2026-10-31 15:00:00',
      next: '2026-11-30 15:00:00',
      odd: '0',
    });
  });

  test.skipIf(python === null)(
    'passes focus-validator',
    async () => {
      const file = join(dir, 'focus.csv');
      const sql = `SELECT * FROM ${store.database}.focus_cost ${CSV}`;
      writeFileSync(file, await store.text(sql, 'CSVWithNames'));
      const command = installValidator();
      expect(validate(command, file)).toMatch(/Validation succeeded/);
      const broken = join(dir, 'broken.csv');
      const wrong = `SELECT * REPLACE ('Sometimes' AS ChargeFrequency) FROM ${store.database}.focus_cost ${CSV}`;
      writeFileSync(broken, await store.text(wrong, 'CSVWithNames'));
      expect(validate(command, broken)).toMatch(/ChargeFrequency[\s\S]*Validation failed/);
    },
    300_000,
  );
});
