import { expect, it } from 'vitest';
import { budgets, forecasts, human } from './finops.ts';
import { indicators } from './indicators.ts';
import type { BudgetRow, ForecastRow, HumanRow, IndicatorRow, Report } from './model.ts';

/** A report of which all is here. */
function reportOf(part: Partial<Report>): Report {
  return { agents: [], coverage: { sampled: 0, kept: null, tasks: 1 }, ...part } as unknown as Report;
}

/** The cells of a section's rows, without its titles. */
function cells(shown: string): string[][] {
  return shown
    .split('\n')
    .slice(3)
    .map((line) => line.trim().split(/ {2,}/));
}

const people: HumanRow = {
  agent: 'expense-reimbursement',
  tasks: 246,
  with_people: 21,
  estimated: 15,
  unknown: 2,
  known_ms: 3_462_000,
  complete_tasks: 200,
  cost_complete: '1000',
  human_complete: '3000.5',
  currency: 'JPY',
};

it('adds the cost of people over the same tasks', () => {
  expect(cells(human(reportOf({ human: [people] })))).toEqual([
    ['expense-reimbursement', '246', '21', '15', '2', '57.7 min', '5.00 JPY', '20.00 JPY', '200'],
  ]);
});

const month: ForecastRow = {
  kind: 'department',
  subject: 'finance',
  month: '2026-11-01',
  days_left: 8,
  spent: '1346.5',
  unpriced_calls: 3,
  history_days: 28,
  forecast: '1770.25',
  forecast_low: '1700',
  forecast_high: '1840.5',
  reason: '',
  sampled_runs: 0,
  currency: 'JPY',
  soft: '1500',
  hard: '2000',
  budget_left: '653.5',
  exhausted_at: null,
};

it('shows a forecast with its interval, or why there is none', () => {
  const short: ForecastRow = {
    ...month,
    subject: '',
    forecast: null,
    forecast_low: null,
    forecast_high: null,
    reason: '3 complete days of history, 14 are needed',
    soft: null,
    hard: null,
    budget_left: null,
    unpriced_calls: 0,
  };
  const shown = forecasts({ forecasts: [month, short] } as unknown as Report);
  expect(shown).toMatch(/of 2026-11, 8 days not complete/);
  expect(cells(shown)).toEqual([
    [
      'finance department',
      '1,346.50 JPY',
      '1,770.25 JPY',
      '1,700.00–1,840.50',
      '1,500.00 / 2,000.00',
      '653.50 JPY',
      '3',
      '0',
    ],
    ['(nobody) department', '1,346.50 JPY', '3 complete days of history, 14 are needed', '0', '0'],
  ]);
});

const budget: BudgetRow = {
  kind: 'agent',
  subject: 'expense-reimbursement',
  per: 'task',
  spent: '75.5',
  currency: 'JPY',
  soft: null,
  hard: '60',
  budget_left: '-15.5',
  state: 'hard',
  exhausted_at: null,
  unpriced_calls: 1,
  sampled_runs: 0,
  tasks: 246,
  tasks_over_hard: 4,
  dearest_task: 'T1',
  on_breach: 'stop',
  owner: 'finance-operations',
};

it('says which budget is passed, by how many tasks or since when', () => {
  const day: BudgetRow = { ...budget, per: 'day', tasks_over_hard: 0, exhausted_at: '2026-11-20 03:15:00' };
  expect(
    cells(budgets({ budgets: [budget, day] } as unknown as Report)).map((row) => row.slice(1, 7)),
  ).toEqual([
    ['task', '75.50 JPY', '– / 60.00', '-15.50 JPY', 'hard passed by 4 of 246', 'stop'],
    ['day', '75.50 JPY', '– / 60.00', '-15.50 JPY', 'hard passed 2026-11-20 03:15:00 UTC', 'stop'],
  ]);
});

it('says beside a number of how much of the telemetry it is, and of a budget that it is not known', () => {
  const coverage = { sampled: 20, kept: 0.1, tasks: 40 } as Report['coverage'];
  const agents = [{ agent: people.agent, tasks: 20, sampled: 20, kept: null }] as unknown as Report['agents'];
  const shown = cells(
    human(reportOf({ coverage, agents, human: [people, { ...people, agent: 'faq-bot' }] })),
  );
  expect(shown.map((row) => row.at(-1))).toEqual(['a part', 'all']);
  const [row] = cells(budgets(reportOf({ budgets: [{ ...budget, state: 'sampled', tasks_over_hard: 0 }] })));
  expect(row).toContain('unknown: a part is not seen');
});

it('shows SLIs in the order of their definition, with what they cover; what has no events is left out', () => {
  const row = (sli: string, more: Partial<IndicatorRow>): IndicatorRow => ({
    sli,
    good: null,
    total: 10,
    mean: null,
    events: 10,
    judged: 10,
    sampled: 0,
    kept: null,
    ...more,
  });
  const rows = [
    row('conservation', { good: 10 }),
    row('cost_per_task', { mean: 10.66, judged: 8 }),
    row('task_success', { good: 6, total: 8, judged: 8 }),
    row('freshness', { events: 0, judged: 0, total: 0 }),
  ];
  expect(cells(indicators(reportOf({ indicators: rows, currency: 'JPY' })))).toEqual([
    ['Task success', '75.0 % (6/8)', 'higher', '80.0 % (8/10)'],
    ['Cost per task', '10.66 JPY (mean of 8)', 'lower', '80.0 % (8/10)'],
    ['Items accounted for pipeline', '100.0 % (10/10)', 'higher', 'all'],
  ]);
});
