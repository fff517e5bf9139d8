CREATE OR REPLACE VIEW $DATABASE.evaluation_scores $ON_CLUSTER
(
    at        DateTime64(9, 'UTC') COMMENT 'when the score was given',
    run_id    String COMMENT 'run that was scored; of a score by task id or reference, the log record that carried it',
    task_id   String COMMENT 'task that was scored',
    trace_id  String COMMENT 'trace that was scored; of a score by task id or reference, the log record''s own',
    agent     String COMMENT 'agent that was scored; of a score whose task is not here, who sent it',
    name      String COMMENT 'what was evaluated',
    score     Nullable(Float64) COMMENT 'score, in the evaluator''s own unit',
    label     String COMMENT 'label, e.g. pass or fail',
    evaluator String COMMENT 'human, system or evaluator',
    environment String COMMENT 'deployment environment of what was scored',
    record_trace_id String COMMENT 'trace of the record that carried the score',
    record_span_id String COMMENT 'span of the record that carried the score',
    joined_by String COMMENT 'how the score found its task: trace, task (its id or reference) or response (gen_ai.response.id); empty while the task is unknown'
)
AS
WITH
-- A score that names its task by id or reference comes in a run of its own, which is no work of anybody.
judgements AS
(
    SELECT run_id, task_id, if(task_id = '', task_ref, '') AS ref, environment
    FROM $DATABASE.runs FINAL
    WHERE root_seen + model_calls + tool_calls = 0
),
works AS
(
    SELECT
        if(r.task_id != '', r.task_id, if(k.first_run_id = '', r.run_id, k.first_run_id)) AS id,
        r.environment AS env,
        argMin(r.task_ref, (r.task_ref = '', r.started_at, r.run_id)) AS ref,
        argMin(r.agent, (r.root_seen = 0, r.started_at, r.run_id)) AS entry_agent
    FROM (SELECT * FROM $DATABASE.runs FINAL WHERE root_seen + model_calls + tool_calls > 0) AS r
    LEFT JOIN $DATABASE.run_links AS k ON k.run_id = r.run_id
    GROUP BY id, env
),
by_id AS (SELECT id, groupArray((env, id, entry_agent)) AS list FROM works GROUP BY id),
by_ref AS (SELECT ref, groupArray((env, id, entry_agent)) AS list FROM works WHERE ref != '' GROUP BY ref),
-- The call that brought an answer; of copies in several traces a registered agent's, then the first.
answers AS
(
    SELECT response_id, argMin((environment, run_id, task_id, trace_id, agent), (startsWith(agent, 'unregistered:'), trace_id, span_id)) AS call
    FROM (SELECT * FROM $DATABASE.steps FINAL WHERE counted = 1 AND response_id IN (SELECT response_id FROM $DATABASE.evaluations WHERE response_id != ''))
    GROUP BY response_id
)
SELECT
    s.at AS at,
    multiIf(s.way = 'response', s.call.2, s.run_id) AS run_id,
    multiIf(s.way = 'task', s.found[1].2, k.first_run_id != '', k.first_run_id, s.way = 'response', s.call.3, s.task_id) AS task_id,
    if(s.way = 'response', s.call.4, s.trace_id) AS trace_id,
    multiIf(s.way = 'task', s.found[1].3, s.way = 'response', s.call.5, s.agent) AS agent,
    s.name AS name,
    s.score AS score,
    s.label AS label,
    s.evaluator AS evaluator,
    multiIf(s.way = 'task', s.found[1].1, s.way = 'response', s.call.1, o.environment) AS environment,
    s.trace_id AS record_trace_id,
    s.span_id AS record_span_id,
    s.way AS joined_by
FROM
(
    SELECT
        e.at AS at,
        e.run_id AS run_id,
        e.task_id AS task_id,
        e.trace_id AS trace_id,
        e.span_id AS span_id,
        e.agent AS agent,
        e.name AS name,
        e.score AS score,
        e.label AS label,
        e.evaluator AS evaluator,
        arrayFilter(t -> j.environment IN ('', t.1), arraySort(arrayConcat(i.list, r.list))) AS found,
        w.call AS call,
        multiIf(notEmpty(found), 'task', j.run_id = '', 'trace', w.response_id != '', 'response', '') AS way,
        if(way = 'response', call.2, e.run_id) AS scored_run
    FROM (SELECT * FROM $DATABASE.evaluations FINAL) AS e
    LEFT JOIN judgements AS j ON j.run_id = e.run_id
    LEFT JOIN by_id AS i ON i.id = j.task_id
    LEFT JOIN by_ref AS r ON r.ref = j.ref
    LEFT JOIN answers AS w ON w.response_id = e.response_id
) AS s
LEFT JOIN $DATABASE.run_links AS k ON k.run_id = s.scored_run
LEFT JOIN (SELECT run_id, environment FROM $DATABASE.runs FINAL) AS o ON o.run_id = s.run_id
