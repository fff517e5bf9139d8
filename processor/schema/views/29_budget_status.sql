-- Every budget of the registry over its current day or month, or over the tasks that ended this month. It takes the
-- environments that the organisation pages for, and work that names none. What has no price is not in `spent`, and what was sampled away neither:
-- both stand beside it, since a budget that rests on a part is passed before anybody sees it.
CREATE OR REPLACE VIEW $DATABASE.budget_status $ON_CLUSTER
(
    kind            String COMMENT 'department, user or agent',
    subject         String COMMENT 'whose budget it is',
    per             String COMMENT 'task, day or month',
    period_start    DateTime('UTC') COMMENT 'start of the business''s day or month; of the month for tasks',
    period_end      DateTime('UTC') COMMENT 'its end, exclusive',
    spent           Decimal(38, 12) COMMENT 'cost in the period; the dearest task where it is a budget of tasks',
    currency        String COMMENT 'the reporting currency',
    soft            Nullable(Decimal(38, 12)) COMMENT 'amount at which somebody is told',
    hard            Nullable(Decimal(38, 12)) COMMENT 'amount that must not be passed',
    budget_left     Nullable(Decimal(38, 12)) COMMENT 'of the hard amount, else of the soft one; below 0 overspent',
    state           String COMMENT 'within, soft (passed), hard (passed), sampled (not passed by what is seen, and more was spent than is seen) or no_rate: the amounts cannot be compared',
    exhausted_at    Nullable(DateTime('UTC')) COMMENT 'quarter of an hour in which the hard amount, else the soft one, was passed; NULL while it is not, and for tasks',
    unpriced_calls  UInt64 COMMENT 'charges of the period without a known cost; for tasks, tasks with such a charge',
    sampled_runs    UInt64 COMMENT 'runs of the period whose telemetry is sampled: no hard budget should rest on them',
    tasks           UInt64 COMMENT 'tasks that ended in the period, where it is a budget of tasks',
    tasks_over_soft UInt64 COMMENT 'of tasks: dearer than the soft amount',
    tasks_over_hard UInt64 COMMENT 'of tasks: dearer than the hard amount',
    dearest_task    String COMMENT 'the dearest of tasks',
    on_breach       String COMMENT 'alert, hitl or stop: what the registry asks for at the hard amount',
    owner           String COMMENT 'team that answers for the budget'
)
AS
WITH
(SELECT counted_environments FROM $DATABASE.registry_now) AS environments,
toDate(toTimeZone(now64(9, 'UTC'), '$TIME_ZONE')) AS today,
toStartOfMonth(today) AS this_month,
toDateTime(this_month, '$TIME_ZONE') AS month_start,
quarters AS
(
    SELECT
        one.1 AS kind,
        one.2 AS subject,
        at AS quarter,
        ifNull(sum(cost), 0) AS known_cost,
        sum(unpriced_calls) AS unpriced
    FROM
    (
        SELECT
            at,
            cost,
            unpriced_calls,
            arrayJoin([('department', toString(department)), ('agent', toString(agent)), ('user', user_id)]) AS one
        FROM $DATABASE.cost_totals
        WHERE has(environments, environment) AND state != 'superseded' AND at >= month_start AND at <= now64(9, 'UTC')
    )
    WHERE one IN (SELECT kind, subject FROM $DATABASE.budgets)
    GROUP BY kind, subject, quarter
),
-- A budget of days takes today's part of the month.
periods AS
(
    SELECT
        kind,
        subject,
        per,
        sum(known_cost) AS spent,
        sum(unpriced) AS unpriced,
        arraySort(groupArray((quarter, known_cost))) AS parts
    FROM quarters
    ARRAY JOIN ['day', 'month'] AS per
    WHERE per = 'month' OR quarter >= toDateTime(today, '$TIME_ZONE')
    GROUP BY kind, subject, per
),
sampled AS
(
    SELECT kind, subject, per, sum(runs) AS sampled_runs
    FROM $DATABASE.sampled_runs
    ARRAY JOIN ['day', 'month'] AS per
    WHERE per = 'month' OR day = today
    GROUP BY kind, subject, per
),
ended AS
(
    SELECT
        t.agent AS agent,
        b.declared AS declared,
        count() AS tasks,
        ifNull(max(t.cost), 0) AS dearest,
        argMax(t.task_id, (t.cost, t.task_id)) AS dearest_id,
        countIf(t.cost > b.soft) AS over_soft,
        countIf(t.cost > b.hard) AS over_hard,
        countIf(t.unpriced_calls > 0) AS unpriced,
        sumIf(length(t.run_ids), t.sampled_share < 1 OR t.telemetry = 'sampled') AS sampled_runs
    FROM $DATABASE.tasks AS t
    INNER JOIN (SELECT * FROM $DATABASE.budgets WHERE per = 'task') AS b ON b.subject = t.agent
    WHERE has(environments, t.environment) AND t.outcome != 'open' AND t.ended_at >= month_start AND t.ended_at <= now64(9, 'UTC')
    GROUP BY agent, declared
)
SELECT
    b.kind AS kind,
    b.subject AS subject,
    b.per AS per,
    toTimeZone(if(b.per = 'day', toDateTime(today, '$TIME_ZONE'), month_start), 'UTC') AS period_start,
    toTimeZone(toDateTime(if(b.per = 'day', today + 1, addMonths(this_month, 1)), '$TIME_ZONE'), 'UTC') AS period_end,
    if(b.per = 'task', e.dearest, p.spent) AS spent,
    b.currency AS currency,
    b.soft AS soft,
    b.hard AS hard,
    ifNull(b.hard, b.soft) - spent AS budget_left,
    multiIf(ifNull(spent > b.hard, 0), 'hard', ifNull(spent > b.soft, 0), 'soft', b.no_rate, 'no_rate', sampled_runs > 0, 'sampled', 'within') AS state,
    if(
        ifNull(b.per != 'task' AND budget_left < 0, 0),
        arrayFirst(
            part -> part.2 > ifNull(b.hard, b.soft),
            arrayZip(arrayMap(part -> part.1, p.parts), arrayCumSum(arrayMap(part -> part.2, p.parts)))
        ).1,
        NULL
    ) AS exhausted_at,
    if(b.per = 'task', e.unpriced, p.unpriced) AS unpriced_calls,
    if(b.per = 'task', e.sampled_runs, ifNull(g.sampled_runs, 0)) AS sampled_runs,
    e.tasks AS tasks,
    e.over_soft AS tasks_over_soft,
    e.over_hard AS tasks_over_hard,
    e.dearest_id AS dearest_task,
    b.on_breach AS on_breach,
    b.owner AS owner
FROM $DATABASE.budgets AS b
LEFT JOIN periods AS p ON p.kind = b.kind AND p.subject = b.subject AND p.per = b.per
LEFT JOIN sampled AS g ON g.kind = b.kind AND g.subject = b.subject AND g.per = b.per
LEFT JOIN ended AS e ON b.per = 'task' AND e.agent = b.subject AND e.declared = b.declared
