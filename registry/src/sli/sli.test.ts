import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sliDocument } from './document.ts';
import { SLI_DEFINITIONS } from './index.ts';

test('docs/slis.md is what the definitions say: npm run generate', () => {
  expect(readFileSync(new URL('../../docs/slis.md', import.meta.url), 'utf8')).toBe(sliDocument());
});

test('ids and titles are unique', () => {
  for (const key of ['id', 'title'] as const) {
    const all = SLI_DEFINITIONS.map((sli) => sli[key]);
    expect(new Set(all).size).toBe(all.length);
  }
});

test('an event is good by itself, or by a bound on its value; the mean of values has no other unit than theirs', () => {
  for (const { id, sql, bound, unit } of SLI_DEFINITIONS) {
    expect([id, sql.good === undefined]).toEqual([id, sql.value !== undefined]);
    expect([id, unit === 'percent']).toEqual([id, sql.good !== undefined]);
    if (bound !== undefined) expect([id, sql.value]).not.toEqual([id, undefined]);
  }
});
