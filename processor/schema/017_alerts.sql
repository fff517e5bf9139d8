-- Where each rule stands for each set of labels: the memory of an evaluator, so that another one can go on. Written by
-- whoever holds the claim.
CREATE TABLE IF NOT EXISTS $DATABASE.alert_instances $ON_CLUSTER
(
    alert       LowCardinality(String),
    instance    String COMMENT 'its labels, a JSON array of pairs in order of their names',
    state       LowCardinality(String) COMMENT 'normal, pending, firing, recovering',
    since       DateTime64(3, 'UTC'),
    fired_at    Nullable(DateTime64(3, 'UTC')),
    resolved_at Nullable(DateTime64(3, 'UTC')),
    value       Nullable(Float64),
    missing     UInt8 COMMENT 'evaluations in a row that had no row for it',
    version     UInt64 COMMENT 'time of the evaluation, ms',
    deleted     UInt8
)
ENGINE = $REPLACING(version, deleted)
ORDER BY (alert, instance);

-- An alert from when it fires to when it ends, and who was told when.
CREATE TABLE IF NOT EXISTS $DATABASE.alert_episodes $ON_CLUSTER
(
    alert                LowCardinality(String),
    instance             String COMMENT 'its labels, a JSON array of pairs in order of their names',
    started_at           DateTime64(3, 'UTC'),
    resolved_at          Nullable(DateTime64(3, 'UTC')),
    receiver             LowCardinality(String) COMMENT 'alertmanager or webhook',
    notified_at          Nullable(DateTime64(3, 'UTC')) COMMENT 'when the receiver took that it fires',
    resolved_notified_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when the receiver took that it has ended',
    notification         String COMMENT 'what was said, as JSON',
    version              UInt64 COMMENT 'time of the evaluation, ms'
)
ENGINE = $REPLACING(version)
ORDER BY (alert, instance, started_at)
$TTL(started_at);

-- Who may evaluate: of the claims that have not lapsed, the one that began first.
CREATE TABLE IF NOT EXISTS $DATABASE.alert_claims $ON_CLUSTER
(
    holder      String,
    claimed_at  DateTime64(3, 'UTC') COMMENT 'since when it has claimed without a gap',
    valid_until DateTime64(3, 'UTC'),
    version     UInt64 COMMENT 'time of the claim, ms'
)
ENGINE = $REPLACING(version)
ORDER BY holder
