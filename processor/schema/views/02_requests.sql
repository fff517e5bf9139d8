-- A request for a human's decision and what came of it (decisions), with its task.
CREATE OR REPLACE VIEW $DATABASE.requests $ON_CLUSTER
(
    approval_id     String COMMENT 'id that request and decision share; trace and span id of the request when the emitter gives none',
    environment     String COMMENT 'deployment environment of the request',
    trace_ids       Array(String) COMMENT 'traces of request and decision',
    task_id         String COMMENT 'task of the request',
    run_id          String COMMENT 'run of the request',
    span_id         String COMMENT 'span of the request',
    tool_call_id    String COMMENT 'call that approval is asked for',
    agent           String COMMENT 'agent that asks',
    tool            String COMMENT 'tool of that call',
    amount          Nullable(Decimal(38, 12)) COMMENT 'amount of that call',
    amount_currency String COMMENT 'currency of amount',
    requested_by    String COMMENT 'person on whose behalf the agent asks',
    rule            String COMMENT 'always, threshold, sample or emitter',
    requested_at    DateTime64(9, 'UTC') COMMENT 'when it was asked',
    decided_at      Nullable(DateTime64(9, 'UTC')) COMMENT 'when it was decided',
    decision        String COMMENT 'pending, approved, edited, rejected or expired',
    channel         String COMMENT 'where the reviewer was asked',
    reviewer        String COMMENT 'who decided, else who was asked',
    sla_ms          UInt64 COMMENT 'time that the rule allows; 0 when none is given'
)
AS
SELECT
    d.approval_id AS approval_id,
    d.environment AS environment,
    d.trace_ids AS trace_ids,
    if(k.first_run_id = '', d.named_task_id, k.first_run_id) AS task_id,
    d.run_id AS run_id,
    d.span_id AS span_id,
    d.tool_call_id AS tool_call_id,
    d.agent AS agent,
    d.tool AS tool,
    d.amount AS amount,
    d.amount_currency AS amount_currency,
    d.requested_by AS requested_by,
    d.rule AS rule,
    d.requested_at AS requested_at,
    d.decided_at AS decided_at,
    d.decision AS decision,
    d.channel AS channel,
    d.reviewer AS reviewer,
    d.sla_ms AS sla_ms
FROM $DATABASE.decisions AS d
LEFT JOIN $DATABASE.run_links AS k ON k.run_id = d.run_id
