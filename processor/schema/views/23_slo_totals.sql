-- slo_events summed by quarters of an hour. The objective itself stands in objectives.
CREATE OR REPLACE VIEW $DATABASE.slo_totals $ON_CLUSTER
(
    at          DateTime('UTC') COMMENT 'start of the quarter of an hour in which the events count',
    decided_at  DateTime('UTC') COMMENT 'start of the quarter of an hour in which the deciding evidence came: burn windows take it',
    agent       LowCardinality(String) COMMENT 'agent',
    slo         LowCardinality(String) COMMENT 'the SLI; with its bound where it has one',
    window_s    UInt64 COMMENT 'time over which the objective holds, seconds',
    sli         LowCardinality(String) COMMENT 'task_success, tool_calls_per_task, …',
    environment LowCardinality(String) COMMENT 'deployment environment',
    measure     LowCardinality(String) COMMENT 'share: good of total events; mean: good is a value (score, cost, ms, calls) to be averaged',
    direction   LowCardinality(String) COMMENT 'higher, lower or none: without one there is no error budget',
    events      UInt64 COMMENT 'events',
    judged      UInt64 COMMENT 'of events: those that can be judged',
    good        Float64 COMMENT 'good events, or the sum of the values',
    total       Float64 COMMENT 'valid events',
    bad_shares  Float64 COMMENT 'sum over the judged events of the share of each that is bad',
    first_at    DateTime64(9, 'UTC') COMMENT 'when the first of them counts'
)
AS
SELECT at, decided_at, agent, slo, window_s, sli, environment, measure, direction, events, judged, good, total, bad_shares, first_at
FROM $DATABASE.slo_sums FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1
