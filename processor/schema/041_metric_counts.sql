-- What /metrics counts (cli/src/metrics/README.md): how much a thing counted for when it was first counted, and each time that
-- this was found changed. Rows are added and never changed, and none of the four amounts is below 0.
CREATE TABLE IF NOT EXISTS $DATABASE.metric_counts $ON_CLUSTER
(
    counter     LowCardinality(String) COMMENT 'what is counted: slo_events, slo_good, charges, cost, …',
    agent       LowCardinality(String) COMMENT 'agent of the registry; unregistered for all others',
    slo         LowCardinality(String) COMMENT 'the objective; empty where it is of none',
    environment LowCardinality(String) COMMENT 'deployment environment; empty where all are counted together',
    thing       String COMMENT 'an event, a quarter of an hour of charges, a finding of a loop',
    step        UInt32 COMMENT '0 when it was first counted, then once more with each change',
    value       Decimal(38, 12) COMMENT 'what it counts for from here on',
    first       Decimal(38, 12) COMMENT 'goes to the counter',
    late        Decimal(38, 12) COMMENT 'goes to the counter of what was decided long before it was counted',
    added       Decimal(38, 12) COMMENT 'goes to the corrections upwards',
    removed     Decimal(38, 12) COMMENT 'goes to the corrections downwards',
    round       UInt64 COMMENT 'when it was counted, ms'
)
ENGINE = $REPLACING(round)
PARTITION BY intDiv(round, 86400000)
ORDER BY (thing, counter, agent, slo, environment, step)
TTL toDateTime(intDiv(round, 1000)) + INTERVAL 62 DAY
SETTINGS ttl_only_drop_parts = 1;

-- The counters themselves: sums over all that was counted up to a round. What is older needs not be kept for them.
CREATE TABLE IF NOT EXISTS $DATABASE.metric_totals $ON_CLUSTER
(
    counter     LowCardinality(String) COMMENT 'as in metric_counts; empty: up to which round everything is counted',
    agent       LowCardinality(String),
    slo         LowCardinality(String),
    environment LowCardinality(String),
    first       Decimal(38, 12),
    late        Decimal(38, 12),
    added       Decimal(38, 12),
    removed     Decimal(38, 12),
    round       UInt64 COMMENT 'ms'
)
ENGINE = $REPLACING(round)
ORDER BY (counter, agent, slo, environment);

-- Who may count, as in alert_claims.
CREATE TABLE IF NOT EXISTS $DATABASE.metric_claims $ON_CLUSTER
(
    holder      String,
    claimed_at  DateTime64(3, 'UTC') COMMENT 'since when it has claimed without a gap',
    valid_until DateTime64(3, 'UTC'),
    version     UInt64 COMMENT 'time of the claim, ms'
)
ENGINE = $REPLACING(version)
ORDER BY holder
