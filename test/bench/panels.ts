import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alertsOf } from '@agentops/alerts';
import { simulate } from '@agentops/cli/simulate';
import {
  boardsOf,
  buildBoard,
  expandBackendMacros,
  expandMacros,
  type Variables,
} from '@agentops/dashboards';
import { createMaintainer, openEmbedded, readRegistry, startEmbedded } from '@agentops/processor';
import { testFile } from '../servers/tools.ts';
import { doubleFacts, doubleRollups } from './replicate.ts';

export interface PanelBenchOptions {
  /** Steps that the store holds; above `MOST_FACTS` only the rollups grow further. */
  readonly steps: number;
  /** Folder that is kept, and taken as it is when it is there already. */
  readonly dir?: string | undefined;
  /** Asks fleet and cost of the facts as well, which takes long; default true. */
  readonly compare?: boolean | undefined;
  /** Dashboards by the end of their uid, and `alerts`; default and where empty all. */
  readonly only?: readonly string[];
  readonly onProgress?: (text: string) => void;
  /** What was asked for a dashboard, or for the alerts, as soon as it is known. */
  readonly onBoard: (asked: readonly Asked[]) => void;
}

export interface Asked {
  /** Of a dashboard, or `alerts`. */
  readonly board: string;
  readonly title: string;
  /** Milliseconds, over HTTP, in order. */
  readonly times: readonly number[];
  readonly rowsRead: number;
  /** The same question asked of rows that no rollup serves; null where there is no such question. */
  readonly fromFacts: FromFacts | null;
}

/** Too slow, too many rows or bytes, too much memory. */
const LIMITS = /^Code: (?:158|159|160|241|307)\./;

interface FromFacts {
  readonly ms: number;
  /** False when the limits of a reader ended it: it would have taken longer. */
  readonly answered: boolean;
}

/** Facts beyond these add nothing to what panels read. */
const MOST_FACTS = 10_000_000;
const DAY = 86_400_000;
const DAYS = 28;
const RUNS = 5;
const TOKEN = 'bench';
const SCHEMA = { retentionDays: 0, timeZone: 'Asia/Tokyo', currency: 'JPY' };
/** Dashboards whose questions are also asked of the facts. */
const COMPARED: ReadonlySet<string> = new Set(['agentops-fleet', 'agentops-cost']);

