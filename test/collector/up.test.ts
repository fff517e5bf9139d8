import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Embedded, startEmbedded } from '@agentops/processor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { haveCollector, startCollector } from '../servers/collector.ts';
import { freePorts, untilReady } from '../servers/process.ts';
import { expectBalance } from '../tools/chain.ts';
import { isForeign, makeFleet, requests } from '../tools/fleet.ts';
import { chance } from '../tools/otlp.ts';
import { generated } from './configs.ts';
import { send } from './send.ts';

describe.runIf(haveCollector())('the Collector before agentops up, without Kafka', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'agentops-collector-up-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test('what is sent while it is away, and across a restart of it, is stored once', async () => {
    const random = chance(61);
    const fleet = makeFleet(random, 33).filter((item) => !isForeign(item));
    const bodies = requests(fleet, random, 10);
    const half = Math.floor(bodies.length / 2);
    const [otlpPort] = (await freePorts(1)) as [number];
    const up = (): Promise<Embedded> => startEmbedded({ dataDir: join(dir, 'data'), otlpPort });
    const collector = await startCollector({
      configs: [generated('agentops/collector.yaml')],
      env: { AGENTOPS_ENDPOINT: `http://127.0.0.1:${otlpPort}` },
    });
    const ids = new Set(fleet.map(({ span }) => `${span.traceId}${span.spanId}`));
    const stored = async ({ reader }: Embedded): Promise<number> => {
      const [row] = await reader.query<{ n: string }>(
        `SELECT count() AS n FROM agentops.steps FINAL WHERE inferred = 0 AND kind != 'skeleton'`,
      );
      return Number(row?.n);
    };
    try {
      for (const body of bodies.slice(0, half)) expect(await send(collector.url, body)).toBe(200);
      const first = await up();
      await untilReady(
        async () => expect(await stored(first)).toBeGreaterThan(0),
        30_000,
        () => collector.said(),
      );
      await first.stop();
      for (const body of bodies.slice(half)) expect(await send(collector.url, body)).toBe(200);
      const second = await up();
      await untilReady(
        async () => expect(await stored(second)).toBe(ids.size),
        30_000,
        () => collector.said(),
      );
      // Steps are seen before the ledger's rows of the same chunk are.
      await second.drained();
      await expectBalance(second.reader);
      await second.stop();
    } finally {
      await collector.stop();
    }
  }, 600_000);
});
