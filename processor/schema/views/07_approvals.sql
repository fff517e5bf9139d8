-- A request for a human's decision and what came of it, joined by approval id wherever the two were seen.
CREATE OR REPLACE VIEW $DATABASE.approvals $ON_CLUSTER
(
    approval_id     String COMMENT 'id that request and decision share; trace and span id of the request when the emitter gives none',
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
    reviewer        String COMMENT 'who decided',
    wait_ms         Nullable(Float64) COMMENT 'from request to decision, wall clock; NULL while pending',
    wait_working_ms Nullable(Float64) COMMENT 'the same in the channel''s working hours; NULL where no calendar applies',
    sla_ms          UInt64 COMMENT 'time that the rule allows; 0 when none is given'
)
AS
SELECT
    a.approval_id AS approval_id,
    argMin(a.task, a.asked) AS task_id,
    argMin(a.run_id, a.asked) AS run_id,
    argMin(a.span_id, a.asked) AS span_id,
    argMin(a.tool_call_id, (a.tool_call_id = '', a.asked)) AS tool_call_id,
    argMin(a.agent, a.asked) AS agent,
    argMin(a.tool, (a.tool = '', a.asked)) AS tool,
    argMinIf(a.amount, a.asked, a.amount IS NOT NULL) AS amount,
    argMin(a.amount_currency, (a.amount_currency = '', a.asked)) AS amount_currency,
    argMin(a.requested_by, (a.requested_by = '', a.asked)) AS requested_by,
    ifNull(nullIf(argMin(a.rule, (a.rule IN ('', 'emitter'), a.asked)), ''), 'emitter') AS rule,
    min(a.started_at) AS requested_at,
    if(countIf(a.event != 'requested') = 0, NULL, minIf(a.ended_at, a.event != 'requested')) AS decided_at,
    if(countIf(a.event != 'requested') = 0, 'pending', argMinIf(a.decision, (a.ended_at, a.span_id), a.event != 'requested')) AS decision,
    argMin(a.channel, (a.channel = '', a.asked)) AS channel,
    argMin(a.reviewer, (a.reviewer = '', a.asked)) AS reviewer,
    (toUnixTimestamp64Nano(decided_at) - toUnixTimestamp64Nano(requested_at)) / 1000000 AS wait_ms,
    CAST(NULL, 'Nullable(Float64)') AS wait_working_ms,
    max(a.sla_ms) AS sla_ms
FROM
(
    SELECT
        e.*,
        if(k.first_run_id = '', e.task_id, k.first_run_id) AS task,
        (e.event = 'decided', e.started_at, e.span_id) AS asked
    FROM (SELECT * FROM $DATABASE.approval_events FINAL) AS e
    LEFT JOIN $DATABASE.run_links AS k ON k.run_id = e.run_id
) AS a
GROUP BY a.approval_id
