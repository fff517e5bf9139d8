-- Alerts that fired: since when, until when, when somebody was told, and who took them. What our own evaluator knows goes
-- before what a webhook said of the same alert.
CREATE OR REPLACE VIEW $DATABASE.alert_history $ON_CLUSTER
(
    alert                String COMMENT 'rule',
    agent                String COMMENT 'agent; empty where the alert is not of one',
    subject              String COMMENT 'budget, tool or source, where the alert is of one',
    department           String COMMENT 'department of the agent',
    operator             String COMMENT 'team on call for the agent',
    severity             String COMMENT 'page, ticket or info',
    domain               String COMMENT 'operations, business, reviewers, security or pipeline',
    receiver             String COMMENT 'alertmanager, webhook or page; of an alert that a webhook told us of: who was told',
    started_at           DateTime64(3, 'UTC') COMMENT 'when it began to fire',
    notified_at          Nullable(DateTime64(3, 'UTC')) COMMENT 'when the receiver took that; NULL: not yet',
    resolved_at          Nullable(DateTime64(3, 'UTC')) COMMENT 'when it ended; NULL: it still fires',
    resolved_notified_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when the receiver took that it has ended',
    summary              String COMMENT 'what was said last',
    labels               Map(String, String) COMMENT 'all of its labels',
    id                   String COMMENT 'of this firing: agentops alerts ack takes it',
    origin               String COMMENT 'who knows of it: evaluator, alertmanager or grafana',
    owner                String COMMENT 'team that answers for the agent',
    run_id               String COMMENT 'run, where the alert is of one',
    acknowledged_at      Nullable(DateTime64(3, 'UTC')) COMMENT 'when a person first took it; NULL: nobody has',
    acknowledged_by      String COMMENT 'who that was',
    in_hand              UInt8 COMMENT '1 while somebody has it: taken, and not given back',
    given_back_at        Nullable(DateTime64(3, 'UTC')) COMMENT 'when somebody last gave it back',
    acted                UInt8 COMMENT '1 when a person did anything about it: took it, closed it, or gave it to another',
    escalated_to         Array(String) COMMENT 'channels that were called because nobody took it, in order',
    escalated_at         Nullable(DateTime64(3, 'UTC')) COMMENT 'when the last of them was called',
    stood_down_at        Nullable(DateTime64(3, 'UTC')) COMMENT 'when those were told that it is over or taken',
    notification         String COMMENT 'what was said last, as JSON'
)
AS
WITH
    episodes AS
    (
        SELECT
            alert,
            instance,
            started_at,
            substring(lower(hex(SHA256(concat(alert, '\n', instance, '\n', toString(toUnixTimestamp64Milli(started_at)))))), 1, 12) AS id,
            argMin(origin, place) AS origin,
            argMin(receiver, place) AS receiver,
            argMin(notification, place) AS notification,
            argMin(tuple(notified_at), place).1 AS notified_at,
            argMin(tuple(resolved_at), place).1 AS resolved_at,
            argMin(tuple(resolved_notified_at), place).1 AS resolved_notified_at
        FROM
        (
            SELECT 0 AS place, 'evaluator' AS origin, toString(alert) AS alert, instance, started_at, toString(receiver) AS receiver,
                notification, notified_at, resolved_at, resolved_notified_at
            FROM $DATABASE.alert_episodes FINAL
            UNION ALL
            SELECT 1 AS place, argMin(toString(source), t.at) AS origin, toString(t.alert) AS alert, t.instance AS instance,
                assumeNotNull(t.started_at) AS started_at, argMin(toString(t.receiver), t.at) AS receiver, argMax(t.notification, t.at) AS notification,
                minOrNullIf(t.at, t.kind = 'notified') AS notified_at, minOrNullIf(t.at, t.kind = 'resolved') AS resolved_at,
                minOrNullIf(t.received_at, t.kind = 'resolved') AS resolved_notified_at
            FROM $DATABASE.alert_events AS t FINAL
            WHERE t.alert != '' AND t.started_at IS NOT NULL AND t.kind IN ('notified', 'resolved')
            GROUP BY t.alert, t.instance, t.started_at
        )
        GROUP BY alert, instance, started_at
    ),
    acts AS
    (
        SELECT id,
            minOrNullIf(at, kind IN ('acknowledged', 'closed')) AS acknowledged_at,
            argMinIf(person, at, kind IN ('acknowledged', 'closed')) AS acknowledged_by,
            argMaxIf(kind, (at, kind), kind IN ('acknowledged', 'unacknowledged', 'closed')) IN ('acknowledged', 'closed') AS in_hand,
            maxOrNullIf(at, kind = 'unacknowledged') AS given_back_at,
            countIf(kind IN ('acknowledged', 'closed') OR (kind = 'reassigned' AND person != '')) > 0 AS acted,
            arrayMap(step -> step.2, arraySort(groupArrayIf((at, receiver), kind = 'escalated'))) AS escalated_to,
            maxOrNullIf(at, kind = 'escalated') AS escalated_at,
            maxOrNullIf(at, kind = 'stood_down') AS stood_down_at
        FROM
        (
            SELECT episode AS id, toString(kind) AS kind, at, person, toString(receiver) AS receiver
            FROM $DATABASE.alert_events FINAL
            WHERE episode != ''
            UNION ALL
            -- Who takes an incident takes what its group held at that time, and not what joined it later.
            SELECT e.id AS id, toString(a.kind) AS kind, a.at AS at, a.person AS person, '' AS receiver
            FROM
            (
                SELECT group_hash, kind, at, person FROM $DATABASE.alert_events FINAL
                WHERE episode = '' AND group_hash != '' AND kind IN ('acknowledged', 'unacknowledged', 'closed', 'reassigned')
            ) AS a
            INNER JOIN
            (
                SELECT DISTINCT group_hash, toString(alert) AS alert, instance, assumeNotNull(started_at) AS started_at
                FROM $DATABASE.alert_events FINAL
                WHERE group_hash != '' AND alert != '' AND started_at IS NOT NULL AND kind IN ('notified', 'resolved')
            ) AS g ON g.group_hash = a.group_hash
            INNER JOIN episodes AS e ON e.alert = g.alert AND e.instance = g.instance AND e.started_at = g.started_at
            WHERE a.at >= e.started_at AND (e.resolved_at IS NULL OR a.at <= e.resolved_at)
        )
        GROUP BY id
    )
