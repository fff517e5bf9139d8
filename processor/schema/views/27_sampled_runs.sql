-- Runs of this month of which sampling dropped a part, or may have, by whose amounts lack it. Nothing is extrapolated: what
-- they cost besides is in no amount. In the environments that the organisation pages for, and of work that names none.
CREATE OR REPLACE VIEW $DATABASE.sampled_runs $ON_CLUSTER
(
    kind    String COMMENT 'organisation, department, agent or user',
    subject String COMMENT 'id of the department or agent, the user; empty for the organisation and for work that nobody claims',
    day     Date COMMENT 'business day ($TIME_ZONE) on which the task ended',
    runs    UInt64 COMMENT 'sampled runs'
)
AS
WITH
(SELECT counted_environments FROM $DATABASE.registry_now) AS environments,
toDateTime(toStartOfMonth(toDate(toTimeZone(now64(9, 'UTC'), '$TIME_ZONE'))), '$TIME_ZONE') AS month_start
SELECT one.1 AS kind, one.2 AS subject, toDate(toTimeZone(ended_at, '$TIME_ZONE')) AS day, sum(length(run_ids)) AS runs
FROM
(
    SELECT
        ended_at,
        run_ids,
        arrayJoin([('organisation', ''), ('department', toString(department)), ('agent', toString(agent)), ('user', user_id)]) AS one
    FROM $DATABASE.tasks
    -- Where nothing was sampled, no task is looked at.
    WHERE (SELECT sum(sampled_runs) FROM $DATABASE.task_totals WHERE at >= month_start) > 0
        AND (sampled_share < 1 OR telemetry = 'sampled') AND has(environments, environment)
        AND ended_at >= month_start AND ended_at <= now64(9, 'UTC')
)
GROUP BY kind, subject, day