/** Every question of every dashboard and alert, as Grafana asks it, of a store with so many steps. */
export async function benchPanels(options: PanelBenchOptions): Promise<void> {
  const { steps, dir, compare = true, only = [], onProgress = () => {}, onBoard } = options;
  const folder = dir ?? mkdtempSync(join(tmpdir(), 'agentops-panels-'));
  try {
    if (!existsSync(join(folder, 'db'))) await load(folder, steps, onProgress);
    const isAsked = (board: string): boolean => only.length === 0 || only.some((one) => board.endsWith(one));
    await askAll(folder, isAsked, compare ? COMPARED : new Set(), onBoard);
  } finally {
    if (dir === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function load(dataDir: string, steps: number, onProgress: (text: string) => void): Promise<void> {
  const embedded = await startEmbedded({
    dataDir,
    registryDir: testFile('../registry/company'),
    otlpPort: 0,
  });
  const to = new Date();
  const from = new Date(to.getTime() - DAYS * DAY);
  await simulate({ seed: 5, from, to, endpoint: `http://127.0.0.1:${embedded.otlpPort}` });
  await embedded.drained();
  await embedded.counted();
  await embedded.stop();
  const store = openEmbedded(join(dataDir, 'db'));
  try {
    const [{ n } = { n: '0' }] = await store.query<{ n: string }>('SELECT count() AS n FROM agentops.steps');
    const doublings = (from: number, to: number): number => Math.max(0, Math.ceil(Math.log2(to / from)));
    const times = doublings(Number(n), Math.min(steps, MOST_FACTS));
    await doubleFacts(store, times);
    const facts = Number(n) * 2 ** times;
    onProgress(`${facts.toLocaleString('en-US')} steps`);
    await store.command('TRUNCATE TABLE agentops.rollup_rounds');
    const { traces, durationMs } = await createMaintainer(store, SCHEMA).round();
    onProgress(`${traces.toLocaleString('en-US')} traces counted in ${(durationMs / 1000).toFixed(0)} s`);
    if (steps > facts) {
      const more = doublings(facts, steps);
      await doubleRollups(store, more);
      onProgress(`rollups of ${(facts * 2 ** more).toLocaleString('en-US')} steps`);
    }
  } finally {
    await store.close();
  }
}

async function askAll(
  dataDir: string,
  isAsked: (board: string) => boolean,
  compared: ReadonlySet<string>,
  onBoard: (asked: readonly Asked[]) => void,
): Promise<void> {
  const registryDir = testFile('../registry/company');
  const embedded = await startEmbedded({
    dataDir,
    registryDir,
    otlpPort: 0,
    clickhouse: { port: 0, tokens: { grafana: TOKEN } },
  });
  const address = `http://127.0.0.1:${embedded.clickhouse!.port}/?database=agentops&default_format=JSONCompact`;
  async function ask(sql: string): Promise<{ data: unknown[][]; rowsRead: number; ms: number }> {
    const begun = performance.now();
    const answer = await fetch(address, {
      method: 'POST',
      body: sql,
      headers: { 'x-clickhouse-user': 'grafana', 'x-clickhouse-key': TOKEN },
    });
    const text = await answer.text();
    const ms = performance.now() - begun;
    if (!answer.ok) throw new Error(`${text}\n${sql}`);
    const { data, statistics } = JSON.parse(text) as {
      data: unknown[][];
      statistics: { rows_read: number };
    };
    return { data, rowsRead: statistics.rows_read, ms };
  }
  async function askFacts(sql: string): Promise<FromFacts> {
    const begun = performance.now();
    const answered = await ask(sql).then(
      () => true,
      (error: Error) => {
        if (LIMITS.test(error.message)) return false;
        throw error;
      },
    );
    return { ms: performance.now() - begun, answered };
  }
  async function time(board: string, title: string, sql: string, facts: string | null): Promise<Asked> {
    const { rowsRead } = await ask(sql);
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) times.push((await ask(sql)).ms);
    const fromFacts = facts === null ? null : await askFacts(facts);
    return { board, title, times: times.sort((a, b) => a - b), rowsRead, fromFacts };
  }
  try {
    const registry = readRegistry(registryDir);
    const to = Date.now();
    for (const board of boardsOf(registry).filter(({ uid }) => isAsked(uid))) {
      const asked: Asked[] = [];
      const sheet = JSON.parse(JSON.stringify(buildBoard(board))) as Sheet;
      const days = Number(/^now-(\d+)d$/.exec(sheet.time.from)?.[1] ?? 7);
      const range = { from: to - days * DAY, to, intervalMs: (days * DAY) / 200 };
      const variables: Record<string, Variables[string]> = {};
      for (const { name, query } of sheet.templating.list) {
        if (query?.rawSql === undefined) {
          const busiest = 'SELECT task_id FROM agentops.tasks ORDER BY tool_calls DESC LIMIT 1';
          variables[name] = {
            values: [name === 'task' ? String((await ask(busiest)).data[0]![0]) : ''],
            all: false,
          };
          continue;
        }
        const sql = expandMacros(query.rawSql, range, variables);
        asked.push(await time(sheet.uid, `variable ${name}`, sql, null));
        variables[name] = { values: (await ask(sql)).data.map(([value]) => String(value)), all: true };
      }
      for (const { title, targets = [] } of sheet.panels) {
        for (const { rawSql } of targets) {
          const sql = expandMacros(rawSql, range, variables);
          asked.push(await time(sheet.uid, title, sql, compared.has(sheet.uid) ? ofFacts(sql) : null));
        }
      }
      onBoard(asked);
    }
    if (!isAsked('alerts')) return;
    const asked: Asked[] = [];
    for (const { id, sql } of alertsOf(registry)) {
      const range = { from: to - 3_600_000, to, intervalMs: 60_000 };
      asked.push(await time('alerts', id, expandBackendMacros(sql, range), null));
    }
    onBoard(asked);
  } finally {
    await embedded.stop();
  }
}

interface Sheet {
  readonly uid: string;
  readonly time: { readonly from: string };
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query?: { readonly rawSql?: string } }[];
  };
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly rawSql: string }[];
  }[];
}

