import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AskOptions, type ServedStore, serveStore } from './store.ts';

const SECRET = 'c4n4ry-0f-a-f1le';
const TEXT = 'c4n4ry-0f-a-prompt';

let dir: string;
let file: string;
let store: ServedStore;
let visits = 0;
const trap = createServer((_, response) => {
  visits++;
  response.end(SECRET);
});

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'agentops-attempts-'));
  file = join(dir, 'secret.txt');
  writeFileSync(file, SECRET);
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  store = await serveStore({ seconds: 2, memoryBytes: 200_000_000 });
  const { database } = store.embedded.reader;
  await store.ask(`INSERT INTO ${database}.content_texts (hash, text) VALUES ('h', '${TEXT}')`, {
    user: 'writer',
  });
  await store.ask(`INSERT INTO ${database}.dead_letters (reason, payload) VALUES ('r', '${TEXT}')`, {
    user: 'writer',
  });
}, 60_000);
afterAll(async () => {
  await store.stop();
  trap.close();
  rmSync(dir, { recursive: true, force: true });
});

const trapUrl = (): string => `http://127.0.0.1:${(trap.address() as AddressInfo).port}/`;

/** What a read-only user tries in vain. FILE and URL stand for a file with a secret, and a server that listens. */
const WRITES: readonly string[] = [
  "INSERT INTO dead_letters (reason) VALUES ('x')",
  'INSERT INTO steps SELECT * FROM steps',
  "INSERT INTO FUNCTION file('FILE.out', 'CSV', 'a String') VALUES ('x')",
  "INSERT INTO FUNCTION url('URL', 'CSV', 'a String') VALUES ('x')",
  "INSERT INTO dead_letters (reason) FROM INFILE 'FILE' FORMAT LineAsString",
  'CREATE TABLE mine (a UInt8) ENGINE = Memory',
  'CREATE TEMPORARY TABLE mine (a UInt8)',
  'CREATE VIEW mine AS SELECT 1',
  'CREATE DATABASE mine',
  "CREATE FUNCTION mine AS x -> file('FILE')",
  'CREATE USER mine',
  'ALTER TABLE steps DELETE WHERE 1',
  'ALTER TABLE steps DROP COLUMN name',
  'DELETE FROM steps WHERE 1',
  'UPDATE steps SET name = 1 WHERE 1',
  'TRUNCATE TABLE steps',
  'DROP TABLE steps',
  'DROP DATABASE agentops',
  'DETACH TABLE steps',
  'RENAME TABLE steps TO stolen',
  'EXCHANGE TABLES steps AND runs',
  'OPTIMIZE TABLE steps FINAL',
  'GRANT ALL ON *.* TO default',
  'SET ROLE agentops_owner',
  'SET ROLE ALL',
  'SYSTEM SHUTDOWN',
  'SYSTEM STOP MERGES',
  'KILL QUERY WHERE 1',
  "BACKUP TABLE steps TO File('FILE.zip')",
  "SELECT 1 INTO OUTFILE 'FILE.out'",
  "(SELECT 1) INTO OUTFILE 'FILE.out' TRUNCATE",
  'SELECT 1; DROP TABLE steps',
  'SELECT 1 /* */ ;/**/INSERT INTO dead_letters (reason) VALUES (1)',
  'EXPLAIN SELECT 1; DROP TABLE steps',
];

