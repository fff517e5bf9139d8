import { count, instant } from '../output/numbers.ts';
import { yellow } from '../output/style.ts';
import type { Report } from './model.ts';
import { MOST, more, number, section, text } from './section.ts';

/** Alerts that called somebody, and on which nobody has acted once. */
export function unactedAlerts({ unactedAlerts: rows }: Report): string {
  return section(
    'Alerts nobody acts on',
    `of the last 30 days; agentops alerts history has the others${more(rows.length)}`,
    [
      text('severity'),
      text('alert'),
      text('of'),
      number('fired'),
      text('last (UTC)'),
      text('on call'),
      text('what was said last'),
    ],
    rows
      .slice(0, MOST)
      .map((row) => [
        row.severity === 'page' ? yellow(row.severity) : row.severity,
        row.alert,
        row.of,
        count(row.fired),
        instant(row.last),
        row.operator,
        row.summary,
      ]),
  );
}
