-- Every event that an objective of the registry, as it stands now, is held against: a task, a tool call's task, a request
-- for approval, a score. Good of total events; the window is not applied yet.
CREATE OR REPLACE VIEW $DATABASE.slo_events $ON_CLUSTER
(
    agent       String COMMENT 'agent',
    slo         String COMMENT 'the SLI; with its bound where it has one',
    sli         String COMMENT 'task_success, tool_calls_per_task, unplanned_human_share, …',
    environment String COMMENT 'deployment environment',
    objective   Nullable(Float64) COMMENT 'percent of good events; NULL only measures',
    window_s    UInt64 COMMENT 'time over which the objective holds, seconds',
    at          DateTime64(9, 'UTC') COMMENT 'when the event counts',
    measure     String COMMENT 'share: good of total events; mean: good is a value (score, cost, ms, calls) to be averaged',
    good        Float64 COMMENT 'good events, or the value',
    total       Float64 COMMENT 'valid events: 1, of tool calls their number; 0 when it cannot be judged',
    task_id     String COMMENT 'task of the event'
)
AS
WITH
published AS
(
    SELECT document
    FROM $DATABASE.registry_versions FINAL
    WHERE valid_from <= now64(9, 'UTC')
    ORDER BY valid_from DESC, published_at DESC
    LIMIT 1
),
slos AS
(
    SELECT
        JSONExtractString(entry, 'id') AS agent,
        JSONExtractString(one, 'sli') AS sli,
        if(JSONType(one, 'at_most') = 'String', JSONExtractString(one, 'at_most'), JSONExtractRaw(one, 'at_most')) AS bound,
        if(bound = '', sli, concat(sli, ' <= ', bound)) AS slo,
        if(JSONType(one, 'objective') IN ('Int64', 'UInt64', 'Double'), JSONExtract(one, 'objective', 'Nullable(Float64)'), NULL) AS objective,
        JSONExtractString(one, 'window') AS span,
        toUInt64OrZero(substring(span, 1, length(span) - 1)) * transform(right(span, 1), ['s', 'm', 'h', 'd'], [1, 60, 3600, 86400], 0) AS window_s,
        -- 12, 15 JPY or 5m: a number, an amount of the reporting currency, a duration in ms.
        multiIf(
            bound = '', NULL,
            match(bound, '^[0-9.]+$'), toFloat64OrNull(bound),
            match(bound, '^[0-9]+[smhd]$'), toFloat64OrNull(substring(bound, 1, length(bound) - 1)) * transform(right(bound, 1), ['s', 'm', 'h', 'd'], [1000, 60000, 3600000, 86400000], 0),
            endsWith(bound, ' $CURRENCY'), toFloat64OrNull(splitByChar(' ', bound)[1]),
            NULL
        ) AS most
    FROM
    (
        SELECT entry, arrayJoin(JSONExtractArrayRaw(entry, 'slos')) AS one
        FROM (SELECT arrayJoin(JSONExtractArrayRaw(document, 'agents')) AS entry FROM published)
    )
)
SELECT agent, slo, sli, environment, objective, window_s, at, measure, good, total, task_id
FROM
(
    SELECT
        s.agent AS agent,
        s.slo AS slo,
        s.sli AS sli,
        t.environment AS environment,
        s.objective AS objective,
        s.window_s AS window_s,
        t.ended_at AS at,
        t.task_id AS task_id,
        if(s.most IS NULL AND s.sli IN ('cost_per_task', 'tool_calls_per_task', 'task_latency'), 'mean', 'share') AS measure,
        multiIf(
            s.sli = 'task_success', t.outcome != 'unknown',
            s.sli = 'cost_per_task', t.cost IS NOT NULL AND t.unpriced_calls = 0,
            s.sli = 'tool_success', t.tool_calls,
            1
        ) AS total,
        multiIf(
            s.sli = 'task_success', t.outcome = 'success',
            s.sli = 'cost_per_task', if(measure = 'mean', ifNull(toFloat64(t.cost), 0), ifNull(toFloat64(t.cost) <= s.most, 0)),
            s.sli = 'tool_calls_per_task', if(measure = 'mean', t.tool_calls, ifNull(t.tool_calls <= s.most, 0)),
            s.sli = 'task_latency', if(measure = 'mean', t.duration_ms, ifNull(t.duration_ms <= s.most, 0)),
            s.sli = 'loop_free', t.loops = 0,
            s.sli = 'planned_human_share', t.planned_interventions > 0,
            s.sli = 'unplanned_human_share', t.unplanned_interventions = 0,
            s.sli = 'policy_clean', v.offences = 0,
            t.tool_calls - t.tool_errors
        ) * (total > 0) AS good
    FROM (SELECT * FROM $DATABASE.task_outcomes WHERE outcome != 'open') AS t
    INNER JOIN (SELECT * FROM slos WHERE sli NOT IN ('reviewer_response', 'evaluation_score')) AS s ON s.agent = t.agent
    LEFT JOIN
    (
        SELECT task_id, count() AS offences
        FROM
        (
            SELECT if(k.first_run_id = '', x.task_id, k.first_run_id) AS task_id
            FROM (SELECT * FROM $DATABASE.steps FINAL WHERE undeclared != '' OR undeclared_data != '') AS x
            LEFT JOIN $DATABASE.run_links AS k ON k.run_id = x.run_id
            UNION ALL
            SELECT task_id FROM $DATABASE.call_approvals
            WHERE status IN ('approval_missing', 'approval_late', 'self_approved')
        )
        GROUP BY task_id
    ) AS v ON v.task_id = t.task_id
    UNION ALL
    SELECT
        s.agent AS agent,
        s.slo AS slo,
        s.sli AS sli,
        r.environment AS environment,
        s.objective AS objective,
        s.window_s AS window_s,
        ifNull(a.decided_at, a.requested_at + toIntervalMillisecond(a.sla_ms)) AS at,
        a.task_id AS task_id,
        'share' AS measure,
        1 AS total,
        ifNull(a.wait_ms <= a.sla_ms, 0) AS good
    FROM
    (
        -- A request that still waits counts once its time is over.
        SELECT * FROM $DATABASE.approvals
        WHERE sla_ms > 0 AND (decision != 'pending' OR requested_at + toIntervalMillisecond(sla_ms) < now64(9, 'UTC'))
    ) AS a
    INNER JOIN (SELECT * FROM slos WHERE sli = 'reviewer_response') AS s ON s.agent = a.agent
    LEFT JOIN (SELECT run_id, environment FROM $DATABASE.runs FINAL) AS r ON r.run_id = a.run_id
    UNION ALL
    SELECT
        s.agent AS agent,
        s.slo AS slo,
        s.sli AS sli,
        r.environment AS environment,
        s.objective AS objective,
        s.window_s AS window_s,
        e.at AS at,
        e.task_id AS task_id,
        'mean' AS measure,
        1 AS total,
        e.score AS good
    FROM (SELECT * FROM $DATABASE.evaluation_scores WHERE score IS NOT NULL) AS e
    INNER JOIN (SELECT * FROM slos WHERE sli = 'evaluation_score') AS s ON s.agent = e.agent
    LEFT JOIN (SELECT run_id, environment FROM $DATABASE.runs FINAL) AS r ON r.run_id = e.run_id
)
