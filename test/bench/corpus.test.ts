import {
  createChain,
  createKnownTraces,
  createTimeline,
  readChunk,
  readStep,
  type Step,
} from '@agentops/processor';
import { expect, test } from 'vitest';
import { BYTES_PER_SPAN, corpus } from './corpus.ts';
import { staggered } from './staggered.ts';

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

  const arrivals = read(bodies);
  const kinds = arrivals.steps.map((step) => step.kind);
  const count = (kind: string): number => kinds.filter((each) => each === kind).length;
  expect([count('llm'), count('tool'), count('run')]).toEqual([4000, 4000, 1000]);
  expect(arrivals.deadLetters).toEqual([]);
});

test('staggered, a run ends once the others that are to be open have begun, and is the run of the corpus', () => {
  const openRuns = 40;
  const open = new Set<string>();
  let ended = 0;
  for (const step of read([...staggered({ spans: 2_000, openRuns })]).steps) {
    open.add(step.traceId);
    if (step.kind !== 'run') continue;
    open.delete(step.traceId);
    expect(open.size).toBe(openRuns);
    ended++;
  }
  expect(ended).toBe(180);
});

function read(bodies: readonly Buffer[]): {
  steps: readonly Step[];
  deadLetters: readonly unknown[];
} {
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
  const { steps, deadLetters } = readChunk({ source: 'corpus', records, next: records.length }, reader);
  return {
    steps: steps.flatMap(({ page, from, to }) =>
      Array.from({ length: to - from }, (_, i) => readStep(page, from + i)),
    ),
    deadLetters,
  };
}
