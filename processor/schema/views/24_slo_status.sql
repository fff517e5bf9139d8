-- Every objective of the registry against what was measured over its window, to the quarter of an hour: a window begins
-- with a quarter, and a budget is used up in one. Where nothing was measured, neither in the environments that the
-- organisation pages for nor in work that names none, it stands here without a value. The interval is Wilson's at 95 %
-- (1927).
CREATE OR REPLACE VIEW $DATABASE.slo_status $ON_CLUSTER
(
    agent        String COMMENT 'agent',
    slo          String COMMENT 'the SLI; with its bound where it has one',
    sli          String COMMENT 'task_success, tool_calls_per_task, …',
    environment  String COMMENT 'deployment environment',
    objective    Nullable(Float64) COMMENT 'percent of good events; NULL only measures',
    window       String COMMENT 'time over which the objective holds',
    value        Nullable(Float64) COMMENT 'percent of good events; the mean score, cost, latency in ms or number of calls where nothing bounds it; NULL without events',
    numerator    Float64 COMMENT 'good events',
    denominator  Float64 COMMENT 'valid events',
    value_low    Nullable(Float64) COMMENT 'lower end of the interval, percent; NULL for means',
    value_high   Nullable(Float64) COMMENT 'upper end of the interval, percent; NULL for means',
    coverage     Nullable(Float64) COMMENT 'percent of the ended tasks that could be judged',
    budget_left  Nullable(Float64) COMMENT 'share of the error budget left: 1 untouched, 0 used up, below 0 overspent',
    exhausted_at Nullable(DateTime64(9, 'UTC')) COMMENT 'quarter of an hour in which the budget was used up; else when it will be at the pace of the window; NULL when it will not',
    sampled_runs UInt64 COMMENT 'runs of the window of which sampling dropped a part, or may have: the value is of what was kept'
)
AS
WITH
1.959963984540054 AS z,
now64(9, 'UTC') AS now,
(SELECT paged_environments FROM $DATABASE.registry_now) AS paged,
measured AS
(
    SELECT agent, slo, window_s, groupArray((environment, measure, direction, good, total, events, judged, first_at, spent)) AS found
    FROM
    (
        SELECT
            t.agent AS agent,
            t.slo AS slo,
            t.window_s AS window_s,
            toString(t.environment) AS environment,
            toString(max(t.measure)) AS measure,
            toString(max(t.direction)) AS direction,
            sum(t.good) AS good,
            sum(t.total) AS total,
            sum(t.events) AS events,
            sum(t.judged) AS judged,
            minIf(t.first_at, t.events > 0) AS first_at,
            arraySort(groupArrayIf((toDateTime64(t.at, 9, 'UTC'), t.total - t.good), t.total > t.good)) AS spent
        FROM $DATABASE.slo_totals AS t
        -- What a wrong clock dates later is not measured yet.
        WHERE t.at <= now AND t.at >= toStartOfFifteenMinutes(toDateTime(now - toIntervalSecond(t.window_s), 'UTC'))
        GROUP BY agent, slo, window_s, environment
    )
    GROUP BY agent, slo, window_s
),
sampled AS
(
    SELECT t.agent AS agent, t.environment AS environment, groupArray((t.at, t.sampled_runs)) AS runs
    FROM $DATABASE.task_totals AS t
    WHERE t.sampled_runs > 0 AND t.outcome != 'open'
    GROUP BY agent, environment
),
-- Step by step, each in a query of its own: an expression that stands in many others is planned as often.
held AS
(
    SELECT
        o.agent AS agent,
        o.slo AS slo,
        o.sli AS sli,
        o.objective AS objective,
        o.window_s AS window_s,
        arrayJoin(arrayConcat(
            m.found,
            arrayMap(
                environment -> (environment, '', '', 0, 0, 0, 0, now, CAST([], 'Array(Tuple(DateTime64(9, \'UTC\'), Float64))')),
                if(arrayExists(one -> one.1 = '' OR has(paged, one.1), m.found), [], paged)
            )
        )) AS one,
        one.1 AS environment,
        one.2 AS measure,
        one.4 AS numerator,
        one.5 AS denominator,
        one.6 AS events,
        one.7 AS judged,
        one.8 AS first_at,
        one.9 AS spent,
        o.objective IS NOT NULL AND o.objective < 100 AND denominator > 0 AND measure = 'share' AND one.3 != 'none' AS budgeted
    FROM $DATABASE.objectives AS o
    LEFT JOIN measured AS m ON m.agent = o.agent AND m.slo = o.slo AND m.window_s = o.window_s
),
computed AS
(
    SELECT
        *,
        denominator - numerator AS bad,
        if(budgeted, denominator * (1 - objective / 100), 1) AS allowed,
        greatest(1, dateDiff('second', first_at, now)) AS elapsed,
        multiIf(window_s % 86400 = 0, (86400, 'd'), window_s % 3600 = 0, (3600, 'h'), window_s % 60 = 0, (60, 'm'), (1, 's')) AS unit,
        if(denominator = 0, 0, numerator / denominator) AS share,
        1 + z * z / denominator AS scale,
        if(denominator = 0, 0, (share + z * z / (2 * denominator)) / scale) AS middle,
        if(denominator = 0, 0, z * sqrt(greatest(0, share * (1 - share) / denominator + z * z / (4 * denominator * denominator))) / scale) AS half
    FROM held
)
SELECT
    c.agent AS agent,
    c.slo AS slo,
    sli,
    c.environment AS environment,
    objective,
    concat(toString(intDiv(window_s, unit.1)), unit.2) AS window,
    if(denominator = 0, NULL, numerator / denominator * if(measure = 'mean', 1, 100)) AS value,
    numerator,
    denominator,
    if(denominator = 0 OR measure = 'mean', NULL, 100 * greatest(0, middle - half)) AS value_low,
    if(denominator = 0 OR measure = 'mean', NULL, 100 * least(1, middle + half)) AS value_high,
    if(events = 0, NULL, 100 * judged / events) AS coverage,
    if(budgeted, 1 - bad / allowed, NULL) AS budget_left,
    multiIf(
        NOT budgeted OR bad = 0, NULL,
        bad > allowed, arrayFirst(part -> part.2 > allowed, arrayZip(spent.1, arrayCumSum(spent.2))).1,
        least(now + toIntervalSecond(toInt64(least(elapsed * (allowed - bad) / bad, 3153600000))), toDateTime64('2199-01-01 00:00:00', 9, 'UTC'))
    ) AS exhausted_at,
    arraySum(run -> if(run.1 >= toStartOfFifteenMinutes(toDateTime(now - toIntervalSecond(window_s), 'UTC')), run.2, 0), s.runs) AS sampled_runs
FROM computed AS c
LEFT JOIN sampled AS s ON s.agent = c.agent AND s.environment = c.environment
