import { SLI_DEFINITIONS, type Sli } from '@agentops/registry';
import { count, duration, money, share } from '../output/numbers.ts';
import { dim, yellow } from '../output/style.ts';
import type { IndicatorRow, Report } from './model.ts';
import { sampledCell, sampledColumn } from './sampling.ts';
import { number, section, text } from './section.ts';

/** Every SLI that anything was seen of, in the order of its definition, with what it rests on. */
export function indicators(report: Report): string {
  const { indicators: rows, currency } = report;
  return section(
    'SLIs',
    'over all agents; coverage is the share of the events that could be judged',
    [text('indicator'), number('value'), text('better'), number('coverage'), ...sampledColumn(report)],
    SLI_DEFINITIONS.flatMap((sli) => {
      const row = rows.find((candidate) => candidate.sli === sli.id);
      if (row === undefined || row.events === 0) return [];
      return [
        [
          nameOf(sli),
          measured(sli, row, currency),
          sli.direction === 'none' ? dim('–') : sli.direction,
          covered(row),
          ...sampledCell(report, row, row.events),
        ],
      ];
    }),
  );
}

function nameOf({ title, scope }: Sli): string {
  return scope === 'pipeline' ? `${title} ${dim('pipeline')}` : title;
}

function measured({ sql, unit }: Sli, { good, total, mean, judged }: IndicatorRow, currency: string): string {
  if (sql.good !== undefined) return share(good ?? 0, total);
  if (mean === null || judged === 0) return '–';
  const shown =
    unit === 'money'
      ? money(mean, currency)
      : unit === 'ms'
        ? duration(mean)
        : String(Number(mean.toPrecision(4)));
  return `${shown} ${dim(`(mean of ${count(judged)})`)}`;
}

function covered({ judged, events }: IndicatorRow): string {
  return judged === events ? dim('all') : yellow(share(judged, events));
}
