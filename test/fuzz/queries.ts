import { rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ServedStore, serveStore } from '../endpoint/store.ts';
import { damage } from '../tools/damage.ts';
import { type Chance, chance } from '../tools/otlp.ts';

export interface QueryFuzzResult {
  readonly tried: number;
  /** Of them, those that were answered with rows. */
  readonly answered: number;
  /** What went wrong, with how to make it again. */
  readonly failures: readonly string[];
}

/** What must never come out: a file beside the store, and content that the analyst may not see. */
const CANARY = 'c4n4ry-b1rd';
const AT_A_TIME = 12;
const MAX_FAILURES = 20;
const STATUSES = new Set([200, 400, 401, 403, 404, 408, 411, 413, 415, 500, 501, 503]);

interface Shot {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Fires damaged HTTP queries of a read-only user at a real endpoint. Each must be answered by a status of ClickHouse's and
 * without what its user may not see, and in the end the store must hold what it held.
 */
export async function fuzzQueries(count: number, seed: number): Promise<QueryFuzzResult> {
  const random = chance(seed);
  const store = await serveStore({ seconds: 1, memoryBytes: 100_000_000, resultBytes: 4_000_000 });
  const secret = join(tmpdir(), `agentops-fuzz-${process.pid}.txt`);
  const agent = new Agent({ keepAlive: true, maxSockets: AT_A_TIME });
  const failures: string[] = [];
  let tried = 0;
  let answered = 0;
  try {
    writeFileSync(secret, CANARY);
    await store.ask(
      `INSERT INTO content_texts (hash, text, expires_at) VALUES ('h', '${CANARY}', now() + 86400)`,
      {
        user: 'writer',
      },
    );
    const before = await state(store);
    const seeds = statements(secret);
    const one = async (): Promise<void> => {
      while (tried < count && failures.length < MAX_FAILURES) {
        const shot = aim(random, seeds);
        const number = tried++;
        const found = await fire(store.url, agent, shot).catch((error: Error) => error.message);
        if (typeof found === 'string') failures.push(tell(seed, number, shot, found));
        else if (found.status === 200) answered++;
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, one));
    const after = await state(store);
    if (after !== before) failures.push(`seed ${seed}: the store changed from ${before} to ${after}`);
  } finally {
    agent.destroy();
    rmSync(secret, { force: true });
    await store.stop();
  }
  return { tried, answered, failures };
}

/** Sound questions, and those that must be refused: damage makes the most of what nearly works. */
function statements(secret: string): readonly string[] {
  return [
    'SELECT department, sum(cost) FROM cost_by_department GROUP BY department ORDER BY 2 DESC LIMIT 5',
    'SELECT * FROM task_outcomes WHERE agent = {agent:String} AND started_at > now() - INTERVAL 7 DAY LIMIT 3 FORMAT JSON',
    'WITH t AS (SELECT agent, count() AS n FROM run_steps GROUP BY agent) SELECT * FROM t SETTINGS max_threads = 1',
    "SELECT arrayMap(x -> (x, toString(x)), range(5)) AS `a b`, $h$text$h$, 'it''s', \"x\" FROM (SELECT 1 AS x) FORMAT CSVWithNames",
    'SELECT number, toLowCardinality(toString(number)), toNullable(number) FROM numbers(1000) FORMAT Native',
    'SHOW TABLES FROM agentops',
    'DESCRIBE TABLE run_steps',
    'EXPLAIN SELECT count() FROM steps',
    'SELECT name FROM system.columns WHERE table = {t:String} UNION ALL SELECT name FROM system.tables',
    `SELECT file('${secret}')`,
    `SELECT * FROM file('${secret}', 'LineAsString')`,
    'SELECT * FROM content_texts',
    "SELECT * FROM merge('agentops', 'content')",
    'SELECT query FROM system.processes',
    "INSERT INTO content_texts (hash) VALUES ('x')",
    'DROP TABLE steps',
    'SET max_execution_time = 1000',
    'USE agentops',
    "SELECT 1 INTO OUTFILE '/dev/null'",
  ];
}

const HEADERS: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'x-clickhouse-format': 'JSONCompact' },
  { 'x-clickhouse-database': 'default' },
  { authorization: `Basic ${Buffer.from('default:').toString('base64')}` },
  { authorization: 'Bearer x' },
  { 'accept-encoding': 'gzip' },
  { 'accept-encoding': 'zstd, lz4;q=0.5' },
  { 'content-type': 'multipart/form-data; boundary=b' },
];
const PARAMETERS = [
  'database=agentops',
  'default_format=JSONEachRow',
  'enable_http_compression=1',
  'compress=1',
  'decompress=1',
  'client_protocol_version=54460',
  'session_id=s',
  'session_timeout=5',
  'param_agent=support',
  'param_t=steps',
  'max_execution_time=5',
  'max_result_rows=10',
  'wait_end_of_query=1',
  'query=SELECT%201',
  'output_format_json_quote_decimals=1',
  'user=default',
  'readonly=0',
];

