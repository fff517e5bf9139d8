import { type Access, openAccess } from '../access.ts';
import { count, duration, money } from '../output/numbers.ts';
import { bold, dim, green, red, yellow } from '../output/style.ts';
import { renderTree, type TreeStep } from '../output/tree.ts';

type Row = Record<string, string>;

interface Task {
  readonly task_id: string;
  readonly agent: string;
  readonly outcome: string;
  readonly outcome_source: string;
  readonly outcome_evidence: string;
  readonly department: string;
  readonly user_id: string;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly model_calls: string;
  readonly tool_calls: string;
  readonly cost: string | null;
  readonly currency: string;
  readonly unpriced_calls: string;
  readonly run_ids: string[];
  readonly trace_ids: string[];
  readonly verdicts: { outcome: string; source: string; at: string; evidence: string }[];
}

/** A task or run as a tree over all its traces. */
export async function runShow(
  id: string,
  options: { data: string; content?: boolean; json?: boolean },
): Promise<void> {
  const access = await openAccess(options.data);
  try {
    const task = await findTask(access, id);
    const steps = await readSteps(access, task);
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ task, steps }, null, 2)}\n`);
      return;
    }
    const contents = options.content ? await readContent(access, task) : new Map<string, string[]>();
    process.stdout.write(`${heading(task)}\n\n${renderTree(steps, contents)}\n`);
  } finally {
    await access.close();
  }
}

async function findTask(access: Access, id: string): Promise<Task> {
  const tasks = await access.query<Task>(
    `SELECT task_id, agent, outcome, outcome_source, outcome_evidence, department, user_id, started_at, duration_ms,
       model_calls, tool_calls, cost, currency, unpriced_calls, run_ids, trace_ids, verdicts
     FROM agentops.task_outcomes
     WHERE startsWith(task_id, {id:String}) OR arrayExists(r -> startsWith(r, {id:String}), run_ids) OR task_ref = {id:String}
     ORDER BY task_id = {id:String} DESC, started_at LIMIT 6`,
    { id },
  );
  const [first] = tasks;
  if (first === undefined) throw new Error(`no task, run or trace begins with ${id}`);
  if (tasks.length > 1 && first.task_id !== id) {
    throw new Error(`${id} is the beginning of several: ${tasks.map((task) => task.task_id).join(', ')}`);
  }
  return first;
}

async function readSteps(access: Access, task: Task): Promise<TreeStep[]> {
  const rows = await access.query<Row>(
    `SELECT s.trace_id AS trace_id, s.span_id AS span_id, s.parent_span_id AS parent_span_id, s.kind AS kind, s.name AS name,
       s.agent AS agent, s.tool AS tool, s.model AS model, s.status AS status, s.error_type AS error_type,
       s.status_message AS message, s.counted AS counted, s.inferred AS inferred, s.waiting AS waiting,
       s.input_tokens + s.cached_input_tokens + s.cache_write_tokens AS input, s.output_tokens AS output,
       toUnixTimestamp64Milli(s.started_at) AS start_ms, s.duration_ms AS duration_ms,
       c.cost AS step_cost, c.state AS cost_state, c.currency AS in_currency
     FROM (SELECT * FROM agentops.run_steps WHERE trace_id IN {traces:Array(String)} AND run_id IN {runs:Array(String)}) AS s
     LEFT JOIN (SELECT trace_id, span_id, cost, state, currency FROM agentops.cost_entries WHERE trace_id IN {traces:Array(String)}) AS c
       ON c.trace_id = s.trace_id AND c.span_id = s.span_id
     ORDER BY s.started_at, s.span_id`,
    { traces: task.trace_ids, runs: task.run_ids },
  );
  return rows.map((row) => ({
    traceId: row['trace_id']!,
    spanId: row['span_id']!,
    parentSpanId: row['parent_span_id']!,
    kind: row['kind']!,
    label: labelOf(row),
    agent: row['agent']!,
    startMs: Number(row['start_ms']),
    durationMs: Number(row['duration_ms']),
    notes: notesOf(row),
    failed: row['status'] === 'error',
  }));
}

function labelOf(row: Row): string {
  switch (row['kind']) {
    case 'llm':
    case 'embedding':
      return `think  ${row['model']}`;
    case 'tool':
      return `tool   ${row['tool']}`;
    case 'run':
      return `agent  ${row['agent']}`;
    default:
      return `${row['kind']}  ${row['name']}`;
  }
}

function notesOf(row: Row): string[] {
  const notes: string[] = [];
  if (Number(row['input']) + Number(row['output']) > 0 && Number(row['counted']) === 1) {
    notes.push(`${count(row['input']!)} → ${count(row['output']!)} tokens`);
  }
  if (row['cost_state'] === 'unpriced' || row['cost_state'] === 'no_rate')
    notes.push(yellow(row['cost_state']!));
  else if (row['step_cost']) notes.push(money(row['step_cost']!, row['in_currency']!));
  if (Number(row['counted']) === 0 && row['kind'] === 'llm') notes.push(dim('repeats another span'));
  if (Number(row['inferred']) === 1) notes.push(dim('inferred'));
  if (Number(row['waiting']) === 1) notes.push(yellow('waits for an answer'));
  if (row['status'] === 'error')
    notes.push(red(`${row['error_type'] || 'error'} ${row['message'] ?? ''}`.trim()));
  return notes;
}

async function readContent(access: Access, task: Task): Promise<Map<string, string[]>> {
  const rows = await access.query<Row>(
    `SELECT r.trace_id AS trace_id, r.span_id AS span_id, r.part AS part, t.text AS content
     FROM (SELECT * FROM agentops.step_content FINAL WHERE trace_id IN {traces:Array(String)}) AS r
     INNER JOIN (SELECT hash, text FROM agentops.content_texts FINAL) AS t ON t.hash = r.hash
     ORDER BY r.part`,
    { traces: task.trace_ids },
  );
  const contents = new Map<string, string[]>();
  for (const row of rows) {
    const key = `${row['trace_id']}-${row['span_id']}`;
    contents.set(key, [...(contents.get(key) ?? []), `${row['part']}: ${row['content']}`]);
  }
  return contents;
}

function heading(task: Task): string {
  const colour =
    task.outcome === 'success'
      ? green
      : task.outcome === 'failure' || task.outcome === 'abandoned'
        ? red
        : yellow;
  const evidence = [task.outcome_source && `said by ${task.outcome_source}`, task.outcome_evidence]
    .filter(Boolean)
    .join(': ');
  const unpriced = Number(task.unpriced_calls) > 0 ? `, ${task.unpriced_calls} unpriced` : '';
  return [
    `${bold(task.task_id)}  ${colour(task.outcome)}${evidence === '' ? '' : dim(`  ${evidence}`)}`,
    `${task.agent}  ${dim('for')} ${task.user_id || '(unknown user)'}, ${task.department || '(unattributed)'}  ${dim('at')} ${task.started_at.slice(0, 19)} UTC  ${dim('took')} ${duration(task.duration_ms)}`,
    `${count(task.model_calls)} model calls, ${count(task.tool_calls)} tool calls, ${money(task.cost, task.currency)}${unpriced}, ${task.run_ids.length} run${task.run_ids.length === 1 ? '' : 's'}`,
    ...task.verdicts
      .slice(1)
      .map((verdict) =>
        dim(
          `also: ${verdict.source} said ${verdict.outcome} at ${verdict.at.slice(0, 19)} ${verdict.evidence}`,
        ),
      ),
  ].join('\n');
}
