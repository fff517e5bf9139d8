-- The SLI time_to_acknowledge: how soon people take what calls them, by day, rule and agent. Time to acknowledge is
-- acknowledge_ms / acknowledged; what nobody took has none, and stands beside it.
CREATE OR REPLACE VIEW $DATABASE.alert_response $ON_CLUSTER
(
    day            Date COMMENT 'business day on which it began to fire',
    alert          String COMMENT 'rule',
    agent          String COMMENT 'agent; empty where the alert is not of one',
    department     String COMMENT 'department of the agent',
    operator       String COMMENT 'team on call for the agent',
    severity       String COMMENT 'page or ticket',
    fired          UInt64 COMMENT 'how often',
    acknowledged   UInt64 COMMENT 'of these: somebody took it',
    escalated      UInt64 COMMENT 'of these: nobody had in time, and the next one was called',
    acknowledge_ms Float64 COMMENT 'from notification to acknowledgement, summed over those that somebody took',
    longest_ms     Nullable(Float64) COMMENT 'the longest of these; NULL where nobody took any'
)
AS
SELECT
    toDate(h.started_at, '$TIME_ZONE') AS day,
    h.alert AS alert,
    h.agent AS agent,
    h.department AS department,
    h.operator AS operator,
    h.severity AS severity,
    count() AS fired,
    countIf(h.acknowledged_at IS NOT NULL) AS acknowledged,
    countIf(notEmpty(h.escalated_to)) AS escalated,
    sumIf(took_ms, h.acknowledged_at IS NOT NULL) AS acknowledge_ms,
    maxOrNullIf(took_ms, h.acknowledged_at IS NOT NULL) AS longest_ms
FROM
(
    -- Who takes it by what the dashboard shows, before anybody was told, takes it at once.
    SELECT *, toFloat64(greatest(0, dateDiff('millisecond', ifNull(notified_at, started_at), ifNull(acknowledged_at, started_at)))) AS took_ms
    FROM $DATABASE.alert_history
    WHERE severity IN ('page', 'ticket')
) AS h
GROUP BY day, alert, agent, department, operator, severity
