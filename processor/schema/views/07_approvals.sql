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
    wait_working_ms Nullable(Float64) COMMENT 'the same in the working hours of the channel, as the registry has them now; NULL while pending and for channels that it does not know',
    sla_ms          UInt64 COMMENT 'time that the rule allows; 0 when none is given',
    late            UInt8 COMMENT '1 when it was decided after that time, or expired, or still waits beyond it: in working hours where the registry knows those of the channel, else wall clock'
)
AS
WITH
-- Begin and end of the working day in minutes; an end before the begin is the next day's.
channels AS
(
    SELECT
        JSONExtractString(entry, 'id') AS channel,
        JSONHas(entry, 'working_hours') AS limited,
        arrayMap(day -> indexOf(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], day), JSONExtract(entry, 'working_hours', 'days', 'Array(String)')) AS days,
        splitByChar(':', JSONExtractString(entry, 'working_hours', 'from')) AS begins,
        splitByChar(':', JSONExtractString(entry, 'working_hours', 'to')) AS ends,
        toInt64OrZero(begins[1]) * 60 + toInt64OrZero(begins[2]) AS first_minute,
        toInt64OrZero(ends[1]) * 60 + toInt64OrZero(ends[2]) AS end_minute,
        if(end_minute < first_minute, end_minute + 1440, end_minute) AS last_minute
    FROM
    (
        SELECT arrayJoin(JSONExtractArrayRaw(document, 'organisation', 'channels')) AS entry
        FROM
        (
            SELECT document
            FROM $DATABASE.registry_versions FINAL
            WHERE valid_from <= now64(9, 'UTC')
            ORDER BY valid_from DESC, published_at DESC
            LIMIT 1
        )
    )
)
SELECT
    r.approval_id AS approval_id,
    r.task_id AS task_id,
    r.run_id AS run_id,
    r.span_id AS span_id,
    r.tool_call_id AS tool_call_id,
    r.agent AS agent,
    r.tool AS tool,
    r.amount AS amount,
    r.amount_currency AS amount_currency,
    r.requested_by AS requested_by,
    r.rule AS rule,
    r.requested_at AS requested_at,
    r.decided_at AS decided_at,
    r.decision AS decision,
    r.channel AS channel,
    r.reviewer AS reviewer,
    r.wait_ms AS wait_ms,
    if(
        r.wait_ms IS NULL, NULL,
        multiIf(
            c.channel = '', NULL,
            c.limited = 0 OR r.waited_ms <= 0, r.waited_ms,
            -- Day by day, from the one before: a night shift may have begun then. At most a year.
            arraySum(
                back -> if(
                    has(c.days, toDayOfWeek(r.first_day + back)),
                    greatest(0.,
                        least(r.until_ms, 1000. * toUnixTimestamp(toDateTime(concat(toString(r.first_day + back + intDiv(c.last_minute, 1440)), ' ', leftPad(toString(intDiv(c.last_minute % 1440, 60)), 2, '0'), ':', leftPad(toString(c.last_minute % 60), 2, '0'), ':00'), '$TIME_ZONE')))
                        - greatest(r.requested_ms, 1000. * toUnixTimestamp(toDateTime(concat(toString(r.first_day + back), ' ', leftPad(toString(intDiv(c.first_minute, 60)), 2, '0'), ':', leftPad(toString(c.first_minute % 60), 2, '0'), ':00'), '$TIME_ZONE')))
                    ),
                    0.
                ),
                range(toUInt64(least(368, greatest(0, r.days_between + 2))))
            )
        ) AS working_ms
    ) AS wait_working_ms,
    r.sla_ms AS sla_ms,
    r.sla_ms > 0 AND (r.decision = 'expired' OR ifNull(working_ms, r.waited_ms) > r.sla_ms) AS late
FROM
(
    SELECT
        *,
        -- What is pending has waited until now.
        ifNull(decided_at, now64(9, 'UTC')) AS until,
        toDate(toTimeZone(requested_at, '$TIME_ZONE')) - 1 AS first_day,
        dateDiff('day', first_day, toDate(toTimeZone(until, '$TIME_ZONE'))) AS days_between,
        toUnixTimestamp64Nano(requested_at) / 1000000 AS requested_ms,
        toUnixTimestamp64Nano(until) / 1000000 AS until_ms,
        until_ms - requested_ms AS waited_ms
    FROM
    (
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
    )
) AS r
LEFT JOIN channels AS c ON c.channel = r.channel
