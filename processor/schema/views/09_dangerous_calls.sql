-- Calls of tools that are destructive, external or of high risk, by task and quarter of an hour.
CREATE OR REPLACE VIEW $DATABASE.dangerous_calls $ON_CLUSTER
(
    trace_id    String COMMENT 'trace of the calls',
    at          DateTime('UTC') COMMENT 'start of the quarter of an hour in which they began',
    agent       LowCardinality(String) COMMENT 'agent that made them',
    environment LowCardinality(String) COMMENT 'deployment environment',
    tool        LowCardinality(String) COMMENT 'tool',
    effect      LowCardinality(String) COMMENT 'read, write, external or destructive, as the registry declares it; empty when it does not',
    risk        LowCardinality(String) COMMENT 'low, medium or high, as the registry declares it; empty when it does not',
    task_id     String COMMENT 'task that they belong to',
    calls       UInt64 COMMENT 'number of calls',
    errors      UInt64 COMMENT 'of calls: those that failed',
    last_at     DateTime64(9, 'UTC') COMMENT 'when the latest of them began'
)
AS
SELECT trace_id, at, agent, environment, tool, effect, risk, task_id, calls, errors, last_at
FROM $DATABASE.tool_states FINAL
PREWHERE effect IN ('destructive', 'external') OR risk = 'high'
SETTINGS do_not_merge_across_partitions_select_final = 1
