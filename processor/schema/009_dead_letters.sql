-- What could not be read: reason, position and masked payload (capped).
CREATE TABLE IF NOT EXISTS $DATABASE.dead_letters $ON_CLUSTER
(
    source        LowCardinality(String),
    source_offset UInt64,
    source_index  UInt32,
    signal        LowCardinality(String),
    received_at   DateTime64(3, 'UTC'),
    service       LowCardinality(String),
    reason        String,
    payload       String CODEC(ZSTD(3)),
    payload_bytes UInt64
)
ENGINE = $REPLACING()
PARTITION BY toYYYYMM(received_at)
ORDER BY (source, source_offset, source_index)
$TTL(received_at)
