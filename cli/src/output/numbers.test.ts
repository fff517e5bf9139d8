import { describe, expect, it } from 'vitest';
import { bytes, duration, money, ratio, share } from './numbers.ts';

describe('numbers for readers', () => {
  it('never shows a rate without what it rests on', () => {
    expect(share(683, 896)).toBe('76.2 % (683/896)');
    expect(ratio(5126, 1071)).toBe('4.8 (5,126/1,071)');
  });

  it('shows no rate where there is nothing to take it of', () => {
    expect([share(0, 0), ratio(0, 0)]).toEqual(['–', '–']);
  });

  it('shows unknown money as unknown, never as 0', () => {
    expect(money(null, 'USD')).toBe('–');
    expect(money('0', 'USD')).toBe('0.0000 USD');
  });

  it('keeps the same digits in a column', () => {
    expect([money('3.923', 'USD'), money('10.8231', 'USD')]).toEqual(['3.9230 USD', '10.8231 USD']);
    expect(money('14741.825', 'JPY')).toBe('14,741.83 JPY');
  });

  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [59_949, '59.9 s'],
    [59_951, '1.0 min'],
    [3_596_999, '59.9 min'],
    [3_597_000, '1.0 h'],
    [Number.NaN, '–'],
    [null, '–'],
  ])('rounds %d ms without leaving its unit', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it('counts bytes in powers of 1024', () => {
    expect([bytes(1023), bytes(1536), bytes(13_120_770)]).toEqual(['1023 B', '1.5 KiB', '12.5 MiB']);
  });
});
