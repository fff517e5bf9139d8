-- What telemetry shows against the registry, as the registry stood when it happened: over all time. violation_totals has
-- it by quarters of an hour.
CREATE OR REPLACE VIEW $DATABASE.violations $ON_CLUSTER
(
    at         DateTime64(9, 'UTC') COMMENT 'when it was last seen',
    agent      String COMMENT 'agent that it concerns',
    kind       String COMMENT 'unregistered_agent, retired_agent, undeclared_tool, undeclared_model, undeclared_data, undeclared_version, approval_missing, approval_late, self_approved, sample_short or silent_agent',
    subject    String COMMENT 'what exactly: the service, tool, model, resource or version; of approvals call_approvals shows every call',
    run_id     String COMMENT 'the latest run that shows it',
    first_seen DateTime64(9, 'UTC') COMMENT 'first time',
    last_seen  DateTime64(9, 'UTC') COMMENT 'latest time',
    count      UInt64 COMMENT 'runs, or calls, that show it',
    environment String COMMENT 'deployment environment; empty for silence, which counts those that are paged for'
)
AS
SELECT last_seen AS at, agent, kind, subject, run_id, first_seen, last_seen, count, environment
FROM
(
    SELECT
        s.agent AS agent,
        s.kind AS kind,
        s.subject AS subject,
        argMax(s.run_id, (s.last_seen, s.run_id)) AS run_id,
        min(s.first_seen) AS first_seen,
        max(s.last_seen) AS last_seen,
        sum(s.count) AS count,
        s.environment AS environment
    FROM $DATABASE.violation_states AS s FINAL
    WHERE s.last_seen <= now64(9, 'UTC')
    GROUP BY agent, environment, kind, subject
    UNION ALL
    SELECT
        agent,
        'sample_short' AS kind,
        concat(tool, ': ', toString(sampled), ' of ', toString(calls), ' in ', formatDateTime(month, '%Y-%m'), ', at most ', toString(round(share_high, 1)), ' % where ', toString(percent), ' % are asked for') AS subject,
        run_id,
        first_seen,
        last_seen,
        calls - sampled AS count,
        environment
    FROM $DATABASE.approval_samples
    WHERE short
    UNION ALL
    SELECT
        agent,
        'silent_agent' AS kind,
        concat('expected every ', toString(every_s), ' s, ', calendar) AS subject,
        run_id,
        last_seen AS first_seen,
        now64(9, 'UTC') AS last_seen,
        1 AS count,
        '' AS environment
    FROM $DATABASE.silent_agents
    WHERE silent
)
