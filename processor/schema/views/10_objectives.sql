-- The objectives of the registry as it stands now.
CREATE OR REPLACE VIEW $DATABASE.objectives $ON_CLUSTER
(
    agent     String COMMENT 'agent',
    sli       String COMMENT 'task_success, tool_calls_per_task, unplanned_human_share, …',
    bound     String COMMENT 'at_most as the registry writes it; empty without one',
    slo       String COMMENT 'the SLI; with its bound where it has one',
    objective Nullable(Float64) COMMENT 'percent of good events; NULL only measures',
    window_s  UInt64 COMMENT 'time over which the objective holds, seconds',
    most      Nullable(Float64) COMMENT 'the bound: a number, an amount of the reporting currency, or ms'
)
AS
SELECT
    JSONExtractString(entry, 'id') AS agent,
    JSONExtractString(one, 'sli') AS sli,
    if(JSONType(one, 'at_most') = 'String', JSONExtractString(one, 'at_most'), JSONExtractRaw(one, 'at_most')) AS bound,
    if(bound = '', sli, concat(sli, ' <= ', bound)) AS slo,
    if(JSONType(one, 'objective') IN ('Int64', 'UInt64', 'Double'), JSONExtract(one, 'objective', 'Nullable(Float64)'), NULL) AS objective,
    JSONExtractString(one, 'window') AS span,
    toUInt64OrZero(substring(span, 1, length(span) - 1)) * transform(right(span, 1), ['s', 'm', 'h', 'd'], [1, 60, 3600, 86400], 0) AS window_s,
    -- 12, 15 JPY or 5m: a number, an amount of the reporting currency, a duration in ms.
    multiIf(
        bound = '', NULL,
        match(bound, '^[0-9.]+$'), toFloat64OrNull(bound),
        match(bound, '^[0-9]+[smhd]$'), toFloat64OrNull(substring(bound, 1, length(bound) - 1)) * transform(right(bound, 1), ['s', 'm', 'h', 'd'], [1000, 60000, 3600000, 86400000], 0),
        endsWith(bound, ' $CURRENCY'), toFloat64OrNull(splitByChar(' ', bound)[1]),
        NULL
    ) AS most
FROM
(
    SELECT entry, arrayJoin(JSONExtractArrayRaw(entry, 'slos')) AS one
    FROM (SELECT arrayJoin(JSONExtractArrayRaw(document, 'agents')) AS entry FROM $DATABASE.registry_now)
)
