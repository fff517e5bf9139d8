-- Requests for approval, what the policy says of steps, and scores, kept in step as tasks and charges are; all is counted
-- anew.
CREATE TABLE IF NOT EXISTS $DATABASE.review_states $ON_CLUSTER
(
    approval_id     String,
    trace_ids       Array(String),
    task_id         String,
    run_id          String,
    span_id         String,
    tool_call_id    String,
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
    deleted         UInt8
)
ENGINE = $REPLACING(version, deleted)
ORDER BY approval_id
$TTL(requested_at);

CREATE TABLE IF NOT EXISTS $DATABASE.policy_states $ON_CLUSTER
(
    trace_id        String,
    span_id         String,
    run_id          String,
    task_id         String,
    agent           LowCardinality(String),
    environment     LowCardinality(String),
    tool            LowCardinality(String),
    model           LowCardinality(String),
    undeclared      LowCardinality(String),
    undeclared_data LowCardinality(String),
    tool_call_id    String,
    amount          Nullable(Decimal(38, 12)),
    amount_currency LowCardinality(String),
    user_id         String,
    started_at      DateTime64(9, 'UTC'),
    ended_at        DateTime64(9, 'UTC'),
    rule            LowCardinality(String),
    percent         Float64,
    joined_by       LowCardinality(String),
    approval_id     String,
    decision        LowCardinality(String),
    decided_at      Nullable(DateTime64(9, 'UTC')),
    reviewer        String,
    requested_by    String,
    status          LowCardinality(String),
    version         UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted         UInt8
)
ENGINE = $REPLACING(version, deleted)
ORDER BY (trace_id, span_id)
$TTL(started_at);

CREATE TABLE IF NOT EXISTS $DATABASE.score_states $ON_CLUSTER
(
    at              DateTime64(9, 'UTC'),
    run_id          String,
    task_id         String,
    trace_id        String,
    agent           LowCardinality(String),
    name            LowCardinality(String),
    score           Nullable(Float64),
    label           LowCardinality(String),
    evaluator       LowCardinality(String),
    environment     LowCardinality(String),
    record_trace_id String,
    record_span_id  String,
    joined_by       LowCardinality(String),
    version         UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted         UInt8
)
ENGINE = $REPLACING(version, deleted)
ORDER BY (record_trace_id, record_span_id)
$TTL(at);

-- A score may name the answer only: its call is looked for by that id.
ALTER TABLE $DATABASE.steps $ON_CLUSTER
    ADD INDEX IF NOT EXISTS response_id response_id TYPE bloom_filter GRANULARITY 1;

ALTER TABLE $DATABASE.task_states $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS offences UInt64 AFTER loops;
TRUNCATE TABLE IF EXISTS $DATABASE.rollup_rounds $ON_CLUSTER
