import { describe, expect, test } from 'vitest';
import { readFrame } from './frame.ts';
import { evaluateRule, type Instance, instanceKey, type Observation } from './instance.ts';
import { notificationOf } from './notification.ts';
import { renderSummary } from './summary.ts';

const MINUTE = 60_000;
const RULE = { above: 1, timing: { pending: 120, keepFiring: 300 }, noData: 'ok' } as const;
const measured = (value: number | null, agent = 'a'): Observation => [{ labels: { agent }, value }];

/** The states of the first instance, minute by minute. */
function replay(
  steps: readonly Observation[],
  rule: Parameters<typeof evaluateRule>[0] = RULE,
): { states: string[]; last: readonly Instance[] } {
  let last: readonly Instance[] = [];
  const states = steps.map((seen, minute) => {
    last = evaluateRule(rule, last, seen, minute * MINUTE);
    return last[0]?.state ?? '-';
  });
  return { states, last };
}

describe('an alert', () => {
  test('fires once it has lasted, keeps firing, and ends', () => {
    const values = [0, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0];
    const { states, last } = replay(values.map((value) => measured(value)));
    expect(states).toEqual([
      '-',
      'pending',
      'pending',
      'firing',
      'firing',
      'recovering',
      'recovering',
      'recovering',
      'recovering',
      'recovering',
      'normal',
    ]);
    expect(last[0]).toMatchObject({ firedAt: 3 * MINUTE, resolvedAt: 10 * MINUTE });
  });

  test('does not fire when it does not last', () => {
    const { states } = replay([2, 2, 0, 2, 2, 0].map((value) => measured(value)));
    expect(states).toEqual(['pending', 'pending', '-', 'pending', 'pending', '-']);
  });

  test('that comes back while it recovers goes on: it did not begin anew', () => {
    const { states, last } = replay([2, 2, 2, 0, 2].map((value) => measured(value)));
    expect(states.slice(2)).toEqual(['firing', 'recovering', 'firing']);
    expect(last[0]).toMatchObject({ firedAt: 2 * MINUTE, resolvedAt: null });
  });

  test('without a pending time fires and ends at once', () => {
    const { states } = replay(
      [2, 0].map((value) => measured(value)),
      { ...RULE, timing: { pending: 0, keepFiring: 0 } },
    );
    expect(states).toEqual(['firing', 'normal']);
  });

  test('exactly at its threshold, or of no number, does not fire', () => {
    const { states } = replay([measured(1), measured(null), measured(Number.NaN)]);
    expect(states).toEqual(['-', '-', '-']);
  });

  test('has ended when it lacks a row twice, not once', () => {
    const other = measured(0, 'other');
    const { states } = replay([measured(2), measured(2), measured(2), other, measured(2), other, other]);
    const firing = replay([measured(2), measured(2), measured(2), other, measured(2), other, other]).last;
    expect(states.slice(0, 3)).toEqual(['pending', 'pending', 'firing']);
    expect(firing.find(({ labels }) => labels['agent'] === 'a')).toMatchObject({
      state: 'normal',
      firedAt: 2 * MINUTE,
      resolvedAt: 6 * MINUTE,
    });
  });

  test('is forgotten a quarter of an hour after its end', () => {
    const rule = { ...RULE, timing: { pending: 0, keepFiring: 0 } };
    const steps = Array.from({ length: 18 }, (_, minute) => measured(minute === 0 ? 2 : 0));
    const { states } = replay(steps, rule);
    expect(states[15]).toBe('normal');
    expect(states[16]).toBe('-');
  });

  test('of one agent says nothing of another', () => {
    const seen = [
      { labels: { agent: 'a' }, value: 2 },
      { labels: { agent: 'b' }, value: 0 },
    ];
    expect(evaluateRule(RULE, [], seen, 0).map(({ labels }) => labels)).toEqual([{ agent: 'a' }]);
  });
});

describe('no rows', () => {
  test('are no reason to fire where that is agreed, and end what fires', () => {
    const { states } = replay([measured(2), measured(2), measured(2), []]);
    expect(states).toEqual(['pending', 'pending', 'firing', 'recovering']);
  });

  test('fire where they must not be, also when there never were any', () => {
    const { states, last } = replay([[], [], []], { ...RULE, noData: 'alerting' });
    expect(states).toEqual(['pending', 'pending', 'firing']);
    expect(last[0]!.labels).toEqual({});
  });
});

describe('a query that fails', () => {
  test('leaves what fires as it is, and is an alert of its own until it answers again', () => {
    const { last } = replay([measured(2), measured(2), measured(2), { error: 'no' }]);
    expect(last.map(({ state, labels }) => [state, labels])).toEqual([
      ['firing', { agent: 'a' }],
      ['firing', { evaluation_error: 'query' }],
    ]);
    const after = evaluateRule(RULE, last, measured(2), 4 * MINUTE);
    expect(after.map(({ state }) => state)).toEqual(['firing', 'normal']);
  });

  test('does not stop the time that something must last', () => {
    const { last } = replay([measured(2), { error: 'no' }, measured(2)]);
    expect(last[0]).toMatchObject({ state: 'firing', labels: { agent: 'a' } });
  });
});

