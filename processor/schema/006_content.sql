-- Masked content, only of agents whose registry entry keeps it; the same text is stored once.
CREATE TABLE IF NOT EXISTS $DATABASE.step_content $ON_CLUSTER
(
    trace_id   String,
    span_id    String,
    part       LowCardinality(String),
    started_at DateTime64(9, 'UTC'),
    hash       String,
    expires_at DateTime64(9, 'UTC') COMMENT 'the agent''s retention from the span''s start'
)
ENGINE = $REPLACING()
ORDER BY (trace_id, span_id, part)
TTL toDateTime(expires_at)
