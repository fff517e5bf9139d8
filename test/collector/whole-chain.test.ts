import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type Endpoint,
  migrate,
  type OwnerSession,
  openEmbedded,
  openServer,
  openWithRoles,
  type Store,
  startEndpoint,
} from '@agentops/processor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CollectorServer, haveCollector, startCollector } from '../servers/collector.ts';
import { haveKafka, type KafkaServer, startKafka } from '../servers/kafka.ts';
import { freePorts, type RunningServer, startServer, untilReady } from '../servers/process.ts';
import { testFile } from '../servers/tools.ts';
import { dump, expectBalance } from '../tools/chain.ts';
import { generated } from './configs.ts';

const run = promisify(execFile);
const BIN = testFile('../cli/bin/agentops.js');
const COMPANY = testFile('../registry/company');
const SECRET = '07'.repeat(32);
const TOKENS = { admin: 'admin-token', writer: 'writer-token' };
/** A fleet of the sample company, by the real SDK of OpenTelemetry: equal each time. */
const FLEET = ['--seed', '5', '--days', '1', '--scale', '0.3', '--until', hourAgo()];

function hourAgo(): string {
  return new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000).toISOString();
}

describe.runIf(haveCollector() && haveKafka())('everything real, twice', () => {
  let dir: string;
  let kafka: KafkaServer;
  let owner: OwnerSession;
  let endpoint: Endpoint;
  let server: Store;
  const children: RunningServer[] = [];
  const collectors: CollectorServer[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'agentops-whole-'));
    const db = join(dir, 'server');
    owner = openWithRoles(db, join(dir, 'endpoint'));
    server = openEmbedded(db);
    await migrate(server, { retentionDays: 0, timeZone: 'Asia/Tokyo', currency: 'JPY' });
    endpoint = await startEndpoint({ owner, db, dir: join(dir, 'endpoint'), port: 0, tokens: TOKENS });
    kafka = await startKafka();
    await kafka.createTopics(4, 'otlp_spans', 'otlp_logs');
  }, 600_000);
  afterAll(async () => {
    await Promise.all([...collectors.map((each) => each.stop()), ...children.map((each) => each.kill())]);
    await kafka.stop();
    await endpoint.close();
    await server.close();
    await owner.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const clickhouse = (): string => `http://writer@127.0.0.1:${endpoint.port}`;
  const ENV = {
    AGENTOPS_SECRET: SECRET,
    AGENTOPS_CLICKHOUSE_PASSWORD: TOKENS.writer,
  };

  function agentops(args: readonly string[], env: Record<string, string> = {}): RunningServer {
    const child = startServer(process.execPath, [BIN, ...args], { cwd: dir, env: { ...ENV, ...env } });
    children.push(child);
    return child;
  }

  async function collector(config: string, env: Record<string, string>): Promise<CollectorServer> {
    const started = await startCollector({ configs: [generated(config)], env });
    collectors.push(started);
    return started;
  }

  async function simulate(to: CollectorServer): Promise<number> {
    const { stdout } = await run(process.execPath, [
      BIN,
      'simulate',
      '--endpoint',
      to.url,
      '--json',
      ...FLEET,
    ]);
    return (JSON.parse(stdout) as { spans: number }).spans;
  }

  async function spansIn(store: Store): Promise<number> {
    const [row] = await store.query<{ n: string }>(
      `SELECT count() AS n FROM agentops.steps FINAL WHERE inferred = 0 AND kind != 'skeleton'`,
    );
    return Number(row?.n);
  }

  const stored = (store: Store, spans: number, who: readonly { said(): string }[]): Promise<void> =>
    untilReady(
      async () => expect(await spansIn(store)).toBe(spans),
      90_000,
      () => who.map((each) => each.said()).join('\n---\n'),
    );

  test('by Kafka and two processors into a server, and by agentops up alone: the same tables, row by row', async () => {
    const data = join(dir, 'data');
    mkdirSync(data);
    writeFileSync(join(data, 'secret.key'), SECRET);
    const [otlp, sql] = (await freePorts(2)) as [number, number];
    const ports = ['--otlp-port', `${otlp}`, '--clickhouse-port', `${sql}`, '--page-port', '0'];
    const up = agentops(['up', '--data', data, '--registry', COMPANY, ...ports]);
    const address = `http://127.0.0.1:${sql}`;
    await untilReady(
      () => fetch(`${address}/ping`),
      60_000,
      () => up.said(),
    );
    const alone = openServer(address);
    const before = await collector('agentops/collector.yaml', {
      AGENTOPS_ENDPOINT: `http://127.0.0.1:${otlp}`,
    });
    const spans = await simulate(before);
    expect(spans).toBeGreaterThan(1_000);
    await stored(alone, spans, [up, before]);

    await run(process.execPath, [BIN, 'registry', 'publish', COMPANY, '--clickhouse', clickhouse()], {
      env: { ...process.env, ...ENV },
    });
    const processors = [1, 2].map(() =>
      agentops(['process', '--health-port', '0'], {
        KAFKA_BROKERS: kafka.broker,
        AGENTOPS_CLICKHOUSE_URL: clickhouse(),
      }),
    );
    const production = await collector('kafka/collector.yaml', {
      AGENTOPS_KAFKA_BROKERS: `[${kafka.broker}]`,
    });
    expect(await simulate(production)).toBe(spans);
    await stored(server, spans, [...processors, production]);

    const [expected, found] = [await dump(alone), await dump(server)];
    expect(expected['task_outcomes']!.length).toBeGreaterThan(50);
    expect(expected['cost_ledger']!.length).toBeGreaterThan(200);
    for (const table of Object.keys(expected))
      expect({ table, rows: found[table] }).toEqual({ table, rows: expected[table] });
    await expectBalance(alone);
    await expectBalance(server);
    await alone.close();
  }, 300_000);
});
