import type { Store } from '@agentops/processor';

/** Tables whose rows are facts; everything else is worked out from them. */
const FACTS = ['steps', 'runs', 'cost_ledger', 'loops', 'approval_events', 'evaluations'] as const;
/** The rollups' own tables. */
const ROLLUPS = [
  'task_states',
  'charge_sums',
  'review_states',
  'policy_states',
  'score_states',
  'stored_sums',
  'tool_states',
  'violation_states',
] as const;
/** What those sum to, over all traces: the same rows, of twice as much. */
const SUMS = {
  task_sums: [
    'tasks',
    'planned_tasks',
    'unplanned_tasks',
    'model_calls',
    'tool_calls',
    'costed_tasks',
    'cost',
    'unpriced_calls',
    'sampled_runs',
    'tool_errors',
    'whole_costs',
    'log_cost',
    'log_tool_calls',
    'log_duration',
  ],
  cost_sums: [
    'calls',
    'input_tokens',
    'cached_input_tokens',
    'cache_write_tokens',
    'output_tokens',
    'reasoning_tokens',
    'cost',
    'unpriced_calls',
  ],
  tool_sums: ['calls', 'errors'],
  slo_sums: ['events', 'judged', 'good', 'total', 'bad_shares'],
  sample_sums: ['calls', 'sampled'],
  arrival_sums: ['items'],
} as const;
/** What names a trace, or something that lives in it: a copy has its own. */
const IDS = new Set([
  'approval_id',
  'charge_id',
  'conversation_id',
  'finding_id',
  'first_run_id',
  'parent_run_id',
  'record_trace_id',
  'response_id',
  'run_id',
  'task_id',
  'task_ref',
  'tool_call_id',
  'trace_id',
]);

/** Doubles every fact so often, each time under ids of their own: as if so many fleets had worked. */
export async function doubleFacts(store: Store, times: number): Promise<void> {
  for (const table of FACTS) await double(store, table, times, 'f');
}

/** The same for what is counted: the rollups of as many fleets, without their facts. */
export async function doubleRollups(store: Store, times: number): Promise<void> {
  for (const table of ROLLUPS) await double(store, table, times, 'r');
  const { database, command } = store;
  for (const [table, sums] of Object.entries(SUMS)) {
    const more = sums.map((sum) => `toDecimal128(s.${sum}, 12) * ${2 ** times} AS ${sum}`);
    await command(
      `INSERT INTO ${database}.${table} SELECT * REPLACE (${more.join(', ')}, s.version + 2 AS version) FROM ${database}.${table} AS s FINAL`,
    );
  }
}

async function double({ database, query, command }: Store, table: string, times: number, mark: string) {
  const columns = await query<{ name: string; kind: string }>(
    `SELECT name, default_kind AS kind FROM system.columns WHERE database = '${database}' AND table = '${table}'`,
  );
  const names = columns.filter(({ kind }) => kind !== 'MATERIALIZED').map(({ name }) => name);
  for (let time = 0; time < times; time++) {
    const suffix = `'~${mark}${time}'`;
    const own = names.map((name) => {
      if (IDS.has(name)) return `if(${name} = '', '', concat(${name}, ${suffix})) AS ${name}`;
      if (name === 'run_ids' || name === 'trace_ids')
        return `arrayMap(id -> concat(id, ${suffix}), ${name}) AS ${name}`;
      return name;
    });
    await command(
      `INSERT INTO ${database}.${table} (${names.join(', ')}) SELECT ${own.join(', ')} FROM (SELECT * FROM ${database}.${table})`,
    );
  }
}
