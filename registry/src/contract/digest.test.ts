import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { canonicalJson, digest, digests, shapeDigest } from './digest.ts';
import { createDigester } from './digest-bytes.ts';

const KEY = 'a key of tests';
const of = (value: unknown): string => digest(value, KEY, 'helper');
const shapeOf = (value: unknown): string => shapeDigest(value, KEY, 'helper');

describe('digest', () => {
  it('names its place and algorithm', () => {
    expect(of({ a: 1 })).toMatch(/^helper:chaskey-12:[0-9a-f]{32}$/);
    expect(digest({ a: 1 }, KEY, 'collector')).toMatch(/^collector:chaskey-12:/);
  });

  it('is keyed', () => {
    expect(digest({ a: 1 }, 'another', 'helper')).not.toBe(of({ a: 1 }));
    expect(digest({ a: 1 }, Buffer.from(KEY), 'helper')).toBe(of({ a: 1 }));
  });

  it('ignores the order of keys, absent values and how JSON was written', () => {
    const value = { b: [1, { d: null, c: 'x' }], a: true };
    expect(of({ a: true, z: undefined, b: [1, { c: 'x', d: null }] })).toBe(of(value));
    expect(of('{"b": [1, {"d": null, "c": "x"}],\n "a": true}')).toBe(of(value));
  });

  it('tells different values apart', () => {
    const values = [
      { a: 1 },
      { a: '1' },
      { a: [1] },
      { a: null },
      [],
      {},
      '',
      null,
      'a',
      ['a'],
      ['a', ''],
      ['a","'],
      true,
      0,
    ];
    expect(new Set(values.map(of)).size).toBe(values.length);
  });

  it('tells long values apart by one character anywhere', () => {
    const text = 'some words '.repeat(1000);
    const changed = [0, 4090, 4096, 8200, text.length - 1].map(
      (at) => `${text.slice(0, at)}#${text.slice(at + 1)}`,
    );
    expect(new Set([text, ...changed].map((body) => of({ body }))).size).toBe(6);
  });

  it('takes what JSON cannot say', () => {
    const cyclic: Record<string, unknown> = { a: 1 };
    cyclic.self = cyclic;
    let deep: unknown = 1;
    for (let i = 0; i < 1000; i++) deep = [deep];
    for (const value of [cyclic, deep, 10n, Number.NaN, undefined, Symbol('x'), new Date(0), '{broken']) {
      expect(of(value)).toMatch(/^helper:/);
    }
    expect(canonicalJson({ when: new Date(0), big: 10n, 'ключ"': 'a\n\ud800' })).toBe(
      '{"big":10,"when":"1970-01-01T00:00:00.000Z","ключ\\"":"a\\n\\ud800"}',
    );
  });
});

test('texts of any length are quoted as JSON quotes them', () => {
  const part = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\u0007', '\ud800', '"', '\\', 'é'),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), fc.nat(400), (parts, padding) => {
      const text = `x${parts.join('-'.repeat(padding))}`;
      expect(canonicalJson(text)).toBe(JSON.stringify(text));
    }),
    { numRuns: 2000 },
  );
});

describe('shape digest', () => {
  it('is equal for near-identical calls, the digest is not', () => {
    const pairs: [unknown, unknown][] = [
      [
        { page: 1, size: 50 },
        { page: 2, size: 50 },
      ],
      [{ id: '0b0e3f1c-8b1e-4a57-9c3f-3c8f6f0d2a11' }, { id: '7d1f2a6b-1c2d-4e3f-8a9b-0c1d2e3f4a5b' }],
      [{ since: '2026-01-31T00:00:00Z' }, { since: '2025-12-01T09:30:00+09:00' }],
      [
        { to: 'mia@example.com', text: 'Order 17 is ready.' },
        { to: 'li@example.org', text: 'Order 2041 is ready.' },
      ],
      [{ amount: -12.5 }, { amount: 1e21 }],
    ];
    for (const [a, b] of pairs) {
      expect(shapeOf(a)).toBe(shapeOf(b));
      expect(of(a)).not.toBe(of(b));
    }
  });

  it('differs where words or structure differ', () => {
    const shapes = [{ q: 'cats 1' }, { q: 'dogs 1' }, { r: 'cats 1' }, { q: ['cats 1'] }, { q: 'cats' }].map(
      shapeOf,
    );
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  it('comes with the digest', () => {
    const value = { page: 3, q: 'cats' };
    expect(digests(value, KEY, 'helper')).toEqual({ digest: of(value), shapeDigest: shapeOf(value) });
  });
});

describe('digest of bytes', () => {
  const digester = createDigester(Buffer.from(KEY));
  const bytesOf = (text: string, shape = false): string => {
    const bytes = Buffer.from(`xx${text}yy`);
    return digester[shape ? 'shapeDigestBytes' : 'digestBytes'](bytes, 2, bytes.length - 2);
  };

  it('counts no white space between JSON tokens, and all of it in strings', () => {
    expect(bytesOf(' {"a" : [1,\n\t2], "b\\" ": " x "}')).toBe(bytesOf('{"a":[1,2],"b\\" ":" x "}'));
    expect(bytesOf('{"a":" x"}')).not.toBe(bytesOf('{"a":"x"}'));
    expect(bytesOf('{"a":"\\" x"}')).not.toBe(bytesOf('{"a":"\\"x"}'));
    expect(bytesOf('plain text')).not.toBe(bytesOf('plaintext'));
  });

  it('does so across its buffer', () => {
    const items = Array.from({ length: 900 }, (_, i) => ({ n: i, 'a "key"': `value ${i}` }));
    expect(bytesOf(JSON.stringify(items, null, 3))).toBe(bytesOf(JSON.stringify(items)));
    expect(bytesOf(JSON.stringify(items, null, 3), true)).toBe(bytesOf(JSON.stringify(items), true));
    items[450]!.n = -1;
    expect(bytesOf(JSON.stringify(items))).not.toBe(bytesOf(JSON.stringify([...items, items[0]])));
  });

  it('agrees with the digest of the value where that is already canonical', () => {
    for (const value of [{ a: 1, b: ['x y', { c: 'z"' }] }, [], { n: 4.5, to: 'mia@example.com' }]) {
      const text = JSON.stringify(value);
      expect(bytesOf(text)).toBe(digest(value, KEY, 'processor'));
      expect(bytesOf(text, true)).toBe(shapeDigest(value, KEY, 'processor'));
    }
  });

  it('takes any bytes', () => {
    for (const text of ['', '"', '{"a', '{"a\\', '[[[[', '\u0000', '  ']) {
      expect(bytesOf(text)).toMatch(/^processor:chaskey-12:[0-9a-f]{32}$/);
      expect(bytesOf(text, true)).toMatch(/^processor:chaskey-12:[0-9a-f]{32}$/);
    }
  });
});
