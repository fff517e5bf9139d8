-- conservation as the maintainer of the rollups keeps it: what has come in during the last seconds may not be counted yet,
-- so ask for minutes that are past.
CREATE OR REPLACE VIEW $DATABASE.balance $ON_CLUSTER
(
    minute       DateTime('UTC') COMMENT 'minute of receipt',
    source       String COMMENT 'where it came from',
    signal       String COMMENT 'spans, logs, or request for a body that could not be read at all',
    received     Int64 COMMENT 'items that the door counted',
    stored       Int64 COMMENT 'distinct items in the store whose first arrival this was',
    duplicates   Int64 COMMENT 'items that were there already',
    conflicts    Int64 COMMENT 'of the duplicates: same ids, other content',
    dead_letters Int64 COMMENT 'items that could not be read',
    dropped      Int64 COMMENT 'declared drops: spans of no agent, placeholders',
    pending      Int64 COMMENT 'received and not classified yet',
    balance      Int64 COMMENT '0 when right'
)
AS
SELECT
    toStartOfMinute(toDateTime(received_at, 'UTC')) AS minute,
    source,
    signal,
    sum(got) AS received,
    sum(kept) AS stored,
    sum(dup) AS duplicates,
    sum(con) AS conflicts,
    sum(dead) AS dead_letters,
    sum(drop) AS dropped,
    toInt64(0) AS pending,
    received - stored - duplicates - dead_letters - dropped - pending AS balance
FROM
(
    SELECT
        received_at,
        source,
        signal,
        toInt64(received) AS got,
        toInt64(0) AS kept,
        toInt64(duplicates) AS dup,
        toInt64(conflicts) AS con,
        toInt64(dead_letters) AS dead,
        toInt64(dropped) AS drop
    FROM $DATABASE.ingest_ledger FINAL
    UNION ALL
    SELECT minute, source, signal, 0, toInt64(items), 0, 0, 0, 0 FROM $DATABASE.arrival_sums FINAL
)
GROUP BY minute, source, signal
