import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
import { type Sink, startSink } from '../collector/sink.ts';
import { haveKafka, type KafkaServer, startKafka } from '../servers/kafka.ts';
import { dump, expectBalance, records, run } from '../tools/chain.ts';
import { isForeign, makeFleet } from '../tools/fleet.ts';
import { memorySource } from '../tools/memory-source.ts';
import { chance } from '../tools/otlp.ts';
import { type Message, messagesOf, produce } from './produce.ts';

const BIN = fileURLToPath(new URL('../../cli/bin/agentops.js', import.meta.url));
/** That of `test/tools/chain.ts`. */
const SECRET = '07'.repeat(32);
const SCHEMA = { retentionDays: 0, timeZone: 'Asia/Tokyo', currency: 'USD' };
const WRITER = 'writer-token';

interface Started {
  readonly child: ChildProcess;
  said(): string;
}

describe.runIf(haveKafka())('two processors between Kafka and ClickHouse', () => {
  let dir: string;
  let kafka: KafkaServer;
  let owner: OwnerSession;
  let endpoint: Endpoint;
  let store: Store;
  let expected: Record<string, string[]>;
  let messages: readonly Message[];
  let sink: Sink;
  const children: Started[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'agentops-processors-'));
    const db = join(dir, 'db');
    owner = openWithRoles(db, join(dir, 'endpoint'));
    store = openEmbedded(db);
    await migrate(store, SCHEMA);
    endpoint = await startEndpoint({
      owner,
      db,
      dir: join(dir, 'endpoint'),
      port: 0,
      tokens: { writer: WRITER },
    });
    sink = await startSink();
    kafka = await startKafka();
    await kafka.createTopics(4, 'otlp_spans', 'otlp_logs');
    // Foreign spans are held in memory only, by whoever saw them: a handed-over trace does not have them.
    const fleet = makeFleet(chance(31), 240).filter((item) => !isForeign(item));
    messages = messagesOf(chance(32).shuffle(fleet), chance(33));
    const truth = openEmbedded(db, 'truth');
    await migrate(truth, SCHEMA);
    await run(truth, memorySource(records(messages.map(({ value }) => value.toString())), { sizes: [100] }));
    expected = await dump(truth);
    await truth.close();
  }, 240_000);
  afterAll(async () => {
    for (const { child } of children) child.kill('SIGKILL');
    await kafka.stop();
    await sink.close();
    await endpoint.close();
    await store.close();
    await owner.close();
    rmSync(dir, { recursive: true, force: true });
  });

  function start(): Started {
    const child = spawn(process.execPath, [BIN, 'process', '--health-port', '0'], {
      env: {
        ...process.env,
        KAFKA_BROKERS: kafka.broker,
        AGENTOPS_SECRET: SECRET,
        AGENTOPS_CLICKHOUSE_URL: `http://writer@127.0.0.1:${endpoint.port}`,
        AGENTOPS_CLICKHOUSE_PASSWORD: WRITER,
        AGENTOPS_TRACES_ENDPOINT: sink.url,
        OTEL_BSP_SCHEDULE_DELAY: '100',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (part) => {
        said += part;
      });
    }
    const started = { child, said: () => said };
    children.push(started);
    return started;
  }

  async function stored(): Promise<number> {
    const [row] = await store.query<{ n: string }>(
      'SELECT uniqExact(source, source_offset) AS n FROM agentops.ingest_ledger',
    );
    return Number(row?.n ?? 0);
  }

  async function until(done: () => Promise<boolean>, what: string): Promise<void> {
    for (const end = Date.now() + 90_000; !(await done()); ) {
      if (Date.now() > end)
        throw new Error(`${what}:\n${children.map(({ said }) => said()).join('\n---\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** A span a chunk, with its parts; none of them makes another chunk worth a span when it comes back by the topic. */
  async function expectOwnTraces(): Promise<void> {
    const names = (): string[] => sink.spans().map(({ name }) => name);
    const all = ['gather', 'load', 'fold', 'claim', 'insert', 'commit', 'process agentops'];
    // The first chunks may need nothing of the store.
    await until(async () => all.every((one) => names().includes(one)), 'the processors send no such spans');
    const chunk = sink.spans().find(({ name }) => name === 'process agentops')!;
    expect(chunk.attributes).toMatchObject({
      'service.name': { stringValue: 'agentops-processor' },
      'messaging.consumer.group.name': { stringValue: 'agentops' },
    });
    const own = sink.requests.slice(0, 3).map(({ text }): Message => {
      return { topic: 'otlp_spans', key: '0'.repeat(32), value: Buffer.from(text) };
    });
    await untilQuiet(names);
    const before = names().length;
    await produce(kafka, own);
    await until(async () => (await stored()) === messages.length + 80 + own.length, 'they are not taken');
    await untilQuiet(names);
    expect(names().slice(before)).toEqual([]);
    const [row] = await store.query<{ dropped: string }>(
      `SELECT sum(n) AS dropped FROM agentops.ingest_ledger FINAL
       ARRAY JOIN dropped_services AS service, dropped_counts AS n WHERE service = 'agentops-processor'`,
    );
    expect(Number(row!.dropped)).toBeGreaterThan(0);
  }

  /** Spans wait a tenth of a second for others. */
  async function untilQuiet(names: () => readonly string[]): Promise<void> {
    for (let before = -1; before !== names().length; ) {
      before = names().length;
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    }
  }

  test('one is killed, another comes: the tables are those of the embedded chain', async () => {
    const first = start();
    start();
    const half = Math.floor(messages.length / 2);
    await produce(kafka, messages.slice(0, half));
    await until(async () => (await stored()) > half / 4, 'nothing is stored');
    first.child.kill('SIGKILL');
    start();
    await produce(kafka, messages.slice(half));
    // The Collector sends some of it again, at new offsets.
    await produce(kafka, messages.slice(half - 40, half + 40));
    await until(async () => (await stored()) === messages.length + 80, 'not all is stored');
    await expectOwnTraces();
    const alive = children.filter(({ child }) => child.exitCode === null && child.signalCode === null);
    expect(alive).toHaveLength(2);
    for (const { child, said } of alive) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      expect([...(await gone), said()]).toEqual([0, null, expect.stringContaining('items received')]);
    }
    const found = await dump(store);
    for (const table of Object.keys(expected))
      expect({ table, rows: found[table] }).toEqual({ table, rows: expected[table] });
    await expectBalance(store);
    // Tasks among them whose traces two processors may have had: resumed conversations, and tasks told by their ids.
    const [over] = await store.query<{ tasks: string }>(
      `SELECT count() AS tasks FROM
       (
         SELECT task_id FROM (SELECT task_id, arrayJoin(trace_ids) AS trace FROM agentops.task_outcomes) AS t
         INNER JOIN (SELECT DISTINCT trace_id, source FROM agentops.steps WHERE startsWith(source, 'kafka:otlp_spans')) AS s
           ON s.trace_id = t.trace
         GROUP BY task_id HAVING uniqExact(s.source) > 1
       )`,
    );
    expect(Number(over!.tasks)).toBeGreaterThan(10);
  }, 180_000);
});
