-- One row a charge. Amounts are exact; an unknown amount is NULL, never 0. `charge_id` is provider and response id where
-- known: the same call seen in two traces is charged once (view cost_entries).
CREATE TABLE IF NOT EXISTS $DATABASE.cost_ledger $ON_CLUSTER
(
    trace_id              String,
    span_id               String,
    kind                  LowCardinality(String),
    started_at            DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    at                    DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    charge_id             String CODEC(ZSTD(1)),
    task_id               String CODEC(ZSTD(1)),
    run_id                String CODEC(ZSTD(1)),
    agent                 LowCardinality(String),
    environment           LowCardinality(String),
    department            LowCardinality(String),
    team                  LowCardinality(String),
    cost_center           LowCardinality(String),
    tenant                LowCardinality(String),
    user_id               String CODEC(ZSTD(1)),
    owner_department      LowCardinality(String),
    owner_team            LowCardinality(String),
    owner_cost_center     LowCardinality(String),
    provider              LowCardinality(String),
    model                 LowCardinality(String),
    tool                  LowCardinality(String),
    input_tokens          UInt64,
    cached_input_tokens   UInt64,
    cache_write_tokens    UInt64,
    cache_write_5m_tokens UInt64,
    cache_write_1h_tokens UInt64,
    output_tokens         UInt64,
    reasoning_tokens      UInt64,
    usage_known           UInt8,
    amount                Nullable(Decimal(38, 12)),
    amount_currency       LowCardinality(String),
    reported_amount       Nullable(Decimal(38, 12)),
    reported_currency     LowCardinality(String),
    cost                  Nullable(Decimal(38, 12)),
    currency              LowCardinality(String),
    state                 LowCardinality(String),
    price_id              LowCardinality(String),
    confidence            LowCardinality(String),
    version               UInt64,
    deleted               UInt8
)
ENGINE = $REPLACING(version, deleted)
PARTITION BY toYYYYMM(started_at)
ORDER BY (trace_id, span_id, kind)
$TTL(started_at)
