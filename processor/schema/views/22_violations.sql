-- What telemetry shows against the registry, as the registry stood when it happened.
CREATE OR REPLACE VIEW $DATABASE.violations $ON_CLUSTER
(
    at         DateTime64(9, 'UTC') COMMENT 'when it was last seen',
    agent      String COMMENT 'agent that it concerns',
    kind       String COMMENT 'unregistered_agent, retired_agent, undeclared_tool, undeclared_model, undeclared_data, undeclared_version, approval_missing, approval_late, self_approved, sample_short or silent_agent',
    subject    String COMMENT 'what exactly: the service, tool, model, resource or version; of approvals call_approvals shows every call',
    run_id     String COMMENT 'the latest run that shows it',
    first_seen DateTime64(9, 'UTC') COMMENT 'first time',
    last_seen  DateTime64(9, 'UTC') COMMENT 'latest time',
    count      UInt64 COMMENT 'runs, or calls, that show it'
)
AS
SELECT last_seen AS at, agent, kind, subject, run_id, first_seen, last_seen, count
FROM
(
    SELECT
        agent,
        kind,
        subject,
        argMax(run_id, (seen, run_id)) AS run_id,
        min(seen) AS first_seen,
        max(seen) AS last_seen,
        count() AS count
    FROM
    (
        SELECT
            agent,
            run_id,
            started_at AS seen,
            arrayJoin(arrayFilter(each -> each.1 != '', [
                (multiIf(registered = 0, 'unregistered_agent', stage = 'retired', 'retired_agent', ''), toString(service)),
                (if(declared_version NOT IN ('', agent_version) AND agent_version != '', 'undeclared_version', ''), toString(agent_version))
            ])) AS found,
            found.1 AS kind,
            found.2 AS subject
        FROM $DATABASE.runs FINAL
        WHERE root_seen + model_calls + tool_calls > 0
            AND (registered = 0 OR stage = 'retired' OR declared_version NOT IN ('', agent_version))
        UNION ALL
        SELECT
            agent,
            run_id,
            started_at AS seen,
            arrayJoin(arrayFilter(each -> each.1 != '', [
                (if(undeclared = '', '', concat('undeclared_', undeclared)), if(undeclared = 'tool', tool, model)),
                (if(undeclared_data = '', '', 'undeclared_data'), undeclared_data),
                (if(status IN ('approval_missing', 'approval_late', 'self_approved'), status, ''), tool)
            ])) AS found,
            found.1 AS kind,
            found.2 AS subject
        FROM $DATABASE.policy_checks
    )
    GROUP BY agent, kind, subject
    UNION ALL
    SELECT
        agent,
        'sample_short' AS kind,
        concat(tool, ': ', toString(sampled), ' of ', toString(calls), ' in ', formatDateTime(month, '%Y-%m'), ', at most ', toString(round(share_high, 1)), ' % where ', toString(percent), ' % are asked for') AS subject,
        run_id,
        first_seen,
        last_seen,
        calls - sampled AS count
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
        1 AS count
    FROM $DATABASE.silent_agents
    WHERE silent
)
