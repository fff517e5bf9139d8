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
SELECT one.1 AS sli, agent, environment, task_id, at, one.2 AS decided_at, one.3 AS total, one.4 AS good, one.5 AS value, one.6 AS direction
FROM
(
    -- Tasks that have ended.
    SELECT
        t.agent AS agent,
        t.environment AS environment,
        t.task_id AS task_id,
        t.ended_at AS at,
        arrayJoin([
            ('task_success', ifNull(t.decided_at, t.ended_at), toFloat64(t.outcome != 'unknown'), toFloat64(t.outcome = 'success'), NULL, 'higher'),
            ('tool_calls_per_task', t.ended_at, toFloat64(1), NULL, toFloat64(t.tool_calls), 'lower'),
            ('planned_human_share', t.ended_at, toFloat64(1), toFloat64(t.planned_interventions > 0), NULL, 'none'),
            ('unplanned_human_share', t.ended_at, toFloat64(1), toFloat64(t.unplanned_interventions = 0), NULL, 'higher'),
            ('cost_per_task', t.ended_at, toFloat64(t.cost IS NOT NULL AND t.unpriced_calls = 0), NULL, toFloat64(t.cost), 'lower'),
            ('task_latency', t.ended_at, toFloat64(1), NULL, toFloat64(t.duration_ms), 'lower'),
            ('loop_free', t.ended_at, toFloat64(1), toFloat64(t.loops = 0), NULL, 'higher'),
            ('tool_success', t.ended_at, toFloat64(t.tool_calls), toFloat64(t.tool_calls - t.tool_errors), NULL, 'higher'),
            ('policy_clean', t.ended_at, toFloat64(1), toFloat64(t.task_id NOT IN (SELECT task_id FROM $DATABASE.task_offences)), NULL, 'higher')
        ]) AS one
    FROM $DATABASE.task_outcomes AS t
    WHERE t.outcome != 'open'
)
UNION ALL
SELECT one.1 AS sli, agent, environment, task_id, at, one.2 AS decided_at, one.3 AS total, one.4 AS good, one.5 AS value, one.6 AS direction
FROM
(
    -- Requests for approval that are decided, or whose time is over.
    SELECT
        a.agent AS agent,
        r.environment AS environment,
        a.task_id AS task_id,
        ifNull(a.decided_at, a.requested_at + toIntervalMillisecond(a.sla_ms)) AS at,
        arrayJoin([
            ('reviewer_response', ifNull(a.decided_at, a.requested_at + toIntervalMillisecond(a.sla_ms)), toFloat64(1), toFloat64(a.late = 0), NULL, 'higher')
        ]) AS one
    FROM $DATABASE.approvals AS a
    LEFT JOIN (SELECT run_id, environment FROM $DATABASE.runs FINAL) AS r ON r.run_id = a.run_id
    WHERE a.sla_ms > 0 AND (a.decision != 'pending' OR a.late = 1)
)
UNION ALL
SELECT one.1 AS sli, agent, environment, task_id, at, one.2 AS decided_at, one.3 AS total, one.4 AS good, one.5 AS value, one.6 AS direction
FROM
(
    -- Scores of evaluators.
    SELECT
        e.agent AS agent,
        e.environment AS environment,
        e.task_id AS task_id,
        e.at AS at,
        arrayJoin([
            ('evaluation_score', e.at, toFloat64(1), NULL, toFloat64(e.score), 'higher')
        ]) AS one
    FROM $DATABASE.evaluation_scores AS e
    WHERE e.score IS NOT NULL
)
