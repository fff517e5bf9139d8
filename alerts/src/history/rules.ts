import type { RegistryDocument } from '@agentops/registry';
import { literal, paged, people } from '../catalogue/sql.ts';
import { burnRows } from '../slo/rules.ts';
import { type Judging, UNUSUAL } from './unusual.ts';

interface Measure extends Judging {
  /** Sums over rows of `task_totals`, as `Days` has them. */
  readonly counts: string;
  readonly sums: string;
}

/** What an agent is held to against its own history, by the name that the alert gives it. */
export const MEASURES: Readonly<Record<string, Measure>> = {
  'cost per task': { counts: 't.whole_costs', sums: 't.log_cost / 1e6', isShare: false, times: 1.5 },
  'tool calls per task': { counts: 't.tasks', sums: 't.log_tool_calls / 1e6', isShare: false, times: 1.5 },
  'time per task': { counts: 't.tasks', sums: 't.log_duration / 1e6', isShare: false, times: 2 },
  'failed tasks': {
    counts: "if(outcome = 'unknown', 0, t.tasks)",
    sums: "if(outcome IN ('unknown', 'success'), 0, t.tasks)",
    isShare: true,
    times: 1.5,
  },
  'failed tool calls': {
    counts: 't.tool_calls',
    // Those of one task are no chances of their own: a single storm of retries is what loop detection finds.
    sums: `least(t.tool_errors, ${UNUSUAL.mostErrors} * t.tasks)`,
    isShare: true,
    times: 2,
  },
};
const MORE = 'more tasks a day';
const FEWER = 'fewer tasks a day';
/** What a task takes: where nothing of the others has become worse, it is the early sign of lost quality. */
export const EFFORT: readonly string[] = ['cost per task', 'tool calls per task'];
const QUALITY: readonly string[] = ['failed tasks', 'failed tool calls'];

/** Measures of every agent at work; time and failures only where no objective holds it to them. */
export function measuresOf(registry: RegistryDocument): [agent: string, measure: string][] {
  const held = new Set(burnRows(registry).rows.map(({ agent, slo }) => `${agent} ${slo.split(' ')[0]}`));
  for (const { id, slos } of registry.agents) {
    // Measured, and alerted on when it drops.
    for (const { sli, objective } of slos) if (objective === 'measure') held.add(`${id} ${sli}`);
  }
  const SLIS: Readonly<Record<string, string>> = {
    'time per task': 'task_latency',
    'failed tasks': 'task_success',
    'failed tool calls': 'tool_success',
  };
  return registry.agents
    .filter(({ stage }) => stage !== 'retired')
    .flatMap(({ id }) =>
      [...Object.keys(MEASURES), MORE, FEWER]
        .filter((measure) => !held.has(`${id} ${SLIS[measure]}`))
        .map((measure): [string, string] => [id, measure]),
    );
}

/**
 * How many times as much as usual each measure of each agent is, as `unusual.ts` says it: fires above 1. `effort`: what
 * a task takes, while quality holds; `rest`: everything else, and effort where quality does not hold.
 */
export function unusualSql(registry: RegistryDocument, which: 'effort' | 'rest'): string {
  const list = measuresOf(registry).filter(([, measure]) => which === 'rest' || EFFORT.includes(measure));
  const rows = list.map(([agent, measure]) => `(${literal(agent)}, ${literal(measure)})`);
  const isIn = (measures: readonly string[]): string => `IN (${measures.map(literal).join(', ')})`;
  const counts = which === 'effort' ? 'u.failing <= 1' : `(u.failing > 1 OR r.2 NOT ${isIn(EFFORT)})`;
  return `
    SELECT r.1 AS agent, r.2 AS measure, u.environment AS environment, ${people(registry, 'r.1')},
      if(${counts}, u.ratio, 0) AS times
    FROM (SELECT arrayJoin([${rows.length === 0 ? "('', '')" : rows.join(', ')}]) AS r) AS s
    LEFT JOIN
    (
      SELECT agent, environment, measure, ratio,
        maxIf(ratio, measure ${isIn(QUALITY)}) OVER (PARTITION BY agent, environment) AS failing
      FROM (${ratios(registry)})
    ) AS u ON u.agent = r.1 AND u.measure = r.2
    WHERE r.1 != ''`;
}

const median = (array: string): string => `arrayReduce('quantileExactInclusive(0.5)', ${array})`;
const scatter = (array: string, middle: string): string =>
  `1.4826 * ${median(`arrayMap(one -> abs(one - ${middle}), ${array})`)}`;

