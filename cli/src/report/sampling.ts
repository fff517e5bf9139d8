import { count } from '../output/numbers.ts';
import { dim, yellow } from '../output/style.ts';
import type { TableColumn } from '../output/table.ts';
import type { Report, Sampling } from './model.ts';
import { number } from './section.ts';

/** A task whose telemetry sampling thinned out, by what its traces or the registry say. */
const IS_SAMPLED = `(sampled_share < 1 OR telemetry = 'sampled')`;

/** Columns of {@link Sampling} over tasks. */
export const SAMPLING = `countIf(${IS_SAMPLED}) AS sampled,
  if(countIf(sampled_share < 1) = 0, NULL, minIf(sampled_share, sampled_share < 1)) AS kept`;

/** To be joined to events, by their tasks. */
export const SAMPLED_TASKS = `LEFT JOIN
  (SELECT task_id AS id, min(sampled_share) AS share FROM agentops.tasks WHERE ${IS_SAMPLED} GROUP BY id) AS s
  ON s.id = task_id`;

/** To be joined to charges, by their runs. */
export const SAMPLED_RUNS = `LEFT JOIN
  (SELECT run_id AS id, min(sampled_share) AS share FROM agentops.runs FINAL WHERE ${IS_SAMPLED} GROUP BY id) AS s
  ON s.id = run_id`;

const KEPT = `if(countIf(s.id != '' AND s.share < 1) = 0, NULL, minIf(s.share, s.id != '' AND s.share < 1)) AS kept`;

/** Columns of {@link Sampling} over charges, by their tasks, with {@link SAMPLED_RUNS}; and over events, with {@link SAMPLED_TASKS}. */
export const SAMPLING_OF_CHARGES = `uniqExactIf(task_id, s.id != '') AS sampled, ${KEPT}`;
export const SAMPLING_OF_EVENTS = `countIf(s.id != '') AS sampled, ${KEPT}`;

/** The column that says beside each number how much of the telemetry it rests on; none where all of it is here. */
export function sampledColumn(report: Report): TableColumn[] {
  return isSampled(report) ? [number('telemetry')] : [];
}

/** Its cell, of so many tasks, events or runs. */
export function sampledCell(report: Report, { sampled, kept }: Sampling, total: number): string[] {
  if (!isSampled(report)) return [];
  if (sampled === 0) return [dim('all')];
  const share = kept === null ? 'a part' : `${percent(kept)} of traces`;
  return [yellow(sampled >= total ? share : `${share} in ${count(sampled)} of ${count(total)}`)];
}

/** The same of what is told by agent and counts no tasks: that of the agent's tasks. */
export function sampledCellOf(report: Report, agent: string): string[] {
  const rows = report.agents.filter((row) => row.agent === agent);
  const shares = rows.flatMap(({ kept }) => (kept === null ? [] : [kept]));
  const sampled = rows.reduce((sum, row) => sum + row.sampled, 0);
  const tasks = rows.reduce((sum, row) => sum + row.tasks, 0);
  return sampledCell(report, { sampled, kept: shares.length === 0 ? null : Math.min(...shares) }, tasks);
}

/** What a reader has to know before any number; nothing where all telemetry is here. */
export function samplingNote(report: Report): string {
  const { sampled, kept, tasks } = report.coverage;
  if (!isSampled(report)) return '';
  const share = kept === null ? 'how much of it, nobody says' : `as little as ${percent(kept)} of the traces`;
  return yellow(
    `Of ${count(sampled)} of ${count(tasks)} tasks only a part of the telemetry came: ${share}. Counts, rates and amounts are of what came; nothing is extrapolated.`,
  );
}

/** Where all is seen, no table says so in every row. */
function isSampled({ coverage }: Report): boolean {
  return coverage.sampled > 0;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
