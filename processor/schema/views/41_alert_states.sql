-- Where each rule stands now; what is well has no row.
CREATE OR REPLACE VIEW $DATABASE.alert_states $ON_CLUSTER
(
    alert        String COMMENT 'rule',
    agent        String COMMENT 'agent; empty where the alert is not of one',
    subject      String COMMENT 'budget, tool or source, where the alert is of one',
    operator     String COMMENT 'team on call for the agent',
    state        String COMMENT 'pending, firing, or recovering: it has ended and goes on firing for a while',
    since        DateTime64(3, 'UTC') COMMENT 'when it took this state',
    value        Nullable(Float64) COMMENT 'what was last measured',
    evaluated_at DateTime64(3, 'UTC') COMMENT 'when that was',
    labels       Map(String, String) COMMENT 'all of its labels'
)
AS
SELECT
    alert,
    labels['agent'] AS agent,
    if(labels['subject'] != '', labels['subject'], labels['source']) AS subject,
    labels['operator'] AS operator,
    state,
    since,
    value,
    fromUnixTimestamp64Milli(toInt64(version), 'UTC') AS evaluated_at,
    CAST(JSONExtract(instance, 'Array(Tuple(String, String))'), 'Map(String, String)') AS labels
FROM $DATABASE.alert_instances FINAL
WHERE state != 'normal'
