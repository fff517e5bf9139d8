import { scopedView, type ViewTexts } from './scoped-view.ts';
import { quarter, REVIEWED } from './sums.ts';

/** Everything that a round sends to the store. `$DATABASE` stands for the database. */
export interface RoundStatements {
  /** Into the scope: traces that changed since a time (ms), or whose deadline has passed since. */
  readonly changed: string;
  /** Into the scope: what is tied to the traces of the step before. */
  readonly tied: (step: number) => string;
  /** Before anything is written: when what is about to be written anew counted so far. */
  readonly moved: string;
  readonly reviews: string;
  readonly policy: string;
  /** After `policy`: tasks count their offences. */
  readonly tasks: string;
  readonly charges: string;
  readonly tools: string;
  readonly violations: string;
  readonly scores: string;
  readonly stored: string;
  readonly superseded: string;
  /** One row: which of `reviews`, `policy`, `scores` and `superseded` have anything to do (0 or 1). */
  readonly needed: string;
}

/** Traces up to which a round looks at a part; beyond, it counts everything. */
export const WHOLE = 50_000;

/** Clocks may be wrong by years: however many weeks that is, they are written. */
const ANY_TIME = 'SETTINGS max_partitions_per_insert_block = 0';

/** Up to this step tasks and charges are written; the steps beyond hold what counting those takes. */
const WRITTEN = 1;
/**
 * What changes concerns what is tied to it (1), that is counted from its tasks' runs (2), those from who judged them and
 * from copies of their charges (3).
 */
export const STEPS = 3;

const time = (ms: number): string => `fromUnixTimestamp64Milli(${Math.floor(ms)}, 'UTC')`;

/**
 * Statements of the round at `round` (ms). `since`: everything that came in before is counted already; null counts all
 * anew. A row's version is its round, and a round that begins later has seen no less: rounds of two maintainers at a
 * time, or one that is repeated after a kill, leave the later state, so no lock is needed.
 */
