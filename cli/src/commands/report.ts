import { type Access, openAccess } from '../access.ts';
import { count, duration, money, share } from '../output/numbers.ts';
import { bold, dim, green, red, yellow } from '../output/style.ts';
import { formatTable, type TableColumn } from '../output/table.ts';

export interface ReportOptions {
  since: string;
  agent?: string;
}

type Row = Record<string, string>;

/** The parts of a report: each a question, its SQL, and how its answer is shown. */
export async function report(options: ReportOptions & { data: string; json?: boolean }): Promise<void> {
  const access = await openAccess(options.data);
  try {
    if (options.json) process.stdout.write(`${JSON.stringify(await readReport(access, options), null, 2)}\n`);
    else await printReport(access, options);
  } finally {
    await access.close();
  }
}

export interface Report {
  readonly agents: Row[];
  readonly slis: Row[];
  readonly departments: Row[];
  readonly users: Row[];
  readonly models: Row[];
  readonly coverage: Row[];
  readonly violations: Row[];
  readonly conservation: Row[];
  readonly deadLetters: Row[];
  readonly droppedBy: Row[];
}

type Reader = Pick<Access, 'query'>;

export async function readReport(access: Reader, options: ReportOptions): Promise<Report> {
  const seconds = periodSeconds(options.since);
  const tasks = conditions(
    seconds === null ? [] : ['started_at >= now64(9) - INTERVAL {seconds:UInt64} SECOND'],
    options.agent,
  );
  const entries = conditions(
    seconds === null ? [] : ['at >= now64(9) - INTERVAL {seconds:UInt64} SECOND'],
    options.agent,
  );
  const params = { seconds: seconds ?? 0, agent: options.agent ?? '' };
  const ask = (sql: string): Promise<Row[]> => access.query<Row>(sql, params);
  return {
    agents: await ask(
      `SELECT agent, any(registered) AS registered, argMax(stage, started_at) AS stage, count() AS tasks,
         countIf(outcome = 'success') AS success,
         countIf(outcome IN ('success', 'failure', 'escalated', 'stopped', 'cancelled', 'abandoned')) AS judged,
         countIf(outcome = 'unknown') AS unknown, countIf(outcome = 'open') AS open,
         countIf(outcome = 'abandoned') AS abandoned, countIf(outcome = 'escalated') AS escalated,
         sum(tool_calls) AS tools, sum(tool_errors) AS tool_failures, sum(model_calls) AS models,
         quantileExact(0.5)(duration_ms) AS p50, quantileExact(0.95)(duration_ms) AS p95,
         sum(cost) AS total_cost, any(currency) AS in_currency, sum(unpriced_calls) AS unpriced
       FROM agentops.task_outcomes ${tasks} GROUP BY agent ORDER BY tasks DESC, agent`,
    ),
    slis: await ask(
      `SELECT count() AS tasks,
         countIf(outcome = 'success') AS success,
         countIf(outcome NOT IN ('open', 'unknown')) AS judged,
         countIf(planned_interventions > 0) AS planned, countIf(unplanned_interventions > 0) AS unplanned,
         sum(tool_calls) AS tools, sum(tool_errors) AS tool_failures,
         countIf(loops = 0) AS loop_free,
         sum(cost) AS total_cost, any(currency) AS in_currency,
         quantileExact(0.95)(duration_ms) AS p95
       FROM agentops.task_outcomes ${tasks}`,
    ),
    departments: await ask(
      `SELECT department, owner_department, sum(cost) AS total_cost, any(currency) AS in_currency,
         uniqExact(task_id) AS tasks, countIf(cost IS NULL) AS unpriced
       FROM agentops.cost_entries ${entries} GROUP BY department, owner_department ORDER BY total_cost DESC NULLS LAST, department, owner_department`,
    ),
    users: await ask(
      `SELECT user_id, sum(cost) AS total_cost, any(currency) AS in_currency, uniqExact(task_id) AS tasks, countIf(cost IS NULL) AS unpriced
       FROM agentops.cost_entries ${entries} GROUP BY user_id ORDER BY total_cost DESC NULLS LAST, user_id LIMIT 10`,
    ),
    models: await ask(
      `SELECT provider, model, countIf(kind = 'model' AND state != 'superseded') AS calls,
         sum(input_tokens) AS input, sum(cached_input_tokens) AS cached, sum(cache_write_tokens) AS written,
         sum(output_tokens) AS output, sum(cost) AS total_cost, any(currency) AS in_currency,
         countIf(cost IS NULL) AS unpriced, any(price_id) AS price
       FROM agentops.cost_entries ${entries} ${entries === '' ? 'WHERE' : 'AND'} kind = 'model'
       GROUP BY provider, model ORDER BY total_cost DESC NULLS LAST, provider, model`,
    ),
    coverage: await ask(
      `SELECT
         (SELECT countIf(outcome NOT IN ('open', 'unknown')) FROM agentops.task_outcomes ${tasks}) AS known_outcomes,
         (SELECT countIf(outcome != 'open') FROM agentops.task_outcomes ${tasks}) AS ended_tasks,
         (SELECT countIf(outcome_source IN ('agent', 'emitter')) FROM agentops.task_outcomes ${tasks}) AS self_reported,
         (SELECT countIf(arrayExists(v -> v.2 = 'human', verdicts) AND arrayExists(v -> v.2 = 'agent' AND v.1 != verdicts[1].1, verdicts))
            FROM agentops.task_outcomes ${tasks}) AS disagreed,
         (SELECT countIf(arrayExists(v -> v.2 = 'human', verdicts)) FROM agentops.task_outcomes ${tasks}) AS human_judged,
         (SELECT countIf(sampled_share < 1 OR telemetry != 'complete') FROM agentops.task_outcomes ${tasks}) AS maybe_incomplete,
         (SELECT sum(inferred_tool_calls) FROM agentops.task_outcomes ${tasks}) AS inferred,
         (SELECT sum(tool_calls) FROM agentops.task_outcomes ${tasks}) AS tools,
         sumIf(input_tokens + cached_input_tokens + cache_write_tokens + output_tokens, cost IS NOT NULL) AS priced_tokens,
         sum(input_tokens + cached_input_tokens + cache_write_tokens + output_tokens) AS all_tokens,
         countIf(usage_known = 0 AND kind = 'model') AS without_usage, countIf(kind = 'model') AS charges
       FROM agentops.cost_entries ${entries}`,
    ),
    violations: await ask(
      'SELECT kind, agent, subject, count, last_seen FROM agentops.violations ORDER BY kind, agent, subject',
    ),
    conservation: await ask(
      `SELECT signal, sum(received) AS got, sum(stored) AS kept, sum(duplicates) AS twice, sum(conflicts) AS conflicting,
         sum(dead_letters) AS dead, sum(dropped) AS dropped_items, sum(pending) AS waiting, sum(abs(balance)) AS off
       FROM agentops.conservation GROUP BY signal ORDER BY signal`,
    ),
    deadLetters: await ask(
      `SELECT replaceRegexpAll(reason, '\\\\d+', 'N') AS why, count() AS items FROM agentops.dead_letters FINAL
       GROUP BY why ORDER BY items DESC LIMIT 10`,
    ),
    droppedBy: await ask(
      `SELECT service, sum(items) AS items FROM agentops.ingest_ledger FINAL
       ARRAY JOIN dropped_services AS service, dropped_counts AS items GROUP BY service ORDER BY items DESC LIMIT 10`,
    ),
  };
}

