-- What an agent's settled runs needed, published with a validity like the registry: a run is held against the history
-- that was valid when it began, so that replays find the same loops (pattern beyond_history).
CREATE TABLE IF NOT EXISTS $DATABASE.agent_history $ON_CLUSTER
(
    valid_from   DateTime64(9, 'UTC') COMMENT 'runs that begin from here on are held against it, until the next one',
    agent        LowCardinality(String),
    runs         UInt32 COMMENT 'settled runs of the 28 days before, without those that went in circles',
    most_calls   UInt32 COMMENT 'model and tool calls of the longest of them',
    published_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = $REPLACING(published_at)
ORDER BY (agent, valid_from)
$TTL(valid_from)
