-- A request for a human's decision and what came of it, joined by approval id wherever the two were seen. One id in two
-- environments is two requests; who decides in an environment in which nobody asked decides wherever somebody did.
-- requests adds the task, approvals what working hours and the clock say.
CREATE OR REPLACE VIEW $DATABASE.decisions $ON_CLUSTER
(
    approval_id     String COMMENT 'id that request and decision share; trace and span id of the request when the emitter gives none',
    environment     String COMMENT 'deployment environment of the request',
    trace_ids       Array(String) COMMENT 'traces of request and decision',
    run_id          String COMMENT 'run of the request',
    named_task_id   String COMMENT 'task that the run itself names, else the run: run_links may say otherwise',
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
    decided_by      String COMMENT 'who the decision says has taken it',
    channel         String COMMENT 'where the reviewer was asked',
    reviewer        String COMMENT 'who decided, else who was asked',
    sla_ms          UInt64 COMMENT 'time that the rule allows; 0 when none is given',
    human_ms        Nullable(UInt64) COMMENT 'how long a person worked on the decision; NULL where nobody measured',
    asked_for       UInt8 COMMENT '1 for a decision by a person that an always, threshold or sample rule asked for',
    overruled       UInt8 COMMENT '1 for a decision against what the agent wanted: edited or rejected',
    by_person       UInt8 COMMENT '1 for a decision that a person took'
)
AS
SELECT
    approval_id,
    place AS environment,
    arraySort(groupUniqArray(trace_id)) AS trace_ids,
    argMin(a.run_id, asked) AS run_id,
    argMin(a.task_id, asked) AS named_task_id,
    argMin(a.span_id, asked) AS span_id,
    argMin(a.tool_call_id, (a.tool_call_id = '', asked)) AS tool_call_id,
    argMin(a.agent, asked) AS agent,
    argMin(a.tool, (a.tool = '', asked)) AS tool,
    argMinIf(a.amount, asked, a.amount IS NOT NULL) AS amount,
    argMin(a.amount_currency, (a.amount_currency = '', asked)) AS amount_currency,
    argMin(a.requested_by, (a.requested_by = '', asked)) AS requested_by,
    ifNull(nullIf(argMin(a.rule, (a.rule IN ('', 'emitter'), asked)), ''), 'emitter') AS rule,
    min(a.started_at) AS requested_at,
    if(countIf(event != 'requested') = 0, NULL, minIf(a.ended_at, event != 'requested')) AS decided_at,
    if(countIf(event != 'requested') = 0, 'pending', argMinIf(a.decision, (a.ended_at, a.span_id), event != 'requested')) AS decision,
    argMinIf(a.reviewer, (a.reviewer = '', a.ended_at, a.span_id), event != 'requested') AS decided_by,
    argMin(a.channel, (a.channel = '', asked)) AS channel,
    if(decided_by = '', argMin(a.reviewer, (a.reviewer = '', asked)), decided_by) AS reviewer,
    max(a.sla_ms) AS sla_ms,
    max(a.human_ms) AS human_ms,
    decision NOT IN ('pending', 'expired') AND rule != 'emitter' AND decided_by != '' AS asked_for,
    decision IN ('edited', 'rejected') AS overruled,
    overruled OR (decision = 'approved' AND decided_by != '') AS by_person
FROM
(
    SELECT
        *,
        groupUniqArrayIf(env, event != 'decided') OVER (PARTITION BY approval_id) AS places,
        arrayJoin(if(empty(places) OR has(places, env), [env], arraySort(places))) AS place
    FROM
    (
        SELECT
            e.approval_id AS approval_id,
            e.event AS event,
            e.trace_id AS trace_id,
            e.run_id AS run_id,
            e.task_id AS task_id,
            e.span_id AS span_id,
            e.started_at AS started_at,
            e.ended_at AS ended_at,
            e.agent AS agent,
            e.tool AS tool,
            e.tool_call_id AS tool_call_id,
            e.amount AS amount,
            e.amount_currency AS amount_currency,
            e.requested_by AS requested_by,
            e.rule AS rule,
            e.decision AS decision,
            e.channel AS channel,
            e.reviewer AS reviewer,
            e.sla_ms AS sla_ms,
            e.human_ms AS human_ms,
            w.environment AS env,
            (e.event = 'decided', e.started_at, e.span_id) AS asked
        FROM (SELECT * FROM $DATABASE.approval_events FINAL) AS e
        LEFT JOIN (SELECT run_id, environment FROM $DATABASE.runs FINAL) AS w ON w.run_id = e.run_id
    )
) AS a
GROUP BY approval_id, place
