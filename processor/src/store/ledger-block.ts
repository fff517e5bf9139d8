import { createSequence } from './dictionary.ts';
import { attributed, traceIds } from './gathered-labels.ts';
import { times } from './gathered-numbers.ts';
import { ids, named } from './gathered-texts.ts';
import { label, money, uint8, uint64 } from './native.ts';
import { createSelectedBlock } from './selected-block.ts';

/** Charges; names and order as in `schema/`. */
export const createLedgerBlock = () =>
  createSelectedBlock('cost_ledger', (rows) => ({
    trace_id: traceIds(rows),
    span_id: ids(rows, (page) => page.spanIds),
    kind: label(),
    started_at: times(rows, (page) => page.startedAt),
    at: times(rows, (page) => page.endedAt),
    charge_id: named(rows, (page) => page.responseIds),
    task_id: attributed(rows, (at) => at.taskId, createSequence()),
    run_id: attributed(rows, (at) => at.runId, createSequence()),
    agent: attributed(rows, (at) => at.agent.id),
    environment: attributed(rows, (at) => at.environment),
    department: attributed(rows, (at) => at.department),
    team: attributed(rows, (at) => at.team),
    cost_center: attributed(rows, (at) => at.costCenter),
    tenant: attributed(rows, (at) => at.tenant),
    user_id: attributed(rows, (at) => at.userId),
    owner_department: attributed(rows, (at) => at.agent.ownerDepartment),
    owner_team: attributed(rows, (at) => at.agent.ownerTeam),
    owner_cost_center: attributed(rows, (at) => at.agent.ownerCostCenter),
    provider: label(),
    model: label(),
    tool: label(),
    input_tokens: uint64(),
    cached_input_tokens: uint64(),
    cache_write_tokens: uint64(),
    cache_write_5m_tokens: uint64(),
    cache_write_1h_tokens: uint64(),
    output_tokens: uint64(),
    reasoning_tokens: uint64(),
    usage_known: uint8(),
    amount: money(),
    amount_currency: label(),
    reported_amount: money(),
    reported_currency: label(),
    cost: money(),
    currency: label(),
    state: label(),
    price_id: label(),
    confidence: label(),
    version: uint64(),
    deleted: uint8(),
  }));
