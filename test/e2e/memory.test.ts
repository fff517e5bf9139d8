import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createChain, createKnownTraces, createTimeline, readChunk } from '@agentops/processor';
import { expect, test } from 'vitest';
import { chance } from '../tools/otlp.ts';
import { createWriter } from '../tools/otlp-writer.ts';
import { type SpanSpec, traceBody } from '../tools/spans.ts';

/** Made-up names; `FLOOD=1000000` is what a broken or hostile emitter may send. */
const FLOOD = Number(process.env['FLOOD'] ?? 60_000);
const PER_REQUEST = 500;
const AT = 1_795_000_000_000_000_000n;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Objects, and the pages of steps beside them. */
function heapMegabytes(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

test('tools, agents, models, users and services with a new name in every span: memory does not grow with them', () => {
  const { reader, folder } = createChain({
    timeline: createTimeline(),
    known: createKnownTraces(),
    limits: { maxItems: 10_000, maxHeld: 1_000 },
  });
  const random = chance(9);
  const w = createWriter(1 << 20);
  const request = (): Buffer => {
    const items = Array.from({ length: PER_REQUEST }, (): SpanSpec => {
      const name = random.hex(10);
      return {
        traceId: random.hex(16),
        spanId: random.hex(8),
        name: `execute_tool ${name}`,
        start: AT,
        end: AT + 1n,
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': name,
          'gen_ai.agent.name': `agent ${name}`,
          'gen_ai.request.model': `model ${name}`,
          'user.id': `user ${name}`,
          [`made.up.${name}`]: name,
        },
        status: { code: 2, message: `error ${name}` },
      };
    });
    const resource = { 'service.name': `service-${random.hex(6)}` };
    return traceBody([{ resource, scope: { name: `scope-${random.hex(6)}` }, items }], w);
  };

  let stored = 0;
  const heap: number[] = [];
  for (let offset = 0; offset < FLOOD / PER_REQUEST; offset++) {
    const record = {
      offset,
      signal: 'spans',
      encoding: 'protobuf',
      body: request(),
      counted: PER_REQUEST,
    } as const;
    const records = [{ ...record, receivedAt: 1_795_000_001_000 }];
    const arrivals = readChunk({ source: 'flood', records, next: offset + 1 }, reader);
    folder.fold(arrivals);
    stored += arrivals.tallies.reduce((sum, tally) => sum + tally.stored, 0);
    if (offset % Math.floor(FLOOD / PER_REQUEST / 3) === 0) heap.push(heapMegabytes());
  }
  heap.push(heapMegabytes());
  expect(stored).toBe(FLOOD);
  // The first third fills every cache and the state; after it, twice as many names again.
  expect(heap.at(-1)! - heap[1]!).toBeLessThan(40);
});
