-- Published versions of the registry: processors read these, never files.
CREATE TABLE IF NOT EXISTS $DATABASE.registry_versions $ON_CLUSTER
(
    valid_from   DateTime64(9, 'UTC'),
    hash         String,
    document     String CODEC(ZSTD(3)),
    published_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = $REPLACING(published_at)
ORDER BY (valid_from, hash)
