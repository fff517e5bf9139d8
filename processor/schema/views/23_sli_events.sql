-- Generated from the definitions in registry/src/sli by npm run generate: edit those.
-- What every SLI of agents counts, objective or not: a task, a request for approval, a score. Sums over events are an
-- SLI's numerator and denominator.
CREATE OR REPLACE VIEW $DATABASE.sli_events $ON_CLUSTER
(
    sli         String COMMENT 'task_success, tool_calls_per_task, planned_human_share, unplanned_human_share, cost_per_task, task_latency, loop_free, tool_success, policy_clean, reviewer_response, evaluation_score',
    agent       String COMMENT 'agent',
    environment String COMMENT 'deployment environment',
    task_id     String COMMENT 'task of the event',
    at          DateTime64(9, 'UTC') COMMENT 'when the event counts',
    decided_at  DateTime64(9, 'UTC') COMMENT 'when the deciding evidence came: burn windows take it',
    total       Float64 COMMENT 'valid events: 1, of tool calls their number; 0 when it cannot be judged',
    good        Nullable(Float64) COMMENT 'good events; NULL where a bound decides it, and of scores',
    value       Nullable(Float64) COMMENT 'calls, cost in the reporting currency, ms or score; NULL for shares',
    direction   String COMMENT 'higher, lower or none: which way of the SLI is better'
)
AS
SELECT
    'task_success' AS sli,
    t.agent AS agent,
    t.environment AS environment,
    t.task_id AS task_id,
    t.ended_at AS at,
    ifNull(t.decided_at, t.ended_at) AS decided_at,
    toFloat64(t.outcome != 'unknown') AS total,
    CAST(t.outcome = 'success', 'Nullable(Float64)') AS good,
    CAST(NULL, 'Nullable(Float64)') AS value,
    'higher' AS direction
FROM $DATABASE.tasks AS t
WHERE t.outcome != 'open'
UNION ALL
SELECT
    'tool_calls_per_task' AS sli,
    t.agent AS agent,
    t.environment AS environment,
    t.task_id AS task_id,
    t.ended_at AS at,
    t.ended_at AS decided_at,
    toFloat64(1) AS total,
    CAST(NULL, 'Nullable(Float64)') AS good,
    CAST(t.tool_calls, 'Nullable(Float64)') AS value,
    'lower' AS direction
FROM $DATABASE.tasks AS t
WHERE t.outcome != 'open'
UNION ALL
SELECT
    'planned_human_share' AS sli,
    t.agent AS agent,
    t.environment AS environment,
    t.task_id AS task_id,
    t.ended_at AS at,
    t.ended_at AS decided_at,
    toFloat64(1) AS total,
    CAST(t.planned_interventions > 0, 'Nullable(Float64)') AS good,
    CAST(NULL, 'Nullable(Float64)') AS value,
    'none' AS direction
FROM $DATABASE.tasks AS t
WHERE t.outcome != 'open'
UNION ALL
SELECT
    'unplanned_human_share' AS sli,
    t.agent AS agent,
    t.environment AS environment,
    t.task_id AS task_id,
    t.ended_at AS at,
    t.ended_at AS decided_at,
    toFloat64(1) AS total,
    CAST(t.unplanned_interventions = 0, 'Nullable(Float64)') AS good,
    CAST(NULL, 'Nullable(Float64)') AS value,
    'higher' AS direction
FROM $DATABASE.tasks AS t
WHERE t.outcome != 'open'
UNION ALL
SELECT
    'cost_per_task' AS sli,
    t.agent AS agent,
    t.environment AS environment,
    t.task_id AS task_id,
    t.ended_at AS at,
    t.ended_at AS decided_at,
    toFloat64(t.cost IS NOT NULL AND t.unpriced_calls = 0) AS total,
    CAST(NULL, 'Nullable(Float64)') AS good,
    CAST(t.cost, 'Nullable(Float64)') AS value,
    'lower' AS direction
FROM $DATABASE.tasks AS t
WHERE t.outcome != 'open'
UNION ALL
SELECT
    'task_latency' AS sli,
    t.agent AS agent,
    t.environment AS environment,
    t.task_id AS task_id,
    t.ended_at AS at,
    t.ended_at AS decided_at,
    toFloat64(1) AS total,
    CAST(NULL, 'Nullable(Float64)') AS good,
    CAST(t.duration_ms, 'Nullable(Float64)') AS value,
    'lower' AS direction
FROM $DATABASE.tasks AS t
WHERE t.outcome != 'open'
UNION ALL
SELECT
    'loop_free' AS sli,
    t.agent AS agent,
    t.environment AS environment,
    t.task_id AS task_id,
    t.ended_at AS at,
    t.ended_at AS decided_at,
    toFloat64(1) AS total,
    CAST(t.loops = 0, 'Nullable(Float64)') AS good,
    CAST(NULL, 'Nullable(Float64)') AS value,
    'higher' AS direction
FROM $DATABASE.tasks AS t
WHERE t.outcome != 'open'
UNION ALL
SELECT
    'tool_success' AS sli,
    t.agent AS agent,
    t.environment AS environment,
    t.task_id AS task_id,
    t.ended_at AS at,
    t.ended_at AS decided_at,
    toFloat64(t.tool_calls) AS total,
    CAST(t.tool_calls - t.tool_errors, 'Nullable(Float64)') AS good,
    CAST(NULL, 'Nullable(Float64)') AS value,
    'higher' AS direction
FROM $DATABASE.tasks AS t
WHERE t.outcome != 'open'
UNION ALL
SELECT
    'policy_clean' AS sli,
    t.agent AS agent,
    t.environment AS environment,
    t.task_id AS task_id,
    t.ended_at AS at,
    t.ended_at AS decided_at,
    toFloat64(1) AS total,
    CAST(t.offences = 0, 'Nullable(Float64)') AS good,
    CAST(NULL, 'Nullable(Float64)') AS value,
    'higher' AS direction
FROM $DATABASE.tasks AS t
WHERE t.outcome != 'open'
UNION ALL
SELECT
    'reviewer_response' AS sli,
    a.agent AS agent,
    a.environment AS environment,
    a.task_id AS task_id,
    coalesce(a.decided_at, a.late_at, a.requested_at) AS at,
    coalesce(a.decided_at, a.late_at, a.requested_at) AS decided_at,
    toFloat64(1) AS total,
    CAST(a.late = 0, 'Nullable(Float64)') AS good,
    CAST(NULL, 'Nullable(Float64)') AS value,
    'higher' AS direction
FROM $DATABASE.reviews AS a
WHERE a.sla_ms > 0 AND (a.decision != 'pending' OR a.late = 1)
UNION ALL
SELECT
    'evaluation_score' AS sli,
    e.agent AS agent,
    e.environment AS environment,
    e.task_id AS task_id,
    e.at AS at,
    e.at AS decided_at,
    toFloat64(1) AS total,
    CAST(NULL, 'Nullable(Float64)') AS good,
    CAST(e.score, 'Nullable(Float64)') AS value,
    'higher' AS direction
FROM $DATABASE.scores AS e
WHERE e.score IS NOT NULL
