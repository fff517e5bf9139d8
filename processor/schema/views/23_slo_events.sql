-- Every event that an objective of the registry, as it stands now, is held against: a task, a tool call's task, a request
-- for approval, a score. Good of total events; the window is not applied yet.
CREATE OR REPLACE VIEW $DATABASE.slo_events $ON_CLUSTER
(
    agent       String COMMENT 'agent',
    slo         String COMMENT 'the SLI; with its bound where it has one',
    sli         String COMMENT 'task_success, tool_calls_per_task, unplanned_human_share, …',
    environment String COMMENT 'deployment environment',
    objective   Nullable(Float64) COMMENT 'percent of good events; NULL only measures',
    window_s    UInt64 COMMENT 'time over which the objective holds, seconds',
    at          DateTime64(9, 'UTC') COMMENT 'when the event counts',
    measure     String COMMENT 'share: good of total events; mean: good is a value (score, cost, ms, calls) to be averaged',
    good        Float64 COMMENT 'good events, or the value',
    total       Float64 COMMENT 'valid events: 1, of tool calls their number; 0 when it cannot be judged',
    task_id     String COMMENT 'task of the event',
    decided_at  DateTime64(9, 'UTC') COMMENT 'when the deciding evidence came: burn windows take it',
    direction   String COMMENT 'higher, lower or none: without one there is no error budget'
)
AS
WITH
published AS
(
    SELECT document
    FROM $DATABASE.registry_versions FINAL
    WHERE valid_from <= now64(9, 'UTC')
    ORDER BY valid_from DESC, published_at DESC
    LIMIT 1
),
slos AS
(
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
        FROM (SELECT arrayJoin(JSONExtractArrayRaw(document, 'agents')) AS entry FROM published)
    )
)
SELECT
    s.agent AS agent,
    s.slo AS slo,
    s.sli AS sli,
    e.environment AS environment,
    s.objective AS objective,
    s.window_s AS window_s,
    e.at AS at,
    if(e.good IS NULL AND s.most IS NULL, 'mean', 'share') AS measure,
    multiIf(
        e.total = 0, 0,
        e.good IS NOT NULL, assumeNotNull(e.good),
        measure = 'mean', ifNull(e.value, 0),
        ifNull(e.value <= s.most, 0)
    ) AS good,
    e.total AS total,
    e.task_id AS task_id,
    e.decided_at AS decided_at,
    e.direction AS direction
FROM $DATABASE.sli_events AS e
INNER JOIN slos AS s ON s.agent = e.agent AND s.sli = e.sli
