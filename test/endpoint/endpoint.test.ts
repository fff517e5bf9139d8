import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServedStore, serveStore } from './store.ts';

let store: ServedStore;
beforeAll(async () => {
  store = await serveStore({ seconds: 30 });
}, 60_000);
afterAll(() => store.stop());

const text = async (answer: Promise<Response>): Promise<string> => (await answer).text();

describe('as ClickHouse answers', () => {
  test('ping, by GET, by POST, with parameters, settings and formats', async () => {
    expect(await text(fetch(`${store.url}/ping`))).toBe('Ok.\n');
    expect(await text(fetch(`${store.url}/`))).toBe('Ok.\n');
    expect(await text(fetch(`${store.url}/?query=SELECT%201`))).toBe('1\n');
    expect(
      await text(store.ask('SELECT {a:UInt8} + 1, {s:String}', { url: { param_a: '4', param_s: "it's" } })),
    ).toBe("5\tit\\'s\n");
    expect(await text(store.ask('SELECT 1 AS a', { url: { default_format: 'JSONEachRow' } }))).toBe(
      '{"a":1}\n',
    );
    expect(
      await text(store.ask('SELECT 1 AS a FORMAT CSVWithNames', { url: { default_format: 'JSON' } })),
    ).toBe('"a"\n1\n');
    expect(
      await text(store.ask('SELECT 1', { headers: { 'x-clickhouse-format': 'JSONCompactEachRow' } })),
    ).toBe('[1]\n');
    const settings = { output_format_json_quote_64bit_integers: '1' };
    expect(await text(store.ask('SELECT toUInt64(1) AS a FORMAT JSONEachRow', { url: settings }))).toBe(
      '{"a":"1"}\n',
    );
    const clause =
      'SELECT toUInt64(1) AS a FORMAT JSONEachRow SETTINGS output_format_json_quote_64bit_integers = 1';
    expect(await text(store.ask(clause))).toBe('{"a":"1"}\n');
    const before =
      'SELECT toUInt64(1) AS a SETTINGS output_format_json_quote_64bit_integers = 1 FORMAT JSONEachRow';
    expect(await text(store.ask(before))).toBe('{"a":"1"}\n');
    const long = 'x'.repeat(200_000);
    expect(await text(store.ask('SELECT length({long:String})', { url: { param_long: long } }))).toBe(
      '200000\n',
    );
    expect(await text(store.ask('1', { url: { query: 'SELECT' } }))).toBe('1\n');
    expect(await text(store.ask('SELECT 1 -- nothing more'))).toBe('1\n');
  });

  test('headers that clients read', async () => {
    const answer = await store.ask('SELECT 1 FORMAT JSON', { url: { query_id: 'mine' } });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-clickhouse-query-id': 'mine',
      'x-clickhouse-format': 'JSON',
      'content-type': 'application/json; charset=UTF-8',
      'x-clickhouse-timezone': expect.any(String),
    });
  });

  test.each([
    ['SELEC 1', 400, 62, 'SYNTAX_ERROR'],
    ['', 400, 62, 'SYNTAX_ERROR'],
    ["SELECT 'a", 400, 62, 'SYNTAX_ERROR'],
    ['SELECT nosuch', 404, 47, 'UNKNOWN_IDENTIFIER'],
    ['SELECT * FROM nosuch', 404, 60, 'UNKNOWN_TABLE'],
    ['SELECT nosuch(1)', 404, 46, 'UNKNOWN_FUNCTION'],
    ['SELECT 1 FORMAT Nosuch', 404, 73, 'UNKNOWN_FORMAT'],
    ['SELECT 1 SETTINGS nosuch = 1', 404, 115, 'UNKNOWN_SETTING'],
    ["SELECT throwIf(1, 'boo')", 500, 395, 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
    ['SELECT {a:UInt8}', 500, 456, 'UNKNOWN_QUERY_PARAMETER'],
  ])('%s is told with status, code and name', async (sql, status, code, name) => {
    const answer = await store.ask(sql);
    expect([answer.status, answer.headers.get('x-clickhouse-exception-code')]).toEqual([
      status,
      String(code),
    ]);
    expect(await answer.text()).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: [\\s\\S]*\\(${name}\\) \\(version `),
    );
  });

  test('a form holds the statement and its parameters; external data are refused in words', async () => {
    const form = new FormData();
    form.set('query', 'SELECT {a:UInt8}');
    form.set('param_a', '9');
    expect(await text(fetch(store.url, { method: 'POST', body: form }))).toBe('9\n');
    form.set('ext', new Blob(['1\n']), 'ext.tsv');
    const refused = await fetch(store.url, { method: 'POST', body: form });
    expect([refused.status, await refused.text()]).toEqual([501, expect.stringContaining('external data')]);
  });

  test('compressed both ways', async () => {
    const body = gzipSync('SELECT number FROM numbers(100000)');
    const { request } = await import('node:http');
    const bytes = await new Promise<Buffer>((resolve, reject) => {
      const asked = request(
        `${store.url}/?enable_http_compression=1`,
        { method: 'POST', headers: { 'content-encoding': 'gzip', 'accept-encoding': 'gzip' } },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts)));
        },
      );
      asked.on('error', reject).end(body);
    });
    expect(gunzipSync(bytes).toString().trimEnd().split('\n')).toHaveLength(100_000);
    const bomb = await fetch(store.url, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(300 << 20)),
    });
    expect(bomb.status).toBe(413);
    const damaged = await fetch(store.url, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip' },
      body: 'no gzip',
    });
    expect(await damaged.text()).toContain('(CANNOT_DECOMPRESS)');
  });

  test('a session keeps its database, settings and parameters; one request at a time', async () => {
    const url = { session_id: 'kept' };
    await store.ask('SET output_format_json_quote_64bit_integers = 1', { url });
    await store.ask('SET param_a = 5', { url });
    expect(await text(store.ask('SELECT toUInt64({a:UInt8}) AS a FORMAT JSONEachRow', { url }))).toBe(
      '{"a":"5"}\n',
    );
    expect(await text(store.ask('SELECT toUInt64(5) AS a FORMAT JSONEachRow'))).toBe('{"a":5}\n');
    const unknown = await store.ask('SELECT 1', { url: { session_id: 'unknown', session_check: '1' } });
    expect(await unknown.text()).toContain('(SESSION_NOT_FOUND)');
    const slow = store.ask('SELECT sleep(1)', { url });
    await expect.poll(() => store.embedded.clickhouse!.stats().running).toBe(1);
    expect(await text(store.ask('SELECT 1', { url }))).toContain('(SESSION_IS_LOCKED)');
    await (await slow).text();
  });

  test('a late error ends the answer with its words, and cuts it off', async () => {
    const answer = await store.ask('SELECT number, throwIf(number = 3000000) FROM numbers(4000000)');
    const tag = answer.headers.get('x-clickhouse-exception-tag');
    expect(answer.status).toBe(200);
    let read = '';
    const broken = (async () => {
      for await (const part of answer.body!)
        read = (read + Buffer.from(part).toString('latin1')).slice(-2_000);
    })();
    await expect(broken).rejects.toThrow();
    expect(read).toMatch(
      new RegExp(`__exception__\r\n${tag}\r\nCode: 395\\.[\\s\\S]* ${tag}\r\n__exception__\r\n$`),
    );
    const whole = await store.ask('SELECT number, throwIf(number = 900000) FROM numbers(1000000)', {
      url: { wait_end_of_query: '1' },
    });
    expect(whole.status).toBe(500);
  });
});

describe('writers', () => {
  test.each(['TSV', 'JSONEachRow', 'Native'])('insert %s, and it is there', async (format) => {
    const rows = `SELECT '${format}-' || toString(number) AS hash, '${format}' AS text FROM numbers(3000)`;
    const body = Buffer.from(await (await store.ask(`${rows} FORMAT ${format}`)).arrayBuffer());
    const insert = `INSERT INTO content_texts (hash, text) FORMAT ${format}\n`;
    const answer = await fetch(`${store.url}/?query=${encodeURIComponent(insert)}`, {
      method: 'POST',
      headers: { 'x-clickhouse-user': 'writer', 'x-clickhouse-key': 'writer-token' },
      body,
    });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    const found = await text(
      store.ask(`SELECT count(), uniqExact(hash) FROM content_texts WHERE text = '${format}'`, {
        user: 'grafana',
      }),
    );
    expect(found).toBe('3000\t3000\n');
  });

  test('the admin changes the schema of its database and no other', async () => {
    const admin = { user: 'admin' } as const;
    expect(
      (await store.ask('CREATE TABLE notes (a UInt8) ENGINE = MergeTree ORDER BY a', admin)).status,
    ).toBe(200);
    expect((await store.ask('DROP TABLE notes', admin)).status).toBe(200);
    expect((await store.ask('CREATE TABLE default.notes (a UInt8) ENGINE = Memory', admin)).status).toBe(403);
    expect((await store.ask('CREATE TABLE notes (a UInt8) ENGINE = Memory', { user: 'writer' })).status).toBe(
      403,
    );
    const file = "CREATE TABLE notes (a String) ENGINE = File(TSV, '/etc/hostname')";
    expect((await store.ask(file, admin)).ok).toBe(false);
  });
});

describe('side by side', () => {
  const LONG = 'SELECT count() FROM numbers(10000000000000) SETTINGS max_threads = 1';
  const running = (): number => store.embedded.clickhouse!.stats().running;

  test('a long query holds up neither readers nor the writer, and ends with its client', async () => {
    const client = new AbortController();
    const long = store.ask(LONG, { signal: client.signal }).catch((error: Error) => error.name);
    await expect.poll(running).toBe(1);
    // Each of these would wait for the long one if anything were shared.
    expect(await text(store.ask('SELECT count() > 0 FROM run_steps'))).toBe('1\n');
    const sent = await fetch(`http://127.0.0.1:${store.embedded.otlpPort}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [] }),
    });
    expect(sent.ok).toBe(true);
    await store.embedded.drained();
    expect(running()).toBe(1);
    client.abort();
    expect(await long).toBe('AbortError');
    await expect.poll(running, { timeout: 10_000 }).toBe(0);
    const left = await store.embedded.reader.query(
      "SELECT query FROM system.processes WHERE query LIKE '%10000000000000%' AND query NOT LIKE '%processes%'",
    );
    expect(left).toEqual([]);
  });

  test('a client that does not read holds up itself alone, and is ended', async () => {
    const { request } = await import('node:http');
    const stalled = request(
      `${store.url}/?query=${encodeURIComponent('SELECT number FROM numbers(100000000000)')}`,
    );
    stalled.end();
    stalled.on('error', () => {});
    stalled.on('response', (answer) => answer.pause());
    await expect.poll(running).toBe(1);
    expect(await text(store.ask('SELECT 1'))).toBe('1\n');
    stalled.destroy();
    await expect.poll(running, { timeout: 10_000 }).toBe(0);
  });

  test('more queries than readers wait for their turn', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => text(store.ask(`SELECT ${i}`))));
    expect(answers).toEqual(answers.map((_, i) => `${i}\n`));
  });
});
