-- Alerts that fire now or are about to, whoever found them: our own evaluator, or a Grafana that tells by its webhook.
CREATE OR REPLACE VIEW $DATABASE.open_alerts $ON_CLUSTER
(
    alert           String COMMENT 'rule',
    state           String COMMENT 'firing, recovering (it has ended and goes on firing for a while) or pending',
    severity        String COMMENT 'page, ticket or info; empty while it is pending',
    domain          String COMMENT 'operations, business, reviewers, security or pipeline; empty while it is pending',
    agent           String COMMENT 'agent; empty where the alert is not of one',
    subject         String COMMENT 'budget, tool or source, where the alert is of one',
    department      String COMMENT 'department of the agent',
    operator        String COMMENT 'team on call for the agent',
    owner           String COMMENT 'team that answers for the agent',
    since           DateTime64(3, 'UTC') COMMENT 'when it began to fire, or to be pending',
    value           Nullable(Float64) COMMENT 'what was last measured; NULL where a webhook tells of it',
    summary         String COMMENT 'what was said last; empty while it is pending',
    notified_at     Nullable(DateTime64(3, 'UTC')) COMMENT 'when somebody was told',
    acknowledged_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when a person first took it',
    acknowledged_by String COMMENT 'who that was',
    in_hand         UInt8 COMMENT '1 while somebody has it',
    escalated_to    Array(String) COMMENT 'channels that were called because nobody took it',
    id              String COMMENT 'agentops alerts ack takes it; empty while it is pending',
    labels          Map(String, String) COMMENT 'all of its labels'
)
AS
SELECT
    if(h.alert = '', s.alert, h.alert) AS alert,
    if(s.state = '', 'firing', s.state) AS state,
    h.severity AS severity,
    h.domain AS domain,
    if(h.alert = '', s.agent, h.agent) AS agent,
    if(h.alert = '', s.subject, h.subject) AS subject,
    labels['department'] AS department,
    labels['operator'] AS operator,
    labels['owner'] AS owner,
    if(h.alert = '', s.since, h.started_at) AS since,
    s.value AS value,
    h.summary AS summary,
    h.notified_at AS notified_at,
    h.acknowledged_at AS acknowledged_at,
    h.acknowledged_by AS acknowledged_by,
    h.in_hand AS in_hand,
    h.escalated_to AS escalated_to,
    h.id AS id,
    if(h.alert = '', s.labels, h.labels) AS labels
FROM (SELECT *, toString(labels) AS instance FROM $DATABASE.alert_history WHERE resolved_at IS NULL) AS h
FULL OUTER JOIN (SELECT *, toString(labels) AS instance FROM $DATABASE.alert_states) AS s
    ON s.alert = h.alert AND s.instance = h.instance
