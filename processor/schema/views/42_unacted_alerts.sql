-- Alerts that called somebody in the last 30 days, on which nobody has acted once: wrong, not worth it, or unseen.
CREATE OR REPLACE VIEW $DATABASE.unacted_alerts $ON_CLUSTER
(
    alert         String COMMENT 'rule',
    agent         String COMMENT 'agent; empty where the alert is not of one',
    subject       String COMMENT 'budget, tool or source, where the alert is of one',
    department    String COMMENT 'department of the agent',
    operator      String COMMENT 'team on call for the agent',
    severity      String COMMENT 'page or ticket',
    fired         UInt64 COMMENT 'how often',
    firing        UInt64 COMMENT 'of these: those that still do',
    first         DateTime64(3, 'UTC') COMMENT 'when it first began to fire in these days',
    last          DateTime64(3, 'UTC') COMMENT 'when it last did',
    fired_seconds Float64 COMMENT 'how long it fired in all',
    summary       String COMMENT 'what was said last'
)
AS
SELECT
    alert,
    agent,
    subject,
    argMax(h.department, started_at) AS department,
    argMax(h.operator, started_at) AS operator,
    argMax(h.severity, started_at) AS severity,
    count() AS fired,
    countIf(resolved_at IS NULL) AS firing,
    min(started_at) AS first,
    max(started_at) AS last,
    sum(dateDiff('millisecond', started_at, ifNull(resolved_at, now64(3)))) / 1000 AS fired_seconds,
    argMax(h.summary, started_at) AS summary
FROM $DATABASE.alert_history AS h
WHERE h.severity IN ('page', 'ticket') AND started_at > now() - INTERVAL 30 DAY
GROUP BY alert, agent, subject
HAVING max(acted) = 0