/** As `unusualOf` and `unusualTasks`, a row for each agent, environment and measure. */
function ratios(registry: RegistryDocument): string {
  const all = Object.entries(MEASURES);
  const measures = [
    ...all.map(
      ([name, { isShare, times }], i) =>
        `(${literal(name)}, '${isShare ? 'share' : 'mean'}', counts_${i}, sums_${i}, ${times.toFixed(2)})`,
    ),
    ...[MORE, FEWER].map(
      (name) => `(${literal(name)}, ${literal(name)}, tasks, tasks, ${UNUSUAL.taskTimes.toFixed(2)})`,
    ),
  ];
  const rows = `
        SELECT agent, environment, m.1 AS measure, m.2 AS kind, m.3 AS counts, m.4 AS sums, m.5 AS times
        FROM (${days(registry)})
        ARRAY JOIN [${measures.join(', ')}] AS m`;
  const part = (array: string): string =>
    `arrayMap(block -> arraySum(arraySlice(${array}, block * span + 1, span)), blocks)`;
  const of = (array: string, blocks: string): string => `arrayMap(block -> ${array}[block + 1], ${blocks})`;
  const isMore = `kind = ${literal(MORE)}`;
  return stepByStep(rows, [
    // Blocks as long as it takes to hold so many tasks, the latest first; and the same day of the weeks before.
    `arrayFirstIndex(so_far -> so_far >= ${UNUSUAL.leastTasks}, arraySlice(arrayCumSum(counts), 1, ${UNUSUAL.mostDays})) AS enough,
    arrayFilter(day -> day > 0 AND day % 7 = 0 AND day < arrayLastIndex(count -> count > 0, counts), range(${UNUSUAL.days})) AS weeks`,
    `greatest(enough, 1) AS span, ${of('counts', 'weeks')} AS week_counts`,
    `range(toUInt32(intDiv(${UNUSUAL.days}, span))) AS blocks, ${median('week_counts')} AS usual_tasks`,
    `${part('counts')} AS block_counts, ${part('sums')} AS block_sums,
    ${UNUSUAL.taskZ} * greatest(${scatter('week_counts', 'usual_tasks')}, sqrt(greatest(1, usual_tasks))) AS spread`,
    `arrayMap((count, total) -> multiIf(count = 0, 0, kind = 'share', asin(sqrt(least(1, total / count))), total / count), block_counts, block_sums) AS block_values,
    arrayFilter(block -> block > 0 AND block_counts[block + 1] >= ${UNUSUAL.leastBlockTasks}, blocks) AS known`,
    `arrayFilter(block -> block * span % 7 = 0, known) AS season, ${of('block_values', 'known')} AS before,
    block_values[1] AS latest, block_counts[1] AS latest_count, block_sums[1] AS latest_sum`,
    `${median('before')} AS middle`,
    `if(length(season) < ${UNUSUAL.leastSeason}, middle, ${median(of('block_values', 'season'))}) AS usual,
    ${scatter('before', 'middle')} * sqrt(greatest(1, ${median(of('block_counts', 'known'))} / latest_count)) AS chance`,
    `latest - usual > if(kind = 'share', ${UNUSUAL.shareZ} * greatest(chance, 1 / (2 * sqrt(latest_count))), ${UNUSUAL.z} * greatest(chance, ${UNUSUAL.leastSpread}))
      AND (kind = 'mean' OR latest_sum >= ${UNUSUAL.leastBad}) AS is_more,
    if(kind = 'share', latest_sum / latest_count / greatest(${UNUSUAL.leastShare}, pow(sin(usual), 2)), exp(latest - usual)) AS as_much,
    if(${isMore}, counts[1] - usual_tasks > spread, usual_tasks - counts[1] > spread)
      AND greatest(counts[1], usual_tasks) >= ${UNUSUAL.leastDay} AS is_other,
    if(${isMore}, counts[1] / greatest(1, usual_tasks), usual_tasks / counts[1]) AS as_many`,
    `multiIf(
      kind IN ('mean', 'share'), multiIf(enough = 0 OR length(known) < ${UNUSUAL.leastBlocks}, 0, is_more AND as_much > times, as_much, least(1, as_much)),
      length(weeks) < ${UNUSUAL.leastSeason} OR kind = ${literal(FEWER)} AND counts[1] = 0, 0,
      is_other AND as_many > times, as_many,
      least(1, as_many)
    ) AS ratio`,
  ]);
}

/** SQL: columns over a query, each step over the names of those before; in one SELECT every name would be its text again. */
function stepByStep(query: string, steps: readonly string[]): string {
  return steps.reduce((inner, columns) => `SELECT *,\n    ${columns}\nFROM (${inner})`, query);
}

const NOW = "toStartOfFifteenMinutes(toDateTime($__toTime, 'UTC'))";

/** Sums by days that end with the last quarter of an hour that is over, the latest first: an array a column. */
function days(registry: RegistryDocument): string {
  const columns = Object.fromEntries([
    ['tasks', 't.tasks'],
    ...Object.values(MEASURES).flatMap(({ counts, sums }, i) => [
      [`counts_${i}`, counts],
      [`sums_${i}`, sums],
    ]),
  ]) as Record<string, string>;
  const arrays = Object.keys(columns).map(
    (name) => `groupArrayInsertAt(toFloat64(0), ${UNUSUAL.days})(${name}, day) AS ${name}`,
  );
  const sums = Object.entries(columns).map(([name, sql]) => `toFloat64(sum(${sql})) AS ${name}`);
  return `
          SELECT agent, environment, ${arrays.join(', ')}
          FROM
          (
            SELECT agent, environment, toUInt32(intDiv(toUnixTimestamp(${NOW}) - 1 - toUnixTimestamp(at), 86400)) AS day,
              ${sums.join(',\n              ')}
            FROM agentops.task_totals AS t
            WHERE outcome != 'open' AND ${paged(registry)} AND at < ${NOW} AND at >= ${NOW} - INTERVAL ${UNUSUAL.days} DAY
            GROUP BY agent, environment, day
          )
          GROUP BY agent, environment`;
}
