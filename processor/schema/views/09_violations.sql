-- What telemetry shows against the registry.
CREATE OR REPLACE VIEW $DATABASE.violations $ON_CLUSTER
(
    at         DateTime64(9, 'UTC') COMMENT 'when it was last seen',
    agent      String COMMENT 'agent that it concerns',
    kind       String COMMENT 'unregistered_agent or retired_agent',
    subject    String COMMENT 'what exactly: the service or agent',
    run_id     String COMMENT 'the latest run that shows it',
    first_seen DateTime64(9, 'UTC') COMMENT 'first run that shows it',
    last_seen  DateTime64(9, 'UTC') COMMENT 'latest run that shows it',
    count      UInt64 COMMENT 'runs that show it'
)
AS
SELECT
    last_seen AS at,
    agent,
    if(stage = 'retired', 'retired_agent', 'unregistered_agent') AS kind,
    service AS subject,
    argMax(run_id, (started_at, run_id)) AS run_id,
    min(started_at) AS first_seen,
    max(started_at) AS last_seen,
    count() AS count
FROM $DATABASE.runs FINAL
WHERE (registered = 0 OR stage = 'retired') AND (root_seen + model_calls + tool_calls) > 0
GROUP BY agent, stage, service
