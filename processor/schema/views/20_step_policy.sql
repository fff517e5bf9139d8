-- Steps that the registry's policy concerns: calls of an undeclared tool, model or resource, and tool calls that fall
-- under an approval rule, each with the decision that belongs to it, whichever agent asked for it. That is found by the id
-- of the call within its task, by that id alone where it is long enough to be unique, or, for decisions that name no call,
-- in order within the same task and tool (and amount, where the decision names one): a call that failed and is tried again,
-- with the same arguments as far as these are known, is still the one that was decided on. policy_checks answers faster.
CREATE OR REPLACE VIEW $DATABASE.step_policy $ON_CLUSTER
(
    trace_id        String COMMENT 'trace of the call',
    span_id         String COMMENT 'span of the call',
    run_id          String COMMENT 'run of the call',
    task_id         String COMMENT 'task of the call',
    agent           String COMMENT 'agent that made it',
    environment     String COMMENT 'deployment environment',
    tool            String COMMENT 'tool that was called',
    model           String COMMENT 'model that was called, as it answered, else as it was asked',
    undeclared      String COMMENT 'tool or model: the registry did not name it for this agent when the call ended',
    undeclared_data String COMMENT 'resource that the call names and the registry does not allow',
    tool_call_id    String COMMENT 'id of the call, as the model gave it',
    amount          Nullable(Decimal(38, 12)) COMMENT 'amount of the call',
    amount_currency String COMMENT 'currency of amount',
    user_id         String COMMENT 'user of the request',
    started_at      DateTime64(9, 'UTC') COMMENT 'start of the call',
    ended_at        DateTime64(9, 'UTC') COMMENT 'end of the call: what is decided later is late',
    rule            String COMMENT 'always, threshold, sample, or unknown: the amount cannot be held against the rule; empty when no rule concerns it',
    percent         Float64 COMMENT 'share of such calls that a sample takes',
    joined_by       String COMMENT 'how the decision was found: call, call id, amount, task; empty when there is none',
    approval_id     String COMMENT 'the decision that belongs to the call',
    decision        String COMMENT 'pending, approved, edited, rejected or expired; empty when nobody was asked',
    decided_at      Nullable(DateTime64(9, 'UTC')) COMMENT 'when it was decided',
    reviewer        String COMMENT 'who decided',
    requested_by    String COMMENT 'person on whose behalf the agent asked',
    status          String COMMENT 'approved, not asked (of a sample), approval_missing, approval_late, self_approved or unknown; empty when no rule concerns it'
)
AS
WITH
attempts AS
(
    SELECT
        s.trace_id AS trace_id,
        s.span_id AS span_id,
        s.run_id AS run_id,
        if(k.first_run_id = '', s.task_id, k.first_run_id) AS task,
        s.agent AS agent,
        w.environment AS environment,
        s.tool AS tool,
        if(s.response_model = '', s.request_model, s.response_model) AS model,
        s.undeclared AS undeclared,
        s.undeclared_data AS undeclared_data,
        s.tool_call_id AS tool_call_id,
        s.amount AS amount,
        s.amount_currency AS amount_currency,
        s.user_id AS user_id,
        s.started_at AS started_at,
        s.ended_at AS ended_at,
        if(s.counted = 1, s.approval_rule, '') AS rule,
        s.approval_percent AS percent,
        s.arguments_digest AS arguments,
        s.status = 'error' OR s.failed_inside = 1 AS failed,
        lagInFrame(failed) OVER (PARTITION BY environment, task, tool, amount, rule = '', arguments ORDER BY started_at, span_id) AS again_of_amount,
        lagInFrame(failed) OVER (PARTITION BY environment, task, tool, rule = '', arguments ORDER BY started_at, span_id) AS again
    FROM
    (
        SELECT * FROM $DATABASE.steps FINAL
        WHERE (counted = 1 AND approval_rule != '') OR undeclared != '' OR undeclared_data != ''
    ) AS s
    LEFT JOIN $DATABASE.run_links AS k ON k.run_id = s.run_id
    LEFT JOIN (SELECT run_id, environment FROM $DATABASE.runs FINAL) AS w ON w.run_id = s.run_id
),
-- Attempts of one call have one place in the order.
placed AS
(
    SELECT
        *,
        sum(NOT again_of_amount) OVER (PARTITION BY environment, task, tool, amount, rule = '' ORDER BY started_at, span_id ROWS UNBOUNDED PRECEDING) AS place_of_amount,
        sum(NOT again) OVER (PARTITION BY environment, task, tool, rule = '' ORDER BY started_at, span_id ROWS UNBOUNDED PRECEDING) AS place,
        sum(NOT again_of_amount) OVER (PARTITION BY environment, task, tool, amount, rule = '', arguments ORDER BY started_at, span_id ROWS UNBOUNDED PRECEDING) AS call_of_amount,
        sum(NOT again) OVER (PARTITION BY environment, task, tool, rule = '', arguments ORDER BY started_at, span_id ROWS UNBOUNDED PRECEDING) AS call
    FROM attempts
),
calls AS
(
    SELECT
        *,
        min(place_of_amount) OVER (PARTITION BY environment, task, tool, amount, rule = '', arguments, call_of_amount) AS nth_of_amount,
        min(place) OVER (PARTITION BY environment, task, tool, rule = '', arguments, call) AS nth
    FROM placed
),
-- Every way in which a call may name its decision, the surest first.
sought AS
(
    SELECT
        trace_id,
        span_id,
        environment,
        arrayJoin(arrayFilter(way -> way.3 != '', [
            (1, 'call', if(tool_call_id = '', '', concat(task, '\n', tool_call_id))),
            (2, 'call id', if(length(tool_call_id) < 12, '', tool_call_id)),
            (3, 'amount', if(amount IS NULL, '', concat(task, '\n', tool, '\n', toString(assumeNotNull(amount)), '\n', toString(nth_of_amount)))),
            (4, 'task', concat(task, '\n', tool, '\n\n', toString(nth)))
        ])) AS way,
        way.1 AS place,
        way.2 AS by,
        way.3 AS name
    FROM calls
    WHERE rule != ''
),
named AS
(
    SELECT
        environment,
        way.1 AS by,
        way.2 AS name,
        argMin((approval_id, decision, decided_at, reviewer, requested_by), (decision NOT IN ('approved', 'edited'), requested_at, approval_id)) AS chosen
    FROM
    (
        SELECT
            environment, approval_id, decision, decided_at, reviewer, requested_by, requested_at,
            row_number() OVER (PARTITION BY environment, task_id, tool, ifNull(toString(amount), '') ORDER BY requested_at, approval_id) AS nth,
            arrayJoin(arrayFilter(way -> way.2 != '', [
                ('call', if(tool_call_id = '', '', concat(task_id, '\n', tool_call_id))),
                ('call id', if(length(tool_call_id) < 12, '', tool_call_id)),
                ('amount', if(tool_call_id != '' OR amount IS NULL, '', concat(task_id, '\n', tool, '\n', toString(assumeNotNull(amount)), '\n', toString(nth)))),
                ('task', if(tool_call_id != '' OR amount IS NOT NULL, '', concat(task_id, '\n', tool, '\n\n', toString(nth))))
            ])) AS way
        FROM $DATABASE.requests
    )
    GROUP BY environment, by, name
),
found AS
(
    SELECT s.trace_id AS trace_id, s.span_id AS span_id, argMin((s.by, n.chosen), s.place) AS first
    FROM sought AS s
    INNER JOIN named AS n ON n.environment = s.environment AND n.by = s.by AND n.name = s.name
    GROUP BY trace_id, span_id
)
SELECT
    c.trace_id AS trace_id,
    c.span_id AS span_id,
    c.run_id AS run_id,
    c.task AS task_id,
    c.agent AS agent,
    c.environment AS environment,
    c.tool AS tool,
    c.model AS model,
    c.undeclared AS undeclared,
    c.undeclared_data AS undeclared_data,
    c.tool_call_id AS tool_call_id,
    c.amount AS amount,
    c.amount_currency AS amount_currency,
    c.user_id AS user_id,
    c.started_at AS started_at,
    c.ended_at AS ended_at,
    c.rule AS rule,
    c.percent AS percent,
    f.first.1 AS joined_by,
    f.first.2.1 AS approval_id,
    f.first.2.2 AS decision,
    f.first.2.3 AS decided_at,
    f.first.2.4 AS reviewer,
    f.first.2.5 AS requested_by,
    multiIf(
        c.rule = '', '',
        decision = '' AND c.rule = 'sample', 'not asked',
        decision = '' AND c.rule = 'unknown', 'unknown',
        decision NOT IN ('approved', 'edited'), 'approval_missing',
        decided_at > c.ended_at, 'approval_late',
        reviewer != '' AND (reviewer = requested_by OR reviewer = c.user_id), 'self_approved',
        'approved'
    ) AS status
FROM calls AS c
LEFT JOIN found AS f ON f.trace_id = c.trace_id AND f.span_id = c.span_id
