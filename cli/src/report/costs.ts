import { count, money } from '../output/numbers.ts';
import { dim } from '../output/style.ts';
import type { Report } from './model.ts';
import { sampledCell, sampledColumn } from './sampling.ts';
import { MOST, number, section, text, unpriced } from './section.ts';

export function departments(report: Report): string {
  const { departments: rows, cost, currency } = report;
  return section(
    'Cost by department',
    'estimates at list prices',
    [
      text('whose work'),
      text('whose agent'),
      number('tasks'),
      number('cost'),
      number('of all'),
      number('unpriced calls'),
      ...sampledColumn(report),
    ],
    rows.map((row) => [
      row.department || dim('(unattributed)'),
      row.owner_department || dim('(nobody)'),
      count(row.tasks),
      money(row.cost, currency),
      partOf(row.cost, cost.cost),
      unpriced(row.unpriced),
      ...sampledCell(report, row, row.tasks),
    ]),
    [
      'the ledger',
      '',
      count(cost.tasks),
      money(cost.cost, currency),
      partOf(cost.cost, cost.cost),
      count(cost.unpriced),
      ...sampledCell(report, cost, cost.tasks),
    ],
  );
}

function partOf(part: string | null, whole: string | null): string {
  if (part === null || whole === null || Number(whole) === 0) return '–';
  return `${((Number(part) / Number(whole)) * 100).toFixed(1)} %`;
}

export function users(report: Report): string {
  const { users: rows, cost, currency } = report;
  return section(
    'Cost by user',
    rows.length > MOST ? `the ${MOST} largest of ${count(rows.length)}` : 'whose request it was',
    [
      text('user'),
      number('tasks'),
      number('cost'),
      number('of all'),
      number('unpriced calls'),
      ...sampledColumn(report),
    ],
    rows
      .slice(0, MOST)
      .map((row) => [
        row.user_id || dim('(unattributed)'),
        count(row.tasks),
        money(row.cost, currency),
        partOf(row.cost, cost.cost),
        unpriced(row.unpriced),
        ...sampledCell(report, row, row.tasks),
      ]),
  );
}

export function models(report: Report): string {
  const { models: rows, currency } = report;
  return section(
    'Cost by model',
    'the token classes do not overlap',
    [
      text('provider'),
      text('model'),
      number('calls'),
      number('input'),
      number('cached'),
      number('cache write'),
      number('output'),
      number('cost'),
      number('priced tokens'),
      number('unpriced calls'),
      ...sampledColumn(report),
    ],
    rows.map((row) => {
      const tokens = row.input_tokens + row.cached_input_tokens + row.cache_write_tokens + row.output_tokens;
      return [
        row.provider || dim('(unknown)'),
        row.model || dim('(unknown)'),
        count(row.calls),
        count(row.input_tokens),
        count(row.cached_input_tokens),
        count(row.cache_write_tokens),
        count(row.output_tokens),
        money(row.cost, currency),
        tokens === 0 ? '–' : `${((row.priced_tokens / tokens) * 100).toFixed(1)} %`,
        unpriced(row.unpriced),
        ...sampledCell(report, row, row.tasks),
      ];
    }),
  );
}
