import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createChain } from '../chain/chain.ts';
import { createKnownTraces } from '../chain/known-traces.ts';
import { readChunk } from '../chain/read.ts';
import type { Step } from '../model.ts';
import { createTimeline } from '../registry/facts.ts';
import { createPage } from '../steps/page.ts';
import { appendStep, readStep } from '../steps/whole.ts';
import { addArrival, createTraceSet, variantsOf } from './trace-set.ts';

const RECEIVED_AT = 1_795_100_000_000;
const TRACE_ID = 'a'.repeat(32);

/** One span as an emitter sends it again and again while it runs: later ends, and two contents with the same end. */
const contents: Step[] = Array.from({ length: 24 }, (_, i) => {
  const span = {
    traceId: TRACE_ID,
    spanId: 'b'.repeat(16),
    name: `chat ${i}`,
    startTimeUnixNano: `${RECEIVED_AT}000000`,
    endTimeUnixNano: `${RECEIVED_AT}0000${10 + (i >> 1)}`,
    attributes: [{ key: 'gen_ai.operation.name', value: { stringValue: 'chat' } }],
  };
  const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
  const record = {
    offset: i,
    signal: 'spans',
    encoding: 'json',
    body,
    receivedAt: RECEIVED_AT,
    counted: 1,
  } as const;
  const { reader } = createChain({ timeline: createTimeline(), known: createKnownTraces() });
  const { page, from } = readChunk({ source: 'test', records: [record], next: i + 1 }, reader).steps[0]!;
  return readStep(page, from);
});

test('of many contents under the same ids the greatest wins, and the same others are remembered, in any order', () => {
  const order = fc.shuffledSubarray(contents, { minLength: contents.length });
  const again = fc.array(fc.constantFrom(...contents), { maxLength: 10 });
  const results = new Set<string>();
  fc.assert(
    fc.property(order, again, (first, repeated) => {
      const set = createTraceSet(TRACE_ID);
      const page = createPage();
      [...first, ...repeated].forEach((step, offset) => {
        addArrival(set, page, appendStep(page, step, { source: 'test', offset, receivedAt: RECEIVED_AT }, 0));
      });
      expect(set.rows).toHaveLength(1);
      const { name } = readStep(set.pages[0]!, set.rows[0]!);
      results.add(JSON.stringify([name, variantsOf(set, 0)]));
    }),
    { numRuns: 50 },
  );
  expect(results.size).toBe(1);
  expect([...results][0]).toMatch(/^\["chat 2[23]"/);
});
