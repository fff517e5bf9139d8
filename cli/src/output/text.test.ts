import { describe, expect, it } from 'vitest';
import { clip, printable, printableDeep, printableTable } from './text.ts';

describe('texts from strangers', () => {
  it('shows escape sequences, control characters and turned directions as dots', () => {
    expect(printable('\u001b]0;owned\u0007')).toBe('·]0;owned·');
    expect(printable('a\u009b31mb\rc\nd')).toBe('a·31mb·c·d');
    expect(printable('safe\u202egnp.exe')).toBe('safe·gnp.exe');
  });

  it('leaves every other script alone', () => {
    expect(printable('経費 – é 🚀')).toBe('経費 – é 🚀');
  });

  it('keeps the layout and colours of a table, and nothing else', () => {
    expect(printableTable('\u001b[1ma\u001b[0m\tb\n\u001b[2Jc\n')).toBe('\u001b[1ma\u001b[0m\tb\n·[2Jc\n');
  });

  it('reaches strings at any depth and leaves other values', () => {
    expect(printableDeep({ a: ['\u0007', { b: '\u0008', c: null, d: 3 }] })).toEqual({
      a: ['·', { b: '·', c: null, d: 3 }],
    });
  });

  it('cuts with an ellipsis, only what is too long', () => {
    expect([clip('abcd', 4), clip('abcde', 4)]).toEqual(['abcd', 'abc…']);
  });
});
