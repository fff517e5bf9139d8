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
SELECT
    one.agent AS agent,
    one.slo AS slo,
    sli,
    one.environment AS environment,
    objective,
    concat(toString(intDiv(one.window_s, multiIf(one.window_s % 86400 = 0, 86400, one.window_s % 3600 = 0, 3600, one.window_s % 60 = 0, 60, 1))), multiIf(one.window_s % 86400 = 0, 'd', one.window_s % 3600 = 0, 'h', one.window_s % 60 = 0, 'm', 's')) AS window,
    if(denominator = 0, NULL, numerator / denominator * if(measure = 'mean', 1, 100)) AS value,
    numerator,
    denominator,
    if(denominator = 0 OR measure = 'mean', NULL, 100 * greatest(0, middle - half)) AS value_low,
    if(denominator = 0 OR measure = 'mean', NULL, 100 * least(1, middle + half)) AS value_high,
    if(events = 0, NULL, 100 * judged / events) AS coverage,
    if(budgeted, 1 - bad / allowed, NULL) AS budget_left,
    multiIf(
        NOT budgeted OR bad = 0, NULL,
        bad > allowed, arrayFirst(spent -> spent.2 > allowed, arrayZip(ordered.1, arrayCumSum(ordered.2))).1,
        least(now + toIntervalSecond(toInt64(least(elapsed * (allowed - bad) / bad, 3153600000))), toDateTime64('2199-01-01 00:00:00', 9, 'UTC'))
    ) AS exhausted_at,
    kept.runs AS sampled_runs
FROM
(
    WITH
        1.959963984540054 AS z,
        JSONExtract(
            ifNull(
                (
                    SELECT argMax(document, (valid_from, published_at)) FROM $DATABASE.registry_versions FINAL
                    WHERE valid_from <= now64(9, 'UTC')
                ),
                ''
            ),
            'organisation', 'paged_environments', 'Array(String)'
        ) AS declared,
        if(empty(declared), ['production'], declared) AS paged
    SELECT
        o.agent AS agent,
        o.slo AS slo,
        o.sli AS sli,
        t.environment AS environment,
        o.objective AS objective,
        o.window_s AS window_s,
        max(t.measure) AS measure,
        max(t.direction) AS direction,
        now64(9, 'UTC') AS now,
        sum(t.good) AS numerator,
        sum(t.total) AS denominator,
        sum(t.events) AS events,
        sum(t.judged) AS judged,
        denominator - numerator AS bad,
        o.objective IS NOT NULL AND o.objective < 100 AND denominator > 0 AND measure = 'share' AND direction != 'none' AS budgeted,
        if(budgeted, denominator * (1 - o.objective / 100), 1) AS allowed,
        greatest(1, dateDiff('second', minIf(t.first_at, t.events > 0), now)) AS elapsed,
        arraySort(groupArrayIf((toDateTime64(t.at, 9, 'UTC'), t.total - t.good), t.total > t.good)) AS ordered_pairs,
        (arrayMap(pair -> pair.1, ordered_pairs), arrayMap(pair -> pair.2, ordered_pairs)) AS ordered,
        if(denominator = 0, 0, numerator / denominator) AS share,
        if(denominator = 0, 0, (share + z * z / (2 * denominator)) / (1 + z * z / denominator)) AS middle,
        if(denominator = 0, 0, z * sqrt(greatest(0, share * (1 - share) / denominator + z * z / (4 * denominator * denominator))) / (1 + z * z / denominator)) AS half
    FROM
    (
        SELECT agent, slo, window_s, environment, measure, direction, at, events, judged, good, total, first_at
        FROM $DATABASE.slo_totals
        -- What a wrong clock dates later is not measured yet.
        WHERE at <= now64(9, 'UTC')
        UNION ALL
        SELECT agent, slo, window_s, arrayJoin(paged), '', '', now64(9, 'UTC'), 0, 0, 0, 0, now64(9, 'UTC')
        FROM $DATABASE.objectives
        WHERE (agent, slo, window_s) NOT IN
        (
            SELECT agent, slo, window_s FROM $DATABASE.slo_totals
            WHERE has(arrayPushBack(paged, ''), environment) AND at <= now64(9, 'UTC')
              AND at >= toStartOfFifteenMinutes(toDateTime(now64(9, 'UTC') - toIntervalSecond(window_s), 'UTC'))
        )
    ) AS t
    INNER JOIN $DATABASE.objectives AS o ON o.agent = t.agent AND o.slo = t.slo AND o.window_s = t.window_s
    WHERE t.at >= toStartOfFifteenMinutes(toDateTime(now64(9, 'UTC') - toIntervalSecond(o.window_s), 'UTC'))
    GROUP BY agent, slo, sli, environment, objective, window_s
) AS one
LEFT JOIN
(
    SELECT o.agent AS agent, o.slo AS slo, o.window_s AS window_s, t.environment AS environment, sum(t.sampled_runs) AS runs
    FROM $DATABASE.task_totals AS t
    INNER JOIN $DATABASE.objectives AS o ON o.agent = t.agent
    WHERE t.sampled_runs > 0 AND t.outcome != 'open'
        AND t.at >= toStartOfFifteenMinutes(toDateTime(now64(9, 'UTC') - toIntervalSecond(o.window_s), 'UTC'))
    GROUP BY agent, slo, window_s, environment
) AS kept ON kept.agent = one.agent AND kept.slo = one.slo AND kept.window_s = one.window_s AND kept.environment = one.environment