export async function printReport(access: Reader, options: ReportOptions): Promise<void> {
  const data = await readReport(access, options);
  const out: string[] = [];
  const section = (title: string, note: string, columns: TableColumn[], rows: string[][]): void => {
    if (rows.length === 0) return;
    out.push(`${bold(title)}  ${dim(note)}`, formatTable(columns, rows), '');
  };

  section(
    'Agents',
    'success of the tasks that were judged; unknown and open tasks stand outside',
    [
      { title: 'agent' },
      { title: 'stage' },
      { title: 'tasks', right: true },
      { title: 'success', right: true },
      { title: 'unknown', right: true },
      { title: 'open', right: true },
      { title: 'tools/task', right: true },
      { title: 'tool errors', right: true },
      { title: 'p50', right: true },
      { title: 'p95', right: true },
      { title: 'cost/task', right: true },
      { title: 'unpriced', right: true },
    ],
    data.agents.map((row) => [
      Number(row['registered']) === 1 ? row['agent']! : yellow(row['agent']!),
      row['stage'] === 'retired' ? red('retired') : row['stage']!,
      count(row['tasks']!),
      share(Number(row['success']), Number(row['judged'])),
      count(row['unknown']!),
      count(row['open']!),
      (Number(row['tools']) / Number(row['tasks'])).toFixed(1),
      share(Number(row['tool_failures']), Number(row['tools'])),
      duration(Number(row['p50'])),
      duration(Number(row['p95'])),
      money(
        row['total_cost'] === null ? null : Number(row['total_cost']) / Number(row['tasks']),
        row['in_currency']!,
      ),
      count(row['unpriced']!),
    ]),
  );

  const [sli] = data.slis;
  if (sli !== undefined && Number(sli['tasks']) > 0) {
    const tasks = Number(sli['tasks']);
    section(
      'SLIs',
      'over all agents',
      [{ title: 'indicator' }, { title: 'value', right: true }],
      [
        ['task success rate', share(Number(sli['success']), Number(sli['judged']))],
        ['tool calls per task', (Number(sli['tools']) / tasks).toFixed(2)],
        [
          'tool success rate',
          share(Number(sli['tools']) - Number(sli['tool_failures']), Number(sli['tools'])),
        ],
        ['planned human share', share(Number(sli['planned']), tasks)],
        ['unplanned human share', share(Number(sli['unplanned']), tasks)],
        [
          'cost per task',
          money(sli['total_cost'] === null ? null : Number(sli['total_cost']) / tasks, sli['in_currency']!),
        ],
        ['task latency p95', duration(Number(sli['p95']))],
      ],
    );
  }

  section(
    'Cost by department',
    'whose work it was × whose agent it is; list prices, not an invoice',
    [
      { title: 'department' },
      { title: 'agent owned by' },
      { title: 'tasks', right: true },
      { title: 'cost', right: true },
      { title: 'unpriced', right: true },
    ],
    data.departments.map((row) => [
      row['department'] || dim('(unattributed)'),
      row['owner_department'] || dim('(unowned)'),
      count(row['tasks']!),
      money(row['total_cost']!, row['in_currency']!),
      count(row['unpriced']!),
    ]),
  );
  section(
    'Cost by user',
    'the ten largest',
    [
      { title: 'user' },
      { title: 'tasks', right: true },
      { title: 'cost', right: true },
      { title: 'unpriced', right: true },
    ],
    data.users.map((row) => [
      row['user_id'] || dim('(unattributed)'),
      count(row['tasks']!),
      money(row['total_cost']!, row['in_currency']!),
      count(row['unpriced']!),
    ]),
  );
  section(
    'Cost by model',
    'token classes do not overlap',
    [
      { title: 'provider' },
      { title: 'model' },
      { title: 'calls', right: true },
      { title: 'input', right: true },
      { title: 'cached', right: true },
      { title: 'cache write', right: true },
      { title: 'output', right: true },
      { title: 'cost', right: true },
      { title: 'unpriced', right: true },
    ],
    data.models.map((row) => [
      row['provider']!,
      row['model']!,
      count(row['calls']!),
      count(row['input']!),
      count(row['cached']!),
      count(row['written']!),
      count(row['output']!),
      money(row['total_cost']!, row['in_currency']!),
      Number(row['unpriced']) > 0 ? yellow(count(row['unpriced']!)) : '0',
    ]),
  );

  const [coverage] = data.coverage;
  if (coverage !== undefined) {
    const of = (part: string, whole: string): string =>
      share(Number(coverage[part]), Number(coverage[whole]));
    section(
      'Coverage',
      'what the numbers above rest on',
      [{ title: 'share' }, { title: 'value', right: true }],
      [
        ['ended tasks with a known outcome', of('known_outcomes', 'ended_tasks')],
        ['known outcomes that are self-reported', of('self_reported', 'known_outcomes')],
        ['human verdicts that contradict the agent', of('disagreed', 'human_judged')],
        ['tokens with a price', of('priced_tokens', 'all_tokens')],
        ['charges without token counts', of('without_usage', 'charges')],
        ['tool calls inferred from model outputs', of('inferred', 'tools')],
        ['tasks whose telemetry may be incomplete', of('maybe_incomplete', 'ended_tasks')],
      ],
    );
  }

  section(
    'Violations',
    'telemetry against the registry',
    [
      { title: 'kind' },
      { title: 'agent' },
      { title: 'service' },
      { title: 'runs', right: true },
      { title: 'last seen' },
    ],
    data.violations.map((row) => [
      row['kind']!,
      row['agent']!,
      row['subject']!,
      count(row['count']!),
      row['last_seen']!.slice(0, 19),
    ]),
  );
  section(
    'Conservation',
    'received = stored + duplicates + dead letters + dropped + pending',
    [
      'signal',
      'received',
      'stored',
      'duplicates',
      'conflicts',
      'dead letters',
      'dropped',
      'pending',
      'off by',
    ].map((title, i) => ({ title, right: i > 0 })),
    data.conservation.map((row) => [
      row['signal']!,
      ...['got', 'kept', 'twice', 'conflicting', 'dead', 'dropped_items', 'waiting'].map((key) =>
        count(row[key]!),
      ),
      Number(row['off']) === 0 ? green('0') : red(count(row['off']!)),
    ]),
  );
  section(
    'Dead letters',
    'agentops.dead_letters has their position and masked payload',
    [{ title: 'reason' }, { title: 'items', right: true }],
    data.deadLetters.map((row) => [row['why']!, count(row['items']!)]),
  );
  section(
    'Dropped as foreign',
    'spans of no agent, by service',
    [{ title: 'service' }, { title: 'items', right: true }],
    data.droppedBy.map((row) => [row['service']!, count(row['items']!)]),
  );
  if (data.agents.length === 0)
    out.push('The store is empty: send telemetry, or read a file with "agentops ingest".', '');
  process.stdout.write(`${out.join('\n')}\n`);
}

function conditions(list: string[], agent: string | undefined): string {
  const all = agent === undefined ? list : [...list, 'agent = {agent:String}'];
  return all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`;
}

/** `7d`, `24h`, `30m` in seconds; `all` is null. */
export function periodSeconds(text: string): number | null {
  if (text === 'all') return null;
  const match = /^(\d+)([mhd])$/.exec(text);
  if (match === null) throw new Error(`--since ${text}: use a period such as 30m, 24h or 7d, or all`);
  return Number(match[1]) * { m: 60, h: 3600, d: 86_400 }[match[2] as 'm' | 'h' | 'd'];
}
