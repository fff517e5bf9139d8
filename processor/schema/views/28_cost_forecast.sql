-- What the month will have cost at its end, in the business's calendar. The model is the mean of each weekday over the
-- last 28 complete days (today is not complete, nor is the first day of a subject), so that weekends and Mondays keep
-- their shape; it knows no trend and no holidays. The interval is Student's at 95 %, from the pooled variance around
-- those means and from their own uncertainty; its quantile by the expansion of Abramowitz and Stegun, 26.7.5. Below 14
-- complete days there is no forecast, and `reason` says so. It takes the environments that the organisation pages for, and
-- work that names none. Costs without a price are in no number here.
CREATE OR REPLACE VIEW $DATABASE.cost_forecast $ON_CLUSTER
(
    kind           String COMMENT 'organisation, department, agent or user: users only where they have a budget',
    subject        String COMMENT 'id of the department or agent, the user; empty for the organisation and for cost that nobody claims',
    month          Date COMMENT 'first day of the month in the business''s time zone',
    fiscal_month   UInt8 COMMENT 'number of the month in the fiscal year, 1 to 12',
    days_left      UInt16 COMMENT 'days of the month that are not complete, today included',
    spent          Decimal(38, 12) COMMENT 'this month so far, today included',
    spent_complete Decimal(38, 12) COMMENT 'of spent: the complete days',
    unpriced_calls UInt64 COMMENT 'charges of this month without a known cost: in no amount here',
    history_days   UInt16 COMMENT 'complete days that the forecast rests on, at most 28',
    forecast       Nullable(Decimal(38, 12)) COMMENT 'cost of the whole month; NULL with too little history',
    forecast_low   Nullable(Decimal(38, 12)) COMMENT 'lower end of the 95 % interval, never below spent',
    forecast_high  Nullable(Decimal(38, 12)) COMMENT 'upper end of the 95 % interval',
    reason         String COMMENT 'why there is no forecast; empty when there is one',
    currency       String COMMENT 'the reporting currency',
    soft           Nullable(Decimal(38, 12)) COMMENT 'soft budget of the month',
    hard           Nullable(Decimal(38, 12)) COMMENT 'hard budget of the month',
    on_breach      String COMMENT 'what the registry asks for at the hard budget',
    owner          String COMMENT 'team that answers for the budget',
    budget_left    Nullable(Decimal(38, 12)) COMMENT 'of the hard budget, else of the soft one; below 0 overspent',
    exhausted_at   Nullable(DateTime('UTC')) COMMENT 'quarter of an hour in which that budget was used up; else when it will be within the month, by the forecast; NULL when it will not, or nobody can say',
    sampled_runs   UInt64 COMMENT 'runs of this month whose telemetry is sampled: what they cost besides is in no amount here'
)
AS
WITH
(SELECT counted_environments FROM $DATABASE.registry_now) AS environments,
(
    SELECT JSONExtract(document, 'organisation', 'budgets', 'Array(Tuple(user String))').user FROM $DATABASE.registry_now
) AS budgeted_users,
ifNull((SELECT greatest(1, JSONExtractUInt(document, 'organisation', 'fiscal_year_starts')) FROM $DATABASE.registry_now), 1) AS fiscal_start,
toDate(toTimeZone(now64(9, 'UTC'), '$TIME_ZONE')) AS today,
toStartOfMonth(today) AS this_month,
addMonths(this_month, 1) AS next_month,
1.959963984540054 AS z,
quarters AS
(
    SELECT
        one.1 AS kind,
        one.2 AS subject,
        quarter,
        toDate(toTimeZone(quarter, '$TIME_ZONE')) AS day,
        sum(known_cost) AS known_cost,
        sum(unpriced) AS unpriced
    FROM
    (
        SELECT
            at AS quarter,
            department,
            agent,
            if(has(budgeted_users, user_id), user_id, '') AS budgeted_user,
            sum(ifNull(cost, 0)) AS known_cost,
            sum(unpriced_calls) AS unpriced
        FROM $DATABASE.cost_totals
        WHERE has(environments, environment) AND state != 'superseded'
          AND at >= toDateTime(today - 90, '$TIME_ZONE') AND at <= now64(9, 'UTC')
        GROUP BY quarter, department, agent, budgeted_user
    )
    ARRAY JOIN arrayFilter(
        (one, i) -> i < 4 OR one.2 != '',
        [('organisation', ''), ('department', toString(department)), ('agent', toString(agent)), ('user', budgeted_user)],
        [1, 2, 3, 4]
    ) AS one
    GROUP BY kind, subject, quarter, day
),
days AS
(
    SELECT
        kind,
        subject,
        day,
        sum(known_cost) AS cost,
        sum(unpriced) AS unpriced,
        arraySort(groupArray((quarter, known_cost))) AS parts
    FROM quarters
    GROUP BY kind, subject, day
),
subjects AS
(
    SELECT
        kind,
        subject,
        greatest(min(day) + 1, today - 28) AS first_day,
        toUInt16(greatest(0, today - first_day)) AS n,
        mapFromArrays(groupArray(day), groupArray(toFloat64(cost))) AS costs,
        sumIf(cost, day >= this_month) AS spent,
        sumIf(cost, day >= this_month AND day < today) AS spent_complete,
        toFloat64(sumIf(cost, day = today)) AS spent_today,
        sumIf(unpriced, day >= this_month) AS unpriced_calls,
        arrayFlatten(arraySort(groupArrayIf(parts, day >= this_month))) AS parts
    FROM days
    GROUP BY kind, subject
),
-- Step by step, each in a query of its own: an expression that stands in many others is planned as often.
dated AS
(
    SELECT
        *,
        arrayMap(i -> toDayOfWeek(first_day + i), range(n)) AS past,
        arrayMap(i -> costs[first_day + i], range(n)) AS values,
        arrayMap(i -> toDayOfWeek(today + i), range(toUInt16(next_month - today))) AS rest,
        -- Seven means were taken from n days.
        greatest(1, toInt32(n) - 7) AS freedom
    FROM subjects
),
averaged AS
(
    SELECT
        *,
        arrayMap(k -> countEqual(past, k), range(1, 8)) AS seen,
        arrayMap(k -> countEqual(rest, k), range(1, 8)) AS coming,
        arrayMap(k -> arraySum((weekday, value) -> if(weekday = k, value, 0), past, values) / greatest(1, countEqual(past, k)), range(1, 8)) AS means
    FROM dated
),
modelled AS
(
    SELECT
        *,
        arrayMap(weekday -> means[weekday], rest) AS expected,
        arraySum((weekday, value) -> pow(value - means[weekday], 2), past, values) / freedom
            * (length(rest) + arraySum((c, s) -> c * c / greatest(1, s), coming, seen)) AS variance,
        z + (pow(z, 3) + z) / (4 * freedom)
          + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / (96 * pow(freedom, 2))
          + (3 * pow(z, 7) + 19 * pow(z, 5) + 17 * pow(z, 3) - 15 * z) / (384 * pow(freedom, 3)) AS quantile
    FROM averaged
),
ranged AS
(
    SELECT
        *,
        n >= 14 AS enough,
        toFloat64(spent_complete) + arraySum(expected) AS middle,
        quantile * sqrt(variance) AS half,
        -- What the month has cost by the end of each of its remaining days, today first.
        arrayMap(sum -> toFloat64(spent_complete) + sum, arrayCumSum((cost, i) -> if(i = 1, greatest(cost, spent_today), cost), expected, arrayEnumerate(expected))) AS course
    FROM modelled
),
matched AS
(
    SELECT
        if(m.kind = '', b.kind, m.kind) AS kind,
        if(m.kind = '', b.subject, m.subject) AS subject,
        m.* EXCEPT (kind, subject),
        b.soft AS soft,
        b.hard AS hard,
        b.on_breach AS on_breach,
        b.owner AS owner,
        ifNull(b.hard, b.soft) AS limit
    FROM ranged AS m
    FULL JOIN (SELECT * FROM $DATABASE.budgets WHERE per = 'month') AS b ON b.kind = m.kind AND b.subject = m.subject
),
held AS
(
    SELECT
        *,
        -- The first of the remaining days, from 1, by whose end the budget is gone; 0 where it lasts.
        arrayFirstIndex(sum -> sum > toFloat64(limit), course) AS crossing,
        if(crossing = 1, toFloat64(spent_complete), course[crossing - 1]) AS before,
        toUnixTimestamp(toDateTime(today + crossing - 1, '$TIME_ZONE')) AS midnight,
        toUnixTimestamp(toDateTime(today + crossing, '$TIME_ZONE')) AS next_midnight,
        arrayFirst(part -> part.2 > limit, arrayZip(arrayMap(part -> part.1, parts), arrayCumSum(arrayMap(part -> part.2, parts)))).1 AS passed
    FROM matched
)
SELECT
    h.kind AS kind,
    h.subject AS subject,
    this_month AS month,
    (toMonth(this_month) - fiscal_start + 12) % 12 + 1 AS fiscal_month,
    next_month - today AS days_left,
    spent,
    spent_complete,
    unpriced_calls,
    n AS history_days,
    if(enough, greatest(spent, toDecimal128(middle, 12)), NULL) AS forecast,
    if(enough, greatest(spent, toDecimal128(middle - half, 12)), NULL) AS forecast_low,
    if(enough, greatest(spent, toDecimal128(middle + half, 12)), NULL) AS forecast_high,
    if(enough, '', concat(toString(n), ' complete days of history, 14 are needed')) AS reason,
    '$CURRENCY' AS currency,
    soft,
    hard,
    on_breach,
    owner,
    limit - spent AS budget_left,
    multiIf(
        limit IS NULL, NULL,
        spent > limit, toDateTime(passed, 'UTC'),
        NOT enough OR crossing = 0, NULL,
        greatest(
            toDateTime(now64(9, 'UTC'), 'UTC'),
            toDateTime(toUInt32(midnight + (next_midnight - midnight) * (toFloat64(limit) - before) / (course[crossing] - before)), 'UTC')
        )
    ) AS exhausted_at,
    s.runs AS sampled_runs
FROM held AS h
LEFT JOIN (SELECT kind, subject, sum(runs) AS runs FROM $DATABASE.sampled_runs GROUP BY kind, subject) AS s ON s.kind = h.kind AND s.subject = h.subject
