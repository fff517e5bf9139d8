-- What a task did that the registry does not allow: undeclared tools, models and data, approvals that are missing, late
-- or given by the person who asked. Tasks without an offence are not here.
CREATE OR REPLACE VIEW $DATABASE.task_offences $ON_CLUSTER
(
    task_id     String COMMENT 'task',
    offences    UInt64 COMMENT 'offences; a call may offend twice',
    environment String COMMENT 'deployment environment'
)
AS
SELECT
    task_id,
    sum(toUInt64(undeclared != '' OR undeclared_data != '') + toUInt64(status IN ('approval_missing', 'approval_late', 'self_approved'))) AS offences,
    environment
FROM $DATABASE.policy_checks
GROUP BY task_id, environment
HAVING offences > 0
