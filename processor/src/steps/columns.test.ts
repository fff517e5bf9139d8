import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDigests, digestMark, digestText, markOfText, setDigest } from './digests.ts';
import { compareIds, createIds, idText, isSameId, setId, setIdBytes } from './ids.ts';
import { createLabels } from './labels.ts';
import { compareTimes, createTimes, setTimeBytes, wholeMilliseconds } from './times.ts';

const bytes = fc.uint8Array({ minLength: 8, maxLength: 8 }).filter((id) => id.some((byte) => byte !== 0));
const hex = bytes.map((id) => Buffer.from(id).toString('hex'));
const id = fc.oneof(
  hex,
  hex.map((text) => `log-${text}${text}`),
  hex.map((text) => `${text}-3`),
);

describe('ids', () => {
  test('are the hex digits of their bytes', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        const ids = createIds(2);
        setIdBytes(ids, 0, new DataView(given.buffer, given.byteOffset), 0);
        setId(ids, 1, Buffer.from(given).toString('hex'));
        expect(idText(ids, 0)).toBe(Buffer.from(given).toString('hex'));
        expect(isSameId(ids, 0, ids, 1)).toBe(true);
      }),
    );
  });

  test('are the same, and in order, as their texts are', () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        const one = createIds(1);
        const other = createIds(1);
        setId(one, 0, a);
        setId(other, 0, b);
        expect(idText(one, 0)).toBe(a);
        expect(isSameId(one, 0, other, 0)).toBe(a === b);
        expect(Math.sign(compareIds(one, 0, other, 0))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });
});

describe('times', () => {
  const time = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

  test('compare as numbers of 64 bits', () => {
    fc.assert(
      fc.property(time, time, (a, b) => {
        const times = createTimes(2);
        times.values[0] = a;
        times.values[1] = b;
        expect(Math.sign(compareTimes(times, 0, times, 1))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  test('are read from their bytes, and in whole milliseconds exactly', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (at) => {
        const given = Buffer.alloc(8);
        given.writeBigUInt64LE(at);
        const times = createTimes(1);
        setTimeBytes(times, 0, new DataView(given.buffer, given.byteOffset), 0);
        expect(times.values[0]).toBe(at);
        expect(wholeMilliseconds(times.words[0]!, times.words[1]!)).toBe(Number(at / 1_000_000n));
      }),
    );
  });
});

test('a digest has the mark of its text', () => {
  const labels = createLabels();
  const digests = createDigests(1);
  const parts = fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: 32, maxLength: 32 });
  const digest = fc.oneof(
    parts.map((all) => `processor:chaskey-12:${all.join('')}`),
    fc.string({ minLength: 1, maxLength: 60 }),
  );
  fc.assert(
    fc.property(digest, (text) => {
      setDigest(digests, 0, labels, text);
      expect(digestText(digests, 0, labels)).toBe(text);
      expect(digestMark(digests, 0, labels)).toBe(markOfText(text));
    }),
    { numRuns: 1000 },
  );
});
