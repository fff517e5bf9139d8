-- Answers to the questions that dashboards and rules ask, kept in step by a maintainer (src/rollup): recomputed from the
-- rows that count, never incremented. When a row came in is what tells it where to look; rows from before this migration
-- are older than all others.
ALTER TABLE $DATABASE.runs $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS inserted_at DateTime64(3, 'UTC') MATERIALIZED toDateTime64(0, 3, 'UTC');
ALTER TABLE $DATABASE.runs $ON_CLUSTER MATERIALIZE COLUMN inserted_at SETTINGS mutations_sync = 2;
ALTER TABLE $DATABASE.runs $ON_CLUSTER
    MODIFY COLUMN inserted_at DateTime64(3, 'UTC') MATERIALIZED now64(3, 'UTC') COMMENT 'when this version of the row came in';

ALTER TABLE $DATABASE.cost_ledger $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS inserted_at DateTime64(3, 'UTC') MATERIALIZED toDateTime64(0, 3, 'UTC');
ALTER TABLE $DATABASE.cost_ledger $ON_CLUSTER MATERIALIZE COLUMN inserted_at SETTINGS mutations_sync = 2;
ALTER TABLE $DATABASE.cost_ledger $ON_CLUSTER
    MODIFY COLUMN inserted_at DateTime64(3, 'UTC') MATERIALIZED now64(3, 'UTC') COMMENT 'when this version of the row came in';

ALTER TABLE $DATABASE.loops $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS inserted_at DateTime64(3, 'UTC') MATERIALIZED toDateTime64(0, 3, 'UTC');
ALTER TABLE $DATABASE.loops $ON_CLUSTER MATERIALIZE COLUMN inserted_at SETTINGS mutations_sync = 2;
ALTER TABLE $DATABASE.loops $ON_CLUSTER
    MODIFY COLUMN inserted_at DateTime64(3, 'UTC') MATERIALIZED now64(3, 'UTC') COMMENT 'when this version of the row came in';

-- One row a task: what task_outcomes says of it.
CREATE TABLE IF NOT EXISTS $DATABASE.task_states $ON_CLUSTER
(
    task_id                 String,
    task_ref                String,
    run_ids                 Array(String),
    trace_ids               Array(String),
    conversation_id         String,
    agent                   LowCardinality(String),
    agents                  Array(String),
    registered              UInt8,
    environment             LowCardinality(String),
    stage                   LowCardinality(String),
    task_type               LowCardinality(String),
    department              LowCardinality(String),
    owner_department        LowCardinality(String),
    team                    LowCardinality(String),
    owner_team              LowCardinality(String),
    cost_center             LowCardinality(String),
    owner_cost_center       LowCardinality(String),
    tenant                  LowCardinality(String),
    user_id                 String,
    outcome                 LowCardinality(String),
    outcome_source          LowCardinality(String),
    outcome_evidence        String,
    outcome_by              String,
    decided_at              Nullable(DateTime64(9, 'UTC')),
    started_at              DateTime64(9, 'UTC'),
    ended_at                DateTime64(9, 'UTC'),
    duration_ms             Float64,
    model_calls             UInt64,
    tool_calls              UInt64,
    inferred_tool_calls     UInt64,
    tool_errors             UInt64,
    handoffs                UInt64,
    human_interventions     UInt64,
    planned_interventions   UInt64,
    unplanned_interventions UInt64,
    human_steps             UInt64,
    human_timed             UInt64,
    human_ms                UInt64,
    loops                   UInt64,
    input_tokens            UInt64,
    cached_input_tokens     UInt64,
    cache_write_tokens      UInt64,
    output_tokens           UInt64,
    reasoning_tokens        UInt64,
    cost                    Nullable(Decimal(38, 12)),
    currency                LowCardinality(String),
    unpriced_calls          UInt64,
    sampled_share           Float64,
    telemetry               LowCardinality(String),
    registry_version        LowCardinality(String),
    version                 UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted                 UInt8
)
ENGINE = $REPLACING(version, deleted)
ORDER BY (task_id, environment)
$TTL(started_at);

-- Charges of a trace that are alike in everything but their amounts, by quarter of an hour.
CREATE TABLE IF NOT EXISTS $DATABASE.charge_sums $ON_CLUSTER
(
    trace_id            String,
    at                  DateTime('UTC'),
    kind                LowCardinality(String),
    agent               LowCardinality(String),
    environment         LowCardinality(String),
    department          LowCardinality(String),
    owner_department    LowCardinality(String),
    team                LowCardinality(String),
    owner_team          LowCardinality(String),
    cost_center         LowCardinality(String),
    owner_cost_center   LowCardinality(String),
    tenant              LowCardinality(String),
    user_id             String,
    provider            LowCardinality(String),
    model               LowCardinality(String),
    tool                LowCardinality(String),
    state               LowCardinality(String),
    currency            LowCardinality(String),
    calls               UInt64,
    input_tokens        UInt64,
    cached_input_tokens UInt64,
    cache_write_tokens  UInt64,
    output_tokens       UInt64,
    reasoning_tokens    UInt64,
    cost                Decimal(38, 12),
    unpriced_calls      UInt64,
    version             UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted             UInt8
)
ENGINE = $REPLACING(version, deleted)
ORDER BY (trace_id, at, kind, agent, environment, department, owner_department, team, owner_team, cost_center, owner_cost_center, tenant, user_id, provider, model, tool, state, currency)
$TTL(at);

-- Traces that a round looks at. Steps outwards: 0 changed, 1 concerned by that, 2 and 3 what it takes to count those.
CREATE TABLE IF NOT EXISTS $DATABASE.rollup_scope $ON_CLUSTER
(
    round    UInt64 COMMENT 'time of the round, ms',
    trace_id String,
    steps    UInt8
)
ENGINE = Memory;

-- How far the maintainer has come.
CREATE TABLE IF NOT EXISTS $DATABASE.rollup_rounds $ON_CLUSTER
(
    name        LowCardinality(String),
    round       UInt64 COMMENT 'time before which everything that came in is counted, ms',
    traces      UInt64 COMMENT 'traces that were counted anew',
    duration_ms UInt64
)
ENGINE = $REPLACING(round)
ORDER BY name
