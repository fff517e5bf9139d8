-- What a recount from the raw telemetry found wrong: sub-agents that the registry does not know, a call that failed inside
-- of its copy, time of people on decisions told elsewhere, one approval id in two environments. All rollups are counted anew.
ALTER TABLE $DATABASE.steps $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS failed_inside UInt8 COMMENT '1 for a call that counts and of which a copy inside of it ended in error',
    ADD COLUMN IF NOT EXISTS agent_violation LowCardinality(String) COMMENT 'of an agent that a run called on: unregistered_agent or retired_agent',
    ADD COLUMN IF NOT EXISTS undeclared_version LowCardinality(String) COMMENT 'version of an agent that a run called on, where the registry describes another';

ALTER TABLE $DATABASE.approval_events $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS human_ms Nullable(UInt64) COMMENT 'how long a person worked on it, as the event says; NULL where nobody measured';

DROP TABLE IF EXISTS $DATABASE.review_states $ON_CLUSTER;
CREATE TABLE IF NOT EXISTS $DATABASE.review_states $ON_CLUSTER
(
    approval_id     String CODEC(ZSTD(1)),
    trace_ids       Array(String) CODEC(ZSTD(1)),
    task_id         String CODEC(ZSTD(1)),
    run_id          String CODEC(ZSTD(1)),
    span_id         String CODEC(ZSTD(1)),
    tool_call_id    String CODEC(ZSTD(1)),
    agent           LowCardinality(String),
    environment     LowCardinality(String),
    tool            LowCardinality(String),
    amount          Nullable(Decimal(38, 12)),
    amount_currency LowCardinality(String),
    requested_by    String,
    rule            LowCardinality(String),
    requested_at    DateTime64(9, 'UTC'),
    decided_at      Nullable(DateTime64(9, 'UTC')),
    decision        LowCardinality(String),
    channel         LowCardinality(String),
    reviewer        String,
    wait_ms         Nullable(Float64),
    wait_working_ms Nullable(Float64),
    sla_ms          UInt64,
    late_at         Nullable(DateTime64(9, 'UTC')),
    version         UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted         UInt8,
    INDEX task_id task_id TYPE bloom_filter GRANULARITY 1
)
ENGINE = $REPLACING(version, deleted)
ORDER BY (approval_id, environment)
$TTL(requested_at);

ALTER TABLE $DATABASE.violation_states $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS environment LowCardinality(String),
    MODIFY ORDER BY (trace_id, agent, kind, subject, environment);
TRUNCATE TABLE IF EXISTS $DATABASE.violation_states $ON_CLUSTER;
ALTER TABLE $DATABASE.sample_sums $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS environment LowCardinality(String),
    MODIFY ORDER BY (at, agent, tool, percent, environment);
TRUNCATE TABLE IF EXISTS $DATABASE.sample_sums $ON_CLUSTER;

-- Requests are late by the working hours of the registry, days are those of its time zone.
ALTER TABLE $DATABASE.rollup_rounds $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS calendar String COMMENT 'fingerprint of working hours and time zone that requests and days were counted by';

-- Where something stood before a round moved it: those times are counted anew too, whatever is merged meanwhile.
CREATE TABLE IF NOT EXISTS $DATABASE.rollup_moved $ON_CLUSTER
(
    round UInt64 COMMENT 'time of the round, ms',
    what  LowCardinality(String) COMMENT 'tasks, reviews, scores or samples',
    at    DateTime('UTC') COMMENT 'quarter of an hour in which it counted'
)
ENGINE = $REPLACING()
PARTITION BY intDiv(round, 86400000)
ORDER BY (round, what, at)
TTL toDateTime(intDiv(round, 1000)) + INTERVAL 2 DAY
SETTINGS ttl_only_drop_parts = 1;

TRUNCATE TABLE IF EXISTS $DATABASE.rollup_rounds $ON_CLUSTER
