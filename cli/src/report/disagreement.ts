import { count, share } from '../output/numbers.ts';
import { dim, yellow } from '../output/style.ts';
import type { DisagreementRow, Report } from './model.ts';
import { number, section, text } from './section.ts';

/** Whether those who judge the same tasks agree; and the verdicts that wait for their task. */
export function disagreement({ disagreement: rows, waitingVerdicts }: Report): string {
  const waiting =
    waitingVerdicts === 0
      ? ''
      : `${yellow(count(waitingVerdicts))} verdicts wait for a task that is not here`;
  const table = section(
    'Disagreement of judges',
    'of tasks judged by two: one says success, another does not; by business days',
    [
      text('agent'),
      number('disagreed'),
      number('agent × human'),
      number('agent × system'),
      number('agent × evaluator'),
      number('evaluator × human'),
      number('system × human'),
      number('agent overclaims'),
    ],
    rows.map((row) => [
      nameOf(row, rows),
      share(row.disagreed, row.judged_by_two),
      share(row.agent_human_disagreed, row.agent_human),
      share(row.agent_system_disagreed, row.agent_system),
      share(row.agent_evaluator_disagreed, row.agent_evaluator),
      share(row.evaluator_human_disagreed, row.evaluator_human),
      share(row.system_human_disagreed, row.system_human),
      row.overclaimed === 0 ? dim('0') : yellow(count(row.overclaimed)),
    ]),
  );
  return [table, waiting].filter((part) => part !== '').join('\n\n');
}

/** The environment stands beside the agent only where there are several. */
function nameOf(row: DisagreementRow, rows: readonly DisagreementRow[]): string {
  const several = rows.some((other) => other.environment !== rows[0]?.environment);
  return several ? `${row.agent} ${dim(`(${row.environment || 'no environment'})`)}` : row.agent;
}
