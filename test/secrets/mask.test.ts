import { createMasker, isSurelyPlain } from '@agentops/registry/contract';
import { describe, expect, it } from 'vitest';
import { benign, untouchable } from './benign.ts';
import { FORMATS } from './formats.ts';
import { findPlanted, plant } from './generate.ts';
import { POSITIONS } from './positions.ts';

const { maskText, maskValue } = createMasker();

/** As a processor masks ids: only where it is not told that there is surely nothing. */
function maskId(text: string): string {
  const bytes = Buffer.from(text);
  return isSurelyPlain(bytes, 0, bytes.length) ? text : maskText(text);
}

/** Every text of a request masked for itself, as a processor meets it: keys too. */
function textByText(value: unknown, mask = maskText): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((item) => textByText(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [mask(key), textByText(item, mask)]));
}

describe('masking of planted secrets', () => {
  it('has formats and positions enough', () => {
    expect(FORMATS.length).toBeGreaterThanOrEqual(30);
    expect(POSITIONS.length).toBeGreaterThanOrEqual(20);
  });

  it.each([9001, 9002, 9003])('leaves none, seed %i', (seed) => {
    const { traces, logs, broken, secrets } = plant(seed);
    const requests = [...traces, ...logs];
    const whole = JSON.stringify([requests, broken]);
    expect(findPlanted(whole, secrets).length).toBeGreaterThan(FORMATS.length * POSITIONS.length);
    expect(findPlanted(JSON.stringify(textByText(requests)), secrets)).toEqual([]);
    expect(findPlanted(JSON.stringify(maskValue(requests)), secrets)).toEqual([]);
    expect(findPlanted(broken.map(maskText).join('\n'), secrets)).toEqual([]);
  });

  it('leaves none where whole requests are one text', () => {
    const { traces, logs, secrets } = plant(9004);
    const masked = [...traces, ...logs].map((request) => maskText(JSON.stringify(request)));
    expect(findPlanted(masked.join('\n'), secrets)).toEqual([]);
  });

  it.each([9006, 9007])('is no other where ids are told from what has to be looked at, seed %i', (seed) => {
    const { traces, logs } = plant(seed);
    const requests = [...traces, ...logs];
    expect(textByText(requests, maskId)).toEqual(textByText(requests));
    const values = benign(seed, 20_000);
    expect(values.map(maskId)).toEqual(values.map((value) => maskText(value)));
  });

  it('is done in one pass', () => {
    const { traces } = plant(9005);
    const once = JSON.stringify(textByText(traces));
    expect(JSON.stringify(textByText(JSON.parse(once)))).toBe(once);
  });
});

describe('masking of benign values', () => {
  it('alters less than one in a hundred', () => {
    const values = benign(9101, 20_000);
    const altered = values.filter((value) => maskText(value) !== value);
    expect(altered.length / values.length, altered.slice(0, 20).join('\n')).toBeLessThan(0.01);
  });

  it('never alters counts of tokens and times', () => {
    const values = untouchable(9102, 20_000);
    expect(values.filter((value) => maskText(value) !== value)).toEqual([]);
    const numbers = {
      startTimeUnixNano: 1795000006944000000n,
      input_tokens: 4_111_111,
      total_tokens: 10_000_000_000_000,
    };
    expect(maskValue(numbers)).toEqual(numbers);
  });
});
