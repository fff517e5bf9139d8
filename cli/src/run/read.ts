import type { Access } from '../access.ts';
import type { Approval, Content, Loop, ShownTask, Step, Task } from './model.ts';

/** The task that an id, or the unique beginning of one, means; with its steps over all its traces. */
export async function readTask(
  access: Pick<Access, 'query'>,
  id: string,
  withContent: boolean,
): Promise<ShownTask> {
  const task = await findTask(access, id);
  const params = { runs: task.run_ids, traces: task.trace_ids, task: task.task_id };
  const steps = await access.query<Step>(
    `SELECT s.trace_id AS trace_id, s.span_id AS span_id, s.parent_span_id AS parent_span_id, s.run_id AS run_id,
       s.kind AS kind, s.name AS name, s.agent AS agent, s.tool AS tool, s.model AS model, s.status AS status,
       s.error_type AS error_type, s.status_message AS status_message, s.counted AS counted, s.inferred AS inferred,
       s.waiting AS waiting, s.input_tokens + s.cached_input_tokens + s.cache_write_tokens AS input,
       s.output_tokens AS output, toUnixTimestamp64Milli(s.started_at) AS start_ms, s.duration_ms AS duration_ms,
       c.sum_cost AS cost, c.any_state AS cost_state
     FROM
     (
       SELECT * FROM agentops.run_steps
       WHERE trace_id IN {traces:Array(String)} AND run_id IN {runs:Array(String)}
     ) AS s
     LEFT JOIN
     (
       SELECT trace_id, span_id, sum(cost) AS sum_cost, max(state) AS any_state
       FROM agentops.cost_entries WHERE trace_id IN {traces:Array(String)} GROUP BY trace_id, span_id
     ) AS c ON c.trace_id = s.trace_id AND c.span_id = s.span_id
     ORDER BY s.started_at, s.ended_at DESC, s.span_id`,
    params,
  );
  const approvals = await access.query<Approval>(
    `SELECT approval_id, tool, amount, amount_currency, rule, channel, reviewer, decision, requested_at, wait_ms, sla_ms
     FROM agentops.approvals WHERE task_id = {task:String} OR run_id IN {runs:Array(String)} ORDER BY requested_at`,
    params,
  );
  const loops = await access.query<Loop>(
    `SELECT run_id, pattern, subject, period, since_span_id, wasted_calls, wasted_tokens, wasted_cost, currency
     FROM agentops.loop_findings WHERE run_id IN {runs:Array(String)} ORDER BY detected_at, finding_id`,
    params,
  );
  const contents = withContent
    ? await access.query<Content>(
        `SELECT r.trace_id AS trace_id, r.span_id AS span_id, r.part AS part, t.text AS text
         FROM (SELECT * FROM agentops.step_content FINAL WHERE trace_id IN {traces:Array(String)}) AS r
         INNER JOIN (SELECT hash, text FROM agentops.content_texts FINAL) AS t ON t.hash = r.hash ORDER BY part`,
        params,
      )
    : [];
  return { task, steps, approvals, loops, contents };
}

const CANDIDATES = 6;

async function findTask(access: Pick<Access, 'query'>, id: string): Promise<Task> {
  const tasks = await access.query<Task & { exact: number }>(
    `SELECT task_id, task_ref, agent, registered, environment, department, user_id, outcome, outcome_source,
       outcome_evidence, verdicts, started_at, duration_ms, model_calls, tool_calls, tool_errors, cost, currency,
       unpriced_calls, run_ids, trace_ids,
       task_id = {id:String} OR task_ref = {id:String} OR has(run_ids, {id:String}) OR has(trace_ids, {id:String}) AS exact
     FROM agentops.task_outcomes
     WHERE exact OR startsWith(task_id, {id:String}) OR arrayExists(r -> startsWith(r, {id:String}), run_ids)
       OR arrayExists(t -> startsWith(t, {id:String}), trace_ids)
     ORDER BY exact DESC, started_at LIMIT ${CANDIDATES}`,
    { id },
  );
  const exact = tasks.filter((task) => task.exact === 1);
  const [first, ...others] = exact.length > 0 ? exact : tasks;
  if (first === undefined) throw new Error(`no task, reference, run or trace is or begins with ${id}`);
  if (others.length > 0) {
    const names = [first, ...others].map((task) => task.task_id);
    throw new Error(
      `${id} means several tasks: ${names.join(', ')}${names.length === CANDIDATES ? ', …' : ''}`,
    );
  }
  const { exact: _, ...task } = first;
  return task;
}
