-- cost_entries by quarter of an hour, as the maintainer of the rollups keeps them: a few seconds behind (rollup_state says
-- how far). Sums over rows are the sums over entries.
CREATE OR REPLACE VIEW $DATABASE.cost_15m $ON_CLUSTER
(
    at                  DateTime('UTC') COMMENT 'start of the quarter of an hour in which the calls ended',
    trace_id            String COMMENT 'trace of the charged spans',
    task_id             String COMMENT 'task that the charges belong to',
    kind                LowCardinality(String) COMMENT 'model, tool, human, flat or adjustment',
    agent               LowCardinality(String) COMMENT 'agent that made the calls',
    environment         LowCardinality(String) COMMENT 'deployment environment',
    department          LowCardinality(String) COMMENT 'whose work it was',
    owner_department    LowCardinality(String) COMMENT 'whose agent it is',
    team                LowCardinality(String) COMMENT 'team whose work it was',
    owner_team          LowCardinality(String) COMMENT 'team that owns the agent',
    cost_center         LowCardinality(String) COMMENT 'cost center of the work',
    owner_cost_center   LowCardinality(String) COMMENT 'cost center of the agent',
    tenant              LowCardinality(String) COMMENT 'tenant or customer of the request',
    user_id             String COMMENT 'user of the request',
    provider            LowCardinality(String) COMMENT 'model provider',
    model               LowCardinality(String) COMMENT 'model that answered, else the one that was asked for',
    tool                LowCardinality(String) COMMENT 'tool, for charges of kind tool',
    state               LowCardinality(String) COMMENT 'priced, reported, estimated, superseded, unpriced or no_rate',
    currency            LowCardinality(String) COMMENT 'the reporting currency',
    calls               UInt64 COMMENT 'entries; copies of a charge have the state superseded',
    input_tokens        UInt64 COMMENT 'input charged at the full rate',
    cached_input_tokens UInt64 COMMENT 'input read from the cache',
    cache_write_tokens  UInt64 COMMENT 'input written to the cache',
    output_tokens       UInt64 COMMENT 'output, reasoning included',
    reasoning_tokens    UInt64 COMMENT 'the part of output_tokens that was reasoning',
    cost                Nullable(Decimal(38, 12)) COMMENT 'sum of the known costs; NULL when none is known',
    unpriced_calls      UInt64 COMMENT 'entries without a known cost: not in cost'
)
AS
SELECT
    at, trace_id, task_id, kind, agent, environment, department, owner_department, team, owner_team, cost_center,
    owner_cost_center, tenant, user_id, provider, model, tool, state, currency, calls, input_tokens, cached_input_tokens, cache_write_tokens,
    output_tokens, reasoning_tokens, if(unpriced_calls = calls, NULL, s.cost) AS cost, unpriced_calls
FROM $DATABASE.charge_sums AS s FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1
