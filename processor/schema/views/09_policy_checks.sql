-- step_policy as the maintainer of the rollups keeps it: the same rows, a few seconds behind.
CREATE OR REPLACE VIEW $DATABASE.policy_checks $ON_CLUSTER
(
    trace_id        String COMMENT 'trace of the call',
    span_id         String COMMENT 'span of the call',
    run_id          String COMMENT 'run of the call',
    task_id         String COMMENT 'task of the call',
    agent           LowCardinality(String) COMMENT 'agent that made it',
    environment     LowCardinality(String) COMMENT 'deployment environment',
    tool            LowCardinality(String) COMMENT 'tool that was called',
    model           LowCardinality(String) COMMENT 'model that was called, as it answered, else as it was asked',
    undeclared      LowCardinality(String) COMMENT 'tool or model: the registry did not name it for this agent when the call ended',
    undeclared_data LowCardinality(String) COMMENT 'resource that the call names and the registry does not allow',
    tool_call_id    String COMMENT 'id of the call, as the model gave it',
    amount          Nullable(Decimal(38, 12)) COMMENT 'amount of the call',
    amount_currency LowCardinality(String) COMMENT 'currency of amount',
    user_id         String COMMENT 'user of the request',
    started_at      DateTime64(9, 'UTC') COMMENT 'start of the call',
    ended_at        DateTime64(9, 'UTC') COMMENT 'end of the call: what is decided later is late',
    rule            LowCardinality(String) COMMENT 'always, threshold, sample, or unknown: the amount cannot be held against the rule; empty when no rule concerns it',
    percent         Float64 COMMENT 'share of such calls that a sample takes',
    joined_by       LowCardinality(String) COMMENT 'how the decision was found: call, call id, amount, task; empty when there is none',
    approval_id     String COMMENT 'the decision that belongs to the call',
    decision        LowCardinality(String) COMMENT 'pending, approved, edited, rejected or expired; empty when nobody was asked',
    decided_at      Nullable(DateTime64(9, 'UTC')) COMMENT 'when it was decided',
    reviewer        String COMMENT 'who decided',
    requested_by    String COMMENT 'person on whose behalf the agent asked',
    status          LowCardinality(String) COMMENT 'approved, not asked (of a sample), approval_missing, approval_late, self_approved or unknown; empty when no rule concerns it'
)
AS
SELECT
    trace_id, span_id, run_id, task_id, agent, environment, tool, model, undeclared, undeclared_data, tool_call_id, amount,
    amount_currency, user_id, started_at, ended_at, rule, percent, joined_by, approval_id, decision, decided_at, reviewer,
    requested_by, status
FROM $DATABASE.policy_states FINAL
