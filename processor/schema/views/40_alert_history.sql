-- Alerts that fired: since when, until when, and when somebody was told.
CREATE OR REPLACE VIEW $DATABASE.alert_history $ON_CLUSTER
(
    alert                String COMMENT 'rule',
    agent                String COMMENT 'agent; empty where the alert is not of one',
    subject              String COMMENT 'budget, tool or source, where the alert is of one',
    department           String COMMENT 'department of the agent',
    operator             String COMMENT 'team on call for the agent',
    severity             String COMMENT 'page, ticket or info',
    domain               String COMMENT 'operations, business, reviewers, security or pipeline',
    receiver             String COMMENT 'alertmanager or webhook',
    started_at           DateTime64(3, 'UTC') COMMENT 'when it began to fire',
    notified_at          Nullable(DateTime64(3, 'UTC')) COMMENT 'when the receiver took that; NULL: not yet',
    resolved_at          Nullable(DateTime64(3, 'UTC')) COMMENT 'when it ended; NULL: it still fires',
    resolved_notified_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when the receiver took that it has ended',
    summary              String COMMENT 'what was said last',
    labels               Map(String, String) COMMENT 'all of its labels'
)
AS
SELECT
    alert,
    labels['agent'] AS agent,
    if(labels['subject'] != '', labels['subject'], labels['source']) AS subject,
    labels['department'] AS department,
    labels['operator'] AS operator,
    JSONExtractString(notification, 'labels', 'severity') AS severity,
    JSONExtractString(notification, 'labels', 'domain') AS domain,
    receiver,
    started_at,
    notified_at,
    resolved_at,
    resolved_notified_at,
    JSONExtractString(notification, 'annotations', 'summary') AS summary,
    CAST(JSONExtract(instance, 'Array(Tuple(String, String))'), 'Map(String, String)') AS labels
FROM $DATABASE.alert_episodes FINAL
