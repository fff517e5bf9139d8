-- A request for a human's decision and what came of it (requests), held against working hours and the clock.
CREATE OR REPLACE VIEW $DATABASE.approvals $ON_CLUSTER
(
    approval_id     String COMMENT 'id that request and decision share; trace and span id of the request when the emitter gives none',
    trace_ids       Array(String) COMMENT 'traces of request and decision',
    task_id         String COMMENT 'task of the request',
    run_id          String COMMENT 'run of the request',
    span_id         String COMMENT 'span of the request',
    tool_call_id    String COMMENT 'call that approval is asked for',
    agent           String COMMENT 'agent that asks',
    environment     String COMMENT 'deployment environment of the run',
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
    wait_ms         Nullable(Float64) COMMENT 'from request to decision, wall clock; NULL while pending',
    wait_working_ms Nullable(Float64) COMMENT 'the same in the working hours of the channel, as the registry has them now; NULL while pending and for channels that it does not know',
    sla_ms          UInt64 COMMENT 'time that the rule allows; 0 when none is given',
    late_at         Nullable(DateTime64(9, 'UTC')) COMMENT 'when that time is over: in working hours where the registry knows those of the channel, else wall clock; NULL without one',
    late            UInt8 COMMENT '1 when it was decided after that, or expired, or still waits beyond it'
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
        SELECT arrayJoin(JSONExtractArrayRaw(document, 'organisation', 'channels')) AS entry FROM $DATABASE.registry_now
    )
),
-- Shifts of the channel as (begin, end) in ns, from the day before the request: a night shift may have begun then. As
-- many as the wait or the SLA may take, at most a year.
arrayMap(
    day -> (
        greatest(r.requested_ns, 1000000000 * toInt64(toUnixTimestamp(toDateTime(concat(toString(day + intDiv(c.first_minute, 1440)), ' ', leftPad(toString(intDiv(c.first_minute % 1440, 60)), 2, '0'), ':', leftPad(toString(c.first_minute % 60), 2, '0'), ':00'), '$TIME_ZONE')))),
        1000000000 * toInt64(toUnixTimestamp(toDateTime(concat(toString(day + intDiv(c.last_minute, 1440)), ' ', leftPad(toString(intDiv(c.last_minute % 1440, 60)), 2, '0'), ':', leftPad(toString(c.last_minute % 60), 2, '0'), ':00'), '$TIME_ZONE')))
    ),
    arrayFilter(
        day -> has(c.days, toDayOfWeek(day)),
        arrayMap(
            back -> r.first_day + back,
            range(toUInt64(if(c.limited = 0, 0, least(368, greatest(
                9 + intDiv(7 * r.sla_ms, greatest(1, 60000 * (c.last_minute - c.first_minute) * length(c.days))),
                2 + r.days_waited
            )))))
        )
    )
) AS shifts,
-- Working time so far, at the end of every shift.
arrayCumSum(shift -> greatest(0, shift.2 - shift.1), shifts) AS worked,
1000000 * toInt64(r.sla_ms) AS sla_ns,
arrayFirstIndex(ns -> ns > sla_ns, worked) AS last_shift
SELECT
    r.approval_id AS approval_id,
    r.trace_ids AS trace_ids,
    r.task_id AS task_id,
    r.run_id AS run_id,
    r.span_id AS span_id,
    r.tool_call_id AS tool_call_id,
    r.agent AS agent,
    r.environment AS environment,
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
    if(r.decided_at IS NULL, NULL, (r.decided_ns - r.requested_ns) / 1000000) AS wait_ms,
    multiIf(
        r.decided_at IS NULL OR c.channel = '', NULL,
        c.limited = 0 OR r.decided_ns <= r.requested_ns, wait_ms,
        arraySum(shift -> greatest(0, least(r.decided_ns, shift.2) - shift.1), shifts) / 1000000
    ) AS wait_working_ms,
    r.sla_ms AS sla_ms,
    multiIf(
        r.sla_ms = 0, NULL,
        c.limited = 0, r.requested_at + toIntervalMillisecond(r.sla_ms),
        last_shift = 0, NULL,
        fromUnixTimestamp64Nano(shifts[last_shift].2 - (worked[last_shift] - sla_ns), 'UTC')
    ) AS late_at,
    r.sla_ms > 0 AND (r.decision = 'expired' OR ifNull(ifNull(r.decided_at, now64(9, 'UTC')) > late_at, 0)) AS late
FROM
(
    SELECT
        *,
        toDate(toTimeZone(requested_at, '$TIME_ZONE')) - 1 AS first_day,
        if(decided_at IS NULL, 0, greatest(0, dateDiff('day', first_day, toDate(toTimeZone(assumeNotNull(decided_at), '$TIME_ZONE'))))) AS days_waited,
        toUnixTimestamp64Nano(requested_at) AS requested_ns,
        toUnixTimestamp64Nano(ifNull(decided_at, requested_at)) AS decided_ns
    FROM $DATABASE.requests
) AS r
LEFT JOIN channels AS c ON c.channel = r.channel