export function roundStatements(views: ViewTexts, round: number, since: number | null): RoundStatements {
  const inScope = (most: number, trace = 'trace_id'): string =>
    since === null
      ? '1'
      : `${trace} IN (SELECT trace_id FROM $DATABASE.rollup_scope WHERE round = ${round} AND steps <= ${most})`;
  const scoped = (name: string): string => scopedView(views, name, inScope(STEPS));
  const [gone, stands] = [2 * round, 2 * round + 1];
  const into = (step: number, traces: string): string =>
    `INSERT INTO $DATABASE.rollup_scope SELECT ${round}, trace_id, ${step} FROM (${traces})`;
  const from = time(since ?? 0);
  const known = `task_id IN (SELECT task_id FROM $DATABASE.task_states WHERE ${touches(inScope(WRITTEN))})`;
  const counted = (what: string, at: string, states: string): string =>
    `SELECT DISTINCT ${round} AS round, '${what}' AS what, ${quarter(at)} AS at FROM $DATABASE.${states}`;

  return {
    changed: into(
      0,
      `SELECT trace_id FROM $DATABASE.runs
       WHERE inserted_at >= ${from} OR (deadline_at >= ${from} AND deadline_at <= ${time(round)})
       UNION DISTINCT SELECT trace_id FROM $DATABASE.cost_ledger WHERE inserted_at >= ${from}
       UNION DISTINCT SELECT trace_id FROM $DATABASE.loops WHERE inserted_at >= ${from}`,
    ),
    tied: (step) => into(step, tiedTo(inScope(step - 1))),
    moved: `
      INSERT INTO $DATABASE.rollup_moved (round, what, at) ${ANY_TIME}
      ${counted('tasks', 'ended_at', `task_states FINAL WHERE ${known}`)}
      UNION ALL
      ${counted('reviews', REVIEWED, `review_states FINAL WHERE ${touches(inScope(WRITTEN))}`)}
      UNION ALL
      ${counted('scores', 'at', `score_states FINAL PREWHERE ${inScope(WRITTEN, 'record_trace_id')}`)}
      UNION ALL
      ${counted('samples', 'started_at', `policy_states FINAL PREWHERE ${inScope(WRITTEN)} WHERE rule = 'sample'`)}`,
    reviews: `
      INSERT INTO $DATABASE.review_states (${REVIEW_COLUMNS}, version, deleted) ${ANY_TIME}
      SELECT ${REVIEW_COLUMNS}, ${gone}, 1 FROM $DATABASE.review_states FINAL WHERE ${touches(inScope(WRITTEN))}
      UNION ALL
      SELECT ${REVIEW_COLUMNS}, ${stands}, 0 FROM (${scoped('approvals')}) WHERE ${touches(inScope(WRITTEN))}`,
    policy: `
      INSERT INTO $DATABASE.policy_states (${POLICY_COLUMNS}, version, deleted) ${ANY_TIME}
      SELECT ${POLICY_COLUMNS}, ${gone}, 1 FROM $DATABASE.policy_states FINAL PREWHERE ${inScope(WRITTEN)}
      UNION ALL
      SELECT ${POLICY_COLUMNS}, ${stands}, 0 FROM (${scoped('step_policy')}) WHERE ${inScope(WRITTEN)}`,
    tasks: `
      INSERT INTO $DATABASE.task_states (${TASK_COLUMNS}, offences, version, deleted) ${ANY_TIME}
      SELECT ${TASK_COLUMNS}, offences, ${gone}, 1 FROM $DATABASE.task_states FINAL WHERE ${known}
      UNION ALL
      SELECT ${TASK_COLUMNS}, offences, ${stands}, 0
      FROM (${scoped('task_outcomes')}) AS t
      LEFT JOIN (SELECT task_id AS id, environment AS env, offences FROM (${scoped('task_offences')})) AS o
        ON o.id = t.task_id AND o.env = t.environment
      WHERE ${touches(inScope(WRITTEN))}`,
    charges: `
      INSERT INTO $DATABASE.charge_sums (${CHARGE_KEY}, ${CHARGE_SUMS}, version, deleted) ${ANY_TIME}
      SELECT ${CHARGE_KEY}, ${CHARGE_SUMS}, ${gone}, 1 FROM $DATABASE.charge_sums FINAL PREWHERE ${inScope(WRITTEN)}
      UNION ALL
      SELECT ${CHARGE_KEY},
        count(), sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens), sum(output_tokens),
        sum(reasoning_tokens), sum(ifNull(cost, toDecimal128(0, 12))), countIf(cost IS NULL), ${stands}, 0
      FROM (SELECT * REPLACE (toStartOfFifteenMinutes(toDateTime(at, 'UTC')) AS at) FROM (${scoped('cost_entries')}))
      WHERE ${inScope(WRITTEN)}
      GROUP BY ${CHARGE_KEY}`,
    tools: `
      INSERT INTO $DATABASE.tool_states (${TOOL_KEY}, ${TOOL_SUMS}, version, deleted) ${ANY_TIME}
      SELECT ${TOOL_KEY}, ${TOOL_SUMS}, ${gone}, 1 FROM $DATABASE.tool_states FINAL PREWHERE ${inScope(WRITTEN)}
      UNION ALL
      SELECT ${TOOL_KEY}, count(), countIf(failed = 1), groupArray(duration_ms), max(started_at), ${stands}, 0
      FROM (SELECT *, toStartOfFifteenMinutes(toDateTime(started_at, 'UTC')) AS at FROM (${scoped('run_steps')}) WHERE kind = 'tool' AND counted = 1)
      WHERE ${inScope(WRITTEN)}
      GROUP BY ${TOOL_KEY}`,
    violations: `
      INSERT INTO $DATABASE.violation_states (${VIOLATION_KEY}, ${VIOLATION_SUMS}, version, deleted)
      SELECT ${VIOLATION_KEY}, ${VIOLATION_SUMS}, ${gone}, 1 FROM $DATABASE.violation_states FINAL PREWHERE ${inScope(WRITTEN)}
      UNION ALL
      SELECT ${VIOLATION_KEY}, ${VIOLATION_SUMS}, ${stands}, 0
      FROM (${scoped('trace_violations')}) WHERE ${inScope(WRITTEN)}`,
    scores: `
      INSERT INTO $DATABASE.score_states (${SCORE_COLUMNS}, version, deleted) ${ANY_TIME}
      SELECT ${SCORE_COLUMNS}, ${gone}, 1 FROM $DATABASE.score_states FINAL PREWHERE ${inScope(WRITTEN, 'record_trace_id')}
      UNION ALL
      SELECT ${SCORE_COLUMNS}, ${stands}, 0 FROM (${scoped('evaluation_scores')}) WHERE ${inScope(WRITTEN, 'record_trace_id')}`,
    stored: `
      INSERT INTO $DATABASE.stored_sums (${STORED_KEY}, items, version, deleted) ${ANY_TIME}
      SELECT ${STORED_KEY}, items, ${gone}, 1 FROM $DATABASE.stored_sums FINAL PREWHERE ${inScope(WRITTEN)}
      UNION ALL
      SELECT trace_id, toStartOfMinute(toDateTime(received_at, 'UTC')) AS minute, source,
        if(startsWith(span_id, 'log-'), 'logs', 'spans') AS signal, count(), ${stands}, 0
      FROM $DATABASE.steps FINAL
      PREWHERE ${inScope(WRITTEN)}
      WHERE kind != 'skeleton' AND inferred = 0
      GROUP BY trace_id, minute, source, signal`,
    needed: `
      SELECT
        (SELECT count() FROM $DATABASE.approval_events) > 0 AS reviews,
        (SELECT count() FROM $DATABASE.policy_states) + (
          SELECT count() FROM $DATABASE.steps PREWHERE ${inScope(WRITTEN)}
          WHERE approval_rule != '' OR undeclared != '' OR undeclared_data != ''
        ) > 0 AS policy,
        (SELECT count() FROM $DATABASE.evaluations) > 0 AS scores,
        (SELECT count() FROM $DATABASE.superseded_charges) + (
          SELECT count() FROM
          (
            SELECT charge_id FROM $DATABASE.cost_ledger PREWHERE ${inScope(STEPS)} WHERE charge_id != ''
            GROUP BY charge_id HAVING uniqExact(trace_id, span_id) > 1
          )
        ) > 0 AS superseded`,
    superseded: `
      INSERT INTO $DATABASE.superseded_charges (trace_id, span_id, kind, at, version, deleted)
      SELECT trace_id, span_id, kind, at, ${gone}, 1 FROM $DATABASE.superseded_charges FINAL PREWHERE ${inScope(WRITTEN)}
      UNION ALL
      SELECT trace_id, span_id, kind, at, ${stands}, 0
      FROM (${scoped('cost_entries')}) WHERE state = 'superseded' AND ${inScope(WRITTEN)}`,
  };
}

