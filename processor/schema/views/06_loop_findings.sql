CREATE OR REPLACE VIEW $DATABASE.loop_findings $ON_CLUSTER
(
    finding_id    String COMMENT 'stable id of the finding',
    run_id        String COMMENT 'run that went in circles',
    agent         String COMMENT 'its agent',
    environment   String COMMENT 'deployment environment',
    pattern       String COMMENT 'which pattern was found',
    detected_at   DateTime64(9, 'UTC') COMMENT 'end of the step that established the pattern',
    evidence      Array(String) COMMENT 'span ids',
    wasted_calls  UInt64 COMMENT 'calls since the pattern was established',
    wasted_tokens UInt64 COMMENT 'their tokens',
    wasted_cost   Nullable(Decimal(38, 12)) COMMENT 'their cost in the reporting currency',
    currency      String COMMENT 'the reporting currency'
)
AS
SELECT finding_id, run_id, agent, environment, pattern, detected_at, evidence, wasted_calls, wasted_tokens, wasted_cost, currency
FROM $DATABASE.loops FINAL
