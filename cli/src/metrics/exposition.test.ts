import { describe, expect, test } from 'vitest';
import { addDecimals } from './counters.ts';
import { exposition, type Family, formatFor } from './exposition.ts';

const FAMILIES: readonly Family[] = [
  {
    name: 'agentops_cost',
    type: 'counter',
    help: 'Cost, "list prices".',
    samples: [{ labels: { agent: 'a\\b"c"\nd', currency: 'JPY' }, value: '0.000000000001' }],
  },
  { name: 'agentops_agent', type: 'info', help: 'Who.', samples: [{ labels: { agent: 'a' }, value: '1' }] },
  { name: 'agentops_age_seconds', type: 'gauge', help: 'Age.', samples: [{ labels: {}, value: '12.5' }] },
  { name: 'agentops_nothing', type: 'gauge', help: 'Nothing.', samples: [] },
];

describe('metrics as text', () => {
  test('Prometheus’s format: a family is called as its samples are', () => {
    expect(exposition(FAMILIES, 'text')).toBe(`# HELP agentops_cost_total Cost, "list prices".
# TYPE agentops_cost_total counter
agentops_cost_total{agent="a\\\\b\\"c\\"\\nd",currency="JPY"} 0.000000000001
# HELP agentops_agent_info Who.
# TYPE agentops_agent_info gauge
agentops_agent_info{agent="a"} 1
# HELP agentops_age_seconds Age.
# TYPE agentops_age_seconds gauge
agentops_age_seconds 12.5
`);
  });

  test('OpenMetrics: without the suffix, quotes of help escaped, with an end', () => {
    const text = exposition(FAMILIES, 'openmetrics');
    expect(text).toContain('# TYPE agentops_cost counter\nagentops_cost_total{');
    expect(text).toContain('# HELP agentops_cost Cost, \\"list prices\\".\n');
    expect(text).toContain('# TYPE agentops_agent info\nagentops_agent_info{');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
  });

  test.each([
    ['application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.3', 'openmetrics'],
    ['text/plain;version=0.0.4', 'text'],
    [undefined, 'text'],
  ])('%s: %s', (accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });
});

test.each([
  ['0', '0', '0'],
  ['0.1', '0.2', '0.3'],
  ['99999999999999999999.000000000001', '0.999999999999', '100000000000000000000'],
  ['-1.5', '0.25', '-1.25'],
])('%s + %s = %s, exactly', (one, other, sum) => {
  expect(addDecimals(one, other)).toBe(sum);
});
