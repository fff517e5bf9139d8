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
ifNull(
    (
        SELECT argMax(document, (valid_from, published_at)) FROM $DATABASE.registry_versions FINAL
        WHERE valid_from <= now64(9, 'UTC')
    ),
    ''
) AS document,
JSONExtract(document, 'organisation', 'paged_environments', 'Array(String)') AS paged,
-- Work that names no environment is nobody's test.
arrayPushBack(if(empty(paged), ['production'], paged), '') AS environments,
greatest(1, JSONExtractUInt(document, 'organisation', 'fiscal_year_starts')) AS fiscal_start,
toDate(toTimeZone(now64(9, 'UTC'), '$TIME_ZONE')) AS today,
toStartOfMonth(today) AS this_month,
addMonths(this_month, 1) AS next_month,
1.959963984540054 AS z,
quarters AS
(
    SELECT
        one.1 AS kind,
        one.2 AS subject,
        at AS quarter,
        toDate(toTimeZone(quarter, '$TIME_ZONE')) AS day,
        sum(cost) AS known_cost,
        sum(unpriced_calls) AS unpriced
    FROM
    (
        SELECT
            at,
            cost,
            unpriced_calls,
            arrayJoin([('organisation', ''), ('department', toString(department)), ('agent', toString(agent)), ('user', user_id)]) AS one
        FROM $DATABASE.cost_totals
        WHERE has(environments, environment) AND state != 'superseded'
          AND at >= toDateTime(today - 90, '$TIME_ZONE') AND at <= now64(9, 'UTC')
    )
    WHERE one.1 != 'user' OR one.2 IN (SELECT subject FROM $DATABASE.budgets WHERE kind = 'user')
    GROUP BY kind, subject, quarter, day
),
days AS
(
    SELECT
        kind,
        subject,
        day,
        sum(ifNull(known_cost, 0)) AS cost,
        sum(unpriced) AS unpriced,
        arraySort(groupArray((quarter, ifNull(known_cost, 0)))) AS parts
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
modelled AS
(
    SELECT
        *,
        arrayMap(i -> first_day + i, range(n)) AS past,
        arrayMap(day -> costs[day], past) AS values,
        arrayMap(k -> countEqual(arrayMap(day -> toDayOfWeek(day), past), k), range(1, 8)) AS seen,
        arrayMap(k -> arraySum(arrayMap((day, value) -> if(toDayOfWeek(day) = k, value, 0), past, values)) / greatest(1, seen[k]), range(1, 8)) AS means,
        arrayMap(i -> today + i, range(toUInt16(next_month - today))) AS rest,
        arrayMap(day -> means[toDayOfWeek(day)], rest) AS expected,
        arrayMap(k -> countEqual(arrayMap(day -> toDayOfWeek(day), rest), k), range(1, 8)) AS coming,
        n >= 14 AS enough,
        -- Seven means were taken from n days.
        greatest(1, toInt32(n) - 7) AS freedom,
        arraySum(arrayMap((day, value) -> pow(value - means[toDayOfWeek(day)], 2), past, values)) / freedom AS variance,
        z + (pow(z, 3) + z) / (4 * freedom)
          + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / (96 * pow(freedom, 2))
          + (3 * pow(z, 7) + 19 * pow(z, 5) + 17 * pow(z, 3) - 15 * z) / (384 * pow(freedom, 3)) AS quantile,
        quantile * sqrt(variance * (length(rest) + arraySum(arrayMap((c, s) -> c * c / greatest(1, s), coming, seen)))) AS half,
        toFloat64(spent_complete) + arraySum(expected) AS middle
    FROM subjects
),
held AS
(
    SELECT
        if(m.kind = '', b.kind, m.kind) AS kind,
        if(m.kind = '', b.subject, m.subject) AS subject,
        m.* EXCEPT (kind, subject),
        b.soft AS soft,
        b.hard AS hard,
        b.on_breach AS on_breach,
        b.owner AS owner,
        ifNull(b.hard, b.soft) AS limit,
        -- What the month has cost by the end of each of its remaining days, today first.
        arrayMap((sum, i) -> toFloat64(spent_complete) + sum, arrayCumSum(arrayMap((cost, i) -> if(i = 1, greatest(cost, spent_today), cost), expected, arrayEnumerate(expected))), arrayEnumerate(expected)) AS course,
        arrayFirstIndex(sum -> sum > toFloat64(limit), course) AS crossing,
        if(crossing = 1, toFloat64(spent_complete), course[crossing - 1]) AS before,
        toUnixTimestamp(toDateTime(rest[crossing], '$TIME_ZONE')) AS midnight,
        toUnixTimestamp(toDateTime(rest[crossing] + 1, '$TIME_ZONE')) AS next_midnight,
        arrayFirst(part -> part.2 > limit, arrayZip(arrayMap(part -> part.1, parts), arrayCumSum(arrayMap(part -> part.2, parts)))) AS passed
    FROM modelled AS m
    FULL JOIN (SELECT * FROM $DATABASE.budgets WHERE per = 'month') AS b ON b.kind = m.kind AND b.subject = m.subject
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
        spent > limit, toDateTime(passed.1, 'UTC'),
        NOT enough OR crossing = 0, NULL,
        greatest(
            toDateTime(now64(9, 'UTC'), 'UTC'),
            toDateTime(toUInt32(midnight + (next_midnight - midnight) * (toFloat64(limit) - before) / (course[crossing] - before)), 'UTC')
        )
    ) AS exhausted_at,
    s.runs AS sampled_runs
FROM held AS h
LEFT JOIN (SELECT kind, subject, sum(runs) AS runs FROM $DATABASE.sampled_runs GROUP BY kind, subject) AS s ON s.kind = h.kind AND s.subject = h.subject
