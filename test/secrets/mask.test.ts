import { createMasker } from '@agentops/registry/contract';
import { describe, expect, it } from 'vitest';
import { benign, untouchable } from './benign.ts';
import { FORMATS } from './formats.ts';
import { findPlanted, plant } from './generate.ts';
import { POSITIONS } from './positions.ts';

const { maskText, maskValue } = createMasker();

/** Every text of a request masked for itself, as a processor meets it: keys too. */
function textByText(value: unknown): unknown {
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) return value.map(textByText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [maskText(key), textByText(item)]));
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
