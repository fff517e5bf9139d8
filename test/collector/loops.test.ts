import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { haveCollector, startCollector } from '../servers/collector.ts';
import { untilReady } from '../servers/process.ts';
import { type Engine, openEngine, records, run } from '../tools/chain.ts';
import { memorySource } from '../tools/memory-source.ts';
import { generated, READABLE } from './configs.ts';
import { send } from './send.ts';
import { startSink } from './sink.ts';
import { HARMLESS, toolRuns } from './tool-runs.ts';

interface Finding {
  readonly run_id: string;
  readonly pattern: string;
  readonly subject: string;
  readonly evidence: readonly string[];
  readonly wasted_calls: string;
}

const BODIES = toolRuns();
const SPANS = BODIES.flatMap((body) => [...JSON.stringify(body).matchAll(/"spanId"/g)]).length;

describe.runIf(haveCollector())('loops in what a Collector made of the telemetry', () => {
  let engine: Engine;
  let full: readonly Finding[];

  beforeAll(async () => {
    engine = openEngine();
    full = await findings(BODIES);
  }, 60_000);
  afterAll(() => engine.close());

  async function findings(bodies: readonly object[]): Promise<Finding[]> {
    const store = await engine.database();
    await run(store, memorySource(records(bodies), { sizes: [10] }));
    return await store.query<Finding>(
      `SELECT run_id, pattern, subject, evidence, wasted_calls FROM ${store.database}.loop_findings ORDER BY ALL`,
    );
  }

  async function throughCollector(content: string): Promise<{ bodies: object[]; text: string }> {
    const sink = await startSink();
    const collector = await startCollector({
      configs: [generated('agentops/collector.yaml'), READABLE],
      env: { AGENTOPS_ENDPOINT: sink.url, AGENTOPS_CONTENT: content },
    });
    try {
      for (const body of BODIES) expect(await send(collector.url, body)).toBe(200);
      await untilReady(
        async () => expect(sink.spans().length).toBe(SPANS),
        20_000,
        () => collector.said(),
      );
      const texts = sink.requests.map(({ text }) => text);
      return { bodies: texts.map((text) => JSON.parse(text) as object), text: texts.join('\n') };
    } finally {
      await collector.stop();
      await sink.close();
    }
  }

  test('with content in full: every kind of circle, in every writing; none where mails go to 20 customers', () => {
    const patterns = (first: string): Set<string> =>
      new Set(full.filter(({ run_id }) => run_id.startsWith(first)).map(({ pattern }) => pattern));
    for (const writing of ['0', '1', '2', '3'])
      expect([...patterns(writing)].sort()).toEqual(['cycle', 'near_identical', 'no_progress']);
    expect(full.filter(({ run_id }) => HARMLESS.includes(run_id.slice(0, 32)))).toEqual([]);
  });

  test.each(['registry', 'mask', 'drop'])(
    'the same findings from content=%s',
    async (content) => {
      const { bodies, text } = await throughCollector(content);
      expect(text).not.toContain('@');
      expect(await findings(bodies)).toEqual(full);
    },
    600_000,
  );
});
