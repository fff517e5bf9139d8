-- What goes in circles over the runs of a conversation, which no run shows by itself. Two patterns, by the weights of
-- the detector (processor/src/loops/patterns.ts), which take another run for another turn of the user:
-- no_progress: eight runs in a row whose every tool call stood in an earlier run already, with the same result;
-- retry_storm: four runs in a row that ended in an error.
-- Runs without a tool call neither count nor end a circle; a call without digests may be new, and ends it. Tools that the
-- registry lets poll are left out.
CREATE OR REPLACE VIEW $DATABASE.conversation_loops $ON_CLUSTER
(
    finding_id      String COMMENT 'the same while the circle goes on',
    conversation_id String COMMENT 'conversation',
    agent           String COMMENT 'agent whose runs they are',
    environment     String COMMENT 'deployment environment',
    pattern         String COMMENT 'no_progress or retry_storm',
    subject         String COMMENT 'tool called most, or the error',
    runs            UInt64 COMMENT 'runs of the circle',
    since_run_id    String COMMENT 'the first of them',
    run_id          String COMMENT 'the latest of them',
    detected_at     DateTime64(9, 'UTC') COMMENT 'end of the run that established it',
    ended_at        DateTime64(9, 'UTC') COMMENT 'end of the latest run',
    wasted_calls    UInt64 COMMENT 'model and tool calls from the establishing run on',
    wasted_cost     Nullable(Decimal(38, 12)) COMMENT 'their known cost; NULL when none is known',
    currency        String COMMENT 'the reporting currency'
)
AS
WITH
polling AS
(
    SELECT JSONExtractString(entry, 'id') AS agent, JSONExtractString(one, 'name') AS tool
    FROM
    (
        SELECT entry, arrayJoin(JSONExtractArrayRaw(entry, 'tools')) AS one
        FROM (SELECT arrayJoin(JSONExtractArrayRaw(document, 'agents')) AS entry FROM $DATABASE.registry_now)
    )
    WHERE JSONExtractBool(one, 'repeats', 'polling')
),
conversing AS
(
    SELECT run_id, agent, environment, conversation_id, started_at, ended_at, root_error, error_type, model_calls + tool_calls AS calls
    FROM $DATABASE.runs FINAL
    WHERE root_seen + model_calls + tool_calls > 0 AND conversation_id IN
    (
        SELECT conversation_id FROM $DATABASE.runs FINAL WHERE conversation_id != ''
        GROUP BY conversation_id HAVING count() >= 4
    )
),
-- Each call with whether an earlier run of the conversation made it, with the same result.
calls AS
(
    SELECT
        run_id,
        tool,
        arguments_digest = '' OR result_digest = '' OR (started_at, run_id) = min((started_at, run_id)) OVER (
            PARTITION BY environment, conversation_id, agent, tool, arguments_digest, result_digest
        ) AS new
    FROM
    (
        SELECT s.run_id AS run_id, s.tool AS tool, s.arguments_digest AS arguments_digest, s.result_digest AS result_digest,
            r.environment AS environment, r.conversation_id AS conversation_id, r.agent AS agent, r.started_at AS started_at
        FROM (SELECT * FROM $DATABASE.steps FINAL WHERE kind = 'tool' AND counted = 1) AS s
        INNER JOIN conversing AS r ON r.run_id = s.run_id
    )
    WHERE (agent, tool) NOT IN (SELECT agent, tool FROM polling)
),
marked AS
(
    SELECT r.*, 'no_progress' AS pattern, 8 AS needed, c.news > 0 AS breaks, c.subject AS subject
    FROM conversing AS r
    INNER JOIN (SELECT run_id, countIf(new) AS news, topK(1)(tool)[1] AS subject FROM calls GROUP BY run_id) AS c ON c.run_id = r.run_id
    UNION ALL
    SELECT *, 'retry_storm' AS pattern, 4 AS needed, root_error = 0 AS breaks, toString(error_type) AS subject
    FROM conversing
),
circles AS
(
    SELECT
        environment,
        conversation_id,
        agent,
        pattern,
        any(needed) AS least,
        arraySort(groupArray((started_at, run_id, ended_at, calls))) AS list,
        topK(1)(subject)[1] AS subject
    FROM
    (
        SELECT
            *,
            sum(breaks) OVER (
                PARTITION BY environment, conversation_id, agent, pattern ORDER BY started_at, run_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
            ) AS streak
        FROM marked
    )
    WHERE NOT breaks
    GROUP BY environment, conversation_id, agent, pattern, streak
    HAVING length(list) >= least
)
SELECT
    lower(hex(sipHash128(c.environment, c.conversation_id, c.pattern, c.list[1].2))) AS finding_id,
    c.conversation_id AS conversation_id,
    c.agent AS agent,
    c.environment AS environment,
    c.pattern AS pattern,
    c.subject AS subject,
    length(c.list) AS runs,
    c.list[1].2 AS since_run_id,
    c.list[-1].2 AS run_id,
    c.list[c.least].3 AS detected_at,
    arrayMax(arrayMap(run -> run.3, c.list)) AS ended_at,
    arraySum(arrayMap(run -> run.4, arraySlice(c.list, c.least))) AS wasted_calls,
    w.cost AS wasted_cost,
    '$CURRENCY' AS currency
FROM circles AS c
LEFT JOIN
(
    SELECT o.conversation_id AS conversation_id, o.pattern AS pattern, o.since AS since, sum(e.cost) AS cost
    FROM
    (
        SELECT conversation_id, pattern, list[1].2 AS since, arrayJoin(arrayMap(run -> run.2, arraySlice(list, least))) AS wasted_run
        FROM circles
    ) AS o
    INNER JOIN $DATABASE.cost_entries AS e ON e.run_id = o.wasted_run
    GROUP BY conversation_id, pattern, since
) AS w ON w.conversation_id = c.conversation_id AND w.pattern = c.pattern AND w.since = c.list[1].2
