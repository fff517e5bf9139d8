CREATE OR REPLACE VIEW $DATABASE.loop_findings $ON_CLUSTER
(
    finding_id    String COMMENT 'stable id of the finding',
    run_id        String COMMENT 'run that went in circles',
    agent         String COMMENT 'its agent',
    environment   String COMMENT 'deployment environment',
    pattern       String COMMENT 'same_call, no_progress, cycle, retry_storm, near_identical, ping_pong, model_no_progress, recursion or beyond_history',
    subject       String COMMENT 'the tool, model or agent that repeats',
    period        UInt8 COMMENT 'calls until they repeat: 1 but for cycles and hand-offs',
    since_span_id String COMMENT 'the first of the calls that repeat',
    detected_at   DateTime64(9, 'UTC') COMMENT 'end of the step that established the pattern',
    ended_at      DateTime64(9, 'UTC') COMMENT 'end of the last step that belongs to it',
    evidence      Array(String) COMMENT 'span ids from the first repeated call to the one that established the pattern; at most 32',
    wasted_calls  UInt64 COMMENT 'model and tool calls from the establishing one on, itself included',
    wasted_tokens UInt64 COMMENT 'their tokens, all classes',
    wasted_cost   Nullable(Decimal(38, 12)) COMMENT 'their cost in the reporting currency; NULL when the cost of one of them is unknown',
    currency      String COMMENT 'the reporting currency'
)
AS
SELECT
    finding_id, run_id, agent, environment, pattern, subject, period, since_span_id, detected_at, ended_at, evidence,
    wasted_calls, wasted_tokens, wasted_cost, currency
FROM $DATABASE.loops FINAL
