-- Every budget of the registry as it stands now, its amounts in the reporting currency at the latest rate.
CREATE OR REPLACE VIEW $DATABASE.budgets $ON_CLUSTER
(
    kind      String COMMENT 'department, user or agent: whose budget it is',
    subject   String COMMENT 'id of the department or agent; user as the telemetry names them',
    per       String COMMENT 'task, day or month: days and months of the business''s time zone',
    soft      Nullable(Decimal(38, 12)) COMMENT 'amount at which somebody is told; NULL without one, or without a rate',
    hard      Nullable(Decimal(38, 12)) COMMENT 'amount that must not be passed; NULL without one, or without a rate',
    currency  String COMMENT 'the reporting currency',
    declared  String COMMENT 'soft / hard as the registry writes them',
    no_rate   UInt8 COMMENT '1 when an amount stands in a currency without an exchange rate',
    on_breach String COMMENT 'alert, hitl or stop: what the registry asks for',
    owner     String COMMENT 'team that answers for the budget'
)
AS
WITH
ifNull((SELECT document FROM $DATABASE.registry_now), '') AS document,
rates AS
(
    SELECT from_currency, argMax(units, since) AS rate
    FROM
    (
        SELECT
            arrayJoin(JSONExtractArrayRaw(document, 'organisation', 'exchange_rates')) AS entry,
            JSONExtractString(entry, 'from') AS from_currency,
            toDate(JSONExtractString(entry, 'valid_from')) AS since,
            toDecimal128OrZero(JSONExtractRaw(entry, 'rate'), 12) AS units
        WHERE JSONExtractString(entry, 'to') = '$CURRENCY'
    )
    WHERE since <= toDate(now64(9, 'UTC'), '$TIME_ZONE') AND units > 0
    GROUP BY from_currency
    UNION ALL
    SELECT '$CURRENCY', toDecimal128(1, 12)
),
declared_budgets AS
(
    SELECT
        if(JSONHas(one, 'department'), 'department', 'user') AS kind,
        JSONExtractString(one, kind) AS subject,
        'alert' AS breach,
        one
    FROM (SELECT arrayJoin(JSONExtractArrayRaw(document, 'organisation', 'budgets')) AS one)
    UNION ALL
    SELECT 'agent', JSONExtractString(entry, 'id'), JSONExtractString(one, 'on_breach'), one
    FROM
    (
        SELECT entry, arrayJoin(JSONExtractArrayRaw(entry, 'budgets')) AS one
        FROM (SELECT arrayJoin(JSONExtractArrayRaw(document, 'agents')) AS entry)
    )
)
SELECT
    b.kind AS kind,
    b.subject AS subject,
    JSONExtractString(b.one, 'per') AS per,
    CAST(toDecimal128OrNull(splitByChar(' ', b.soft_text)[1], 12) * nullIf(s.rate, 0), 'Nullable(Decimal(38, 12))') AS soft,
    CAST(toDecimal128OrNull(splitByChar(' ', b.hard_text)[1], 12) * nullIf(h.rate, 0), 'Nullable(Decimal(38, 12))') AS hard,
    '$CURRENCY' AS currency,
    concat(if(b.soft_text = '', '–', b.soft_text), ' / ', if(b.hard_text = '', '–', b.hard_text)) AS declared,
    (b.soft_text != '' AND soft IS NULL) OR (b.hard_text != '' AND hard IS NULL) AS no_rate,
    b.breach AS on_breach,
    JSONExtractString(b.one, 'owner') AS owner
FROM
(
    SELECT
        *,
        JSONExtractString(one, 'soft') AS soft_text,
        JSONExtractString(one, 'hard') AS hard_text,
        splitByChar(' ', soft_text)[2] AS soft_currency,
        splitByChar(' ', hard_text)[2] AS hard_currency
    FROM declared_budgets
) AS b
LEFT JOIN rates AS s ON s.from_currency = b.soft_currency
LEFT JOIN rates AS h ON h.from_currency = b.hard_currency
