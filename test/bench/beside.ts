/**
 * What a long query costs those beside it: inserts and short questions over ClickHouse's HTTP interface of the embedded
 * chain, with and without a query that runs all the while. Rounds alternate, so that both see the same machine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Embedded, startEmbedded } from '@agentops/processor';
import { corpus } from './corpus.ts';

export interface Beside {
  /** Medians in ms: alone, and beside the long query. */
  readonly insert: readonly [alone: number, beside: number];
  readonly question: readonly [alone: number, beside: number];
  /** How long the query ran in all, s, and how long it took to end once its client was gone, ms. */
  readonly longSeconds: number;
  readonly endedMs: number;
}

const SPANS = 100_000;
const ROUNDS = 4;
const EACH = 12;
const LONG = 'SELECT sum(sipHash64(number)) FROM numbers(1000000000000)';
const QUESTION =
  'SELECT agent, kind, count(), sum(duration_ms) FROM run_steps GROUP BY agent, kind ORDER BY 3 DESC';

export async function benchBeside(): Promise<Beside> {
  const dataDir = mkdtempSync(join(tmpdir(), 'agentops-bench-'));
  const limits = { seconds: 60, memoryBytes: 8 * 1024 ** 3 };
  const chain = await startEmbedded({ dataDir, otlpPort: 0, clickhouse: { port: 0, limits } });
  try {
    const bodies = corpus({ spans: SPANS + ROUNDS * EACH * 2 * 200, spansPerRequest: 200 });
    for (let i = 0; i < SPANS / 200; i++) await send(chain, bodies.next().value!);
    await chain.drained();
    const times = { insert: [[], []], question: [[], []] } as { insert: number[][]; question: number[][] };
    let longSeconds = 0;
    const ends: number[] = [];
    for (let round = 0; round < ROUNDS * 2; round++) {
      const beside = round % 2;
      const client = new AbortController();
      const begun = performance.now();
      const long = beside ? ask(chain, LONG, client.signal).catch(() => {}) : null;
      if (beside) await until(() => chain.clickhouse!.stats().running === 1);
      for (let i = 0; i < EACH; i++) {
        times.insert[beside]!.push(
          await timed(async () => {
            await send(chain, bodies.next().value!);
            await chain.drained();
          }),
        );
        times.question[beside]!.push(await timed(() => ask(chain, QUESTION)));
      }
      if (long === null) continue;
      if (chain.clickhouse!.stats().running !== 1) throw new Error('the long query ended by itself');
      longSeconds += (performance.now() - begun) / 1000;
      ends.push(
        await timed(async () => {
          client.abort();
          await long;
          await until(() => chain.clickhouse!.stats().running === 0);
        }),
      );
    }
    return {
      insert: [median(times.insert[0]!), median(times.insert[1]!)],
      question: [median(times.question[0]!), median(times.question[1]!)],
      longSeconds,
      endedMs: Math.max(...ends),
    };
  } finally {
    await chain.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function send(chain: Embedded, body: Uint8Array): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${chain.otlpPort}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function ask(chain: Embedded, sql: string, signal?: AbortSignal): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${chain.clickhouse!.port}/?database=agentops`, {
    method: 'POST',
    body: sql,
    ...(signal && { signal }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 2));
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;
}
