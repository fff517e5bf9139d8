import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createKnownTraces } from './known-traces.ts';

test('a known trace is never denied, and hardly any other is taken for one, beyond the first capacity, too', () => {
  const known = createKnownTraces(1 << 14);
  const ids = Array.from({ length: 40_000 }, () => randomBytes(16).toString('hex'));
  for (const id of ids) known.add(id);
  expect(ids.every((id) => known.mayHold(id))).toBe(true);
  const taken = ids.filter(() => known.mayHold(randomBytes(16).toString('hex')));
  expect(taken.length).toBeLessThan(ids.length / 100);
});

test('ids that differ in one character only are told apart', () => {
  const known = createKnownTraces(1 << 14);
  const idOf = (n: number): string => n.toString(16).padStart(32, '0');
  for (let n = 0; n < 10_000; n++) known.add(idOf(n));
  const taken = Array.from({ length: 10_000 }, (_, i) => idOf(i + 10_000)).filter((id) => known.mayHold(id));
  expect(taken.length).toBeLessThan(100);
});
