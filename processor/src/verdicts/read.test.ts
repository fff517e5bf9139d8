import { describe, expect, test } from 'vitest';
import { instantNs } from './instant.ts';
import { readVerdicts } from './read.ts';
import { verdictRequest } from './request.ts';

const NOW = 1_795_000_000_000_000_000n;
const AT = '2026-11-01T09:30:00Z';
const VERDICT = {
  taskId: 'T1',
  taskRef: '',
  outcome: 'success',
  source: 'human',
  by: 'mei.fujita',
  at: 1_793_525_400_000_000_000n,
  evidence: '',
  environment: '',
};

describe('rows of a file', () => {
  test.each([
    ['csv', `task_id,outcome,source,by,at\nT1,success,human,mei.fujita,${AT}\n`],
    ['csv', `\ufeffTask_ID;Outcome;Source;By;At\r\n"T1";"Success";human;mei.fujita;${AT}\r\n`],
    ['csv', `task_id\toutcome\tsource\tby\tat\n\nT1\tsuccess\thuman\tmei.fujita\t${AT}`],
    ['jsonl', `\n{"task_id":"T1","outcome":"success","source":"human","by":"mei.fujita","at":"${AT}"}\n`],
    ['json', `[{"task_id":"T1","outcome":"success","source":"human","by":"mei.fujita","at":"${AT}"}]`],
    ['json', `{"TASK_ID":"T1","outcome":"SUCCESS","source":"human","by":" mei.fujita ","at":"${AT}"}`],
  ] as const)('%s: %j', (format, text) => {
    expect(readVerdicts(text, format, NOW)).toEqual({ verdicts: [VERDICT], rejected: [] });
  });

  test('quoted text keeps delimiters, quotes and lines; rows are counted as lines of the file', () => {
    const text = [
      'task_id,outcome,source,by,at,evidence',
      `T1,success,human,mei,${AT},"one, ""two""\nthree"`,
      `T2,fine,human,mei,${AT},`,
      `T3,failure,human,mei,${AT},,surplus`,
    ].join('\n');
    const { verdicts, rejected } = readVerdicts(text, 'csv', NOW);
    expect(verdicts.map((verdict) => verdict.evidence)).toEqual(['one, "two"\nthree']);
    expect(rejected).toEqual([
      { row: 4, reason: expect.stringContaining('fine is no outcome') },
      { row: 5, reason: 'the header has 6 columns, this row 7' },
    ]);
  });

  test('defaults fill what a row leaves open, and columns may have names of their own', () => {
    const text = 'Order no.,Result,Closed\n7,failure,2026-11-01T18:30:00+09:00\n';
    const read = readVerdicts(text, 'csv', NOW, {
      values: { source: 'system', by: 'helpdesk', environment: 'production' },
      columns: { task_ref: 'Order no.', outcome: 'Result', at: 'closed' },
    });
    expect(read.verdicts).toEqual([
      {
        ...VERDICT,
        taskId: '',
        taskRef: '7',
        outcome: 'failure',
        source: 'system',
        by: 'helpdesk',
        environment: 'production',
      },
    ]);
  });

  test.each([
    [{ task_id: '' }, 'neither task_id nor task_ref'],
    [{ task_id: { a: 1 } }, 'neither task_id nor task_ref'],
    [{ outcome: 'open' }, 'open is no outcome'],
    [{ outcome: '' }, 'outcome is missing'],
    [{ source: 'emitter' }, 'emitter is no source'],
    [{ source: '' }, 'source is missing'],
    [{ by: '' }, 'whose it is'],
    [{ at: '' }, 'at is missing'],
    [{ at: '2026-11-01 09:30' }, 'no time with its zone'],
    [{ at: '2026-02-30T00:00:00Z' }, 'no time with its zone'],
    [{ at: '2999-01-01T00:00:00Z' }, 'still to come'],
    [{ evidence: 'x'.repeat(2000) }, 'evidence is longer'],
  ])('%j is no verdict', (change, reason) => {
    const row = { task_id: 'T1', outcome: 'success', source: 'human', by: 'mei', at: AT, ...change };
    const { verdicts, rejected } = readVerdicts(JSON.stringify([row, row]), 'json', NOW);
    expect(verdicts).toEqual([]);
    expect(rejected).toEqual([1, 2].map((row) => ({ row, reason: expect.stringContaining(reason) })));
  });

  test('a line that is no JSON harms no other; a text that is none at all is said to be so', () => {
    const good = JSON.stringify({ task_id: 'T1', outcome: 'success', source: 'system', at: AT });
    const { verdicts, rejected } = readVerdicts(`${good}\n{oops\n[1]\n${good}`, 'jsonl', NOW);
    expect([verdicts.length, rejected.map((row) => row.row)]).toEqual([2, [2, 3]]);
    expect(() => readVerdicts('<html>', 'json', NOW)).toThrow();
    expect(() => readVerdicts('a,b\n"1,2\n', 'csv', NOW)).toThrow();
  });
});

test('instants are exact to the nanosecond, whatever zone they are written in', () => {
  const at = instantNs('2026-11-01T09:30:00.123456789Z');
  expect(at).toBe(1_793_525_400_123_456_789n);
  expect(instantNs('2026-11-01 18:30:00.123456789 +0900')).toBe(at);
  expect(instantNs('2026-11-01t18:30+09:00')).toBe(1_793_525_400_000_000_000n);
  for (const none of ['', 'yesterday', '2026-11-01', '2026-13-01T00:00:00Z', '2026-11-01T25:00:00Z'])
    expect(instantNs(none)).toBeNull();
});

test('a verdict as a log record: nothing in it but what the verdict says', () => {
  const request = verdictRequest([VERDICT, { ...VERDICT, taskId: 'T2', environment: 'production' }]);
  const { resourceLogs } = JSON.parse(request);
  expect(resourceLogs).toHaveLength(2);
  expect(resourceLogs[0].scopeLogs[0].logRecords[0]).toEqual({
    timeUnixNano: '1793525400000000000',
    eventName: 'agentops.task.outcome',
    attributes: [
      { key: 'agentops.task.id', value: { stringValue: 'T1' } },
      { key: 'agentops.task.outcome', value: { stringValue: 'success' } },
      { key: 'agentops.task.outcome.source', value: { stringValue: 'human' } },
      { key: 'user.id', value: { stringValue: 'mei.fujita' } },
    ],
  });
});
