/** What a round has touched, as the store answers `touchedSince`: quarters of an hour as Unix time, weeks as dates. */
export interface Touched {
  readonly tasks: readonly number[];
  readonly task_weeks: readonly string[];
  readonly charges: readonly number[];
  readonly tools: readonly number[];
  readonly minutes: readonly number[];
  readonly samples: readonly number[];
  /** Of tasks, requests and scores: their events count then. */
  readonly events: readonly number[];
  readonly event_weeks: readonly string[];
  /** Fingerprint of the objectives that events are held against. */
  readonly slos: string;
}

/** Times up to which they are looked up one by one; beyond, all is counted anew. */
const MOST_TIMES = 3_000;

export const quarter = (time: string): string => `toStartOfFifteenMinutes(toDateTime(${time}, 'UTC'))`;
/** When a request for approval counts: as in the source of its SLI. */
export const REVIEWED = 'coalesce(decided_at, late_at, requested_at)';

/**
 * One row of `Touched`: what was written by rounds after `last` (ms), where it stood before, and the requests whose time
 * was over since then, though nothing was written.
 */
export function touchedSince(last: number, round: number): string {
  const wrote = `version > ${2 * last + 1}`;
  const overdue = `decision = 'pending' AND late_at > fromUnixTimestamp64Milli(${last}) AND late_at <= fromUnixTimestamp64Milli(${round})`;
  const times = (time: string, table: string, condition = wrote): string =>
    `SELECT DISTINCT toUnixTimestamp(${time}) AS time FROM $DATABASE.${table} WHERE ${condition}`;
  const weeks = (time: string, table: string, condition = wrote): string =>
    `SELECT DISTINCT toString(toMonday(${time})) AS time FROM $DATABASE.${table} WHERE ${condition}`;
  const moved = (what: string, of = 'toUnixTimestamp(at)'): string =>
    `SELECT DISTINCT ${of} AS time FROM $DATABASE.rollup_moved WHERE round > ${last} AND what = '${what}'`;
  const movedWeeks = (what: string): string => moved(what, 'toString(toMonday(at))');
  const list = (...texts: string[]): string =>
    `(SELECT groupUniqArray(time) FROM (${texts.join(' UNION ALL ')}))`;
  return `
    SELECT
      ${list(times(quarter('ended_at'), 'task_states'), moved('tasks'))} AS tasks,
      ${list(weeks('ended_at', 'task_states'), movedWeeks('tasks'))} AS task_weeks,
      ${list(times('at', 'charge_sums'))} AS charges,
      ${list(times('at', 'tool_states'))} AS tools,
      ${list(times('minute', 'stored_sums'))} AS minutes,
      ${list(times(quarter('started_at'), 'policy_states', `${wrote} AND rule = 'sample'`), moved('samples'))} AS samples,
      ${list(
        times(quarter('ended_at'), 'task_states'),
        times(quarter(REVIEWED), 'review_states', `${wrote} OR (${overdue})`),
        times(quarter('at'), 'score_states'),
        ...['tasks', 'reviews', 'scores'].map((what) => moved(what)),
      )} AS events,
      ${list(
        weeks('ended_at', 'task_states'),
        weeks(REVIEWED, 'review_states', `${wrote} OR (${overdue})`),
        weeks('at', 'score_states'),
        ...['tasks', 'reviews', 'scores'].map((what) => movedWeeks(what)),
      )} AS event_weeks,
      (SELECT toString(cityHash64(groupArray((agent, slo, window_s)))) FROM (SELECT agent, slo, window_s FROM $DATABASE.objectives ORDER BY ALL)) AS slos`;
}

/** What is counted from the beginning, though none of what it is counted from was written anew. */
export interface Renewed {
  /** Other objectives, or other working hours, by which requests are late. */
  readonly events: boolean;
  /** Other days of the business. */
  readonly days: boolean;
}

/**
 * Statements that count the touched times anew: sums over all traces from the states that the same round has written.
 * `touched` null counts everything.
 */