/** Tasks with a trace for which `condition` holds. */
function touches(condition: string): string {
  return condition === '1' ? '1' : `arrayExists(trace_id -> ${condition}, trace_ids)`;
}

/** Ids of calls that are so long are unique beyond their task: as in the view step_policy. */
const UNIQUE = 12;

/**
 * Traces that share a task, a reference, a conversation, an approval, an answer or a charge with those for which `condition` holds, or did when
 * the rollup was written. A task without an id of its own is named by its first run.
 */
function tiedTo(condition: string): string {
  const shared = (key: string): string => `
    UNION DISTINCT SELECT trace_id FROM $DATABASE.runs
    WHERE ${key} IN (SELECT ${key} FROM $DATABASE.runs WHERE ${condition} AND ${key} != '')`;
  const names = `SELECT arrayJoin([task_id, run_id]) AS name FROM $DATABASE.runs WHERE ${condition} AND name != ''`;
  return `
    SELECT trace_id FROM $DATABASE.runs WHERE ${condition}
    UNION DISTINCT SELECT trace_id FROM $DATABASE.cost_ledger WHERE ${condition}
    UNION DISTINCT SELECT trace_id FROM $DATABASE.runs WHERE task_id IN (${names}) OR run_id IN (${names})
    ${shared('task_ref')}
    ${shared('conversation_id')}
    UNION DISTINCT SELECT trace_id FROM $DATABASE.approval_events
    WHERE approval_id IN (SELECT approval_id FROM $DATABASE.approval_events WHERE ${condition})
      OR tool_call_id IN (
        SELECT tool_call_id FROM $DATABASE.steps
        WHERE ${condition} AND approval_rule != '' AND length(tool_call_id) >= ${UNIQUE}
      )
    UNION DISTINCT SELECT trace_id FROM $DATABASE.policy_states
    WHERE length(tool_call_id) >= ${UNIQUE}
      AND tool_call_id IN (SELECT tool_call_id FROM $DATABASE.approval_events WHERE ${condition})
    UNION DISTINCT SELECT trace_id FROM $DATABASE.evaluations
    WHERE response_id IN (SELECT response_id FROM $DATABASE.steps WHERE ${condition} AND response_id != '')
    UNION DISTINCT SELECT trace_id FROM $DATABASE.steps
    WHERE response_id IN (SELECT response_id FROM $DATABASE.evaluations WHERE ${condition} AND response_id != '')
    UNION DISTINCT SELECT trace_id FROM $DATABASE.cost_ledger
    WHERE charge_id IN (SELECT charge_id FROM $DATABASE.cost_ledger WHERE ${condition} AND charge_id != '')
    UNION DISTINCT SELECT arrayJoin(trace_ids) AS trace_id FROM $DATABASE.task_states FINAL WHERE ${touches(condition)}`;
}

