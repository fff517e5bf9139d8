import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CollectorServer, haveCollector, startCollector } from '../servers/collector.ts';
import { untilReady } from '../servers/process.ts';
import { testFile } from '../servers/tools.ts';
import { dump, type Engine, openEngine, records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { generated, READABLE } from './configs.ts';
import { send } from './send.ts';
import { type Sink, startSink } from './sink.ts';

const FIXTURES = testFile('../processor/src/dialects/fixtures');
const NAMES = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.otlp.jsonl'))
  .map((name) => name.replace('.otlp.jsonl', ''));
/** What depends on neither digests nor on what a Collector adds. */
const TABLES = ['runs', 'cost_ledger', 'approval_events', 'evaluations', 'step_policy', 'task_outcomes'];

/** After the fixtures were recorded. */
const RECEIVED_AT = 1_795_450_000_000;

const bodiesOf = (name: string): object[] =>
  readFileSync(join(FIXTURES, `${name}.otlp.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);

function itemsIn(bodies: readonly object[]): number {
  return [...JSON.stringify(bodies).matchAll(/"(?:startTimeUnixNano|observedTimeUnixNano)"/g)].length;
}

describe.runIf(haveCollector())(
  'recorded telemetry through the Collector gives the numbers of the telemetry',
  () => {
    let engine: Engine;
    let sink: Sink;
    let collector: CollectorServer;

    beforeAll(async () => {
      engine = openEngine();
      sink = await startSink();
      collector = await startCollector({
        configs: [generated('agentops/collector.yaml'), READABLE],
        env: { AGENTOPS_ENDPOINT: sink.url },
      });
    }, 600_000);
    afterAll(async () => {
      await collector.stop();
      await sink.close();
      await engine.close();
    });

    async function tablesOf(bodies: readonly object[]): Promise<Record<string, string[]>> {
      const store = await engine.database();
      const received = records(bodies).map((record) => ({ ...record, receivedAt: RECEIVED_AT }));
      await run(store, memorySource(received, { sizes: [100] }));
      return dump(store);
    }

    test(`of ${NAMES.length} emitters`, async () => {
      expect(NAMES.length).toBeGreaterThan(20);
      const bodies = NAMES.flatMap(bodiesOf);
      for (const body of bodies) expect(await send(collector.url, body)).toBe(200);
      const passed = (): object[] => sink.requests.map(({ text }) => JSON.parse(text) as object);
      await untilReady(
        async () => expect(itemsIn(passed())).toBe(itemsIn(bodies)),
        30_000,
        () => collector.said(),
      );
      const [expected, found] = [await tablesOf(bodies), await tablesOf(passed())];
      expect(expected['cost_ledger']!.length).toBeGreaterThan(80);
      for (const table of TABLES)
        expect({ table, rows: found[table] }).toEqual({ table, rows: expected[table] });
    }, 120_000);
  },
);