export function sumStatements(round: number, touched: Touched | null, renewed: Renewed): string[] {
  const statement = (sums: Sums, times: readonly number[] | null, weeks: readonly string[] = []): string[] =>
    times?.length === 0 ? [] : [countAnew(sums, round, times, weeks)];
  const events = renewed.events || touched === null ? null : touched.events;
  const judged = renewed.days || touched === null ? null : touched.tasks;
  return [
    ...statement(TASK_SUMS, touched?.tasks ?? null, touched?.task_weeks),
    ...statement(VERDICT_SUMS, judged, touched?.task_weeks),
    ...statement(COST_SUMS, touched?.charges ?? null),
    ...statement(TOOL_SUMS, touched?.tools ?? null),
    ...statement(ARRIVAL_SUMS, touched?.minutes ?? null),
    ...statement(SAMPLE_SUMS, touched?.samples ?? null),
    ...statement(SLO_SUMS, events, touched?.event_weeks),
  ];
}

interface Sums {
  readonly table: string;
  readonly from: string;
  /** Columns of the key after the time. */
  readonly key: readonly string[];
  /** The time of the key: its column, and what it is in `from`. */
  readonly time: readonly [column: string, source: string];
  /** By which `from` is parted in weeks, where the time of the key does not say it. */
  readonly week?: string;
  readonly sums: Readonly<Record<string, string>>;
}

function countAnew(
  { table, from, key, time: [column, source], week, sums }: Sums,
  round: number,
  times: readonly number[] | null,
  weeks: readonly string[],
): string {
  const isAll = times === null || times.length > MOST_TIMES;
  const among = (expression: string): string => (isAll ? '1' : `${expression} IN (${times.join(', ')})`);
  const inWeek =
    isAll || week === undefined ? '1' : `toMonday(${week}) IN (${weeks.map((day) => `'${day}'`).join(', ')})`;
  const keys = key.join(', ');
  const names = Object.keys(sums).join(', ');
  return `
    INSERT INTO $DATABASE.${table} (${column}, ${keys}, ${names}, version, deleted)
    SETTINGS max_partitions_per_insert_block = 0
    SELECT ${column}, ${keys}, ${names}, ${2 * round}, 1 FROM $DATABASE.${table} FINAL WHERE ${among(column)}
    UNION ALL
    SELECT ${source} AS counted, ${key.map((name) => `e.${name}`).join(', ')}, ${Object.values(sums).join(', ')}, ${2 * round + 1}, 0
    FROM ${from}
    WHERE ${inWeek} AND ${among(source)}
    GROUP BY counted, ${key.map((name) => `e.${name}`).join(', ')}`;
}

/** Every charge of the task is known, and there is one. */
const WHOLE_COST = 'ifNull(e.cost, 0) > 0 AND e.unpriced_calls = 0';
const millionths = (value: string): string => `toInt64(round(1000000 * ${value}))`;

const TASK_SUMS: Sums = {
  table: 'task_sums',
  from: '$DATABASE.task_states AS e FINAL',
  time: ['at', quarter('e.ended_at')],
  week: 'e.ended_at',
  key: [
    'agent',
    'agents',
    'environment',
    'stage',
    'registered',
    'task_type',
    'department',
    'owner_department',
    'outcome',
    'outcome_source',
  ],
  sums: {
    tasks: 'count()',
    planned_tasks: 'countIf(e.planned_interventions > 0)',
    unplanned_tasks: 'countIf(e.unplanned_interventions > 0)',
    model_calls: 'sum(e.model_calls)',
    tool_calls: 'sum(e.tool_calls)',
    tool_errors: 'sum(e.tool_errors)',
    costed_tasks: 'count(e.cost)',
    cost: 'sum(ifNull(e.cost, toDecimal128(0, 12)))',
    unpriced_calls: 'sum(e.unpriced_calls)',
    sampled_runs: "sumIf(length(e.run_ids), e.sampled_share < 1 OR e.telemetry = 'sampled')",
    last_at: 'max(e.ended_at)',
    last_run_id: 'argMax(e.run_ids[-1], (e.ended_at, e.run_ids[-1]))',
    whole_costs: `countIf(${WHOLE_COST})`,
    // Of the others the logarithm of 1.
    log_cost: `sum(${millionths(`log(if(${WHOLE_COST}, toFloat64(assumeNotNull(e.cost)), 1))`)})`,
    log_tool_calls: `sum(${millionths('log(1 + e.tool_calls)')})`,
    log_duration: `sum(${millionths('log(1 + greatest(0, e.duration_ms))')})`,
  },
};

const summed = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `sum(e.${name})`]));

