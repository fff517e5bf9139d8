-- The unit of work that the business counts, in its latest state. `open` and `abandoned` are derived here from a
-- deadline: no stored column depends on a clock.
CREATE OR REPLACE VIEW $DATABASE.task_outcomes $ON_CLUSTER
(
    task_id                 String COMMENT 'agentops.task.id, else the first run''s id',
    task_ref                String COMMENT 'the business''s own reference',
    run_ids                 Array(String) COMMENT 'runs of the task, the first one first',
    trace_ids               Array(String) COMMENT 'traces of the task',
    conversation_id         String COMMENT 'conversation of the first run',
    agent                   String COMMENT 'entry agent; unregistered:<name> when no registry entry matches',
    agents                  Array(String) COMMENT 'every agent that took part',
    registered              UInt8 COMMENT '1 when the entry agent is in the registry',
    environment             String COMMENT 'deployment environment',
    stage                   String COMMENT 'pilot, production or retired, as of the task',
    task_type               String COMMENT 'agentops.task.type',
    department              String COMMENT 'whose work it was',
    owner_department        String COMMENT 'whose agent it is',
    team                    String COMMENT 'team whose work it was',
    owner_team              String COMMENT 'team that owns the agent',
    cost_center             String COMMENT 'cost center of the work',
    owner_cost_center       String COMMENT 'cost center of the agent',
    tenant                  String COMMENT 'tenant or customer',
    user_id                 String COMMENT 'user',
    outcome                 String COMMENT 'open, success, failure, escalated, stopped, cancelled, abandoned or unknown',
    outcome_source          String COMMENT 'human, system, evaluator, agent or emitter; empty when derived',
    outcome_evidence        String COMMENT 'what the outcome rests on',
    outcome_by              String COMMENT 'who gave the deciding verdict: a person, a system or an evaluator; empty for what a run says of itself',
    decided_at              Nullable(DateTime64(9, 'UTC')) COMMENT 'event time of the deciding evidence; of what is abandoned, its deadline',
    verdicts                Array(Tuple(outcome String, source String, at DateTime64(9, 'UTC'), evidence String, by String)) COMMENT 'every verdict, the deciding one first',
    started_at              DateTime64(9, 'UTC') COMMENT 'start of the first step',
    ended_at                DateTime64(9, 'UTC') COMMENT 'end of the last step so far',
    duration_ms             Float64 COMMENT 'from the first start to the last end, milliseconds',
    model_calls             UInt64 COMMENT 'model calls, wrappers and copies not counted',
    tool_calls              UInt64 COMMENT 'tool calls, inferred ones included',
    inferred_tool_calls     UInt64 COMMENT 'of tool_calls: read from model outputs, no span of their own',
    tool_errors             UInt64 COMMENT 'tool calls that failed',
    handoffs                UInt64 COMMENT 'handoffs between agents',
    human_interventions     UInt64 COMMENT 'planned and unplanned: a decision that was asked for and rejects or edits is both, and counts once',
    planned_interventions   UInt64 COMMENT 'decisions that an always, threshold or sample rule asked for',
    unplanned_interventions UInt64 COMMENT 'takeovers, edits, rejections, escalations',
    human_steps             UInt64 COMMENT 'decisions and takeovers by people, each once',
    human_timed             UInt64 COMMENT 'steps that say how long a person worked on them',
    human_ms                UInt64 COMMENT 'that time; a wait is no work',
    loops                   UInt64 COMMENT 'loop findings',
    input_tokens            UInt64 COMMENT 'input charged at the full rate',
    cached_input_tokens     UInt64 COMMENT 'input read from the cache',
    cache_write_tokens      UInt64 COMMENT 'input written to the cache',
    output_tokens           UInt64 COMMENT 'output, reasoning included',
    reasoning_tokens        UInt64 COMMENT 'the part of output_tokens that was reasoning',
    cost                    Nullable(Decimal(38, 12)) COMMENT 'sum of the known costs; NULL when none is known',
    currency                String COMMENT 'the reporting currency',
    unpriced_calls          UInt64 COMMENT 'charges without a known cost: not in cost',
    sampled_share           Float64 COMMENT 'share of traces that sampling kept, as the telemetry says; 1 is all',
    telemetry               String COMMENT 'complete, sampled or unknown, as the registry says',
    registry_version        String COMMENT 'hash of the registry version that applied'
)
AS
WITH
-- Of what runs count of people's work, the part that is decisions: those count once, where they were asked for.
told AS
(
    SELECT
        run_id,
        countIf(event != 'requested' AND (decision IN ('edited', 'rejected') OR (decision = 'approved' AND reviewer != ''))) AS steps,
        count(human_ms) AS timed,
        sum(ifNull(human_ms, 0)) AS ms
    FROM $DATABASE.approval_events FINAL
    GROUP BY run_id
),
decided AS
(
    SELECT
        run_id,
        sum(asked_for) AS planned,
        sum(d.overruled) AS overruled,
        sum(asked_for OR d.overruled) AS either,
        sum(by_person) AS steps,
        count(human_ms) AS timed,
        sum(ifNull(human_ms, 0)) AS ms
    FROM $DATABASE.decisions AS d
    GROUP BY run_id
),
counted AS
(
    SELECT
        r.*,
        -- What people did besides deciding: they took over.
        greatest(0, toInt64(r.human_steps) - toInt64(t.steps)) AS takeovers,
        d.planned AS planned,
        takeovers + d.overruled AS unplanned,
        takeovers + d.either AS interventions,
        takeovers + d.steps AS people,
        greatest(0, toInt64(r.human_timed) - toInt64(t.timed)) + d.timed AS timed,
        greatest(0, toInt64(r.human_ms) - toInt64(t.ms)) + d.ms AS ms
    FROM (SELECT * FROM $DATABASE.runs FINAL) AS r
    LEFT JOIN told AS t ON t.run_id = r.run_id
    LEFT JOIN decided AS d ON d.run_id = r.run_id
),
-- Runs that only judge work done elsewhere: verdicts, scores and decisions without a task of their own.
judgements AS
(
    SELECT
        task_id,
        task_ref,
        tuple(
            environment,
            arrayMap(v -> (v.1, v.2, v.3, v.4, user_id), arrayZip(verdict_outcomes, verdict_sources, verdict_times, verdict_evidence)),
            planned,
            unplanned,
            interventions,
            people,
            timed,
            ms
        ) AS judgement
    FROM counted
    WHERE root_seen + model_calls + tool_calls = 0
),
judged_by_id AS
(
    SELECT task_id, groupArray(judgement) AS list FROM judgements WHERE task_id != '' GROUP BY task_id
),
judged_by_ref AS
(
    SELECT task_ref, groupArray(judgement) AS list FROM judgements WHERE task_id = '' AND task_ref != '' GROUP BY task_ref
),
found AS
(
    SELECT run_id, count() AS loops FROM $DATABASE.loops FINAL GROUP BY run_id
),
-- By run: what a run costs is its task's, in whatever environment a part of it was done.
costs AS
(
    SELECT
        run_id,
        sum(input_tokens) AS sum_input_tokens,
        sum(cached_input_tokens) AS sum_cached_input_tokens,
        sum(cache_write_tokens) AS sum_cache_write_tokens,
        sum(output_tokens) AS sum_output_tokens,
        sum(reasoning_tokens) AS sum_reasoning_tokens,
        sum(cost) AS sum_cost,
        countIf(cost IS NULL) AS sum_unpriced
    FROM $DATABASE.cost_entries
    GROUP BY run_id
),
works AS
(
    SELECT
        if(r.task_id != '', r.task_id, if(k.first_run_id = '', r.run_id, k.first_run_id)) AS id,
        r.environment AS env,
        argMin(r.task_ref, (r.task_ref = '', r.started_at, r.run_id)) AS t_task_ref,
        arraySort((x, y) -> y, groupArray(r.run_id), groupArray((r.started_at, r.run_id))) AS t_run_ids,
        arrayDistinct(arraySort((x, y) -> y, groupArray(r.trace_id), groupArray((r.started_at, r.run_id)))) AS t_trace_ids,
        argMin(r.conversation_id, (r.started_at, r.run_id)) AS t_conversation_id,
        argMin(tuple(r.agent, r.registered, r.stage, r.owner_department, r.owner_team, r.owner_cost_center, r.telemetry, r.registry_version), (r.root_seen = 0, r.started_at, r.run_id)) AS entry,
        arrayDistinct(arrayFlatten(arraySort((x, y) -> y, groupArray(r.agents), groupArray((r.started_at, r.run_id))))) AS t_agents,
        argMin(r.task_type, (r.task_type = '', r.started_at, r.run_id)) AS t_task_type,
        argMin(tuple(r.department, r.team, r.cost_center, r.tenant, r.user_id), (r.root_seen = 0, r.started_at, r.run_id)) AS who,
        arrayFlatten(groupArray(arrayMap(v -> (v.1, v.2, v.3, v.4, ''), arrayZip(r.verdict_outcomes, r.verdict_sources, r.verdict_times, r.verdict_evidence)))) AS all_verdicts,
        max(r.started_at) AS last_started_at,
        -- The error of an attempt that another one followed decides nothing.
        arrayFilter(v -> v.2 != 'emitter' OR v.3 >= last_started_at, all_verdicts) AS own_verdicts,
        min(r.started_at) AS t_started_at,
        max(r.ended_at) AS t_ended_at,
        min(r.root_seen) AS t_root_seen,
        argMax(r.waiting, (r.started_at, r.run_id)) AS t_waiting,
        max(r.deadline_at) AS t_deadline_at,
        min(r.success_without_verdict) AS t_success_without_verdict,
        sum(r.model_calls) AS t_model_calls,
        sum(r.tool_calls) AS t_tool_calls,
        sum(r.inferred_tool_calls) AS t_inferred_tool_calls,
        sum(r.tool_errors) AS t_tool_errors,
        sum(r.handoffs) AS t_handoffs,
        sum(r.planned) AS own_planned,
        sum(r.unplanned) AS own_unplanned,
        sum(r.interventions) AS own_interventions,
        sum(r.people) AS own_people,
        sum(r.timed) AS own_timed,
        sum(r.ms) AS own_ms,
        sum(f.loops) AS t_loops,
        sum(c.sum_input_tokens) AS t_input_tokens,
        sum(c.sum_cached_input_tokens) AS t_cached_input_tokens,
        sum(c.sum_cache_write_tokens) AS t_cache_write_tokens,
        sum(c.sum_output_tokens) AS t_output_tokens,
        sum(c.sum_reasoning_tokens) AS t_reasoning_tokens,
        sum(c.sum_cost) AS t_cost,
        sum(c.sum_unpriced) AS t_unpriced,
        min(r.sampled_share) AS t_sampled_share
    FROM (SELECT * FROM counted WHERE root_seen + model_calls + tool_calls > 0) AS r
    LEFT JOIN $DATABASE.run_links AS k ON k.run_id = r.run_id
    LEFT JOIN found AS f ON f.run_id = r.run_id
    LEFT JOIN costs AS c ON c.run_id = r.run_id
    GROUP BY id, env
),
tasks AS
(
    SELECT
        w.*,
        -- Whoever judges need not know where the work ran, but if it says so, it is judged there only.
        arrayFilter(j -> j.1 IN ('', w.env), arrayConcat(i.list, r.list)) AS judged,
        arraySort(
            v -> (indexOf(['human', 'system', 'evaluator', 'agent', 'emitter'], v.2), -toUnixTimestamp64Nano(v.3), v.1, v.4, v.5),
            arrayConcat(w.own_verdicts, arrayFlatten(arrayMap(j -> j.2, judged)))
        ) AS t_verdicts,
        w.own_planned + arraySum(j -> j.3, judged) AS planned,
        w.own_unplanned + arraySum(j -> j.4, judged) AS unplanned,
        w.own_interventions + arraySum(j -> j.5, judged) AS interventions,
        w.own_people + arraySum(j -> j.6, judged) AS t_human_steps,
        w.own_timed + arraySum(j -> j.7, judged) AS t_human_timed,
        w.own_ms + arraySum(j -> j.8, judged) AS t_human_ms
    FROM works AS w
    LEFT JOIN judged_by_id AS i ON i.task_id = w.id
    LEFT JOIN judged_by_ref AS r ON r.task_ref = w.t_task_ref
)
SELECT
    t.id AS task_id,
    t.t_task_ref AS task_ref,
    t.t_run_ids AS run_ids,
    t.t_trace_ids AS trace_ids,
    t.t_conversation_id AS conversation_id,
    t.entry.1 AS agent,
    t.t_agents AS agents,
    t.entry.2 AS registered,
    t.env AS environment,
    t.entry.3 AS stage,
    t.t_task_type AS task_type,
    t.who.1 AS department,
    t.entry.4 AS owner_department,
    t.who.2 AS team,
    t.entry.5 AS owner_team,
    t.who.3 AS cost_center,
    t.entry.6 AS owner_cost_center,
    t.who.4 AS tenant,
    t.who.5 AS user_id,
    multiIf(
        notEmpty(t.t_verdicts), t.t_verdicts[1].1,
        (t.t_waiting = 1 OR t.t_root_seen = 0) AND now64(9) < t.t_deadline_at, 'open',
        t.t_waiting = 1 OR t.t_root_seen = 0, 'abandoned',
        t.t_success_without_verdict = 1, 'success',
        'unknown'
    ) AS outcome,
    multiIf(notEmpty(t.t_verdicts), t.t_verdicts[1].2, outcome = 'success', 'emitter', '') AS outcome_source,
    multiIf(
        notEmpty(t.t_verdicts), t.t_verdicts[1].4,
        outcome = 'success', 'no error seen',
        outcome = 'abandoned' AND t.t_waiting = 1, 'waited beyond the task timeout',
        outcome = 'abandoned', 'no end seen within the task timeout',
        outcome = 'open' AND t.t_waiting = 1, 'waiting for a decision',
        ''
    ) AS outcome_evidence,
    if(notEmpty(t.t_verdicts), t.t_verdicts[1].5, '') AS outcome_by,
    multiIf(notEmpty(t.t_verdicts), t.t_verdicts[1].3, outcome = 'abandoned', t.t_deadline_at, NULL) AS decided_at,
    t.t_verdicts AS verdicts,
    t.t_started_at AS started_at,
    t.t_ended_at AS ended_at,
    (toUnixTimestamp64Nano(t.t_ended_at) - toUnixTimestamp64Nano(t.t_started_at)) / 1000000 AS duration_ms,
    t.t_model_calls AS model_calls,
    t.t_tool_calls AS tool_calls,
    t.t_inferred_tool_calls AS inferred_tool_calls,
    t.t_tool_errors AS tool_errors,
    t.t_handoffs AS handoffs,
    t.interventions AS human_interventions,
    t.planned AS planned_interventions,
    t.unplanned AS unplanned_interventions,
    t.t_human_steps AS human_steps,
    t.t_human_timed AS human_timed,
    t.t_human_ms AS human_ms,
    t.t_loops AS loops,
    t.t_input_tokens AS input_tokens,
    t.t_cached_input_tokens AS cached_input_tokens,
    t.t_cache_write_tokens AS cache_write_tokens,
    t.t_output_tokens AS output_tokens,
    t.t_reasoning_tokens AS reasoning_tokens,
    t.t_cost AS cost,
    '$CURRENCY' AS currency,
    t.t_unpriced AS unpriced_calls,
    t.t_sampled_share AS sampled_share,
    t.entry.7 AS telemetry,
    t.entry.8 AS registry_version
FROM tasks AS t
