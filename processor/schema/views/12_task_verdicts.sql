-- Every verdict that anybody gave, one row each, also those about tasks that have not arrived (yet).
CREATE OR REPLACE VIEW $DATABASE.task_verdicts $ON_CLUSTER
(
    verdict_id  String COMMENT 'run or log record that carried the verdict, and its place in it',
    at          DateTime64(9, 'UTC') COMMENT 'when it was given',
    task_id     String COMMENT 'task that it judges; as the verdict names it where no such task has arrived',
    task_ref    String COMMENT 'the business''s own reference, as the verdict names it',
    agent       String COMMENT 'entry agent of the task; empty while the task is unknown',
    environment String COMMENT 'where the verdict says that the work ran; empty judges it wherever it ran',
    outcome     String COMMENT 'success, failure, escalated, stopped, cancelled or unknown',
    source      String COMMENT 'human, system, evaluator, agent or emitter',
    given_by    String COMMENT 'who: a person, a system or an evaluator, masked where it is personal data; empty for what a run says of itself',
    evidence    String COMMENT 'what it rests on',
    joined      UInt8 COMMENT '1 when its task is here; 0 while it waits for it'
)
AS
WITH
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
given AS
(
    SELECT
        concat(r.run_id, '-', toString(n)) AS verdict_id,
        v.3 AS at,
        if(r.task_id != '' OR NOT r.works, r.task_id, if(k.first_run_id = '', r.run_id, k.first_run_id)) AS named_id,
        -- By its reference only where it names no task: the id is the stronger name.
        if(named_id = '', r.task_ref, '') AS named_ref,
        r.task_ref AS task_ref,
        r.environment AS env,
        if(r.works, '', r.user_id) AS given_by,
        v.1 AS outcome,
        v.2 AS source,
        v.4 AS evidence
    FROM
    (
        SELECT
            run_id, task_id, task_ref, environment, user_id,
            root_seen + model_calls + tool_calls > 0 AS works,
            arrayZip(verdict_outcomes, verdict_sources, verdict_times, verdict_evidence) AS list
        FROM $DATABASE.runs FINAL
        WHERE notEmpty(verdict_outcomes)
    ) AS r
    LEFT JOIN $DATABASE.run_links AS k ON k.run_id = r.run_id
    ARRAY JOIN r.list AS v, arrayEnumerate(r.list) AS n
)
SELECT
    g.verdict_id AS verdict_id,
    g.at AS at,
    if(empty(found), g.named_id, found[1].2) AS task_id,
    g.task_ref AS task_ref,
    if(empty(found), '', found[1].3) AS agent,
    g.env AS environment,
    g.outcome AS outcome,
    g.source AS source,
    g.given_by AS given_by,
    g.evidence AS evidence,
    notEmpty(found) AS joined
FROM
(
    SELECT
        given.*,
        arrayFilter(t -> given.env IN ('', t.1), arraySort(arrayConcat(i.list, r.list))) AS found
    FROM given
    LEFT JOIN by_id AS i ON i.id = given.named_id
    LEFT JOIN by_ref AS r ON r.ref = given.named_ref
) AS g
