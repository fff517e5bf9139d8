import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testFile } from '../servers/tools.ts';

/** Loads the server's users in the embedded engine, in a process of its own: an engine is configured once. */
const ASK = `
const { Session } = require('chdb');
const [config, db, ...queries] = process.argv.slice(1);
const session = new Session(db, { connectionArgs: ['--config-file=' + config] });
const ask = (sql) => JSON.parse(session.query(sql, 'JSONCompact')).data;
console.log(JSON.stringify(queries.map(ask)));
`;
const SHA256 = 'ab'.repeat(32);

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-deploy-clickhouse-'));
  // What the embedded engine has no switch for; the server has it in config.d.
  const users = readFileSync(testFile('../deploy/clickhouse/users.d/agentops.xml'), 'utf8');
  mkdirSync(join(dir, 'users.d'));
  writeFileSync(join(dir, 'users.d/agentops.xml'), users.replaceAll('<changeable_in_readonly/>', ''));
  // The embedded engine knows nobody but its default user, who only looks.
  writeFileSync(
    join(dir, 'users.xml'),
    `<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users><default>
      <password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
      <access_management>1</access_management></default></users></clickhouse>`,
  );
  const server = readFileSync(testFile('../deploy/clickhouse/config.d/agentops.xml'), 'utf8');
  writeFileSync(
    join(dir, 'config.xml'),
    server.replace('<clickhouse>', `<clickhouse><users_config>${join(dir, 'users.xml')}</users_config>`),
  );
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function ask(...queries: string[]): string[][][] {
  const env = Object.fromEntries(
    ['WRITER', 'GRAFANA', 'ANALYST', 'ADMIN'].map((name) => [`AGENTOPS_${name}_SHA256`, SHA256]),
  );
  const said = execFileSync(
    process.execPath,
    ['-e', ASK, '--', join(dir, 'config.xml'), join(dir, 'db'), ...queries],
    { env: { ...process.env, ...env }, encoding: 'utf8', cwd: testFile('..') },
  );
  return JSON.parse(said.trim().split('\n').at(-1)!) as string[][][];
}

describe('the users of the ClickHouse server, as ClickHouse reads them', () => {
  test('who may do what, with which limits', () => {
    const [grants, users, limits, quotas] = ask(
      `SELECT user_name, groupUniqArray(access_type), groupUniqArray(ifNull(table, '*')), max(is_partial_revoke)
       FROM system.grants WHERE user_name IN ('writer', 'grafana', 'analyst', 'admin') GROUP BY user_name, is_partial_revoke
       ORDER BY user_name, is_partial_revoke`,
      `SELECT name, auth_type, default_roles_all FROM system.users WHERE name != 'default' ORDER BY name`,
      `SELECT setting_name, value, min, max, writability FROM system.settings_profile_elements
       WHERE profile_name = 'agentops_reader' AND setting_name IN ('readonly', 'max_execution_time') ORDER BY setting_name`,
      `SELECT name, keys FROM system.quotas WHERE startsWith(name, 'agentops') ORDER BY name`,
    ) as [string[][], string[][], string[][], string[][]];
    expect(users.map(([name]) => name)).toEqual(['admin', 'analyst', 'grafana', 'writer']);
    for (const [, auth] of users) expect(String(auth)).toContain('sha256_password');
    const of = (user: string, revoked: number): string[][] =>
      grants.filter((row) => row[0] === user && Number(row[3]) === revoked);
    expect(of('grafana', 0)[0]).toEqual(['grafana', ['SELECT'], ['*'], 0]);
    expect(of('analyst', 0)[0]).toEqual(['analyst', ['SELECT'], ['*'], 0]);
    expect([...(of('analyst', 1)[0]![2] as unknown as string[])].sort()).toEqual([
      'content_texts',
      'dead_letters',
      'step_content',
    ]);
    expect([...(of('writer', 0)[0]![1] as unknown as string[])].sort()).toEqual(['INSERT', 'SELECT']);
    expect(of('admin', 0)[0]![1]).toContain('CREATE TABLE');
    const setting = (name: string): string[] | undefined =>
      limits.find((row) => row[0] === name && row[1] !== null);
    expect(setting('readonly')?.[1]).toBe('1');
    expect(setting('max_execution_time')?.[1]).toBe('60');
    expect(limits.find((row) => row[0] === 'max_execution_time' && row[3] !== null)?.[3]).toBe('60');
    expect(quotas.map(([name]) => name)).toEqual(['agentops_reader', 'agentops_writer']);
  });
});
