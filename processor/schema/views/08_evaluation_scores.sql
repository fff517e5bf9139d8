CREATE OR REPLACE VIEW $DATABASE.evaluation_scores $ON_CLUSTER
(
    at        DateTime64(9, 'UTC') COMMENT 'when the score was given',
    run_id    String COMMENT 'run that was scored',
    task_id   String COMMENT 'task that was scored',
    trace_id  String COMMENT 'trace that was scored',
    agent     String COMMENT 'its agent',
    name      String COMMENT 'what was evaluated',
    score     Nullable(Float64) COMMENT 'score, in the evaluator''s own unit',
    label     String COMMENT 'label, e.g. pass or fail',
    evaluator String COMMENT 'human, system or evaluator'
)
AS
SELECT
    e.at AS at,
    e.run_id AS run_id,
    if(k.first_run_id = '', e.task_id, k.first_run_id) AS task_id,
    e.trace_id AS trace_id,
    e.agent AS agent,
    e.name AS name,
    e.score AS score,
    e.label AS label,
    e.evaluator AS evaluator
FROM (SELECT * FROM $DATABASE.evaluations FINAL) AS e
LEFT JOIN $DATABASE.run_links AS k ON k.run_id = e.run_id
