CREATE TABLE IF NOT EXISTS $DATABASE.content_texts $ON_CLUSTER
(
    hash       String,
    text       String CODEC(ZSTD(3)),
    expires_at DateTime64(9, 'UTC') COMMENT 'of the latest span that carried it'
)
ENGINE = $REPLACING(expires_at)
ORDER BY hash
TTL toDateTime(expires_at)
