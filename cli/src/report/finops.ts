import { count, duration, instant, money } from '../output/numbers.ts';
import { dim, green, red, yellow } from '../output/style.ts';
import type { BudgetRow, ForecastRow, Report } from './model.ts';
import { sampledCellOf, sampledColumn } from './sampling.ts';
import { number, perTask, section, text, unpriced } from './section.ts';

/** What people add to the cost of a task. Both means are over the same tasks: those of which everything is known. */
export function human(report: Report): string {
  const { human: rows } = report;
  return section(
    'Cost per task with people',
    'handling time, measured or assumed by the organisation; a wait is no work',
    [
      text('agent'),
      number('tasks'),
      number('with people'),
      number('of them estimated'),
      number('of them unknown'),
      number('time of people'),
      number('cost/task'),
      number('with people'),
      number('tasks fully known'),
      ...sampledColumn(report),
    ],
    rows.map((row) => [
      row.agent,
      count(row.tasks),
      count(row.with_people),
      count(row.estimated),
      row.unknown === 0 ? dim('0') : yellow(count(row.unknown)),
      duration(row.known_ms),
      perTask(row.cost_complete, row.complete_tasks, row.currency),
      perTask(sumOf(row.cost_complete, row.human_complete), row.complete_tasks, row.currency),
      count(row.complete_tasks),
      ...sampledCellOf(report, row.agent),
    ]),
  );
}

function sumOf(a: string | null, b: string | null): string | null {
  return a === null || b === null ? null : String(Number(a) + Number(b));
}

/** Where the month will end. */
export function forecasts({ forecasts: rows }: Report): string {
  const [first] = rows;
  return section(
    'Forecast',
    first === undefined
      ? ''
      : `of ${first.month.slice(0, 7)}, ${first.days_left} days not complete; interval 95 %`,
    [
      text('whose'),
      number('spent'),
      number('at month end'),
      number('interval'),
      number('budget soft / hard'),
      number('left'),
      text('used up (UTC)'),
      number('unpriced calls'),
      number('sampled runs'),
    ],
    rows.map((row) => [
      row.kind === 'organisation' ? 'organisation' : `${row.subject || dim('(nobody)')} ${dim(row.kind)}`,
      money(row.spent, row.currency),
      row.forecast === null ? dim(row.reason) : over(row, row.forecast),
      row.forecast_low === null || row.forecast_high === null
        ? ''
        : `${bare(row.forecast_low, row.currency)}–${bare(row.forecast_high, row.currency)}`,
      limits(row),
      row.budget_left === null ? '' : left(row.budget_left, row.currency),
      row.exhausted_at === null ? '' : instant(row.exhausted_at),
      unpriced(row.unpriced_calls),
      unpriced(row.sampled_runs),
    ]),
  );
}

function over({ soft, hard, currency }: ForecastRow, forecast: string): string {
  const shown = money(forecast, currency);
  if (hard !== null && Number(forecast) > Number(hard)) return red(shown);
  return soft !== null && Number(forecast) > Number(soft) ? yellow(shown) : shown;
}

function limits({ soft, hard, currency }: Pick<BudgetRow, 'soft' | 'hard' | 'currency'>): string {
  return soft === null && hard === null ? '' : `${bare(soft, currency)} / ${bare(hard, currency)}`;
}

/** The amount without its currency, which stands beside it already. */
function bare(amount: string | null, currency: string): string {
  return money(amount, currency).split(' ')[0]!;
}

function left(amount: string, currency: string): string {
  return (Number(amount) < 0 ? red : green)(money(amount, currency));
}

const STATES = { hard: red, soft: yellow, no_rate: yellow, sampled: yellow, within: green } as const;

const WORDS = {
  hard: 'hard passed',
  soft: 'soft passed',
  no_rate: 'no exchange rate',
  sampled: 'unknown: a part is not seen',
  within: 'within',
} as const;

/** Budgets over their current day or month; of tasks, over those that ended this month. */
export function budgets({ budgets: rows }: Report): string {
  return section(
    'Budgets',
    'of the current period in the business’s time zone; of tasks, the dearest',
    [
      text('whose'),
      text('per'),
      number('spent'),
      number('soft / hard'),
      number('left'),
      text('state'),
      text('at hard'),
      text('owner'),
      number('unpriced calls'),
      number('sampled runs'),
    ],
    rows.map((row) => [
      `${row.subject} ${dim(row.kind)}`,
      row.per,
      money(row.spent, row.currency),
      limits(row),
      row.budget_left === null ? '' : left(row.budget_left, row.currency),
      stateOf(row),
      row.hard === null ? '' : row.on_breach,
      row.owner,
      unpriced(row.unpriced_calls),
      unpriced(row.sampled_runs),
    ]),
  );
}

function stateOf({ per, state, tasks, tasks_over_hard, exhausted_at }: BudgetRow): string {
  const shown = STATES[state](WORDS[state]);
  if (per === 'task' && tasks_over_hard > 0)
    return `${shown} by ${count(tasks_over_hard)} of ${count(tasks)}`;
  return exhausted_at === null ? shown : `${shown} ${dim(`${instant(exhausted_at)} UTC`)}`;
}
