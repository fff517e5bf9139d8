-- What goes in circles, while it still goes: provisional until its run settles, replaced as steps come in. A finding is
-- an absolute function of the trace's set of items, like every row.
CREATE TABLE IF NOT EXISTS $DATABASE.loops $ON_CLUSTER
(
    trace_id      String,
    finding_id    String,
    run_id        String,
    agent         LowCardinality(String),
    environment   LowCardinality(String),
    pattern       LowCardinality(String),
    detected_at   DateTime64(9, 'UTC'),
    evidence      Array(String),
    wasted_calls  UInt32,
    wasted_tokens UInt64,
    wasted_cost   Nullable(Decimal(38, 12)),
    currency      LowCardinality(String),
    version       UInt64,
    deleted       UInt8
)
ENGINE = $REPLACING(version, deleted)
ORDER BY (trace_id, finding_id)
$TTL(detected_at)
