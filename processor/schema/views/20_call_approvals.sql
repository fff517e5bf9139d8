-- Tool calls that fall under an approval rule of the registry, each with the decision that belongs to it: see step_policy.
CREATE OR REPLACE VIEW $DATABASE.call_approvals $ON_CLUSTER
(
    trace_id        String COMMENT 'trace of the call',
    span_id         String COMMENT 'span of the call',
    run_id          String COMMENT 'run of the call',
    task_id         String COMMENT 'task of the call',
    agent           String COMMENT 'agent that made it',
    environment     String COMMENT 'deployment environment',
    tool            String COMMENT 'tool that was called',
    tool_call_id    String COMMENT 'id of the call, as the model gave it',
    amount          Nullable(Decimal(38, 12)) COMMENT 'amount of the call',
    amount_currency String COMMENT 'currency of amount',
    user_id         String COMMENT 'user of the request',
    started_at      DateTime64(9, 'UTC') COMMENT 'start of the call',
    ended_at        DateTime64(9, 'UTC') COMMENT 'end of the call: what is decided later is late',
    rule            String COMMENT 'always, threshold, sample, or unknown: the amount cannot be held against the rule',
    percent         Float64 COMMENT 'share of such calls that a sample takes',
    joined_by       String COMMENT 'how the decision was found: call, call id, amount, task; empty when there is none',
    approval_id     String COMMENT 'the decision that belongs to the call',
    decision        String COMMENT 'pending, approved, edited, rejected or expired; empty when nobody was asked',
    decided_at      Nullable(DateTime64(9, 'UTC')) COMMENT 'when it was decided',
    reviewer        String COMMENT 'who decided',
    requested_by    String COMMENT 'person on whose behalf the agent asked',
    status          String COMMENT 'approved, not asked (of a sample), approval_missing, approval_late, self_approved or unknown'
)
AS
SELECT
    trace_id, span_id, run_id, task_id, agent, environment, tool, tool_call_id, amount, amount_currency, user_id, started_at,
    ended_at, rule, percent, joined_by, approval_id, decision, decided_at, reviewer, requested_by, status
FROM $DATABASE.policy_checks
WHERE rule != ''
