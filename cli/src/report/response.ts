import { timeToAcknowledge } from '@agentops/registry';
import { count, duration, instant, share } from '../output/numbers.ts';
import { yellow } from '../output/style.ts';
import type { Report } from './model.ts';
import { MOST, more, number, section, text } from './section.ts';

/** How soon people take what calls them. */
export function response({ response: rows }: Report): string {
  return section(
    timeToAcknowledge.title,
    'from when somebody was told until somebody took it, of the alerts that anybody took',
    [
      text('severity'),
      number('fired'),
      number('taken'),
      number('went to the next'),
      number('mean'),
      number('longest'),
    ],
    rows.map((row) => [
      row.severity,
      count(row.fired),
      share(row.acknowledged, row.fired),
      row.escalated === 0 ? '0' : yellow(count(row.escalated)),
      duration(row.mean_ms),
      duration(row.longest_ms),
    ]),
  );
}

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
