import { count, duration, instant, money, ratio, share } from '../output/numbers.ts';
import { bold, dim, green, red, yellow } from '../output/style.ts';
import { printableDeep } from '../output/text.ts';
import { departments, models, users } from './costs.ts';
import { disagreement } from './disagreement.ts';
import { budgets, forecasts, human } from './finops.ts';
import { indicators } from './indicators.ts';
import type { AgentRow, Report } from './model.ts';
import { response, unactedAlerts } from './response.ts';
import { sampledCell, sampledCellOf, sampledColumn, samplingNote } from './sampling.ts';
import { MOST, more, number, perTask, section, text, unpriced } from './section.ts';

/** The report as a terminal shows it: sections that have something to say, each a table. */
export function renderReport(raw: Report): string {
  const report = printableDeep(raw);
  if (report.agents.length === 0 && report.conservation.length === 0) {
    return 'Nothing here yet: send telemetry, or read a file with "agentops ingest FILE".';
  }
  return [
    heading(report),
    samplingNote(report),
    outcomes(report),
    work(report),
    indicators(report),
    objectives(report),
    human(report),
    budgets(report),
    forecasts(report),
    departments(report),
    users(report),
    models(report),
    coverage(report),
    disagreement(report),
    loops(report),
    violations(report),
    response(report),
    unactedAlerts(report),
    conservation(report),
    deadLetters(report),
    dropped(report),
  ]
    .filter((section) => section !== '')
    .join('\n\n');
}

function heading({ first, last, slis, cost, currency }: Report): string {
  if (first === null || last === null) return '';
  const parts = [
    `${bold(count(slis.tasks))} ${slis.tasks === 1 ? 'task' : 'tasks'}`,
    slis.judged === 0 ? 'none judged' : `${bold(share(slis.success, slis.judged))} success`,
    `${bold(money(cost.cost, currency))}${cost.unpriced > 0 ? yellow(` + ${count(cost.unpriced)} unpriced calls`) : ''}`,
    dim(`${instant(first)} to ${instant(last)} UTC`),
  ];
  return parts.join(dim('  ·  '));
}

/** The environment stands beside the agent only where there are several. */
function nameOf(row: AgentRow, agents: readonly AgentRow[]): string {
  const name = row.registered === 1 ? row.agent : yellow(row.agent);
  const several = agents.some((other) => other.environment !== agents[0]?.environment);
  return several ? `${name} ${dim(`(${row.environment || 'no environment'})`)}` : name;
}

function outcomes(report: Report): string {
  const { agents } = report;
  const attention = (value: number): string => (value === 0 ? dim('0') : yellow(count(value)));
  return section(
    'Agents',
    'success is a share of judged tasks; unknown and open ones stand outside',
    [
      text('agent'),
      text('stage'),
      number('tasks'),
      number('success'),
      number('known outcome'),
      number('unknown'),
      number('open'),
      number('abandoned'),
      number('escalated'),
      number('p50'),
      number('p95'),
      ...sampledColumn(report),
    ],
    agents.map((row) => [
      nameOf(row, agents),
      stageOf(row),
      count(row.tasks),
      share(row.success, row.judged),
      share(row.judged, row.ended),
      attention(row.unknown),
      count(row.open),
      attention(row.abandoned),
      count(row.escalated),
      duration(row.p50_ms),
      duration(row.p95_ms),
      ...sampledCell(report, row, row.tasks),
    ]),
  );
}

function stageOf({ registered, stage }: AgentRow): string {
  if (registered !== 1) return yellow('not registered');
  return stage === 'retired' ? red('retired') : stage;
}

function work(report: Report): string {
  const { agents } = report;
  return section(
    'Work and cost',
    'people and cost per task: of ended tasks; cost of those in which every call has a price',
    [
      text('agent'),
      number('model calls/task'),
      number('tool calls/task'),
      number('tool errors'),
      number('planned human'),
      number('unplanned human'),
      number('cost/task'),
      number('tasks'),
      number('unpriced calls'),
      ...sampledColumn(report),
    ],
    agents.map((row) => [
      nameOf(row, agents),
      ratio(row.model_calls, row.tasks),
      ratio(row.tool_calls, row.tasks),
      share(row.tool_errors, row.tool_calls),
      share(row.planned, row.ended),
      share(row.unplanned, row.ended),
      perTask(row.cost_priced, row.tasks_priced, row.currency),
      count(row.tasks_priced),
      unpriced(row.unpriced),
      ...sampledCell(report, row, row.tasks),
    ]),
  );
}

