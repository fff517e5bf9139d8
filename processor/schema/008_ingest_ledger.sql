-- What became of each received request. Absolute per request: a replay overwrites.
CREATE TABLE IF NOT EXISTS $DATABASE.ingest_ledger $ON_CLUSTER
(
    source            LowCardinality(String),
    source_offset     UInt64 CODEC(Delta, ZSTD(1)),
    signal            LowCardinality(String),
    received_at       DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received          UInt32 COMMENT 'as the door counted',
    stored            UInt32 COMMENT 'as the processor classified',
    duplicates        UInt32,
    conflicts         UInt32 COMMENT 'of the duplicates: those with other content',
    dead_letters      UInt32,
    dropped           UInt32,
    dropped_services  Array(String),
    dropped_counts    Array(UInt32),
    version           UInt64
)
ENGINE = $REPLACING(version)
PARTITION BY toYYYYMM(received_at)
ORDER BY (source, source_offset, signal)
$TTL(received_at)
