-- Requests for approval, what the policy says of steps, and scores, kept in step as tasks and charges are; all is counted
-- anew.
CREATE TABLE IF NOT EXISTS $DATABASE.review_states $ON_CLUSTER
(
    approval_id     String,
    trace_ids       Array(String),
    task_id         String,
    run_id          String,
    span_id         String,
    tool_call_id    String,
    agent           LowCardinality(String),
    environment     LowCardinality(String),
    tool            LowCardinality(String),
    amount          Nullable(Decimal(38, 12)),
    amount_currency LowCardinality(String),
    requested_by    String,
    rule            LowCardinality(String),
    requested_at    DateTime64(9, 'UTC'),
    decided_at      Nullable(DateTime64(9, 'UTC')),
    decision        LowCardinality(String),
    channel         LowCardinality(String),
    reviewer        String,
    wait_ms         Nullable(Float64),
    wait_working_ms Nullable(Float64),
    sla_ms          UInt64,
    late_at         Nullable(DateTime64(9, 'UTC')),
    version         UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted         UInt8
)
ENGINE = $REPLACING(version, deleted)
ORDER BY approval_id
$TTL(requested_at);

CREATE TABLE IF NOT EXISTS $DATABASE.policy_states $ON_CLUSTER
(
    trace_id        String,
    span_id         String,
    run_id          String,
    task_id         String,
    agent           LowCardinality(String),
    environment     LowCardinality(String),
    tool            LowCardinality(String),
    model           LowCardinality(String),
    undeclared      LowCardinality(String),
    undeclared_data LowCardinality(String),
    tool_call_id    String,
    amount          Nullable(Decimal(38, 12)),
    amount_currency LowCardinality(String),
    user_id         String,
    started_at      DateTime64(9, 'UTC'),
    ended_at        DateTime64(9, 'UTC'),
    rule            LowCardinality(String),
    percent         Float64,
    joined_by       LowCardinality(String),
    approval_id     String,
    decision        LowCardinality(String),
    decided_at      Nullable(DateTime64(9, 'UTC')),
    reviewer        String,
    requested_by    String,
    status          LowCardinality(String),
    version         UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted         UInt8
)
ENGINE = $REPLACING(version, deleted)
ORDER BY (trace_id, span_id)
$TTL(started_at);

CREATE TABLE IF NOT EXISTS $DATABASE.score_states $ON_CLUSTER
(
    at              DateTime64(9, 'UTC'),
    run_id          String,
    task_id         String,
    trace_id        String,
    agent           LowCardinality(String),
    name            LowCardinality(String),
    score           Nullable(Float64),
    label           LowCardinality(String),
    evaluator       LowCardinality(String),
    environment     LowCardinality(String),
    record_trace_id String,
    record_span_id  String,
    joined_by       LowCardinality(String),
    version         UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted         UInt8
)
ENGINE = $REPLACING(version, deleted)
ORDER BY (record_trace_id, record_span_id)
$TTL(at);

-- A score may name the answer only: its call is looked for by that id.
ALTER TABLE $DATABASE.steps $ON_CLUSTER
    ADD INDEX IF NOT EXISTS response_id response_id TYPE bloom_filter GRANULARITY 1;

-- A week a part: what panels ask of a time reads the weeks of that time. A row that moves to another week is deleted in its
-- own.
DROP TABLE IF EXISTS $DATABASE.task_states $ON_CLUSTER;
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
    verdicts                Array(Tuple(outcome String, source String, at DateTime64(9, 'UTC'), evidence String, by String)),
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
    offences                UInt64,
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
PARTITION BY toMonday(ended_at)
ORDER BY (task_id, environment)
$TTL(ended_at);

DROP TABLE IF EXISTS $DATABASE.charge_sums $ON_CLUSTER;
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
    task_id             String,
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
PARTITION BY toMonday(at)
ORDER BY (trace_id, at, kind, agent, environment, department, owner_department, team, owner_team, cost_center, owner_cost_center, tenant, user_id, provider, model, tool, state, currency, task_id)
$TTL(at);

-- The same without traces and tasks.
CREATE TABLE IF NOT EXISTS $DATABASE.cost_sums $ON_CLUSTER
(
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
PARTITION BY toMonday(at)
ORDER BY (at, kind, agent, environment, department, owner_department, team, owner_team, cost_center, owner_cost_center, tenant, user_id, provider, model, tool, state, currency)
$TTL(at);

-- Items that stand in the store, by the minute in which they came.
CREATE TABLE IF NOT EXISTS $DATABASE.stored_sums $ON_CLUSTER
(
    trace_id String,
    minute   DateTime('UTC'),
    source   LowCardinality(String),
    signal   LowCardinality(String),
    items    UInt64,
    version  UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted  UInt8
)
ENGINE = $REPLACING(version, deleted)
PARTITION BY toMonday(minute)
ORDER BY (trace_id, minute, source, signal)
$TTL(minute);

-- Charges that a copy in another trace stands for.
CREATE TABLE IF NOT EXISTS $DATABASE.superseded_charges $ON_CLUSTER
(
    trace_id String,
    span_id  String,
    kind     LowCardinality(String),
    at       DateTime64(9, 'UTC'),
    version  UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted  UInt8
)
ENGINE = $REPLACING(version, deleted)
ORDER BY (trace_id, span_id, kind)
$TTL(at);

-- Whoever keeps the rollups may insert and nothing else: what a round looked at goes by itself.
DROP TABLE IF EXISTS $DATABASE.rollup_scope $ON_CLUSTER;
CREATE TABLE IF NOT EXISTS $DATABASE.rollup_scope $ON_CLUSTER
(
    round    UInt64 COMMENT 'time of the round, ms',
    trace_id String,
    steps    UInt8
)
ENGINE = $REPLACING()
PARTITION BY intDiv(round, 3600000)
ORDER BY (round, steps, trace_id)
TTL toDateTime(intDiv(round, 1000)) + INTERVAL 1 HOUR
SETTINGS ttl_only_drop_parts = 1;

TRUNCATE TABLE IF EXISTS $DATABASE.rollup_rounds $ON_CLUSTER
