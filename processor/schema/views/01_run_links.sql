-- A run continues the previous run of its conversation if and only if that one ended waiting (approval, interrupt,
-- deferral) and this one began later. One row a run that is not the first of its task. Runs that name their task
-- need no link.
CREATE OR REPLACE VIEW $DATABASE.run_links $ON_CLUSTER
(
    run_id       String COMMENT 'a run that continues another',
    first_run_id String COMMENT 'the first run of the chain: the id of the task'
)
AS
SELECT run_id, first_run_id
FROM
(
    SELECT
        run_id,
        first_value(run_id) OVER (PARTITION BY environment, conversation_id, chain ORDER BY started_at, run_id) AS first_run_id
    FROM
    (
        SELECT
            run_id,
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
                environment,
                conversation_id,
                started_at,
                if(lagInFrame(waiting, 1, 0) OVER (
                    PARTITION BY environment, conversation_id ORDER BY started_at, run_id
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) = 1, 0, 1) AS begins
            FROM $DATABASE.runs FINAL
            -- What only judges stands between no two runs.
            WHERE root_seen + model_calls + tool_calls > 0 AND task_id = '' AND conversation_id IN
            (
                SELECT conversation_id FROM $DATABASE.runs FINAL
                WHERE waiting = 1 AND task_id = '' AND conversation_id != ''
            )
        )
    )
)
WHERE run_id != first_run_id
