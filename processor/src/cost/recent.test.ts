import { expect, test } from 'vitest';
import { createRecent } from './recent.ts';

test('what is asked for stays, a flood of others is forgotten', () => {
  const recent = createRecent<number>(100);
  recent.put('p', 'often', -1);
  recent.put('p', 'once', -2);
  for (let i = 0; i < 1000; i++) {
    recent.put(`p${i % 7}`, `m${i}`, i);
    expect(recent.get('p', 'often')).toBe(-1);
  }
  expect(recent.get('p', 'once')).toBeUndefined();
  expect(recent.get('p5', 'm999')).toBe(999);
  const kept = Array.from({ length: 1000 }, (_, i) => recent.get(`p${i % 7}`, `m${i}`)).filter(
    (v) => v !== undefined,
  );
  expect(kept.length).toBeLessThanOrEqual(200);
});