const FILES_AND_NETWORK: readonly string[] = [
  "SELECT file('FILE')",
  "SELECT `file`('FILE')",
  'SELECT "file"(\'FILE\')',
  "SELECT FILE('FILE')",
  "SELECT arrayMap(x -> file(x), ['FILE'])",
  "SELECT * APPLY(file) FROM (SELECT 'FILE')",
  "WITH 'FILE' AS f SELECT file(f)",
  "SELECT * FROM file('FILE', 'LineAsString')",
  "DESCRIBE TABLE file('FILE', 'LineAsString')",
  "DESCRIBE file('FILE')",
  "SELECT * FROM fileCluster('default', 'FILE', 'LineAsString', 'a String')",
  "SELECT * FROM url('URL', 'LineAsString', 'a String')",
  "SELECT * FROM urlCluster('default', 'URL', 'LineAsString', 'a String')",
  "SELECT * FROM s3('URLbucket/key', 'LineAsString', 'a String')",
  "SELECT * FROM remote('127.0.0.1', 'agentops', 'content_texts')",
  "SELECT * FROM remote('127.0.0.1', agentops.content_texts)",
  "SELECT * FROM cluster('default', system.one)",
  "SELECT * FROM mysql('127.0.0.1:3306', 'a', 'b', 'c', 'd')",
  "SELECT * FROM postgresql('127.0.0.1:5432', 'a', 'b', 'c', 'd')",
  "SELECT * FROM sqlite('FILE', 't')",
  "SELECT * FROM executable('cat FILE', 'LineAsString', 'a String')",
  "SELECT * FROM hdfs('hdfs://127.0.0.1/x', 'TSV', 'a String')",
  "SELECT * FROM odbc('DSN=x', 'a', 'b')",
  "SELECT catboostEvaluate('FILE', 1)",
  "SELECT * FROM input('a String')",
  "SELECT * FROM numbers(1) WHERE toString(number) IN (SELECT * FROM file('FILE', 'LineAsString'))",
  "EXPLAIN SELECT * FROM url('URL', 'LineAsString', 'a String')",
];

const CONTENT: readonly string[] = [
  'SELECT * FROM content_texts',
  'SELECT text FROM agentops.content_texts',
  'SELECT * FROM `agentops`.`content_texts`',
  'SELECT * FROM step_content',
  'SELECT payload FROM dead_letters',
  "SELECT * FROM merge('agentops', 'content_texts')",
  "SELECT * FROM MERGE('agentops', '^content')",
  "SELECT 'h' IN agentops.content_texts",
  "SELECT * FROM loop('agentops', 'content_texts')",
  "SELECT * FROM mergeTreeIndex('agentops', 'content_texts')",
  'SELECT * FROM view(SELECT * FROM agentops.content_texts)',
  'WITH t AS (SELECT * FROM content_texts) SELECT * FROM t',
  'EXPLAIN SELECT * FROM content_texts',
  "SELECT dictGet('agentops.content_texts', 'text', 'h')",
  "SELECT joinGet('agentops.content_texts', 'text', 'h')",
];

const OTHERS: readonly string[] = [
  'SELECT query FROM system.processes',
  'SELECT query FROM "system"."processes"',
  'SHOW PROCESSLIST',
  'SELECT * FROM system.query_log',
  'SELECT * FROM system.stack_trace',
  'SELECT * FROM system.user_processes',
  'SELECT * FROM system.server_settings',
  'SELECT * FROM system.zookeeper',
  'SELECT * FROM system.errors',
];

const LIMITS: readonly [sql: string, url?: Record<string, string>][] = [
  ['SELECT count() FROM numbers(1000000000000)'],
  ['SELECT count() FROM numbers(1000000000000) SETTINGS max_execution_time = 0'],
  ['SELECT count() FROM numbers(1000000000000) SETTINGS max_execution_time = 100000'],
  ['SELECT count() FROM numbers(1000000000000) FORMAT TSV SETTINGS max_execution_time = 100000'],
  [
    "SELECT count() FROM numbers(1000000000000) SETTINGS timeout_overflow_mode = 'break', max_execution_time = 1000",
  ],
  ['SELECT count() FROM numbers(1000000000000)', { max_execution_time: '0' }],
  ['SELECT count() FROM (SELECT number FROM numbers(1000000000000) SETTINGS max_execution_time = 0)'],
  ['SELECT sleepEachRow(3) FROM numbers(10)'],
  ['SELECT length(groupArray(number)) FROM numbers(1000000000)'],
  ['SELECT length(groupArray(number)) FROM numbers(1000000000) SETTINGS max_memory_usage = 0'],
  ['SELECT length(groupArray(number)) FROM numbers(1000000000)', { max_memory_usage: '100000000000' }],
  ['SELECT 1 SETTINGS readonly = 0, max_memory_usage_for_user = 1'],
  ["SELECT 1 SETTINGS profile = 'default'"],
  ['SELECT 1 SETTINGS allow_introspection_functions = 1'],
  ["SELECT 1 SETTINGS format_schema = 'FILE'"],
];

