-- Requests for and decisions on a human's approval, each as it was seen; they may stand in different traces.
CREATE TABLE IF NOT EXISTS $DATABASE.approval_events $ON_CLUSTER
(
    trace_id        String,
    span_id         String,
    started_at      DateTime64(9, 'UTC'),
    ended_at        DateTime64(9, 'UTC'),
    approval_id     String,
    event           LowCardinality(String),
    task_id         String,
    run_id          String,
    conversation_id String,
    agent           LowCardinality(String),
    tool            LowCardinality(String),
    tool_call_id    String,
    amount          Nullable(Decimal(38, 12)),
    amount_currency LowCardinality(String),
    requested_by    String,
    rule            LowCardinality(String),
    decision        LowCardinality(String),
    channel         LowCardinality(String),
    reviewer        String,
    sla_ms          UInt64,
    deadline        String,
    version         UInt64,
    deleted         UInt8
)
ENGINE = $REPLACING(version, deleted)
ORDER BY (trace_id, span_id)
$TTL(started_at)
