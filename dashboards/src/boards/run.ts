import type { Board } from '../build/board.ts';
import { statPanel, tablePanel, tracePanel } from '../build/panels.ts';
import { agents, choice, chosen, derived, environment, typed } from '../build/variables.ts';
import { type Context, LINKS } from './context.ts';

const TASK = "task_id = if('${task:raw}' = '', '${worst:raw}', '${task:raw}')";
/** Where no task is named: that of the trace that is, else what an operator should look at first. */
const WORST_FIRST = "outcome IN ('failure', 'abandoned', 'stopped') DESC, loops DESC, ended_at DESC";
const OF_TRACE = "has(trace_ids, '${traceId:raw}')";
const worst = (): string => `
  SELECT ifNull(
    (
      SELECT task_id FROM agentops.tasks
      WHERE ('\${traceId:raw}' != '' AND ${OF_TRACE}) OR ('\${traceId:raw}' = '' AND $__timeFilter(ended_at) AND ${chosen('environment', 'agent')})
      ORDER BY ${WORST_FIRST} LIMIT 1
    ), '') AS task`;
/** Of the traces of the task: the store finds those without looking at others. */
const TRACES = `trace_id IN (SELECT arrayJoin((SELECT groupUniqArrayArray(trace_ids) FROM agentops.tasks WHERE ${TASK})))`;
/** The rows of run_steps, without working out for every run whose task it is: the task knows its runs. */
const STEPS = `(
    SELECT *, if(response_model = '', request_model, response_model) AS model,
      (toUnixTimestamp64Nano(ended_at) - toUnixTimestamp64Nano(started_at)) / 1000000 AS duration_ms
    FROM agentops.steps FINAL
    WHERE ${TRACES} AND run_id IN (SELECT arrayJoin((SELECT groupUniqArrayArray(run_ids) FROM agentops.tasks WHERE ${TASK}))) AND kind != 'skeleton'
  )`;
/** Messages of the GenAI convention as a person reads them: who, and what; anything else as it was kept. */
const READABLE = `if(startsWith(t.text, '[{') AND isValidJSON(t.text),
                  arrayStringConcat(arrayMap(m -> concat(JSONExtractString(m, 'role'), ': ', arrayStringConcat(arrayMap(p -> multiIf(
                    JSONHas(p, 'content'), JSONExtractString(p, 'content'),
                    JSONHas(p, 'arguments'), concat(JSONExtractString(p, 'name'), ' ', JSONExtractRaw(p, 'arguments')),
                    JSONHas(p, 'response'), JSONExtractRaw(p, 'response'), p), JSONExtractArrayRaw(m, 'parts')), ' ')),
                    JSONExtractArrayRaw(t.text)), '\\n'), t.text)`;
/** The trace that was chosen, else the task's first. */
const TRACE = `if('\${traceId:raw}' != '', '\${traceId:raw}', (SELECT any(trace_ids[1]) FROM agentops.tasks WHERE ${TASK}))`;
/** Depth and order of a step follow from its ancestors; a step whose parent is not here begins a tree. */
const TREE = `
WITH RECURSIVE
  s AS ${STEPS},
  tree AS
  (
    SELECT trace_id, span_id, 0 AS depth, [(toUnixTimestamp64Nano(started_at), span_id)] AS path
    FROM s WHERE (trace_id, parent_span_id) NOT IN (SELECT trace_id, span_id FROM s)
    UNION ALL
    SELECT s.trace_id, s.span_id, tree.depth + 1, arrayConcat(tree.path, [(toUnixTimestamp64Nano(s.started_at), s.span_id)])
    FROM s INNER JOIN tree ON s.trace_id = tree.trace_id AND s.parent_span_id = tree.span_id
    WHERE tree.depth < 60
  )`;