const TASK_COLUMNS = `task_id, task_ref, run_ids, trace_ids, conversation_id, agent, agents, registered, environment, stage,
  task_type, department, owner_department, team, owner_team, cost_center, owner_cost_center, tenant, user_id, outcome,
  outcome_source, outcome_evidence, outcome_by, decided_at, verdicts, started_at, ended_at, duration_ms, model_calls, tool_calls,
  inferred_tool_calls, tool_errors, handoffs, human_interventions, planned_interventions, unplanned_interventions,
  human_steps, human_timed, human_ms, loops, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
  reasoning_tokens, cost, currency, unpriced_calls, sampled_share, telemetry, registry_version`;

const REVIEW_COLUMNS = `approval_id, trace_ids, task_id, run_id, span_id, tool_call_id, agent, environment, tool, amount,
  amount_currency, requested_by, rule, requested_at, decided_at, decision, channel, reviewer, wait_ms, wait_working_ms,
  sla_ms, late_at`;

const POLICY_COLUMNS = `trace_id, span_id, run_id, task_id, agent, environment, tool, model, undeclared, undeclared_data,
  tool_call_id, amount, amount_currency, user_id, started_at, ended_at, rule, percent, joined_by, approval_id, decision,
  decided_at, reviewer, requested_by, status`;

const SCORE_COLUMNS = `at, run_id, task_id, trace_id, agent, name, score, label, evaluator, environment, record_trace_id,
  record_span_id, joined_by`;

const CHARGE_KEY = `trace_id, at, kind, agent, environment, department, owner_department, team, owner_team, cost_center,
  owner_cost_center, tenant, user_id, provider, model, tool, state, currency, task_id`;

const STORED_KEY = 'trace_id, minute, source, signal';

const TOOL_KEY = 'trace_id, at, agent, environment, tool, effect, risk, task_id';

const TOOL_SUMS = 'calls, errors, durations, last_at';

const VIOLATION_KEY = 'trace_id, agent, kind, subject, environment';

const VIOLATION_SUMS = 'run_id, first_seen, last_seen, count';

const CHARGE_SUMS = `calls, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost,
  unpriced_calls`;
