-- Generated from the definitions in registry/src/sli by npm run generate: edit those.
-- Every event that an objective of the registry, as it stands now, is held against: a task, a request for approval, a
-- score. Good of total events; the window is not applied yet.
CREATE OR REPLACE VIEW $DATABASE.slo_events $ON_CLUSTER
(
    agent       String COMMENT 'agent',
    slo         String COMMENT 'the SLI; with its bound where it has one',
    sli         String COMMENT 'task_success, tool_calls_per_task, planned_human_share, unplanned_human_share, cost_per_task, task_latency, loop_free, tool_success, policy_clean, reviewer_response, evaluation_score',
    environment String COMMENT 'deployment environment',
    objective   Nullable(Float64) COMMENT 'percent of good events; NULL only measures',
    window_s    UInt64 COMMENT 'time over which the objective holds, seconds',
    at          DateTime64(9, 'UTC') COMMENT 'when the event counts',
    measure     String COMMENT 'share: good of total events; mean: good is a value (score, cost, ms, calls) to be averaged',
    good        Float64 COMMENT 'good events, or the value',
    total       Float64 COMMENT 'valid events: 1, of tool calls their number; 0 when it cannot be judged',
    task_id     String COMMENT 'task of the event',
    decided_at  DateTime64(9, 'UTC') COMMENT 'when the deciding evidence came: burn windows take it',
    direction   String COMMENT 'higher, lower or none: without one there is no error budget',
    event_id    String COMMENT 'of the event: a task, a request for approval, or the record of a score'
)
AS
SELECT
    agent,
    slo,
    sli,
    environment,
    objective,
    window_s,
    at,
    if(one.3 IS NULL AND most IS NULL, 'mean', 'share') AS measure,
    multiIf(
        one.2 = 0, 0,
        one.3 IS NOT NULL, assumeNotNull(one.3),
        measure = 'mean', ifNull(one.4, 0),
        ifNull(one.4 <= most, 0)
    ) AS good,
    one.2 AS total,
    task_id,
    one.1 AS decided_at,
    one.5 AS direction,
    event_id
FROM
(
    -- Tasks that have ended.
    SELECT
        o.agent AS agent,
        o.slo AS slo,
        o.sli AS sli,
        t.environment AS environment,
        o.objective AS objective,
        o.window_s AS window_s,
        o.most AS most,
        t.task_id AS task_id,
        t.task_id AS event_id,
        t.ended_at AS at,
        multiIf(
            o.sli = 'task_success', (ifNull(t.decided_at, t.ended_at), toFloat64(t.outcome != 'unknown'), CAST(t.outcome = 'success', 'Nullable(Float64)'), CAST(NULL, 'Nullable(Float64)'), 'higher'),
            o.sli = 'tool_calls_per_task', (t.ended_at, toFloat64(1), CAST(NULL, 'Nullable(Float64)'), CAST(t.tool_calls, 'Nullable(Float64)'), 'lower'),
            o.sli = 'planned_human_share', (t.ended_at, toFloat64(1), CAST(t.planned_interventions > 0, 'Nullable(Float64)'), CAST(NULL, 'Nullable(Float64)'), 'none'),
            o.sli = 'unplanned_human_share', (t.ended_at, toFloat64(1), CAST(t.unplanned_interventions = 0, 'Nullable(Float64)'), CAST(NULL, 'Nullable(Float64)'), 'higher'),
            o.sli = 'cost_per_task', (t.ended_at, toFloat64(t.cost IS NOT NULL AND t.unpriced_calls = 0), CAST(NULL, 'Nullable(Float64)'), CAST(t.cost, 'Nullable(Float64)'), 'lower'),
            o.sli = 'task_latency', (t.ended_at, toFloat64(1), CAST(NULL, 'Nullable(Float64)'), CAST(t.duration_ms, 'Nullable(Float64)'), 'lower'),
            o.sli = 'loop_free', (t.ended_at, toFloat64(1), CAST(t.loops = 0, 'Nullable(Float64)'), CAST(NULL, 'Nullable(Float64)'), 'higher'),
            o.sli = 'tool_success', (t.ended_at, toFloat64(t.tool_calls), CAST(t.tool_calls - t.tool_errors, 'Nullable(Float64)'), CAST(NULL, 'Nullable(Float64)'), 'higher'),
            (t.ended_at, toFloat64(1), CAST(t.offences = 0, 'Nullable(Float64)'), CAST(NULL, 'Nullable(Float64)'), 'higher')
        ) AS one
    FROM $DATABASE.tasks AS t
    INNER JOIN $DATABASE.objectives AS o ON o.agent = t.agent
    WHERE o.sli IN ('task_success', 'tool_calls_per_task', 'planned_human_share', 'unplanned_human_share', 'cost_per_task', 'task_latency', 'loop_free', 'tool_success', 'policy_clean') AND t.outcome != 'open'
    UNION ALL
    -- Requests for approval that are decided, or whose time is over.
    SELECT
        o.agent AS agent,
        o.slo AS slo,
        o.sli AS sli,
        a.environment AS environment,
        o.objective AS objective,
        o.window_s AS window_s,
        o.most AS most,
        a.task_id AS task_id,
        a.approval_id AS event_id,
        coalesce(a.decided_at, a.late_at, a.requested_at) AS at,
        (coalesce(a.decided_at, a.late_at, a.requested_at), toFloat64(1), CAST(a.late = 0, 'Nullable(Float64)'), CAST(NULL, 'Nullable(Float64)'), 'higher') AS one
    FROM $DATABASE.reviews AS a
    INNER JOIN $DATABASE.objectives AS o ON o.agent = a.agent
    WHERE o.sli IN ('reviewer_response') AND a.sla_ms > 0 AND (a.decision != 'pending' OR a.late = 1)
    UNION ALL
    -- Scores of evaluators.
    SELECT
        o.agent AS agent,
        o.slo AS slo,
        o.sli AS sli,
        e.environment AS environment,
        o.objective AS objective,
        o.window_s AS window_s,
        o.most AS most,
        e.task_id AS task_id,
        concat(e.record_trace_id, ' ', e.record_span_id) AS event_id,
        e.at AS at,
        (e.at, toFloat64(1), CAST(NULL, 'Nullable(Float64)'), CAST(e.score, 'Nullable(Float64)'), 'higher') AS one
    FROM $DATABASE.scores AS e
    INNER JOIN $DATABASE.objectives AS o ON o.agent = e.agent
    WHERE o.sli IN ('evaluation_score') AND e.score IS NOT NULL
)