SELECT
    e.alert AS alert,
    labels['agent'] AS agent,
    if(labels['subject'] != '', labels['subject'], labels['source']) AS subject,
    labels['department'] AS department,
    labels['operator'] AS operator,
    JSONExtractString(e.notification, 'labels', 'severity') AS severity,
    JSONExtractString(e.notification, 'labels', 'domain') AS domain,
    e.receiver AS receiver,
    e.started_at AS started_at,
    e.notified_at AS notified_at,
    e.resolved_at AS resolved_at,
    e.resolved_notified_at AS resolved_notified_at,
    JSONExtractString(e.notification, 'annotations', 'summary') AS summary,
    CAST(JSONExtract(e.instance, 'Array(Tuple(String, String))'), 'Map(String, String)') AS labels,
    e.id AS id,
    e.origin AS origin,
    labels['owner'] AS owner,
    labels['run_id'] AS run_id,
    a.acknowledged_at AS acknowledged_at,
    a.acknowledged_by AS acknowledged_by,
    a.in_hand AS in_hand,
    a.given_back_at AS given_back_at,
    a.acted AS acted,
    a.escalated_to AS escalated_to,
    a.escalated_at AS escalated_at,
    a.stood_down_at AS stood_down_at,
    e.notification AS notification
FROM episodes AS e
LEFT JOIN acts AS a ON a.id = e.id
