import { expect, test } from 'vitest';
import { fuzzPayloads } from './payloads.ts';

test('damaged payloads of every emitter break nothing and lose nothing', () => {
  const result = fuzzPayloads(10_000, 4);
  expect(result.failures).toEqual([]);
  // A search that only meets closed doors would find nothing.
  expect(result.refused).toBeLessThan(result.tried * 0.8);
  expect(result.deadLetters).toBeGreaterThan(100);
}, 60_000);
