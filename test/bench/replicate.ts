import type { Store } from '@agentops/processor';

/** Tables whose rows are facts; everything else is worked out from them. */
const FACTS = ['steps', 'runs', 'cost_ledger', 'loops', 'approval_events', 'evaluations'] as const;
/** The rollups' own tables. */
const ROLLUPS = ['task_states', 'charge_sums', 'review_states', 'policy_states', 'score_states'] as const;
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

/** Copies every fact `times - 1` times under ids of their own: as if as many fleets had worked. */
export async function replicateFacts(store: Store, times: number): Promise<void> {
  for (const table of FACTS) await replicate(store, table, 1, times);
}

/** The same for what is counted: the rollups of as many fleets, from copy `from` on, without their facts. */
export async function replicateRollups(store: Store, from: number, times: number): Promise<void> {
  for (const table of ROLLUPS) await replicate(store, table, from, times);
}

async function replicate({ database, query, command }: Store, table: string, from: number, times: number) {
  const columns = await query<{ name: string; kind: string }>(
    `SELECT name, default_kind AS kind FROM system.columns WHERE database = '${database}' AND table = '${table}'`,
  );
  const names = columns.filter(({ kind }) => kind !== 'MATERIALIZED');
  for (let copy = from; copy < times; copy++) {
    const own = names.map(({ name }) => {
      if (IDS.has(name)) return `if(${name} = '', '', concat(${name}, '~${copy}')) AS ${name}`;
      if (name === 'run_ids' || name === 'trace_ids')
        return `arrayMap(id -> concat(id, '~${copy}'), ${name}) AS ${name}`;
      return name;
    });
    const first = columns.some(({ name }) => name === 'trace_id') ? 'trace_id' : (columns[0]?.name ?? '');
    await command(
      `INSERT INTO ${database}.${table} (${names.map(({ name }) => name).join(', ')})
       SELECT ${own.join(', ')} FROM (SELECT * FROM ${database}.${table} WHERE position(${first}, '~') = 0)`,
    );
  }
}
