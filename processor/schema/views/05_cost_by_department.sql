-- Day by day, in the business's time zone. A charge counts at its end; a task counts once, on the day it started, in its
-- entry agent's row.
CREATE OR REPLACE VIEW $DATABASE.cost_by_department $ON_CLUSTER
(
    day              Date COMMENT 'business day ($TIME_ZONE)',
    department       String COMMENT 'whose work it was',
    owner_department String COMMENT 'whose agent it is',
    cost_center      String COMMENT 'cost center of the work',
    agent            String COMMENT 'agent that made the calls',
    environment      String COMMENT 'deployment environment',
    currency         String COMMENT 'the reporting currency',
    cost             Decimal(38, 12) COMMENT 'sum of the known costs',
    tasks            UInt64 COMMENT 'tasks that started that day',
    unpriced_calls   UInt64 COMMENT 'charges without a known cost: not in cost',
    sampled_tasks    UInt64 COMMENT 'of tasks: of which sampling dropped a part of the telemetry, or may have; what they cost besides is not in cost'
)
AS
SELECT
    day,
    department,
    owner_department,
    cost_center,
    agent,
    environment,
    currency,
    sum(known_cost) AS cost,
    sum(task) AS tasks,
    sum(unpriced) AS unpriced_calls,
    sum(sampled) AS sampled_tasks
FROM
(
    SELECT
        toDate(at, '$TIME_ZONE') AS day,
        department,
        owner_department,
        cost_center,
        agent,
        environment,
        '$CURRENCY' AS currency,
        ifNull(cost, toDecimal128(0, 12)) AS known_cost,
        0 AS task,
        toUInt64(cost IS NULL) AS unpriced,
        0 AS sampled
    FROM $DATABASE.cost_entries
    UNION ALL
    SELECT
        toDate(started_at, '$TIME_ZONE') AS day,
        department,
        owner_department,
        cost_center,
        agent,
        environment,
        '$CURRENCY' AS currency,
        toDecimal128(0, 12) AS known_cost,
        1 AS task,
        0 AS unpriced,
        sampled_share < 1 OR telemetry = 'sampled' AS sampled
    FROM $DATABASE.task_outcomes
)
GROUP BY day, department, owner_department, cost_center, agent, environment, currency
