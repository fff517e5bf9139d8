-- Do those who judge a task agree on whether it succeeded? Of each of agent, evaluator, system of record and human the
-- latest verdict counts; what an emitter merely signals is nobody's verdict. An evaluation counts as an evaluator's
-- verdict where its name is task_success or task_completion and its label says pass or fail.
CREATE OR REPLACE VIEW $DATABASE.verdict_disagreement $ON_CLUSTER
(
    day                     Date COMMENT 'business day on which the task started',
    agent                   String COMMENT 'entry agent',
    environment             String COMMENT 'deployment environment',
    tasks                   UInt64 COMMENT 'tasks with a verdict of anybody',
    judged_by_two           UInt64 COMMENT 'of tasks: judged by at least two of agent, evaluator, system and human',
    disagreed               UInt64 COMMENT 'of judged_by_two: one says success and another does not',
    share                   Nullable(Float64) COMMENT 'disagreed / judged_by_two; NULL where nobody was judged twice',
    agent_human             UInt64 COMMENT 'tasks that both the agent itself and a human judged',
    agent_human_disagreed   UInt64 COMMENT 'of agent_human: they disagree',
    agent_system            UInt64 COMMENT 'tasks that both the agent itself and a system of record judged',
    agent_system_disagreed  UInt64 COMMENT 'of agent_system: they disagree',
    agent_evaluator         UInt64 COMMENT 'tasks that both the agent itself and an evaluator judged',
    agent_evaluator_disagreed UInt64 COMMENT 'of agent_evaluator: they disagree',
    evaluator_human         UInt64 COMMENT 'tasks that both an evaluator and a human judged',
    evaluator_human_disagreed UInt64 COMMENT 'of evaluator_human: they disagree',
    system_human            UInt64 COMMENT 'tasks that both a system of record and a human judged',
    system_human_disagreed  UInt64 COMMENT 'of system_human: they disagree',
    overclaimed             UInt64 COMMENT 'of judged_by_two: the agent says success, the strongest other judge does not'
)
AS
WITH
scored AS
(
    SELECT task_id, argMax(verdict, at) AS latest
    FROM
    (
        SELECT
            task_id,
            at,
            multiIf(
                lower(label) IN ('pass', 'passed', 'success', 'true'), 'success',
                lower(label) IN ('fail', 'failed', 'failure', 'false'), 'failure',
                ''
            ) AS verdict
        FROM $DATABASE.scores
        WHERE replaceRegexpAll(lower(name), '[ -]', '_') IN ('task_success', 'task_completion')
          AND evaluator NOT IN ('human', 'system')
    )
    WHERE verdict != ''
    GROUP BY task_id
),
judged AS
(
    SELECT
        toDate(t.started_at, '$TIME_ZONE') AS day,
        t.agent AS agent,
        t.environment AS environment,
        arrayFirst(v -> v.2 = 'human', t.verdicts).1 AS human,
        arrayFirst(v -> v.2 = 'system', t.verdicts).1 AS system,
        if(arrayExists(v -> v.2 = 'evaluator', t.verdicts), arrayFirst(v -> v.2 = 'evaluator', t.verdicts).1, s.latest) AS evaluator,
        arrayFirst(v -> v.2 = 'agent', t.verdicts).1 AS self,
        -- The strongest first. An unknown outcome judges nothing.
        arrayFilter(o -> o NOT IN ('', 'unknown'), [human, system, evaluator]) AS others,
        arrayFilter(o -> o NOT IN ('', 'unknown'), [human, system, evaluator, self]) AS all
    FROM (SELECT task_id, started_at, agent, environment, verdicts FROM $DATABASE.tasks) AS t
    LEFT JOIN scored AS s ON s.task_id = t.task_id
),
compared AS
(
    SELECT
        *,
        length(all) >= 2 AS twice,
        arrayUniq(arrayMap(o -> o = 'success', all)) > 1 AS differs,
        self NOT IN ('', 'unknown') AS by_self,
        human NOT IN ('', 'unknown') AS by_human,
        system NOT IN ('', 'unknown') AS by_system,
        evaluator NOT IN ('', 'unknown') AS by_evaluator
    FROM judged
)
SELECT
    day,
    agent,
    environment,
    countIf(notEmpty(all)) AS tasks,
    countIf(twice) AS judged_by_two,
    countIf(twice AND differs) AS disagreed,
    if(judged_by_two = 0, NULL, disagreed / judged_by_two) AS share,
    countIf(by_self AND by_human) AS agent_human,
    countIf(by_self AND by_human AND (self = 'success') != (human = 'success')) AS agent_human_disagreed,
    countIf(by_self AND by_system) AS agent_system,
    countIf(by_self AND by_system AND (self = 'success') != (system = 'success')) AS agent_system_disagreed,
    countIf(by_self AND by_evaluator) AS agent_evaluator,
    countIf(by_self AND by_evaluator AND (self = 'success') != (evaluator = 'success')) AS agent_evaluator_disagreed,
    countIf(by_evaluator AND by_human) AS evaluator_human,
    countIf(by_evaluator AND by_human AND (evaluator = 'success') != (human = 'success')) AS evaluator_human_disagreed,
    countIf(by_system AND by_human) AS system_human,
    countIf(by_system AND by_human AND (system = 'success') != (human = 'success')) AS system_human_disagreed,
    countIf(by_self AND self = 'success' AND notEmpty(others) AND others[1] != 'success') AS overclaimed
FROM compared
WHERE notEmpty(all)
GROUP BY day, agent, environment