/** A task as a tree, across its traces and resumes. */
export function runBoard(context: Context): Board {
  const { money } = context;
  return {
    ...context.frame,
    uid: 'agentops-run',
    title: 'Task, step by step',
    description: 'Why did this task end as it did? Every step with time, tokens, cost and marks.',
    folder: 'Operations',
    variables: [
      typed('task', 'Task'),
      environment(),
      agents(),
      typed('traceId', 'Trace'),
      derived('worst', worst()),
      choice('content', 'Content', ['hidden', 'shown']),
    ],
    sections: [
      {
        panels: [
          tablePanel({
            title: 'What was asked, and how did it end?',
            about:
              'The task in its latest state: the one that is named above, else the worst of the chosen agents. Choose another below.',
            from: 'tasks',
            reader: 'operator',
            width: 24,
            height: 4,
            noValue: 'there is none in this time',
            links: [LINKS.agent('agent')],
            columns: {
              task: { width: 230 },
              agent: { width: 150 },
              started: { unit: 'dateTimeAsIso', width: 170 },
              duration: { unit: 'ms' },
              cost: { unit: money },
            },
            sql: `
              SELECT task_id AS task, agent, task_ref AS reference, outcome, outcome_source AS says, outcome_evidence AS evidence, department, user_id AS user,
                toDateTime(started_at) AS started, duration_ms AS duration, model_calls AS "model calls", tool_calls AS "tool calls", loops, cost
              FROM agentops.tasks WHERE ${TASK}`,
          }),
        ],
      },
      {
        panels: [
          tablePanel({
            title: 'What did it do, and where did it go wrong?',
            about:
              'Think → tool → result in order of time, children under their parents, across all traces of the task. Marks: a loop begins here, it failed, it waits for a person.',
            from: 'run_steps, loop_findings, reviews and cost_ledger',
            reader: 'operator',
            width: 24,
            height: 18,
            noValue: 'no task is chosen',
            columns: {
              step: { width: 290 },
              mark: { width: 80, noValue: ' ' },
              note: { width: 190, noValue: ' ' },
              model: { width: 150, noValue: ' ' },
              agent: { width: 130 },
              kind: { width: 70 },
              after: { unit: 'ms', decimals: 0, width: 100 },
              took: { unit: 'ms', decimals: 0, gauge: {}, width: 120 },
              in: { width: 70, noValue: ' ' },
              out: { width: 60, noValue: ' ' },
              cost: { unit: money, decimals: 4, width: 110, noValue: ' ' },
              trace: { width: 90 },
            },
            links: [
              {
                field: 'trace',
                title: 'Only this trace',
                url: '/d/agentops-run?var-task=${task:raw}&var-traceId=${__value.raw}&${__url_time_range}',
              },
            ],
            sql: `${TREE}
              SELECT
                concat(repeat(' ', t.depth), multiIf(x.kind = 'llm', '◆ ', x.kind = 'tool', '▸ ', x.kind = 'run', '● ', ''), if(x.tool != '', x.tool, x.name)) AS step,
                arrayStringConcat(arrayFilter(m -> m != '', [if(f.pattern != '', 'loop', ''), if(x.status = 'error', 'failed', ''), if(x.waiting = 1, 'waits', '')]), ', ') AS mark,
                x.kind AS kind, x.agent AS agent,
                dateDiff('millisecond', (SELECT min(started_at) FROM s), x.started_at) AS after, x.duration_ms AS took,
                x.model AS model, if(x.kind IN ('llm', 'embedding'), x.input_tokens + x.cached_input_tokens, NULL) AS in, if(x.kind IN ('llm', 'embedding'), x.output_tokens, NULL) AS out, c.cost AS cost,
                multiIf(f.pattern != '', concat(f.pattern, ': ', toString(f.wasted_calls), ' calls wasted'), x.error_type != '', x.error_type, x.status_message) AS note,
                x.trace_id AS trace
              FROM tree AS t
              INNER JOIN s AS x ON x.trace_id = t.trace_id AND x.span_id = t.span_id
              LEFT JOIN
              (
                SELECT trace_id, span_id, sum(l.cost) AS cost FROM agentops.cost_ledger AS l FINAL
                WHERE ${TRACES} AND (trace_id, span_id, kind) NOT IN (SELECT trace_id, span_id, kind FROM agentops.superseded_charges FINAL WHERE ${TRACES})
                GROUP BY trace_id, span_id
              ) AS c
                ON c.trace_id = x.trace_id AND c.span_id = x.span_id
              LEFT JOIN
              (
                SELECT since_span_id, any(pattern) AS pattern, max(wasted_calls) AS wasted_calls FROM agentops.loop_findings
                WHERE run_id IN (SELECT run_id FROM s) GROUP BY since_span_id
              ) AS f ON f.since_span_id = x.span_id
              ORDER BY t.path LIMIT 2000`,
          }),
        ],
      },
      {
        panels: [
          tablePanel({
            title: 'Who was asked, and what did they decide?',
            about: 'Requests for a person’s decision, and verdicts on the task, whoever gave them.',
            from: 'reviews and tasks',
            reader: 'reviewers',
            width: 10,
            noValue: 'nobody was asked',
            columns: { at: { unit: 'dateTimeAsIso', width: 170 }, waited: { unit: 'ms' } },
            sql: `
              SELECT toDateTime(requested_at) AS at, 'approval' AS what, tool AS subject, decision AS says, reviewer AS who, wait_ms AS waited
              FROM agentops.reviews WHERE ${TASK}
              UNION ALL
              SELECT toDateTime(v.at) AS at, 'verdict' AS what, v.evidence AS subject, v.outcome AS says, if(v.by = '', v.source, v.by) AS who, NULL AS waited
              FROM agentops.tasks ARRAY JOIN verdicts AS v WHERE ${TASK}
              ORDER BY at`,
          }),
          tablePanel({
            title: 'Which tasks are there to look at?',
            about: 'Failures first. A click shows the task above.',
            from: 'tasks',
            reader: 'operator',
            width: 14,
            links: [LINKS.task('task')],
            columns: {
              task: { width: 250 },
              agent: { width: 160 },
              ended: { unit: 'dateTimeAsIso', width: 170 },
              loops: { width: 70 },
              cost: { unit: money },
            },
            sql: `
              SELECT task_id AS task, agent, outcome, loops, toDateTime(ended_at) AS ended, cost
              FROM agentops.tasks WHERE $__timeFilter(ended_at) AND ${chosen('environment', 'agent')}
              ORDER BY ${WORST_FIRST} LIMIT 200`,
          }),
        ],
      },
      {
        panels: [
          tracePanel({
            title: 'Where did the time go in one trace?',
            about: 'The trace that was chosen by its id, else the first one of the task.',
            from: 'steps',
            reader: 'operator',
            width: 24,
            noValue: 'no trace is chosen',
            sql: `
              SELECT trace_id AS traceID, span_id AS spanID, parent_span_id AS parentSpanID, service AS serviceName,
                if(tool != '', tool, name) AS operationName, toUnixTimestamp64Nano(started_at) / 1000000 AS startTime,
                (toUnixTimestamp64Nano(ended_at) - toUnixTimestamp64Nano(started_at)) / 1000000 AS duration,
                if(status = 'error', 2, 0) AS statusCode,
                arrayMap(tag -> map('key', tag.1, 'value', tag.2), arrayFilter(tag -> tag.2 != '', [('kind', toString(kind)), ('agent', toString(agent)),
                  ('model', toString(if(response_model = '', request_model, response_model))), ('tool call', tool_call_id), ('error', toString(error_type)), ('status', status_message)])) AS tags,
                [map('key', 'deployment.environment.name', 'value', toString(environment))] AS serviceTags
              FROM agentops.steps FINAL WHERE trace_id = ${TRACE} AND kind != 'skeleton'
              ORDER BY started_at, span_id LIMIT 2000`,
          }),
        ],
      },
      {
        panels: [
          tablePanel({
            title: 'What was said?',
            about:
              'Messages, arguments and results as they were kept: masked, and only of agents whose registry entry keeps them. Choose “shown” above.',
            from: 'step_content and content_texts',
            reader: 'operator',
            width: 24,
            noValue: 'hidden, or nothing was kept',
            columns: {
              at: { unit: 'dateTimeAsIso', width: 190 },
              step: { width: 220 },
              part: { width: 130 },
              text: { wrap: true },
            },
            sql: `
              SELECT toDateTime(s.started_at) AS at, if(s.tool != '', s.tool, s.name) AS step, c.part AS part, ${READABLE} AS text
              FROM (SELECT * FROM agentops.step_content FINAL WHERE '\${content:raw}' = 'shown' AND ${TRACES}) AS c
              INNER JOIN (SELECT hash, text FROM agentops.content_texts FINAL WHERE hash IN (SELECT hash FROM agentops.step_content WHERE '\${content:raw}' = 'shown' AND ${TRACES})) AS t ON t.hash = c.hash
              INNER JOIN ${STEPS} AS s ON s.trace_id = c.trace_id AND s.span_id = c.span_id
              ORDER BY s.started_at, s.span_id, indexOf(['system', 'input', 'arguments', 'result', 'output'], toString(part)) LIMIT 500`,
          }),
          statPanel({
            title: 'How many steps and traces are that?',
            about: 'Of the chosen task.',
            from: 'run_steps',
            reader: 'operator',
            width: 24,
            height: 3,
            sql: `
              SELECT count() AS steps, uniqExact(trace_id) AS traces, uniqExact(run_id) AS runs, countIf(status = 'error') AS errors
              FROM ${STEPS}`,
          }),
        ],
      },
    ],
  };
}
