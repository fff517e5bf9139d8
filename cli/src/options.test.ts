import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseDays, parseFactor, parseInstant, parsePeriod, parsePort, parseWhole } from './options.ts';

describe('values of options', () => {
  it.each([
    ['30m', 1800],
    ['24h', 86_400],
    ['7d', 604_800],
    ['all', null],
  ])('reads the period %s', (text, seconds) => {
    expect(parsePeriod(text)).toBe(seconds);
  });

  it.each(['', '7', 'd', '-7d', '1.5h', '3w', '7d '])('refuses the period %j', (text) => {
    expect(() => parsePeriod(text)).toThrow(InvalidArgumentError);
  });

  it('takes every port, and 0 for any free one', () => {
    expect([parsePort('0'), parsePort('65535')]).toEqual([0, 65_535]);
    for (const text of ['65536', '-1', '80a', ''])
      expect(() => parsePort(text)).toThrow(InvalidArgumentError);
  });

  it('keeps whole numbers exact', () => {
    expect(parseWhole('999999999999999')).toBe(999_999_999_999_999);
    expect(() => parseWhole('9999999999999999')).toThrow(InvalidArgumentError);
  });

  it('takes days with and without their unit, but no empty span', () => {
    expect([parseDays('30'), parseDays('30d')]).toEqual([30, 30]);
    expect(() => parseDays('0')).toThrow(InvalidArgumentError);
  });

  it('takes factors above zero', () => {
    expect(parseFactor('0.5')).toBe(0.5);
    for (const text of ['0', '-1', 'Infinity', 'x'])
      expect(() => parseFactor(text)).toThrow(InvalidArgumentError);
  });

  it('reads a day as its beginning in UTC', () => {
    expect(parseInstant('2026-11-01').toISOString()).toBe('2026-11-01T00:00:00.000Z');
    expect(() => parseInstant('yesterday')).toThrow(InvalidArgumentError);
  });
});