/** Rows of the rollups, one for each task or charge, worked out from the facts. */
const FROM_FACTS: Readonly<Record<string, string>> = {
  tasks: 'agentops.task_outcomes',
  task_totals: `(SELECT toStartOfFifteenMinutes(toDateTime(ended_at, 'UTC')) AS at, agent, agents, environment, stage,
    registered, task_type, department, owner_department, outcome, outcome_source, 1 AS tasks,
    toUInt64(planned_interventions > 0) AS planned_tasks, toUInt64(unplanned_interventions > 0) AS unplanned_tasks,
    model_calls, tool_calls, toUInt64(cost IS NOT NULL) AS costed_tasks, cost, unpriced_calls,
    if(sampled_share < 1 OR telemetry = 'sampled', length(run_ids), 0) AS sampled_runs,
    ended_at AS last_at, run_ids[-1] AS last_run_id FROM agentops.task_outcomes)`,
  cost_totals: `(SELECT * REPLACE (toStartOfFifteenMinutes(at) AS at), 1 AS calls,
    toUInt64(cost IS NULL) AS unpriced_calls FROM agentops.cost_entries)`,
};

/** The same question over the views that work everything out; null when it asks no rollup. */
function ofFacts(sql: string): string | null {
  const slow = sql
    .replaceAll('agentops.cost_15m', 'agentops.cost_totals')
    .replaceAll(
      /agentops\.(tasks|task_totals|cost_totals)\b(?! AS )/g,
      (_, view: string) => `${FROM_FACTS[view]} AS ${view}`,
    )
    .replaceAll(/agentops\.(tasks|task_totals|cost_totals)\b/g, (_, view: string) => FROM_FACTS[view]!);
  return slow === sql ? null : slow;
}

export function printPanels(asked: readonly Asked[]): void {
  const PANEL_MS = 300;
  for (const board of new Set(asked.map((one) => one.board))) {
    const own = asked.filter((one) => one.board === board);
    const all = own.flatMap(({ times }) => times).sort((a, b) => a - b);
    const p95 = all[Math.ceil(all.length * 0.95) - 1] ?? 0;
    const bound = board === 'alerts' ? 1000 : PANEL_MS;
    console.log(
      `\n${board}: ${own.length} questions, p50 ${at(all, 0.5)} ms, p95 ${p95.toFixed(0)} ms (${(p95 / bound).toFixed(2)} × the bound of ${bound} ms)`,
    );
    for (const { title, times, rowsRead, fromFacts } of [...own].sort(
      (a, b) => b.times.at(-1)! - a.times.at(-1)!,
    )) {
      const ratio = fromFacts === null ? '' : compare(fromFacts, times[RUNS >> 1]!);
      console.log(
        `  ${at(times, 0.5).padStart(6)} ms  ${times.at(-1)!.toFixed(0).padStart(6)} ms  ${rowsRead.toLocaleString('en-US').padStart(12)} rows  ${title}${ratio}`,
      );
    }
  }
}

function compare({ ms, answered }: FromFacts, kept: number): string {
  const least = answered ? '' : '> ';
  return `  from facts ${least}${ms.toFixed(0)} ms, ${least}${(ms / kept).toFixed(0)} ×`;
}

const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(0);
