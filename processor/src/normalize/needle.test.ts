import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNeedle, holdsText } from './needle.ts';

test('finds what a search by Buffer finds, within its bounds', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '_', 'é') });
  fc.assert(
    fc.property(
      text,
      text,
      text,
      fc.string({ unit: fc.constantFrom('a', 'b', '_'), minLength: 1 }),
      (...parts) => {
        const [before, inside, behind, needle] = parts;
        const start = Buffer.byteLength(before);
        const end = start + Buffer.byteLength(inside);
        const buf = Buffer.from(before + inside + behind);
        expect(holdsText(buf, start, end, createNeedle(needle))).toBe(inside.includes(needle));
      },
    ),
    { numRuns: 3000 },
  );
});

test('at the very beginning, at the very end, and not across them', () => {
  const buf = Buffer.from('tool_call ... tool_call');
  const needle = createNeedle('tool_call');
  expect(holdsText(buf, 0, 9, needle)).toBe(true);
  expect(holdsText(buf, 1, buf.length, needle)).toBe(true);
  expect(holdsText(buf, 1, buf.length - 1, needle)).toBe(false);
  expect(holdsText(buf, 0, 0, needle)).toBe(false);
});
