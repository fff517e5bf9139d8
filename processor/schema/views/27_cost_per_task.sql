-- What a task costs, with and without the time of people. The price of an hour is the one of the registry version that
-- applied to the task. Human time is what telemetry measured (agentops.human.time_s); steps that nobody timed take the
-- organisation's assumption (human_review_minutes) and say so; without one the time is unknown, never 0. How long a
-- request waited, in working hours or not, is no handling time and stands beside it.
CREATE OR REPLACE VIEW $DATABASE.cost_per_task $ON_CLUSTER
(
    task_id           String COMMENT 'task',
    task_ref          String COMMENT 'the business''s own reference',
    task_type         String COMMENT 'agentops.task.type',
    agent             String COMMENT 'entry agent',
    environment       String COMMENT 'deployment environment',
    stage             String COMMENT 'pilot, production or retired, as of the task',
    department        String COMMENT 'whose work it was',
    owner_department  String COMMENT 'whose agent it is',
    cost_center       String COMMENT 'cost center of the work',
    tenant            String COMMENT 'tenant or customer',
    user_id           String COMMENT 'user',
    outcome           String COMMENT 'as in task_outcomes',
    started_at        DateTime64(9, 'UTC') COMMENT 'start of the first step',
    ended_at          DateTime64(9, 'UTC') COMMENT 'end of the last step so far: the time at which it counts',
    cost              Nullable(Decimal(38, 12)) COMMENT 'models and priced tools; NULL when none is known',
    unpriced_calls    UInt64 COMMENT 'charges without a known cost: not in cost',
    human_steps       UInt64 COMMENT 'decisions and takeovers by people',
    human_timed       UInt64 COMMENT 'steps that say how long a person worked on them',
    human_time        String COMMENT 'none, measured, estimated (some of it assumed) or unknown',
    human_ms          Nullable(Float64) COMMENT 'handling time: measured, and assumed where nobody measured; NULL is unknown',
    wait_ms           Float64 COMMENT 'wall-clock wait for decisions: no handling time',
    wait_working_ms   Nullable(Float64) COMMENT 'the same in the working hours of the channels; NULL where one is not known',
    human_cost        Nullable(Decimal(38, 12)) COMMENT 'human_ms at the hourly cost of a reviewer; 0 where nobody worked, NULL is unknown',
    cost_with_human   Nullable(Decimal(38, 12)) COMMENT 'cost and human_cost; NULL when either is unknown',
    currency          String COMMENT 'the reporting currency'
)
AS
WITH
hours AS
(
    SELECT
        hash,
        splitByChar(' ', money)[1] AS amount,
        splitByChar(' ', money)[2] AS from_currency,
        JSONExtract(any(document), 'organisation', 'human_review_minutes', 'Nullable(Float64)') AS minutes,
        JSONExtractString(any(document), 'organisation', 'human_review_hourly_cost') AS money,
        arraySort(arrayMap(
            r -> (toDate(JSONExtractString(r, 'valid_from')), toDecimal128OrZero(JSONExtractRaw(r, 'rate'), 12)),
            arrayFilter(
                r -> JSONExtractString(r, 'from') = from_currency AND JSONExtractString(r, 'to') = '$CURRENCY',
                JSONExtractArrayRaw(any(document), 'organisation', 'exchange_rates')
            )
        )) AS rates
    FROM $DATABASE.registry_versions
    GROUP BY hash
),
waits AS
(
    SELECT
        task_id,
        environment,
        sum(ifNull(wait_ms, 0)) AS waited_ms,
        if(countIf(wait_ms IS NOT NULL AND wait_working_ms IS NULL) > 0, NULL, sum(ifNull(wait_working_ms, 0))) AS waited_working_ms
    FROM $DATABASE.approvals
    GROUP BY task_id, environment
)
SELECT
    t.task_id AS task_id,
    t.task_ref AS task_ref,
    t.task_type AS task_type,
    t.agent AS agent,
    t.environment AS environment,
    t.stage AS stage,
    t.department AS department,
    t.owner_department AS owner_department,
    t.cost_center AS cost_center,
    t.tenant AS tenant,
    t.user_id AS user_id,
    t.outcome AS outcome,
    t.started_at AS started_at,
    t.ended_at AS ended_at,
    t.cost AS cost,
    t.unpriced_calls AS unpriced_calls,
    t.human_steps AS human_steps,
    t.human_timed AS human_timed,
    multiIf(
        t.human_steps = 0 AND t.human_timed = 0, 'none',
        t.human_timed >= t.human_steps, 'measured',
        h.minutes IS NOT NULL, 'estimated',
        'unknown'
    ) AS human_time,
    if(human_time = 'unknown', NULL, t.human_ms + ifNull(h.minutes, 0) * 60000 * greatest(0, toInt64(t.human_steps) - toInt64(t.human_timed))) AS human_ms,
    w.waited_ms AS wait_ms,
    -- Who never asked did not wait.
    if(w.task_id = '', 0, w.waited_working_ms) AS wait_working_ms,
    if(
        human_time = 'none', 0,
        -- Of whole milliseconds; every division and conversion cuts at 12 places.
        CAST(
            toDecimal128OrNull(h.amount, 12) * toInt64(round(human_ms)) / 3600000
            * if(h.from_currency = '$CURRENCY', 1, nullIf(arrayLast(r -> r.1 <= toDate(t.ended_at, '$TIME_ZONE'), h.rates).2, 0)),
            'Nullable(Decimal(38, 12))'
        )
    ) AS human_cost,
    t.cost + human_cost AS cost_with_human,
    t.currency AS currency
FROM $DATABASE.task_outcomes AS t
LEFT JOIN hours AS h ON h.hash = t.registry_version
LEFT JOIN waits AS w ON w.task_id = t.task_id AND w.environment = t.environment
