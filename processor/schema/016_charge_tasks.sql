-- The task of a charge, so that rates per task need no ledger; all is counted anew.
ALTER TABLE $DATABASE.charge_sums $ON_CLUSTER
    ADD COLUMN IF NOT EXISTS task_id String,
    MODIFY ORDER BY (trace_id, at, kind, agent, environment, department, owner_department, team, owner_team, cost_center, owner_cost_center, tenant, user_id, provider, model, tool, state, currency, task_id);
TRUNCATE TABLE IF EXISTS $DATABASE.rollup_rounds $ON_CLUSTER
