-- The ledger. A charge seen in two traces (two instrumentations, a gateway) is charged once: the copy stands here with
-- state 'superseded', no tokens and no cost.
CREATE OR REPLACE VIEW $DATABASE.cost_entries $ON_CLUSTER
(
    entry_id              String COMMENT 'stable id of the entry',
    at                    DateTime64(9, 'UTC') COMMENT 'end of the call: the time at which it counts',
    kind                  String COMMENT 'model, tool, human, flat or adjustment',
    task_id               String COMMENT 'task that the charge belongs to',
    run_id                String COMMENT 'run that the charge belongs to',
    trace_id              String COMMENT 'trace of the charged span',
    span_id               String COMMENT 'the charged span',
    agent                 String COMMENT 'agent that made the call',
    environment           String COMMENT 'deployment environment of the run',
    department            String COMMENT 'whose work it was',
    owner_department      String COMMENT 'whose agent it is',
    team                  String COMMENT 'team whose work it was',
    owner_team            String COMMENT 'team that owns the agent',
    cost_center           String COMMENT 'cost center of the work',
    owner_cost_center     String COMMENT 'cost center of the agent',
    tenant                String COMMENT 'tenant or customer of the request',
    user_id               String COMMENT 'user of the request',
    provider              String COMMENT 'model provider',
    model                 String COMMENT 'model that answered, else the one that was asked for',
    tool                  String COMMENT 'tool, for charges of kind tool',
    input_tokens          UInt64 COMMENT 'input charged at the full rate',
    cached_input_tokens   UInt64 COMMENT 'input read from the cache',
    cache_write_tokens    UInt64 COMMENT 'input written to the cache, all lifetimes',
    cache_write_5m_tokens UInt64 COMMENT 'of cache_write_tokens: lifetime 5 minutes',
    cache_write_1h_tokens UInt64 COMMENT 'of cache_write_tokens: lifetime 1 hour',
    output_tokens         UInt64 COMMENT 'output, reasoning included',
    reasoning_tokens      UInt64 COMMENT 'the part of output_tokens that was reasoning',
    usage_known           UInt8 COMMENT '0 when the emitter gave no token counts',
    amount                Nullable(Decimal(38, 12)) COMMENT 'as priced; NULL is unknown, never 0',
    amount_currency       String COMMENT 'currency of amount',
    reported_amount       Nullable(Decimal(38, 12)) COMMENT 'what the emitter reported, for comparison',
    reported_currency     String COMMENT 'currency of reported_amount',
    cost                  Nullable(Decimal(38, 12)) COMMENT 'amount in the reporting currency; NULL is unknown',
    currency              String COMMENT 'the reporting currency',
    state                 String COMMENT 'priced, reported, estimated, superseded, unpriced or no_rate',
    price_id              String COMMENT 'source, version and validity of the price',
    confidence            String COMMENT 'how far the price can be trusted'
)
AS
SELECT
    concat(l.trace_id, '-', l.span_id, '-', l.kind) AS entry_id,
    l.at AS at,
    l.kind AS kind,
    if(k.first_run_id = '', l.task_id, k.first_run_id) AS task_id,
    l.run_id AS run_id,
    l.trace_id AS trace_id,
    l.span_id AS span_id,
    l.agent AS agent,
    l.environment AS environment,
    l.department AS department,
    l.owner_department AS owner_department,
    l.team AS team,
    l.owner_team AS owner_team,
    l.cost_center AS cost_center,
    l.owner_cost_center AS owner_cost_center,
    l.tenant AS tenant,
    l.user_id AS user_id,
    l.provider AS provider,
    l.model AS model,
    l.tool AS tool,
    if(copy, 0, l.input_tokens) AS input_tokens,
    if(copy, 0, l.cached_input_tokens) AS cached_input_tokens,
    if(copy, 0, l.cache_write_tokens) AS cache_write_tokens,
    if(copy, 0, l.cache_write_5m_tokens) AS cache_write_5m_tokens,
    if(copy, 0, l.cache_write_1h_tokens) AS cache_write_1h_tokens,
    if(copy, 0, l.output_tokens) AS output_tokens,
    if(copy, 0, l.reasoning_tokens) AS reasoning_tokens,
    l.usage_known AS usage_known,
    if(copy, toDecimal128(0, 12), l.amount) AS amount,
    l.amount_currency AS amount_currency,
    l.reported_amount AS reported_amount,
    l.reported_currency AS reported_currency,
    if(copy, toDecimal128(0, 12), l.cost) AS cost,
    l.currency AS currency,
    if(copy, 'superseded', l.state) AS state,
    l.price_id AS price_id,
    l.confidence AS confidence
FROM
(
    SELECT
        ledger.*,
        d.charge_id != '' AND (ledger.trace_id, ledger.span_id) != d.keep AS copy
    FROM (SELECT * FROM $DATABASE.cost_ledger FINAL) AS ledger
    LEFT JOIN
    (
        SELECT charge_id, argMin((trace_id, span_id), (1 - usage_known, trace_id, span_id)) AS keep
        FROM $DATABASE.cost_ledger FINAL
        WHERE charge_id != ''
        GROUP BY charge_id
        HAVING count() > 1
    ) AS d ON d.charge_id = ledger.charge_id
) AS l
LEFT JOIN $DATABASE.run_links AS k ON k.run_id = l.run_id
