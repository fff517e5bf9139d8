-- Tool calls by the quarter of an hour in which they began, each once, inferred ones included.
CREATE OR REPLACE VIEW $DATABASE.tool_totals $ON_CLUSTER
(
    at          DateTime('UTC') COMMENT 'start of the quarter of an hour in which the calls began',
    agent       LowCardinality(String) COMMENT 'agent that made them',
    environment LowCardinality(String) COMMENT 'deployment environment',
    tool        LowCardinality(String) COMMENT 'tool',
    effect      LowCardinality(String) COMMENT 'read, write, external or destructive, as the registry declares it; empty when it does not',
    risk        LowCardinality(String) COMMENT 'low, medium or high, as the registry declares it; empty when it does not',
    calls       UInt64 COMMENT 'number of calls',
    errors      UInt64 COMMENT 'of calls: those that failed',
    durations   AggregateFunction(quantilesDD(0.01, 0.5, 0.95), Float64) COMMENT 'their durations, ms, for quantilesDDMerge(0.01, …): each quantile to 1 % of its value',
    last_at     DateTime64(9, 'UTC') COMMENT 'when the latest of them began'
)
AS
SELECT at, agent, environment, tool, effect, risk, calls, errors, durations, last_at
FROM $DATABASE.tool_sums FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1
