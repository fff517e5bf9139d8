import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type Endpoint,
  migrate,
  type OwnerSession,
  openEmbedded,
  openWithRoles,
  type Store,
  startEndpoint,
} from '@agentops/processor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testFile } from '../servers/tools.ts';
import { dump } from '../tools/chain.ts';
import { makeFleet, requests } from '../tools/fleet.ts';
import { chance } from '../tools/otlp.ts';

const run = promisify(execFile);
const BIN = testFile('../cli/bin/agentops.js');
const ADMIN = 'admin-token';
const SCHEMA = { retentionDays: 0, timeZone: 'UTC', currency: 'USD' };

describe('moving to a ClickHouse server', () => {
  let dir: string;
  let data: string;
  let owner: OwnerSession;
  let endpoint: Endpoint;
  let store: Store;

  /** The server is in this process: nothing here may wait for a child without letting it answer. */
  async function agentops(...args: string[]): Promise<string> {
    const env = { ...process.env, AGENTOPS_CLICKHOUSE_PASSWORD: ADMIN };
    try {
      return (await run(process.execPath, [BIN, ...args], { encoding: 'utf8', env })).stdout;
    } catch (error) {
      throw new Error((error as { stderr: string }).stderr);
    }
  }
  const move = (): Promise<string> =>
    agentops('move', '--data', data, '--clickhouse', `http://admin@127.0.0.1:${endpoint.port}`, '--json');

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'agentops-move-'));
    data = join(dir, 'data');
    const random = chance(81);
    const bodies = requests(makeFleet(random, 44), random, 20);
    const file = join(dir, 'fleet.jsonl');
    writeFileSync(file, bodies.map((body) => JSON.stringify(body)).join('\n'));
    const db = join(dir, 'server');
    owner = openWithRoles(db, join(dir, 'endpoint'));
    store = openEmbedded(db);
    await migrate(store, SCHEMA);
    endpoint = await startEndpoint({
      owner,
      db,
      dir: join(dir, 'endpoint'),
      port: 0,
      tokens: { admin: ADMIN },
    });
    await agentops('ingest', file, '--data', data, '--since', '4000d');
  }, 120_000);
  afterAll(async () => {
    await endpoint.close();
    await store.close();
    await owner.close();
    rmSync(dir, { recursive: true, force: true });
  });

  test('every table is there, equal; once more changes nothing', async () => {
    const moved = JSON.parse(await move()) as { table: string; rows: number }[];
    const rows = new Map(moved.map((each) => [each.table, each.rows]));
    expect(rows.get('steps')).toBeGreaterThan(100);
    expect(rows.get('cost_ledger')).toBeGreaterThan(50);
    const after = await dump(store);
    expect(after['task_outcomes']!.length).toBeGreaterThan(20);
    const [conservation] = await store.query<{ received: string; unbalanced: string }>(
      'SELECT sum(received) AS received, countIf(balance != 0) AS unbalanced FROM agentops.conservation',
    );
    expect(Number(conservation!.received)).toBeGreaterThan(100);
    expect(conservation!.unbalanced).toBe('0');
    expect(JSON.parse(await move())).toEqual(moved);
    expect(await dump(store)).toEqual(after);
  }, 120_000);

  test('a row too much on the other side is seen', async () => {
    await store.command(
      `INSERT INTO agentops.dead_letters (source, source_offset, signal) VALUES ('elsewhere', 1, 'spans')`,
    );
    await expect(move()).rejects.toThrow('dead_letters is not equal on both sides');
  }, 60_000);
});
