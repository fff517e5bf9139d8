-- Generated from the definitions in registry/src/sli by npm run generate: edit those.
-- How far the other numbers can be trusted, by hour.
CREATE OR REPLACE VIEW $DATABASE.pipeline_slis $ON_CLUSTER
(
    hour        DateTime('UTC') COMMENT 'start of the hour in which the events count',
    sli         String COMMENT 'freshness, priced_tokens, known_outcomes, conservation',
    agent       String COMMENT 'agent; empty where the SLI knows none',
    environment String COMMENT 'deployment environment; empty where the SLI knows none',
    good        Float64 COMMENT 'numerator',
    total       Float64 COMMENT 'denominator',
    share       Nullable(Float64) COMMENT 'percent; NULL without events',
    events      UInt64 COMMENT 'what was looked at',
    judged      UInt64 COMMENT 'of events: those that could be judged'
)
AS
SELECT
    hour,
    one.1 AS sli,
    agent,
    environment,
    sum(one.3) AS good,
    sum(one.2) AS total,
    if(total = 0, NULL, 100 * good / total) AS share,
    count() AS events,
    countIf(one.2 > 0) AS judged
FROM
(
    -- Steps that came in live, not from a file.
    SELECT
        toStartOfHour(toDateTime(s.ended_at, 'UTC')) AS hour,
        toString(s.agent) AS agent,
        toString(s.environment) AS environment,
        arrayJoin([('freshness', toFloat64(1), toFloat64(toUnixTimestamp64Milli(s.received_at) - toUnixTimestamp64Milli(s.ended_at) <= 60000))]) AS one
    FROM $DATABASE.steps AS s FINAL
    WHERE s.kind != 'skeleton' AND s.inferred = 0 AND NOT startsWith(s.source, 'file:')
    UNION ALL
    -- Model charges.
    SELECT
        toStartOfHour(toDateTime(c.at, 'UTC')) AS hour,
        toString(c.agent) AS agent,
        toString(c.environment) AS environment,
        arrayJoin([('priced_tokens', toFloat64(c.input_tokens + c.cached_input_tokens + c.cache_write_tokens + c.output_tokens), toFloat64((c.input_tokens + c.cached_input_tokens + c.cache_write_tokens + c.output_tokens) * (c.cost IS NOT NULL)))]) AS one
    FROM $DATABASE.cost_entries AS c
    WHERE c.kind = 'model' AND c.state != 'superseded'
    UNION ALL
    -- Tasks that have ended.
    SELECT
        toStartOfHour(toDateTime(t.ended_at, 'UTC')) AS hour,
        toString(t.agent) AS agent,
        toString(t.environment) AS environment,
        arrayJoin([('known_outcomes', toFloat64(1), toFloat64(t.outcome != 'unknown'))]) AS one
    FROM $DATABASE.tasks AS t
    WHERE t.outcome != 'open'
    UNION ALL
    -- Minutes of receipt, each with its source and signal.
    SELECT
        toStartOfHour(toDateTime(m.minute, 'UTC')) AS hour,
        toString('') AS agent,
        toString('') AS environment,
        arrayJoin([('conservation', toFloat64(m.received), toFloat64(greatest(0, m.received - abs(m.balance))))]) AS one
    FROM $DATABASE.conservation AS m
)
GROUP BY hour, sli, agent, environment
