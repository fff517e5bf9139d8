import { expect, test } from 'vitest';
import { fuzzQueries } from './queries.ts';

test('damaged queries are all answered, give nothing away and change nothing', async () => {
  const result = await fuzzQueries(2_000, 5);
  expect(result.failures).toEqual([]);
  expect(result.tried).toBe(2_000);
  // A search that only meets closed doors would find nothing.
  expect(result.answered).toBeGreaterThan(200);
}, 120_000);