function coverage({ coverage: row }: Report): string {
  return section(
    'Coverage',
    'what the numbers above rest on',
    [text('share'), number('value')],
    row.tasks === 0
      ? []
      : [
          ['ended tasks with a known outcome', share(row.known_outcomes, row.ended)],
          ['known outcomes that the agent itself reports', share(row.self_reported, row.known_outcomes)],
          ['of tasks judged by both: human and agent disagree', share(row.contradicted, row.judged_twice)],
          ['tokens with a price', share(row.priced_tokens, row.tokens)],
          ['model charges without token counts', share(row.without_usage, row.model_charges)],
          ['tool calls inferred from model outputs', share(row.inferred_tool_calls, row.tool_calls)],
          ['tasks of which sampling dropped a part, or may have', share(row.sampled, row.tasks)],
          ['tasks with telemetry declared complete', share(row.declared_complete, row.tasks)],
        ],
  );
}

function objectives(report: Report): string {
  const { objectives: rows } = report;
  const percent = (value: number): string => `${value.toFixed(1)} %`;
  const several = rows.some((row) => row.environment !== rows[0]?.environment);
  return section(
    'Objectives',
    'of the registry, over their windows; the interval is 95 %',
    [
      text('agent'),
      text('indicator'),
      number('objective'),
      number('measured'),
      number('interval'),
      number('coverage'),
      number('budget left'),
      text('used up (UTC)'),
      ...sampledColumn(report),
    ],
    rows.map((row) => {
      const mean = row.value_low === null && row.value !== null;
      return [
        several ? `${row.agent} ${dim(`(${row.environment || 'no environment'})`)}` : row.agent,
        `${row.slo} ${dim(row.window)}`,
        row.objective === null ? dim('measure') : percent(row.objective),
        mean
          ? `${Number(row.value!.toPrecision(4))} (mean of ${count(row.denominator)})`
          : share(row.numerator, row.denominator),
        row.value_low === null || row.value_high === null
          ? ''
          : `${row.value_low.toFixed(1)}–${row.value_high.toFixed(1)} %`,
        row.coverage === null ? '' : percent(row.coverage),
        row.budget_left === null ? '' : (row.budget_left > 0 ? green : red)(percent(100 * row.budget_left)),
        row.exhausted_at === null ? '' : instant(row.exhausted_at),
        ...(row.sampled_runs === 0 ? sampledCell(report, NOT_SAMPLED, 0) : sampledCellOf(report, row.agent)),
      ];
    }),
  );
}

const NOT_SAMPLED = { sampled: 0, kept: null };

function loops(report: Report): string {
  const { loops: rows } = report;
  return section(
    'Loops',
    `work in circles, and what it wasted since it showed; agentops run show explains each${more(rows.length)}`,
    [
      text('agent'),
      text('pattern'),
      text('what repeats'),
      number('found'),
      number('wasted calls'),
      number('tokens'),
      number('cost'),
      text('latest run'),
      ...sampledColumn(report),
    ],
    rows
      .slice(0, MOST)
      .map((row) => [
        row.agent,
        row.pattern.replaceAll('_', ' '),
        row.subject,
        count(row.findings),
        count(row.wasted_calls),
        count(row.wasted_tokens),
        row.wasted_cost === null ? yellow('unknown') : money(row.wasted_cost, row.currency),
        row.run_id,
        ...sampledCellOf(report, row.agent),
      ]),
  );
}

function violations({ violations: rows }: Report): string {
  return section(
    'Violations',
    'what telemetry shows against the registry',
    [
      text('kind'),
      text('agent'),
      text('subject'),
      number('count'),
      text('last seen (UTC)'),
      text('latest run'),
    ],
    rows.map((row) => [
      row.kind,
      yellow(row.agent),
      row.subject,
      count(row.count),
      instant(row.last_seen),
      row.run_id,
    ]),
  );
}

function conservation({ conservation: rows }: Report): string {
  const columns = ['received', 'stored', 'duplicates', 'dead_letters', 'dropped', 'pending'] as const;
  return section(
    'Conservation',
    'received = stored + duplicates + dead letters + dropped + pending',
    [
      text('source'),
      text('signal'),
      ...columns.map((column) => number(column.replace('_', ' '))),
      number('unaccounted'),
      number('conflicts'),
    ],
    rows.map((row) => [
      row.source,
      row.signal,
      ...columns.map((column) => count(row[column])),
      row.off === 0 ? green('0') : red(count(row.off)),
      count(row.conflicts),
    ]),
  );
}

function deadLetters({ deadLetters: rows }: Report): string {
  return section(
    'Dead letters',
    `what could not be read; agentops.dead_letters has position and masked payload${more(rows.length)}`,
    [text('reason'), number('items')],
    rows.slice(0, MOST).map((row) => [row.why, count(row.items)]),
  );
}

function dropped({ dropped: rows }: Report): string {
  return section(
    'Dropped as foreign',
    `spans of no agent, by service${more(rows.length)}`,
    [text('service'), number('spans')],
    rows.slice(0, MOST).map((row) => [row.service || dim('(no name)'), count(row.items)]),
  );
}
