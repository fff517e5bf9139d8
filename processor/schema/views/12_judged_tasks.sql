-- Who judged a task, and whether they agree on whether it succeeded. Of each of agent, evaluator, system of record and human
-- the latest verdict counts; what an emitter merely signals is nobody's verdict. An evaluation counts as an evaluator's
-- verdict where its name is task_success or task_completion and its label says pass or fail.
CREATE OR REPLACE VIEW $DATABASE.judged_tasks $ON_CLUSTER
(
    task_id      String COMMENT 'task',
    ended_at     DateTime64(9, 'UTC') COMMENT 'end of its last step',
    day          Date COMMENT 'business day on which it started',
    agent        String COMMENT 'entry agent',
    environment  String COMMENT 'deployment environment',
    human        String COMMENT 'what a human says; empty when none does',
    system       String COMMENT 'what a system of record says; empty when none does',
    evaluator    String COMMENT 'what an evaluator says; empty when none does',
    self         String COMMENT 'what the agent says; empty when it does not',
    others       Array(String) COMMENT 'verdicts of all but the agent, the strongest first',
    twice        UInt8 COMMENT '1 when at least two judged it',
    differs      UInt8 COMMENT '1 when one says success and another does not',
    by_self      UInt8 COMMENT '1 when the agent judged it',
    by_human     UInt8 COMMENT '1 when a human did',
    by_system    UInt8 COMMENT '1 when a system of record did',
    by_evaluator UInt8 COMMENT '1 when an evaluator did'
)
AS
WITH
scored AS
(
    SELECT task_id, environment, argMax(verdict, at) AS latest
    FROM
    (
        SELECT
            task_id,
            environment,
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
    GROUP BY task_id, environment
),
judged AS
(
    SELECT
        t.task_id AS task_id,
        t.ended_at AS ended_at,
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
    FROM (SELECT task_id, started_at, ended_at, agent, environment, verdicts FROM $DATABASE.tasks) AS t
    LEFT JOIN scored AS s ON s.task_id = t.task_id AND s.environment = t.environment
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
    task_id, ended_at, day, agent, environment, human, system, evaluator, self, others, twice, differs, by_self, by_human,
    by_system, by_evaluator
FROM compared
WHERE notEmpty(all)
