import type { Store } from '@agentops/processor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { count, dump, type Engine, expectBalance, openEngine, records, run } from '../tools/chain.ts';
import { type FleetSpan, makeFleet, requests } from '../tools/fleet.ts';
import { memorySource } from '../tools/memory-source.ts';
import { type Chance, chance, span } from '../tools/otlp.ts';

const TRACES = 20;
/** Ordinary spans for each of ours; half of them in our own traces. */
const FACTOR = 100;

let engine: Engine;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());

/** What instrumented web servers, clients and databases send: below our spans, and in traces of their own. */
function webSpans(random: Chance, ours: readonly FleetSpan[]): FleetSpan[] {
  const out: FleetSpan[] = [];
  const add = (service: string, traceId: string, parent: string | undefined, start: number): string => {
    const spanId = random.hex(8);
    const attributes = { 'http.request.method': 'GET', 'url.path': '/v1/models', 'server.port': 443 };
    const options = { traceId, spanId, name: 'GET /v1/models', start, end: start + 3, attributes };
    out.push({ service, span: span({ ...options, ...(parent !== undefined && { parent }) }) });
    return spanId;
  };
  for (const { span: own } of ours) {
    const start = Number(own.startTimeUnixNano.slice(0, -6));
    let parent = own.spanId;
    for (let i = 0; i < FACTOR / 2; i++) {
      const below = add(`shop-${i % 4}`, own.traceId, parent, start);
      if (i % 3 === 0) parent = below;
      add('checkout', random.hex(16), undefined, start);
    }
  }
  return out;
}

async function violations(store: Store): Promise<unknown[]> {
  await count(store);
  return store.query(`SELECT agent, kind, subject FROM ${store.database}.violations ORDER BY ALL`);
}

test(`agents among ${FACTOR} times as many ordinary spans, above, between and below them: the same rows`, async () => {
  const random = chance(5);
  const fleet = makeFleet(random, TRACES);
  const alone = await engine.database();
  await run(alone, memorySource(records(requests(fleet, random, 20)), { sizes: [10] }));

  const web = webSpans(random, fleet);
  expect(web.length).toBe(fleet.length * FACTOR);
  const among = await engine.database();
  const all = requests(random.shuffle([...fleet, ...web]), random, 200);
  await run(among, memorySource(records(all), { sizes: [40] }));

  expect(await dump(among)).toEqual(await dump(alone));
  expect(await violations(among)).toEqual(await violations(alone));
  await expectBalance(among);
  const [dropped] = await among.query<{ n: string }>(
    `SELECT sum(dropped) AS n FROM ${among.database}.conservation`,
  );
  const [before] = await alone.query<{ n: string }>(
    `SELECT sum(dropped) AS n FROM ${alone.database}.conservation`,
  );
  expect(Number(dropped!.n) - Number(before!.n)).toBe(web.length);
}, 120_000);
