-- Sums for what is asked of a whole fleet over weeks: by quarters of an hour, from the rollups of tasks, tool calls and
-- items. A quarter in which something changed is counted anew; all is counted anew now.
CREATE TABLE IF NOT EXISTS $DATABASE.task_sums $ON_CLUSTER
(
    at               DateTime('UTC'),
    agent            LowCardinality(String),
    agents           Array(String),
    environment      LowCardinality(String),
    stage            LowCardinality(String),
    registered       UInt8,
    task_type        LowCardinality(String),
    department       LowCardinality(String),
    owner_department LowCardinality(String),
    outcome          LowCardinality(String),
    outcome_source   LowCardinality(String),
    tasks            UInt64,
    planned_tasks    UInt64,
    unplanned_tasks  UInt64,
    model_calls      UInt64,
    tool_calls       UInt64,
    costed_tasks     UInt64,
    cost             Decimal(38, 12),
    unpriced_calls   UInt64,
    sampled_runs     UInt64,
    last_at          DateTime64(9, 'UTC'),
    last_run_id      String,
    version          UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted          UInt8
)
ENGINE = $REPLACING(version, deleted)
PARTITION BY toMonday(at)
ORDER BY (at, agent, agents, environment, stage, registered, task_type, department, owner_department, outcome, outcome_source)
$TTL(at);

CREATE TABLE IF NOT EXISTS $DATABASE.slo_sums $ON_CLUSTER
(
    at          DateTime('UTC'),
    decided_at  DateTime('UTC'),
    agent       LowCardinality(String),
    slo         LowCardinality(String),
    window_s    UInt64,
    sli         LowCardinality(String),
    environment LowCardinality(String),
    measure     LowCardinality(String),
    direction   LowCardinality(String),
    events      UInt64,
    judged      UInt64,
    good        Float64,
    total       Float64,
    bad_shares  Float64,
    first_at    DateTime64(9, 'UTC'),
    version     UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted     UInt8
)
ENGINE = $REPLACING(version, deleted)
PARTITION BY toMonday(at)
ORDER BY (at, decided_at, agent, slo, window_s, sli, environment, measure, direction)
$TTL(at);

-- Which objectives the sums were counted for: a bound that changes counts all of them anew.
ALTER TABLE $DATABASE.rollup_rounds $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS slos String COMMENT 'fingerprint of the objectives that slo_sums were counted for';

-- Whether those who judge tasks agree.
CREATE TABLE IF NOT EXISTS $DATABASE.verdict_sums $ON_CLUSTER
(
    at                        DateTime('UTC'),
    day                       Date,
    agent                     LowCardinality(String),
    environment               LowCardinality(String),
    tasks                     UInt64,
    judged_by_two             UInt64,
    disagreed                 UInt64,
    agent_human               UInt64,
    agent_human_disagreed     UInt64,
    agent_system              UInt64,
    agent_system_disagreed    UInt64,
    agent_evaluator           UInt64,
    agent_evaluator_disagreed UInt64,
    evaluator_human           UInt64,
    evaluator_human_disagreed UInt64,
    system_human              UInt64,
    system_human_disagreed    UInt64,
    overclaimed               UInt64,
    version                   UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted                   UInt8
)
ENGINE = $REPLACING(version, deleted)
PARTITION BY toMonday(at)
ORDER BY (at, day, agent, environment)
$TTL(at);

-- Calls that a sample rule concerns, and those of which a human saw one.
CREATE TABLE IF NOT EXISTS $DATABASE.sample_sums $ON_CLUSTER
(
    at         DateTime('UTC'),
    agent      LowCardinality(String),
    tool       LowCardinality(String),
    percent    Float64,
    calls      UInt64,
    sampled    UInt64,
    run_id     String,
    first_seen DateTime64(9, 'UTC'),
    last_seen  DateTime64(9, 'UTC'),
    version    UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted    UInt8
)
ENGINE = $REPLACING(version, deleted)
PARTITION BY toMonday(at)
ORDER BY (at, agent, tool, percent)
$TTL(at);

CREATE TABLE IF NOT EXISTS $DATABASE.arrival_sums $ON_CLUSTER
(
    minute  DateTime('UTC'),
    source  LowCardinality(String),
    signal  LowCardinality(String),
    items   UInt64,
    version UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted UInt8
)
ENGINE = $REPLACING(version, deleted)
PARTITION BY toMonday(minute)
ORDER BY (minute, source, signal)
$TTL(minute);

CREATE TABLE IF NOT EXISTS $DATABASE.tool_states $ON_CLUSTER
(
    trace_id    String,
    at          DateTime('UTC'),
    agent       LowCardinality(String),
    environment LowCardinality(String),
    tool        LowCardinality(String),
    effect      LowCardinality(String),
    risk        LowCardinality(String),
    task_id     String,
    calls       UInt64,
    errors      UInt64,
    durations   Array(Float64) COMMENT 'of the calls, ms',
    last_at     DateTime64(9, 'UTC'),
    version     UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted     UInt8
)
ENGINE = $REPLACING(version, deleted)
PARTITION BY toMonday(at)
ORDER BY (trace_id, at, agent, environment, tool, effect, risk, task_id)
$TTL(at);

CREATE TABLE IF NOT EXISTS $DATABASE.tool_sums $ON_CLUSTER
(
    at          DateTime('UTC'),
    agent       LowCardinality(String),
    environment LowCardinality(String),
    tool        LowCardinality(String),
    effect      LowCardinality(String),
    risk        LowCardinality(String),
    calls       UInt64,
    errors      UInt64,
    durations   AggregateFunction(quantilesDD(0.01, 0.5, 0.95), Float64),
    last_at     DateTime64(9, 'UTC'),
    version     UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted     UInt8
)
ENGINE = $REPLACING(version, deleted)
PARTITION BY toMonday(at)
ORDER BY (at, agent, environment, tool, effect, risk)
$TTL(at);

-- What a trace shows against the registry; most show nothing.
CREATE TABLE IF NOT EXISTS $DATABASE.violation_states $ON_CLUSTER
(
    trace_id   String,
    agent      LowCardinality(String),
    kind       LowCardinality(String),
    subject    String,
    run_id     String,
    first_seen DateTime64(9, 'UTC'),
    last_seen  DateTime64(9, 'UTC'),
    count      UInt64,
    version    UInt64 COMMENT 'twice the time of the round, ms; plus 1 for rows that stand',
    deleted    UInt8
)
ENGINE = $REPLACING(version, deleted)
ORDER BY (trace_id, agent, kind, subject)
$TTL(last_seen);

-- A task's requests are found without reading all of them.
ALTER TABLE $DATABASE.review_states $ON_CLUSTER
    ADD INDEX IF NOT EXISTS task_id task_id TYPE bloom_filter GRANULARITY 1;

TRUNCATE TABLE IF EXISTS $DATABASE.rollup_rounds $ON_CLUSTER
