-- Tool calls that fall under an approval rule of the registry, each with the decision that belongs to it: found by the
-- id of the call within its task, by that id alone where it is long enough to be unique, or, for decisions that name no
-- call, in order within the same task and tool (and amount, where the decision names one).
CREATE OR REPLACE VIEW $DATABASE.call_approvals $ON_CLUSTER
(
    trace_id        String COMMENT 'trace of the call',
    span_id         String COMMENT 'span of the call',
    run_id          String COMMENT 'run of the call',
    task_id         String COMMENT 'task of the call',
    agent           String COMMENT 'agent that made it',
    environment     String COMMENT 'deployment environment',
    tool            String COMMENT 'tool that was called',
    tool_call_id    String COMMENT 'id of the call, as the model gave it',
    amount          Nullable(Decimal(38, 12)) COMMENT 'amount of the call',
    amount_currency String COMMENT 'currency of amount',
    user_id         String COMMENT 'user of the request',
    started_at      DateTime64(9, 'UTC') COMMENT 'start of the call',
    ended_at        DateTime64(9, 'UTC') COMMENT 'end of the call: what is decided later is late',
    rule            String COMMENT 'always, threshold, sample, or unknown: the amount cannot be held against the rule',
    percent         Float64 COMMENT 'share of such calls that a sample takes',
    joined_by       String COMMENT 'how the decision was found: call, call id, amount, task; empty when there is none',
    approval_id     String COMMENT 'the decision that belongs to the call',
    decision        String COMMENT 'pending, approved, edited, rejected or expired; empty when nobody was asked',
    decided_at      Nullable(DateTime64(9, 'UTC')) COMMENT 'when it was decided',
    reviewer        String COMMENT 'who decided',
    requested_by    String COMMENT 'person on whose behalf the agent asked',
    status          String COMMENT 'approved, not asked (of a sample), approval_missing, approval_late, self_approved or unknown'
)
AS
WITH decisions AS
(
    SELECT
        *,
        row_number() OVER (PARTITION BY agent, task_id, tool, ifNull(toString(amount), '') ORDER BY requested_at, approval_id) AS place
    FROM $DATABASE.approvals
),
calls AS
(
    SELECT
        s.trace_id AS trace_id,
        s.span_id AS span_id,
        s.run_id AS run_id,
        if(k.first_run_id = '', s.task_id, k.first_run_id) AS task,
        s.agent AS agent,
        s.environment AS environment,
        s.tool AS tool,
        s.tool_call_id AS tool_call_id,
        s.amount AS amount,
        s.amount_currency AS amount_currency,
        s.user_id AS user_id,
        s.started_at AS started_at,
        s.ended_at AS ended_at,
        s.approval_rule AS rule,
        s.approval_percent AS percent,
        row_number() OVER (PARTITION BY agent, task, tool, amount ORDER BY started_at, span_id) AS nth_of_amount,
        row_number() OVER (PARTITION BY agent, task, tool ORDER BY started_at, span_id) AS nth
    FROM (SELECT * FROM $DATABASE.steps FINAL WHERE counted = 1 AND approval_rule != '') AS s
    LEFT JOIN $DATABASE.run_links AS k ON k.run_id = s.run_id
)
SELECT
    c.trace_id AS trace_id,
    c.span_id AS span_id,
    c.run_id AS run_id,
    c.task AS task_id,
    c.agent AS agent,
    c.environment AS environment,
    c.tool AS tool,
    c.tool_call_id AS tool_call_id,
    c.amount AS amount,
    c.amount_currency AS amount_currency,
    c.user_id AS user_id,
    c.started_at AS started_at,
    c.ended_at AS ended_at,
    c.rule AS rule,
    c.percent AS percent,
    multiIf(own.found = 1, 'call', far.found = 1, 'call id', same.approval_id != '', 'amount', some.approval_id != '', 'task', '') AS joined_by,
    multiIf(own.found = 1, own.chosen.1, far.found = 1, far.chosen.1, same.approval_id != '', same.approval_id, some.approval_id) AS approval_id,
    multiIf(own.found = 1, own.chosen.2, far.found = 1, far.chosen.2, same.approval_id != '', same.decision, some.decision) AS decision,
    multiIf(own.found = 1, own.chosen.3, far.found = 1, far.chosen.3, same.approval_id != '', same.decided_at, some.decided_at) AS decided_at,
    multiIf(own.found = 1, own.chosen.4, far.found = 1, far.chosen.4, same.approval_id != '', same.reviewer, some.reviewer) AS reviewer,
    multiIf(own.found = 1, own.chosen.5, far.found = 1, far.chosen.5, same.approval_id != '', same.requested_by, some.requested_by) AS requested_by,
    multiIf(
        decision = '' AND c.rule = 'sample', 'not asked',
        decision = '' AND c.rule = 'unknown', 'unknown',
        decision NOT IN ('approved', 'edited'), 'approval_missing',
        decided_at > c.ended_at, 'approval_late',
        reviewer != '' AND (reviewer = requested_by OR reviewer = c.user_id), 'self_approved',
        'approved'
    ) AS status
FROM calls AS c
LEFT JOIN
(
    SELECT agent, task_id, tool_call_id, 1 AS found,
        argMin((approval_id, decision, decided_at, reviewer, requested_by), (decision NOT IN ('approved', 'edited'), requested_at, approval_id)) AS chosen
    FROM decisions WHERE tool_call_id != '' GROUP BY agent, task_id, tool_call_id
) AS own ON own.agent = c.agent AND own.task_id = c.task AND own.tool_call_id = c.tool_call_id
LEFT JOIN
(
    SELECT agent, tool_call_id, 1 AS found,
        argMin((approval_id, decision, decided_at, reviewer, requested_by), (decision NOT IN ('approved', 'edited'), requested_at, approval_id)) AS chosen
    FROM decisions WHERE length(tool_call_id) >= 12 GROUP BY agent, tool_call_id
) AS far ON far.agent = c.agent AND far.tool_call_id = c.tool_call_id
LEFT JOIN (SELECT * FROM decisions WHERE tool_call_id = '' AND amount IS NOT NULL) AS same
    ON same.agent = c.agent AND same.task_id = c.task AND same.tool = c.tool AND same.amount = c.amount AND same.place = c.nth_of_amount
LEFT JOIN (SELECT * FROM decisions WHERE tool_call_id = '' AND amount IS NULL) AS some
    ON some.agent = c.agent AND some.task_id = c.task AND some.tool = c.tool AND some.place = c.nth
