import { describe, expect, test } from 'vitest';
import { expandBackendMacros, expandMacros, expandVariables } from './index.ts';

const RANGE = { from: 1_795_000_000_000, to: 1_795_003_600_500, intervalMs: 60_000 };

describe('macros of the back end', () => {
  test.each([
    ['$__timeFilter(a.at)', 'a.at >= toDateTime(1795000000) AND a.at <= toDateTime(1795003600)'],
    [
      '$__timeFilter_ms(at)',
      'at >= fromUnixTimestamp64Milli(1795000000000) AND at <= fromUnixTimestamp64Milli(1795003600500)',
    ],
    ['$__dateFilter(day)', "day >= toDate('2026-11-18') AND day <= toDate('2026-11-18')"],
    ['$__timeInterval(at)', 'toStartOfInterval(toDateTime(at), INTERVAL 60 second)'],
    ['$__fromTime - $__interval_s', 'toDateTime(1795000000) - 60'],
    ["'$5' || '%'", "'$5' || '%'"],
  ])('%s', (sql, expected) => {
    expect(expandBackendMacros(sql, RANGE)).toBe(expected);
  });

  test('one that the data source does not have', () => {
    expect(() => expandBackendMacros('$__timeFiter(at)', RANGE)).toThrow('$__timeFiter');
    expect(() => expandBackendMacros('$__conditionalAll(a, $b)', RANGE)).toThrow('$__conditionalAll');
  });
});

describe('variables', () => {
  const variables = {
    agent: { values: ["o'neil", 'b'], all: false },
    stage: { values: ['pilot'], all: true },
  };
  test.each([
    ['a IN (${agent:singlequote})', "a IN ('o\\'neil','b')"],
    ['$__conditionalAll(a IN (${agent:singlequote}), $agent)', "a IN ('o\\'neil','b')"],
    ['$__conditionalAll(f(s, 1) IN (${stage:singlequote}), ${stage}) AND 1', '1=1 AND 1'],
    ['$stage ${stage:raw}', 'pilot pilot'],
  ])('%s', (sql, expected) => {
    expect(expandVariables(sql, variables)).toBe(expected);
  });

  test('both', () => {
    expect(expandMacros('$__timeFrom(at) AND s = ${stage:singlequote}', RANGE, variables)).toBe(
      "at >= toDateTime(1795000000) AND s = 'pilot'",
    );
    expect(() => expandVariables('$nobody', variables)).toThrow('$nobody');
  });
});