function aim(random: Chance, seeds: readonly string[]): Shot {
  const pick = <T>(list: readonly T[]): T => list[random.int(list.length)]!;
  let statement: Buffer = Buffer.from(pick(seeds));
  if (random.int(3) === 0) {
    const other = pick(seeds);
    statement = Buffer.concat([
      statement,
      Buffer.from(pick([' ', '; ', ' UNION ALL ', '/*', '--', ' FORMAT ', '('])),
      Buffer.from(other),
    ]);
  }
  if (random.int(5) > 0) statement = Buffer.from(damage(random, statement));
  const parameters = Array.from({ length: random.int(4) }, () => pick(PARAMETERS));
  const query = parameters.map((one) =>
    random.int(4) > 0 ? one : damage(random, Buffer.from(one)).toString('latin1'),
  );
  const headers = { ...pick(HEADERS) };
  let body = statement;
  if (random.int(8) === 0) {
    headers['content-encoding'] = pick(['gzip', 'zstd', 'lz4', 'deflate', 'br', 'x']);
    body = random.int(2) === 0 ? gzipSync(body) : damage(random, gzipSync(body));
  }
  return {
    path: `/?${query.map((one) => one.replace(/[^\x21-\x7e]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)).join('&')}`,
    method: random.int(10) === 0 ? 'GET' : 'POST',
    headers,
    body,
  };
}

function fire(url: string, agent: Agent, shot: Shot): Promise<{ status: number }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${shot.path}`, {
      agent,
      method: shot.method,
      headers:
        shot.method === 'GET'
          ? shot.headers
          : { ...shot.headers, 'content-length': String(shot.body.length) },
      timeout: 20_000,
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer for 20 s')));
    sent.on('error', reject);
    sent.on('response', (answer) => {
      const parts: Buffer[] = [];
      const status = answer.statusCode ?? 0;
      answer.on('data', (part: Buffer) => parts.push(part));
      // A late error cuts the answer off: that is one, too.
      answer.on('error', () => resolve({ status }));
      answer.on('end', () => {
        // A refusal repeats what was asked; only an answer could give something away.
        const told = Buffer.concat(parts).includes(CANARY) && status === 200;
        if (told) reject(new Error('the answer holds what the user may not see'));
        else if (!STATUSES.has(status)) reject(new Error(`status ${status}`));
        else resolve({ status });
      });
    });
    sent.end(shot.method === 'GET' ? undefined : shot.body);
  });
}

function tell(seed: number, number: number, shot: Shot, what: string): string {
  return `seed ${seed}, query ${number}: ${what}: ${shot.method} ${shot.path} ${JSON.stringify(shot.headers)} ${JSON.stringify(shot.body.toString('latin1').slice(0, 300))}`;
}

/** Rows of every table, and their names. */
async function state({ embedded }: ServedStore): Promise<string> {
  const { query } = embedded.reader;
  const tables = await query<{ name: string; rows: string }>(
    "SELECT name, toString(total_rows) AS rows FROM system.tables WHERE database = 'agentops' ORDER BY name",
  );
  return tables
    .filter(({ name, rows }) => rows !== null && !KEPT_MEANWHILE.test(name))
    .map(({ name, rows }) => `${name} ${rows}`)
    .join(', ');
}

/** Rounds of the rollups go on while queries are fired. */
const KEPT_MEANWHILE = /^rollup_|_(?:states|sums)$|^superseded_charges$/;