test('labels are the same in whatever order, and with empty ones beside them', () => {
  expect(instanceKey({ a: '1', b: '2' })).toBe(instanceKey({ c: '', b: '2', a: '1' }));
  expect(instanceKey({ a: '1' })).not.toBe(instanceKey({ a: '2' }));
});

describe('what is said', () => {
  const alert = {
    id: 'loop',
    title: 'Runs in circles',
    severity: 'page',
    domain: 'operations',
    summary: '{{ $labels.agent }} wastes {{ printf "%.0f" $value }} calls.',
    meaning: 'The same again.',
    firstSteps: [],
    sql: '',
    questions: [],
    dashboard: 'agentops-loops',
    labels: ['agent', 'department'],
    ...RULE,
  } as const;
  const at = { now: 10 * MINUTE, intervalMs: MINUTE };
  const instance: Instance = {
    labels: { agent: 'a', department: '' },
    state: 'firing',
    since: 3 * MINUTE,
    firedAt: 3 * MINUTE,
    resolvedAt: null,
    value: 12.4,
    missing: 0,
  };

  test('is Alertmanager’s alert: it ends by itself when nobody repeats it', () => {
    expect(notificationOf(alert, instance, at)).toEqual({
      labels: {
        agent: 'a',
        alert: 'loop',
        alertname: 'Runs in circles',
        product: 'agentops',
        severity: 'page',
        domain: 'operations',
      },
      annotations: {
        title: 'Runs in circles',
        summary: 'a wastes 12 calls.',
        description: 'The same again.',
        runbook_url: 'runbooks/loop.md',
        dashboard: '/d/agentops-loops?var-agent=a',
        task: '/d/agentops-run?var-agent=a',
        firing_id: expect.stringMatching(/^[0-9a-f]{12}$/),
      },
      startsAt: '1970-01-01T00:03:00.000Z',
      endsAt: '1970-01-01T00:14:00.000Z',
    });
  });

  test('leads where the registry says, else to the page that shows it', () => {
    const links = { grafana: 'https://grafana.example/', runbooks: 'https://git.example/alerts' };
    const odd = { ...instance, labels: { agent: 'unregistered:a b' } };
    expect(notificationOf(alert, odd, { ...at, links, pageUrl: 'http://page' })?.annotations).toMatchObject({
      dashboard: 'https://grafana.example/d/agentops-loops?var-agent=unregistered%3Aa%20b',
      runbook_url: 'https://git.example/alerts/runbooks/loop.md',
    });
    expect(notificationOf(alert, instance, { ...at, pageUrl: 'http://page' })).toMatchObject({
      annotations: {
        dashboard: 'http://page/d/agentops-loops?var-agent=a',
        task: 'http://page/d/agentops-run?var-agent=a',
        runbook_url: 'http://page/runbooks/loop',
      },
      generatorURL: 'http://page/d/agentops-loops?var-agent=a',
    });
  });

  test('of one that has ended is when; of one that never fired, nothing', () => {
    const ended = { ...instance, state: 'normal', resolvedAt: 9 * MINUTE } as const;
    expect(notificationOf(alert, ended, at)?.endsAt).toBe('1970-01-01T00:09:00.000Z');
    expect(notificationOf(alert, { ...instance, state: 'pending', firedAt: null }, at)).toBeNull();
  });

  test('of a rule that cannot be evaluated is a ticket of the pipeline', () => {
    const failed = notificationOf(alert, { ...instance, labels: { evaluation_error: 'query' } }, at);
    expect(failed?.labels).toMatchObject({ severity: 'ticket', domain: 'pipeline', alert: 'loop' });
  });

  test('knows the templates of the catalogue, and no others', () => {
    expect(renderSummary('{{ $labels.none }}x', {}, 1)).toBe('x');
    expect(renderSummary('{{ printf "%.1f" $value }}', {}, 1.26)).toBe('1.3');
    expect(() => renderSummary('{{ humanize $value }}', {}, 1)).toThrow('humanize');
  });
});

test('a rule answers one number a row, and its labels', () => {
  const meta = [
    { name: 'agent', type: 'LowCardinality(String)' },
    { name: 'percent', type: 'Nullable(Decimal(38, 12))' },
  ];
  expect(
    readFrame({
      meta,
      data: [
        ['a', '12.5'],
        ['b', null],
      ],
    }),
  ).toEqual([
    { labels: { agent: 'a' }, value: 12.5 },
    { labels: { agent: 'b' }, value: null },
  ]);
  expect(() => readFrame({ meta: meta.slice(0, 1), data: [] })).toThrow('one number, not 0');
  expect(() => readFrame({ meta: [...meta, { name: 'n', type: 'UInt8' }], data: [] })).toThrow('not 2');
});
