-- Scores that evaluators gave to a span, a run or a task.
CREATE TABLE IF NOT EXISTS $DATABASE.evaluations $ON_CLUSTER
(
    trace_id   String,
    span_id    String,
    at         DateTime64(9, 'UTC'),
    run_id     String,
    task_id    String,
    agent      LowCardinality(String),
    name       LowCardinality(String),
    score      Nullable(Float64),
    label      LowCardinality(String),
    evaluator  LowCardinality(String),
    version    UInt64,
    deleted    UInt8
)
ENGINE = $REPLACING(version, deleted)
ORDER BY (trace_id, span_id)
$TTL(at)