async function refused(sql: string, options: AskOptions = {}): Promise<void> {
  const answer = await store.ask(sql.replaceAll('FILE', file).replaceAll('URL', trapUrl()), options);
  const text = await answer.text();
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain(TEXT);
  expect({ sql, ok: answer.ok, text: text.slice(0, 200) }).toMatchObject({ ok: false });
  expect(Number(answer.headers.get('x-clickhouse-exception-code'))).toBeGreaterThan(0);
}

describe.each([['analyst', {}] as const, ['grafana', { user: 'grafana' }] as const])('%s', (_, options) => {
  test.each(WRITES)('cannot write: %s', (sql) => refused(sql, options));
  test.each(FILES_AND_NETWORK)('cannot read files or reach out: %s', (sql) => refused(sql, options));
  test.each(OTHERS)('cannot look at others: %s', (sql) => refused(sql, options));
});

describe('analyst', () => {
  test.each(CONTENT)('sees no content: %s', (sql) => refused(sql));
  test.each(LIMITS)('cannot leave its limits: %s %j', (sql, url) => refused(sql, url ? { url } : {}), 15_000);

  test('a name that comes as a parameter is one like any other', async () => {
    const sql = 'SELECT * FROM {d:Identifier}.{t:Identifier}';
    await refused(sql, { url: { param_d: 'system', param_t: 'processes' } });
    await refused(sql, { url: { param_d: 'agentops', param_t: 'content_texts' } });
    await refused('SELECT * FROM {t:Identifier}', { url: { param_t: 'system.processes' } });
    await refused("SELECT {f:Identifier}('FILE')", { url: { param_f: 'file' } });
  });

  test('another database as the current one', async () => {
    await refused('SELECT query FROM processes', { url: { database: 'system' } });
    await refused('USE system');
    await refused('SELECT 1', { headers: { 'x-clickhouse-database': 'system' } });
  });

  test('a session keeps nothing that lifts a limit', async () => {
    const url = { session_id: 's1' };
    await store.ask('SET max_execution_time = 100000', { url });
    await refused('SELECT count() FROM numbers(1000000000000)', { url });
    await refused('SET readonly_something = 0', { url });
  }, 15_000);

  test('by GET nobody writes', async () => {
    const query = encodeURIComponent("INSERT INTO dead_letters (reason) VALUES ('x')");
    const answer = await fetch(`${store.url}/?query=${query}&user=writer&password=writer-token`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain('(READONLY)');
  });
});

describe('who asks', () => {
  test.each([
    ['a wrong password', { headers: { 'x-clickhouse-user': 'writer', 'x-clickhouse-key': 'guess' } }],
    ['no password', { headers: { 'x-clickhouse-user': 'grafana' } }],
    ['a user that is none', { headers: { 'x-clickhouse-user': 'root' } }],
    ['a wrong bearer', { headers: { authorization: 'Bearer guess' } }],
    ['a web page', { headers: { origin: 'http://evil.example' } }],
  ])('%s', async (_, options) => refused('SELECT 1', options));

  test('a name that someone points at this machine', async () => {
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request(
        `${store.url}/?query=SELECT+1`,
        { headers: { host: 'evil.example' } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      asked.on('error', reject).end();
    });
    expect(status).toBe(403);
  });
});

test('nothing was changed, nobody was called, and the content is still there', async () => {
  expect(visits).toBe(0);
  const { database, query } = store.embedded.reader;
  const [counts] = await query<{ steps: string; texts: string; letters: string }>(
    `SELECT (SELECT count() FROM ${database}.steps FINAL) AS steps, (SELECT count() FROM ${database}.content_texts) AS texts,
       (SELECT count() FROM ${database}.dead_letters) AS letters`,
  );
  expect(Number(counts?.steps)).toBeGreaterThan(300);
  expect(counts).toMatchObject({ texts: '1', letters: '1' });
  const tables = await query<{ name: string }>(
    `SELECT name FROM system.tables WHERE name IN ('mine', 'stolen') UNION ALL SELECT name FROM system.databases WHERE name = 'mine'`,
  );
  expect(tables).toEqual([]);
});
