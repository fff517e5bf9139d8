-- What traces show against the registry, by the quarter of an hour in which each showed it last. Silence and samples that
-- are too small are no matter of a trace: violations.
CREATE OR REPLACE VIEW $DATABASE.violation_totals $ON_CLUSTER
(
    at          DateTime('UTC') COMMENT 'start of the quarter of an hour in which it was seen',
    agent       LowCardinality(String) COMMENT 'agent that it concerns',
    environment LowCardinality(String) COMMENT 'deployment environment',
    kind        LowCardinality(String) COMMENT 'unregistered_agent, retired_agent, undeclared_tool, undeclared_model, undeclared_data, undeclared_version, approval_missing, approval_late or self_approved',
    subject     String COMMENT 'what exactly: the service, tool, model, resource or version',
    count       UInt64 COMMENT 'runs, or calls, that show it',
    run_id      String COMMENT 'the latest run that shows it',
    first_seen  DateTime64(9, 'UTC') COMMENT 'first time',
    last_seen   DateTime64(9, 'UTC') COMMENT 'latest time'
)
AS
SELECT
    toStartOfFifteenMinutes(toDateTime(s.last_seen, 'UTC')) AS at,
    s.agent AS agent,
    s.environment AS environment,
    s.kind AS kind,
    s.subject AS subject,
    sum(s.count) AS count,
    argMax(s.run_id, (s.last_seen, s.run_id)) AS run_id,
    min(s.first_seen) AS first_seen,
    max(s.last_seen) AS last_seen
FROM $DATABASE.violation_states AS s FINAL
GROUP BY at, agent, environment, kind, subject
