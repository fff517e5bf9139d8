-- Do those who judge a task agree on whether it succeeded? judged_tasks, day by day.
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
SELECT
    day,
    agent,
    environment,
    sum(s.tasks) AS tasks,
    sum(s.judged_by_two) AS judged_by_two,
    sum(s.disagreed) AS disagreed,
    if(judged_by_two = 0, NULL, disagreed / judged_by_two) AS share,
    sum(s.agent_human) AS agent_human,
    sum(s.agent_human_disagreed) AS agent_human_disagreed,
    sum(s.agent_system) AS agent_system,
    sum(s.agent_system_disagreed) AS agent_system_disagreed,
    sum(s.agent_evaluator) AS agent_evaluator,
    sum(s.agent_evaluator_disagreed) AS agent_evaluator_disagreed,
    sum(s.evaluator_human) AS evaluator_human,
    sum(s.evaluator_human_disagreed) AS evaluator_human_disagreed,
    sum(s.system_human) AS system_human,
    sum(s.system_human_disagreed) AS system_human_disagreed,
    sum(s.overclaimed) AS overclaimed
FROM $DATABASE.verdict_sums AS s FINAL
GROUP BY day, agent, environment
