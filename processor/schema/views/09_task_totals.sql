-- Sums over tasks, by the quarter of an hour in which they ended; open ones by their latest step.
CREATE OR REPLACE VIEW $DATABASE.task_totals $ON_CLUSTER
(
    at               DateTime('UTC') COMMENT 'start of the quarter of an hour in which the tasks ended',
    agent            LowCardinality(String) COMMENT 'entry agent; unregistered:<name> when no registry entry matches',
    agents           Array(String) COMMENT 'every agent that took part',
    environment      LowCardinality(String) COMMENT 'deployment environment',
    stage            LowCardinality(String) COMMENT 'pilot, production or retired, as of the task',
    registered       UInt8 COMMENT '1 when the entry agent is in the registry',
    task_type        LowCardinality(String) COMMENT 'agentops.task.type',
    department       LowCardinality(String) COMMENT 'whose work it was',
    owner_department LowCardinality(String) COMMENT 'whose agent it is',
    outcome          LowCardinality(String) COMMENT 'open, success, failure, escalated, stopped, cancelled, abandoned or unknown',
    outcome_source   LowCardinality(String) COMMENT 'human, system, evaluator, agent or emitter; empty when derived',
    tasks            UInt64 COMMENT 'number of tasks',
    planned_tasks    UInt64 COMMENT 'of tasks: with a planned intervention',
    unplanned_tasks  UInt64 COMMENT 'of tasks: with an unplanned intervention',
    model_calls      UInt64 COMMENT 'model calls, wrappers and copies not counted',
    tool_calls       UInt64 COMMENT 'tool calls, inferred ones included',
    costed_tasks     UInt64 COMMENT 'of tasks: with a known cost',
    cost             Nullable(Decimal(38, 12)) COMMENT 'sum of the known costs; NULL when none is known',
    unpriced_calls   UInt64 COMMENT 'charges without a known cost: not in cost',
    sampled_runs     UInt64 COMMENT 'runs of which sampling dropped a part, or may have: their cost is not whole',
    last_at          DateTime64(9, 'UTC') COMMENT 'when the latest of them ended',
    last_run_id      String COMMENT 'last run of that one',
    tool_errors      UInt64 COMMENT 'tool calls that failed',
    whole_costs      UInt64 COMMENT 'of tasks: those of which every charge is known and that cost something',
    log_cost         Int64 COMMENT 'sum over those of the natural logarithm of the cost, millionths',
    log_tool_calls   Int64 COMMENT 'sum over the tasks of ln(1 + tool calls), millionths',
    log_duration     Int64 COMMENT 'sum over the tasks of ln(1 + duration in ms), millionths'
)
AS
SELECT
    at, agent, agents, environment, stage, registered, task_type, department, owner_department, outcome, outcome_source,
    tasks, planned_tasks, unplanned_tasks, model_calls, tool_calls, costed_tasks, if(costed_tasks = 0, NULL, s.cost) AS cost,
    unpriced_calls, sampled_runs, last_at, last_run_id, tool_errors, whole_costs, log_cost, log_tool_calls, log_duration
FROM $DATABASE.task_sums AS s FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1
