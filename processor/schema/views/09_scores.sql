-- evaluation_scores as the maintainer of the rollups keeps it: the same rows, a few seconds behind.
CREATE OR REPLACE VIEW $DATABASE.scores $ON_CLUSTER
(
    at              DateTime64(9, 'UTC') COMMENT 'when the score was given',
    run_id          String COMMENT 'run that was scored; of a score by task id or reference, the log record that carried it',
    task_id         String COMMENT 'task that was scored',
    trace_id        String COMMENT 'trace that was scored; of a score by task id or reference, the log record''s own',
    agent           LowCardinality(String) COMMENT 'agent that was scored; of a score whose task is not here, who sent it',
    name            LowCardinality(String) COMMENT 'what was evaluated',
    score           Nullable(Float64) COMMENT 'score, in the evaluator''s own unit',
    label           LowCardinality(String) COMMENT 'label, e.g. pass or fail',
    evaluator       LowCardinality(String) COMMENT 'human, system or evaluator',
    environment     LowCardinality(String) COMMENT 'deployment environment of what was scored',
    record_trace_id String COMMENT 'trace of the record that carried the score',
    record_span_id  String COMMENT 'span of the record that carried the score',
    joined_by       LowCardinality(String) COMMENT 'how the score found its task: trace, task (its id or reference) or response (gen_ai.response.id); empty while the task is unknown'
)
AS
SELECT
    at, run_id, task_id, trace_id, agent, name, score, label, evaluator, environment, record_trace_id, record_span_id,
    joined_by
FROM $DATABASE.score_states FINAL