const COST_SUMS: Sums = {
  table: 'cost_sums',
  from: '$DATABASE.charge_sums AS e FINAL',
  time: ['at', 'e.at'],
  key: [
    'kind',
    'agent',
    'environment',
    'department',
    'owner_department',
    'team',
    'owner_team',
    'cost_center',
    'owner_cost_center',
    'tenant',
    'user_id',
    'provider',
    'model',
    'tool',
    'state',
    'currency',
  ],
  sums: summed(
    'calls',
    'input_tokens',
    'cached_input_tokens',
    'cache_write_tokens',
    'output_tokens',
    'reasoning_tokens',
    'cost',
    'unpriced_calls',
  ),
};

const TOOL_SUMS: Sums = {
  table: 'tool_sums',
  from: '$DATABASE.tool_states AS e FINAL',
  time: ['at', 'e.at'],
  key: ['agent', 'environment', 'tool', 'effect', 'risk'],
  sums: {
    ...summed('calls', 'errors'),
    durations: 'quantilesDDArrayState(0.01, 0.5, 0.95)(e.durations)',
    last_at: 'max(e.last_at)',
  },
};

const ARRIVAL_SUMS: Sums = {
  table: 'arrival_sums',
  from: '$DATABASE.stored_sums AS e FINAL',
  time: ['minute', 'e.minute'],
  key: ['source', 'signal'],
  sums: summed('items'),
};

const SAMPLE_SUMS: Sums = {
  table: 'sample_sums',
  from: "(SELECT * FROM $DATABASE.policy_states FINAL WHERE rule = 'sample') AS e",
  time: ['at', quarter('e.started_at')],
  key: ['agent', 'tool', 'percent', 'environment'],
  sums: {
    calls: 'count()',
    sampled: "countIf(e.decision != '')",
    run_id: 'argMax(e.run_id, (e.started_at, e.run_id))',
    first_seen: 'min(e.started_at)',
    last_seen: 'max(e.started_at)',
  },
};

const VERDICT_SUMS: Sums = {
  table: 'verdict_sums',
  from: '$DATABASE.judged_tasks AS e',
  time: ['at', quarter('e.ended_at')],
  week: 'e.ended_at',
  key: ['day', 'agent', 'environment'],
  sums: {
    tasks: 'count()',
    judged_by_two: 'countIf(e.twice)',
    disagreed: 'countIf(e.twice AND e.differs)',
    agent_human: 'countIf(e.by_self AND e.by_human)',
    agent_human_disagreed:
      "countIf(e.by_self AND e.by_human AND (e.self = 'success') != (e.human = 'success'))",
    agent_system: 'countIf(e.by_self AND e.by_system)',
    agent_system_disagreed:
      "countIf(e.by_self AND e.by_system AND (e.self = 'success') != (e.system = 'success'))",
    agent_evaluator: 'countIf(e.by_self AND e.by_evaluator)',
    agent_evaluator_disagreed:
      "countIf(e.by_self AND e.by_evaluator AND (e.self = 'success') != (e.evaluator = 'success'))",
    evaluator_human: 'countIf(e.by_evaluator AND e.by_human)',
    evaluator_human_disagreed:
      "countIf(e.by_evaluator AND e.by_human AND (e.evaluator = 'success') != (e.human = 'success'))",
    system_human: 'countIf(e.by_system AND e.by_human)',
    system_human_disagreed:
      "countIf(e.by_system AND e.by_human AND (e.system = 'success') != (e.human = 'success'))",
    overclaimed:
      "countIf(e.by_self AND e.self = 'success' AND notEmpty(e.others) AND e.others[1] != 'success')",
  },
};

const SLO_SUMS: Sums = {
  table: 'slo_sums',
  from: `(SELECT * REPLACE (${quarter('decided_at')} AS decided_at) FROM $DATABASE.slo_events) AS e`,
  time: ['at', quarter('e.at')],
  week: 'e.at',
  key: ['decided_at', 'agent', 'slo', 'window_s', 'sli', 'environment', 'measure', 'direction'],
  sums: {
    events: 'count()',
    judged: 'countIf(e.total > 0)',
    good: 'sum(e.good)',
    total: 'sum(e.total)',
    bad_shares: 'sumIf((e.total - e.good) / e.total, e.total > 0)',
    first_at: 'min(e.at)',
  },
};
