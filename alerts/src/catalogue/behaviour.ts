import type { RegistryDocument } from '@agentops/registry';
import { everyAgent, inProduction, notATest, paged, people } from './sql.ts';
import type { AlertDefinition } from './types.ts';

/** A circle that somebody can still stop: so many seconds or calls since it was established, the last of them so lately. */
const LOOP = { lastsS: 120, calls: 100, latelyS: 300, runs: 3 } as const;
const GOES_ON = `ended_at > $__toTime - INTERVAL ${LOOP.latelyS} SECOND AND (dateDiff('second', detected_at, ended_at) >= ${LOOP.lastsS} OR wasted_calls >= ${LOOP.calls})`;

/** What agents do: loops, silence, growing effort, unknown outcomes. */
export function behaviourAlerts(registry: RegistryDocument): AlertDefinition[] {
  const all = registry.agents.map(({ id }) => id);
  const production = inProduction(registry);
  return [
    {
      id: 'loop-in-progress',
      title: 'An agent runs in circles',
      severity: 'page',
      domain: 'operations',
      summary:
        '{{ $labels.agent }} runs in circles: {{ printf "%.0f" $value }} calls wasted in the last quarter of an hour.',
      meaning:
        'The same work is done again and again, without an error: retries, cycles of calls, hand-offs to and fro. Every call costs, and a tool with an effect may do its harm many times. A circle pages that has gone on for two minutes, or wasted a hundred calls, and still goes on; or circles of three runs within a quarter of an hour. Single ones that end by themselves are what the objective loop_free counts. Patterns that the registry allows (polling, pagination) do not count.',
      firstSteps: [
        'Open the run: the mark "loop" stands where it begins.',
        'If the tool writes or pays, hold the agent by its own stop.',
        'Is a tool answering the same error again and again? Call its owner.',
      ],
      sql: `
        SELECT a.agent AS agent, l.environment AS environment, ${people(registry, 'a.agent')}, ifNull(l.wasted, 0) AS calls
        FROM ${everyAgent(production)} AS a
        LEFT JOIN
        (
          SELECT agent, environment,
            if(max(${GOES_ON}) OR uniqExact(run_id) >= ${LOOP.runs}, toFloat64(sum(wasted_calls)), 0) AS wasted
          FROM agentops.loop_findings
          WHERE ended_at > $__toTime - INTERVAL 15 MINUTE AND ended_at <= $__toTime AND ${paged(registry)}
          GROUP BY agent, environment
        ) AS l ON l.agent = a.agent`,
      above: 10,
      timing: { pending: 0, keepFiring: 300 },
      questions: [
        {
          ask: 'Which runs, which pattern, what was wasted?',
          sql: 'SELECT run_id, pattern, subject, detected_at, wasted_calls, wasted_cost, currency FROM agentops.loop_findings WHERE agent = {agent:String} ORDER BY detected_at DESC LIMIT 20',
        },
        {
          ask: 'What does the tool answer?',
          sql: "SELECT tool, status, error_type, count() AS calls FROM agentops.run_steps WHERE agent = {agent:String} AND kind = 'tool' AND counted = 1 AND started_at > now() - INTERVAL 1 HOUR GROUP BY tool, status, error_type ORDER BY calls DESC",
        },
        {
          ask: 'Does it go on?',
          sql: 'SELECT max(ended_at) AS last_step, sum(wasted_calls) AS calls FROM agentops.loop_findings WHERE agent = {agent:String} AND ended_at > now() - INTERVAL 1 HOUR',
        },
      ],
      dashboard: 'agentops-loops',
      labels: ['agent', 'environment', 'department', 'owner', 'operator'],
      noData: 'ok',
    },
    {
      id: 'silent-agent',
      title: 'An agent that should work is silent',
      severity: 'page',
      domain: 'operations',
      summary:
        '{{ $labels.agent }} has been silent for {{ printf "%.1f" $value }} times as long as the registry expects.',
      meaning:
        'No run of it has come in for longer than its entry expects, counted in its calendar. Either it does not run, or its telemetry does not arrive: a rule without data would call nobody.',
      firstSteps: [
        'Is the process up? Is there work for it?',
        'Does telemetry of others arrive? If not, look at the pipeline.',
        'If it is meant to rest, say so in the registry.',
      ],
      sql: `
        SELECT agent, calendar, ${people(registry)}, toFloat64(silent_s) / greatest(every_s, 1) AS times
        FROM agentops.silent_agents`,
      above: 1,
      timing: { pending: 300, keepFiring: 0 },
      questions: [
        {
          ask: 'Since when?',
          sql: 'SELECT last_seen, every_s, silent_s FROM agentops.silent_agents WHERE agent = {agent:String}',
        },
        {
          ask: 'Does anything else arrive?',
          sql: 'SELECT minute, sum(received) AS received FROM agentops.conservation WHERE minute > now() - INTERVAL 1 HOUR GROUP BY minute ORDER BY minute DESC LIMIT 20',
        },
        {
          ask: 'What did it do last?',
          sql: 'SELECT task_id, ended_at, outcome, outcome_evidence FROM agentops.task_outcomes WHERE agent = {agent:String} ORDER BY ended_at DESC LIMIT 5',
        },
      ],
      dashboard: 'agentops-agent',
      labels: ['agent', 'calendar', 'department', 'owner', 'operator'],
      noData: 'ok',
    },
    {
      id: 'outcome-unknown',
      title: 'Nobody knows whether tasks succeed',
      severity: 'ticket',
      domain: 'business',
      summary:
        'For {{ printf "%.0f" $value }} % of the tasks of {{ $labels.agent }} nobody has said how they ended.',
      meaning:
        'Its success rate rests on a small part of its work. At least 20 tasks ended in the last week.',
      firstSteps: ['Let the agent report outcomes, or import them from the system of record.'],
      sql: `
        SELECT a.agent AS agent, ${people(registry, 'a.agent')}, ifNull(if(t.tasks < 20, 0, 100 * t.unknown / t.tasks), 0) AS share
        FROM ${everyAgent(production)} AS a
        LEFT JOIN
        (
          SELECT agent, sum(s.tasks) AS tasks, sumIf(s.tasks, outcome = 'unknown') AS unknown FROM agentops.task_totals AS s
          WHERE outcome != 'open' AND at <= $__toTime AND at > $__toTime - INTERVAL 7 DAY AND ${paged(registry)}
          GROUP BY agent
        ) AS t ON t.agent = a.agent`,
      above: 50,
      timing: { pending: 3_600, keepFiring: 86_400 },
      questions: [
        {
          ask: 'Who judges its tasks?',
          sql: 'SELECT outcome, outcome_source, count() AS tasks FROM agentops.task_outcomes WHERE agent = {agent:String} GROUP BY outcome, outcome_source ORDER BY tasks DESC',
        },
        {
          ask: 'Do verdicts wait for a task that never came?',
          sql: 'SELECT source, given_by, count() AS verdicts FROM agentops.task_verdicts WHERE joined = 0 GROUP BY source, given_by ORDER BY verdicts DESC LIMIT 10',
        },
        {
          ask: 'Since when?',
          sql: "SELECT toDate(ended_at) AS day, countIf(outcome = 'unknown') AS unknown, count() AS tasks FROM agentops.task_outcomes WHERE agent = {agent:String} GROUP BY day ORDER BY day DESC LIMIT 14",
        },
      ],
      dashboard: 'agentops-quality',
      labels: ['agent', 'department', 'owner', 'operator'],
      noData: 'ok',
    },
    {
      id: 'approval-overdue',
      title: 'A request for approval waits too long',
      severity: 'page',
      domain: 'reviewers',
      summary:
        '{{ printf "%.0f" $value }} requests of {{ $labels.agent }} on {{ $labels.channel }} wait beyond the time that was agreed.',
      meaning: 'The agent stands still until somebody decides; its customers wait.',
      firstSteps: [
        'Decide the oldest request, or hand it to the next reviewer.',
        'Is the channel read? Has somebody left?',
      ],
      sql: `
        SELECT a.agent AS agent, p.channel AS channel, ${people(registry, 'a.agent')}, ifNull(p.waiting, 0) AS requests
        FROM ${everyAgent(all)} AS a
        LEFT JOIN
        (
          SELECT agent, channel, toFloat64(count()) AS waiting FROM agentops.reviews
          WHERE late_at < $__toTime AND (decided_at IS NULL OR decided_at > $__toTime)
            AND requested_at > $__toTime - INTERVAL 30 DAY AND ${notATest(registry)}
          GROUP BY agent, channel
        ) AS p ON p.agent = a.agent`,
      above: 0,
      timing: { pending: 60, keepFiring: 0 },
      questions: [
        {
          ask: 'Which requests wait, and since when?',
          sql: "SELECT approval_id, task_id, tool, amount, amount_currency, requested_at, channel FROM agentops.reviews WHERE agent = {agent:String} AND decision = 'pending' ORDER BY requested_at LIMIT 20",
        },
        {
          ask: 'How long do decisions take otherwise?',
          sql: 'SELECT channel, count() AS decided, quantile(0.5)(wait_ms) AS median_ms FROM agentops.reviews WHERE agent = {agent:String} AND wait_ms IS NOT NULL GROUP BY channel',
        },
        {
          ask: 'Who decided lately?',
          sql: "SELECT reviewer, decision, count() AS requests FROM agentops.reviews WHERE agent = {agent:String} AND decision != 'pending' GROUP BY reviewer, decision ORDER BY requests DESC",
        },
      ],
      dashboard: 'agentops-people',
      labels: ['agent', 'channel', 'department', 'owner', 'operator'],
      noData: 'ok',
    },
  ];
}
