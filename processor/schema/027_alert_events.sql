-- What others say of an alert: that somebody was told, took it, gave it back, or that it ended. The first one to say it
-- stays, however often it is said again.
CREATE TABLE IF NOT EXISTS $DATABASE.alert_events $ON_CLUSTER
(
    source       LowCardinality(String) COMMENT 'grafana, alertmanager, pagerduty, generic, person or evaluator',
    event_id     String COMMENT 'the same when it is said again',
    kind         LowCardinality(String) COMMENT 'notified, resolved, acknowledged, unacknowledged, closed, reassigned, escalated, stood_down',
    at           DateTime64(3, 'UTC') COMMENT 'when it happened',
    person       String COMMENT 'who did it; empty where a machine did',
    episode      String COMMENT 'id in alert_history; empty where only the group is named',
    group_hash   String COMMENT 'SHA-256 of the group key: what Alertmanager and Grafana call their incident in PagerDuty',
    alert        LowCardinality(String) COMMENT 'rule; empty where it is none of ours, or not named',
    instance     String COMMENT 'its labels, a JSON array of pairs in order of their names',
    started_at   Nullable(DateTime64(3, 'UTC')) COMMENT 'when the alert began to fire',
    receiver     LowCardinality(String) COMMENT 'who was told',
    notification String COMMENT 'labels and annotations, as JSON',
    note         String COMMENT 'what was said beside it',
    received_at  DateTime64(3, 'UTC') COMMENT 'when we were told',
    version      UInt64 COMMENT 'counts down from the time of receipt: the first one stays'
)
ENGINE = $REPLACING(version)
ORDER BY (source, event_id)
$TTL(received_at);
