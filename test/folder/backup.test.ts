import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded, startEmbedded } from '@agentops/processor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testFile } from '../servers/tools.ts';
import { dump } from '../tools/chain.ts';
import { makeFleet, requests } from '../tools/fleet.ts';
import { chance } from '../tools/otlp.ts';

const BIN = testFile('../cli/bin/agentops.js');
let dir: string;
let data: string;
let before: Record<string, string[]>;

function agentops(...args: string[]): string {
  try {
    return execFileSync(process.execPath, [BIN, ...args], { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    throw new Error((error as { stderr: string }).stderr);
  }
}

async function tablesOf(folder: string): Promise<Record<string, string[]>> {
  const chain = await startEmbedded({ dataDir: folder, otlpPort: 0 });
  try {
    return await dump(chain.reader);
  } finally {
    await chain.stop();
  }
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-backup-'));
  data = join(dir, 'data');
  const random = chance(71);
  const file = join(dir, 'fleet.jsonl');
  const bodies = requests(makeFleet(random, 22), random, 20);
  writeFileSync(file, bodies.map((body) => JSON.stringify(body)).join('\n'));
  agentops('ingest', file, '--data', data, '--since', '4000d');
  before = await tablesOf(data);
  expect(before['task_outcomes']!.length).toBeGreaterThan(10);
}, 120_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('backup and restore', () => {
  test('the folder comes back as it was, and goes on with the same key', async () => {
    const { folder } = JSON.parse(agentops('backup', join(dir, 'backups'), '--data', data, '--json'));
    const restored = join(dir, 'restored');
    agentops('restore', folder, '--data', restored);
    expect(readFileSync(join(restored, 'secret.key'))).toEqual(readFileSync(join(data, 'secret.key')));
    expect(await tablesOf(restored)).toEqual(before);
    // What is there is never overwritten.
    expect(() => agentops('restore', folder, '--data', restored)).toThrow('is there already');
  }, 120_000);

  test('a folder that somebody holds is not copied', async () => {
    const chain = await startEmbedded({ dataDir: data, otlpPort: 0 });
    const to = join(dir, 'held');
    expect(() => agentops('backup', to, '--data', data)).toThrow('is in use by process');
    expect(readdirSync(to)).toEqual([]);
    await chain.stop();
  }, 60_000);

  test('one byte that has changed, or a file that is gone, and nothing is restored', () => {
    const { folder } = JSON.parse(agentops('backup', join(dir, 'damaged'), '--data', data, '--json'));
    appendFileSync(join(folder, 'data/secret.key'), '0');
    const to = join(dir, 'from-damaged');
    expect(() => agentops('restore', folder, '--data', to)).toThrow(
      'is damaged, nothing was restored: secret.key',
    );
    rmSync(join(folder, 'data/secret.key'));
    expect(() => agentops('restore', folder, '--data', to)).toThrow('secret.key');
    expect(existsSync(to)).toBe(false);
    rmSync(join(folder, 'backup.json'));
    expect(() => agentops('restore', folder, '--data', to)).toThrow('is no backup');
    expect(readdirSync(dir).filter((name) => name.includes('incomplete'))).toEqual([]);
  }, 60_000);
});

describe('upgrade', () => {
  test('a folder of an earlier version gets the tables and views that it lacks; one of a later version opens', async () => {
    const copy = join(dir, 'upgraded');
    cpSync(data, copy, { recursive: true });
    const older = openEmbedded(join(copy, 'db'));
    // As of a version before alerts were acknowledged.
    for (const view of ['open_alerts', 'alert_response', 'unacted_alerts', 'alert_states', 'alert_history'])
      await older.command(`DROP VIEW agentops.${view}`);
    await older.command('DROP TABLE agentops.alert_events SYNC');
    await older.command(
      `ALTER TABLE agentops.schema_migrations DELETE WHERE id = '027_alert_events' OR startsWith(id, 'schema-')
       SETTINGS mutations_sync = 1`,
    );
    await older.close();
    expect(await tablesOf(copy)).toEqual(before);
    const upgraded = openEmbedded(join(copy, 'db'));
    expect(await upgraded.query('SELECT count() AS alerts FROM agentops.open_alerts')).toEqual([
      { alerts: '0' },
    ]);
    await upgraded.command(`INSERT INTO agentops.schema_migrations (id) VALUES ('999_of_a_later_version')`);
    await upgraded.close();
    expect(await tablesOf(copy)).toEqual(before);
  }, 60_000);
});
