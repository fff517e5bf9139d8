-- approvals as the maintainer of the rollups keeps it: the same rows a few seconds behind; who is late while nobody has
-- decided is told by the clock.
CREATE OR REPLACE VIEW $DATABASE.reviews $ON_CLUSTER
(
    approval_id     String COMMENT 'id that request and decision share; trace and span id of the request when the emitter gives none',
    trace_ids       Array(String) COMMENT 'traces of request and decision',
    task_id         String COMMENT 'task of the request',
    run_id          String COMMENT 'run of the request',
    span_id         String COMMENT 'span of the request',
    tool_call_id    String COMMENT 'call that approval is asked for',
    agent           LowCardinality(String) COMMENT 'agent that asks',
    environment     LowCardinality(String) COMMENT 'deployment environment of the run',
    tool            LowCardinality(String) COMMENT 'tool of that call',
    amount          Nullable(Decimal(38, 12)) COMMENT 'amount of that call',
    amount_currency LowCardinality(String) COMMENT 'currency of amount',
    requested_by    String COMMENT 'person on whose behalf the agent asks',
    rule            LowCardinality(String) COMMENT 'always, threshold, sample or emitter',
    requested_at    DateTime64(9, 'UTC') COMMENT 'when it was asked',
    decided_at      Nullable(DateTime64(9, 'UTC')) COMMENT 'when it was decided',
    decision        LowCardinality(String) COMMENT 'pending, approved, edited, rejected or expired',
    channel         LowCardinality(String) COMMENT 'where the reviewer was asked',
    reviewer        String COMMENT 'who decided',
    wait_ms         Nullable(Float64) COMMENT 'from request to decision, wall clock; NULL while pending',
    wait_working_ms Nullable(Float64) COMMENT 'the same in the working hours of the channel, as the registry has them now; NULL while pending and for channels that it does not know',
    sla_ms          UInt64 COMMENT 'time that the rule allows; 0 when none is given',
    late_at         Nullable(DateTime64(9, 'UTC')) COMMENT 'when that time is over: in working hours where the registry knows those of the channel, else wall clock; NULL without one',
    late            UInt8 COMMENT '1 when it was decided after that, or expired, or still waits beyond it'
)
AS
SELECT
    approval_id, trace_ids, task_id, run_id, span_id, tool_call_id, agent, environment, tool, amount, amount_currency,
    requested_by, rule, requested_at, decided_at, decision, channel, reviewer, wait_ms, wait_working_ms, sla_ms, late_at,
    sla_ms > 0 AND (decision = 'expired' OR ifNull(ifNull(decided_at, now64(9, 'UTC')) > late_at, 0)) AS late
FROM $DATABASE.review_states FINAL
