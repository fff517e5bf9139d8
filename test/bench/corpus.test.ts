import { createChain, createKnownTraces, createTimeline, readChunk } from '@agentops/processor';
import { expect, test } from 'vitest';
import { BYTES_PER_SPAN, corpus } from './corpus.ts';

test('two corpora of one seed are equal byte for byte, of two seeds not', () => {
  const bodies = (seed: number): string =>
    Buffer.concat([...corpus({ spans: 250, seed })]).toString('base64');
  expect(bodies(3)).toBe(bodies(3));
  expect(bodies(3)).not.toBe(bodies(4));
});

test('a span has the size, and the spans the mix, that every benchmark names', () => {
  const bodies = [...corpus({ spans: 10_000 })];
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0) / 10_000;
  expect(Math.abs(bytes / BYTES_PER_SPAN - 1)).toBeLessThan(0.01);

  const records = bodies.map((body, offset) => {
    return {
      offset,
      signal: 'spans',
      encoding: 'protobuf',
      body,
      receivedAt: 1_795_100_000_000,
      counted: 100,
    } as const;
  });
  const { reader } = createChain({ timeline: createTimeline(), known: createKnownTraces() });
  const arrivals = readChunk({ source: 'corpus', records, next: records.length }, reader);
  const kinds = arrivals.steps.map(({ step }) => step.kind);
  const count = (kind: string): number => kinds.filter((each) => each === kind).length;
  expect([count('llm'), count('tool'), count('run')]).toEqual([4000, 4000, 1000]);
  expect(arrivals.deadLetters).toEqual([]);
});
