-- What the runs and calls of a trace show against the registry, as the registry stood when it happened. Traces without a
-- violation are not here.
CREATE OR REPLACE VIEW $DATABASE.trace_violations $ON_CLUSTER
(
    trace_id   String COMMENT 'trace',
    agent      String COMMENT 'agent that it concerns',
    kind       String COMMENT 'unregistered_agent, retired_agent, undeclared_tool, undeclared_model, undeclared_data, undeclared_version, approval_missing, approval_late or self_approved',
    subject    String COMMENT 'what exactly: the service, tool, model, resource or version',
    run_id     String COMMENT 'the latest run that shows it',
    first_seen DateTime64(9, 'UTC') COMMENT 'first time',
    last_seen  DateTime64(9, 'UTC') COMMENT 'latest time',
    count      UInt64 COMMENT 'runs, or calls, that show it',
    environment String COMMENT 'deployment environment'
)
AS
SELECT
    trace_id,
    agent,
    kind,
    subject,
    argMax(run_id, (seen, run_id)) AS run_id,
    min(seen) AS first_seen,
    max(seen) AS last_seen,
    count() AS count,
    environment
FROM
(
    SELECT
        trace_id,
        agent,
        environment,
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
    -- Agents that a run called on.
    SELECT
        trace_id,
        agent,
        environment,
        run_id,
        started_at AS seen,
        arrayJoin(arrayFilter(each -> each.1 != '', [
            (toString(agent_violation), toString(service)),
            (if(undeclared_version = '', '', 'undeclared_version'), toString(undeclared_version))
        ])) AS found,
        found.1 AS kind,
        found.2 AS subject
    FROM $DATABASE.steps FINAL
    WHERE agent_violation != '' OR undeclared_version != ''
    UNION ALL
    SELECT
        trace_id,
        agent,
        environment,
        run_id,
        started_at AS seen,
        arrayJoin(arrayFilter(each -> each.1 != '', [
            (if(undeclared = '', '', concat('undeclared_', undeclared)), if(undeclared = 'tool', tool, model)),
            (if(undeclared_data = '', '', 'undeclared_data'), undeclared_data),
            (if(status IN ('approval_missing', 'approval_late', 'self_approved'), status, ''), tool)
        ])) AS found,
        found.1 AS kind,
        found.2 AS subject
    FROM $DATABASE.step_policy
)
GROUP BY trace_id, agent, environment, kind, subject
