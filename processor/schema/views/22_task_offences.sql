-- What a task did that the registry does not allow: undeclared tools, models and data, approvals that are missing, late
-- or given by the person who asked. Tasks without an offence are not here.
CREATE OR REPLACE VIEW $DATABASE.task_offences $ON_CLUSTER
(
    task_id  String COMMENT 'task',
    offences UInt64 COMMENT 'calls that offend'
)
AS
SELECT task_id, count() AS offences
FROM
(
    SELECT if(k.first_run_id = '', x.task_id, k.first_run_id) AS task_id
    FROM (SELECT * FROM $DATABASE.steps FINAL WHERE undeclared != '' OR undeclared_data != '') AS x
    LEFT JOIN $DATABASE.run_links AS k ON k.run_id = x.run_id
    UNION ALL
    SELECT task_id FROM $DATABASE.call_approvals
    WHERE status IN ('approval_missing', 'approval_late', 'self_approved')
)
GROUP BY task_id
