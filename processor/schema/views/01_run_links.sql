-- A run that names no task continues the previous run of its conversation if and only if that one ended waiting (approval,
-- interrupt, deferral) and this one began later: it belongs to the task of the run where that chain begins. One row a run
-- that continues another. Runs that name their task need no link.
CREATE OR REPLACE VIEW $DATABASE.run_links $ON_CLUSTER
(
    run_id       String COMMENT 'a run that continues another',
    first_run_id String COMMENT 'id of its task: the one that the first run of the chain names, else that run''s own id'
)
AS
SELECT run_id, first_run_id
FROM
(
    SELECT
        run_id,
        task_id,
        first_value(if(task_id = '', run_id, task_id)) OVER (PARTITION BY environment, conversation_id, chain ORDER BY started_at, run_id) AS first_run_id
    FROM
    (
        SELECT
            run_id,
            task_id,
            environment,
            conversation_id,
            started_at,
            sum(begins) OVER (
                PARTITION BY environment, conversation_id ORDER BY started_at, run_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
            ) AS chain
        FROM
        (
            SELECT
                run_id,
                task_id,
                environment,
                conversation_id,
                started_at,
                if(task_id = '' AND lagInFrame(waiting, 1, 0) OVER (
                    PARTITION BY environment, conversation_id ORDER BY started_at, run_id
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) = 1, 0, 1) AS begins
            FROM $DATABASE.runs FINAL
            -- What only judges stands between no two runs.
            WHERE root_seen + model_calls + tool_calls > 0 AND conversation_id IN
            (
                SELECT conversation_id FROM $DATABASE.runs FINAL
                WHERE waiting = 1 AND conversation_id != ''
            )
        )
    )
)
WHERE task_id = '' AND run_id != first_run_id
