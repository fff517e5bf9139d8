import { afterEach, describe, expect, test } from 'vitest';
import { type Receiver, type ReceiverOptions, startReceiver } from './server.ts';

type Entry = Parameters<ReceiverOptions['append']>[0];

const NOW = Date.parse('2026-11-23T12:00:00Z');
const ROW = { task_id: 'T1', outcome: 'failure', source: 'human', by: 'mei', at: '2026-11-22T09:00:00Z' };

let receiver: Receiver | null = null;
afterEach(async () => {
  await receiver?.close();
  receiver = null;
});

async function start(options: Partial<ReceiverOptions> = {}): Promise<Entry[]> {
  const entries: Entry[] = [];
  const append: ReceiverOptions['append'] = async (entry) => entries.push(entry);
  receiver = await startReceiver({ port: 0, append, now: () => NOW, ...options });
  return entries;
}

async function post(
  body: string,
  type = 'application/json',
  query = '',
  headers: Record<string, string> = {},
): Promise<{ status: number; answer: unknown }> {
  const response = await fetch(`http://127.0.0.1:${receiver!.port}/v1/outcomes${query}`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body,
  });
  return { status: response.status, answer: await response.json() };
}

/** The attributes of every log record that was appended. */
function appended(entries: readonly Entry[]): Record<string, string>[] {
  return entries.flatMap(({ body }) =>
    JSON.parse(Buffer.from(body).toString()).resourceLogs.flatMap((group: never) =>
      (group as { scopeLogs: { logRecords: { attributes: never[] }[] }[] }).scopeLogs[0]!.logRecords.map(
        ({ attributes }) =>
          Object.fromEntries(
            attributes.map(({ key, value }: { key: string; value: { stringValue: string } }) => [
              key,
              value.stringValue,
            ]),
          ),
      ),
    ),
  );
}

describe('POST /v1/outcomes', () => {
  test('rows become one log request, which is safe before the answer comes', async () => {
    const entries = await start();
    const { status, answer } = await post(JSON.stringify([ROW, { ...ROW, outcome: 'fine' }]));
    expect([status, answer]).toEqual([
      200,
      { accepted: 1, rejected: [{ row: 2, reason: expect.stringContaining('fine is no outcome') }] },
    ]);
    expect(entries).toMatchObject([{ signal: 'logs', encoding: 'json', receivedAt: NOW, counted: 1 }]);
    expect(appended(entries)).toEqual([
      {
        'agentops.task.id': 'T1',
        'agentops.task.outcome': 'failure',
        'agentops.task.outcome.source': 'human',
        'user.id': 'mei',
      },
    ]);
    expect(receiver!.stats().items.logs).toBe(1);
  });

  test('CSV and JSON Lines; the URL says what all rows have in common', async () => {
    const entries = await start();
    const query = '?source=system&by=ledger&environment=production';
    await post(
      'task_ref,outcome,at\nORDER-7,success,2026-11-22T09:00:00Z\n',
      'text/csv; charset=utf-8',
      query,
    );
    await post(
      '{"task_ref":"ORDER-7","outcome":"success","at":"2026-11-22T09:00:00Z"}\n',
      'application/x-ndjson',
      query,
    );
    expect(entries).toHaveLength(2);
    expect(Buffer.from(entries[0]!.body)).toEqual(Buffer.from(entries[1]!.body));
    expect(appended(entries)[0]).toMatchObject({ 'agentops.task.ref': 'ORDER-7', 'user.id': 'ledger' });
  });

  test.each([
    ['no row is a verdict', '[{}]', 'application/json', '', 400],
    ['no JSON', '{', 'application/json', '', 400],
    ['no CSV', 'a,b\n"1,2\n', 'text/csv', '', 400],
    ['an unknown parameter', '[]', 'application/json', '?sauce=human', 400],
    ['another media type', '<a/>', 'text/xml', '', 415],
  ])('%s: refused, and nothing is appended', async (_, body, type, query, status) => {
    const entries = await start();
    expect((await post(body, type, query)).status).toBe(status);
    expect(entries).toEqual([]);
  });

  test('an empty list is a way to try the connection', async () => {
    const entries = await start();
    expect(await post('[]')).toEqual({ status: 200, answer: { accepted: 0, rejected: [] } });
    expect(entries).toEqual([]);
  });

  test('the rules of access are those of telemetry', async () => {
    const entries = await start({ token: 'secret' });
    const body = JSON.stringify([ROW]);
    expect((await post(body)).status).toBe(401);
    expect((await post(body, 'application/json', '', { authorization: 'Bearer wrong' })).status).toBe(401);
    const authorization = 'Bearer secret';
    expect((await post(body, 'application/json', '', { authorization, origin: 'http://evil' })).status).toBe(
      403,
    );
    expect(entries).toEqual([]);
    expect((await post(body, 'application/json', '', { authorization })).status).toBe(200);
    expect(entries).toHaveLength(1);
  });

  test('what cannot be made safe is not accepted', async () => {
    await start({ append: () => Promise.reject(new Error('the log is full')) });
    const { status, answer } = await post(JSON.stringify([ROW]));
    expect([status, answer]).toEqual([503, { code: 14, message: 'the log is full' }]);
    expect(receiver!.stats().items.logs).toBe(0);
  });

  test('a body beyond the limit is stopped at it, which is lower than that of telemetry', async () => {
    const entries = await start();
    const rows = (count: number) => JSON.stringify(Array(count).fill(ROW));
    expect((await post(rows(30_000))).status).toBe(413);
    expect(entries).toEqual([]);
    expect(await post(rows(10_000))).toMatchObject({ status: 200, answer: { accepted: 10_000 } });
  });
});
