-- How far tasks and cost_15m are behind what has come in.
CREATE OR REPLACE VIEW $DATABASE.rollup_state $ON_CLUSTER
(
    counted_until DateTime64(3, 'UTC') COMMENT 'everything that came in before is counted',
    behind_s      Float64 COMMENT 'seconds since then',
    traces        UInt64 COMMENT 'traces that the latest round counted anew',
    duration_ms   UInt64 COMMENT 'time that it took'
)
AS
SELECT
    fromUnixTimestamp64Milli(toInt64(round), 'UTC') AS counted_until,
    (toUnixTimestamp64Milli(now64(3, 'UTC')) - toInt64(round)) / 1000 AS behind_s,
    traces,
    duration_ms
FROM $DATABASE.rollup_rounds FINAL
