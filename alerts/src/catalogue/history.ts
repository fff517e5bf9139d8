import type { RegistryDocument } from '@agentops/registry';
import { unusualSql } from '../history/rules.ts';
import { UNUSUAL } from '../history/unusual.ts';
import type { AlertDefinition } from './types.ts';

const QUESTIONS = [
  {
    ask: 'How did it develop by day?',
    sql: "SELECT toDate(at) AS day, sum(t.tasks) AS tasks, round(exp(sum(log_cost) / 1e6 / nullIf(sum(whole_costs), 0)), 4) AS usual_cost, round(sum(t.tool_calls) / sum(t.tasks), 1) AS calls, round(exp(sum(log_duration) / 1e6 / sum(t.tasks)) / 1000) AS usual_seconds, sumIf(t.tasks, outcome NOT IN ('success', 'unknown')) AS failed FROM agentops.task_totals AS t WHERE agent = {agent:String} AND outcome != 'open' GROUP BY day ORDER BY day DESC LIMIT 63",
  },
  {
    ask: 'Which models and versions ran?',
    sql: "SELECT model, min(started_at) AS first, max(started_at) AS last, count() AS calls FROM agentops.run_steps WHERE agent = {agent:String} AND kind = 'llm' GROUP BY model ORDER BY last DESC",
  },
  {
    ask: 'Which tasks of the last day stand out?',
    sql: 'SELECT task_id, ended_at, outcome, tool_calls, tool_errors, round(duration_ms / 1000) AS seconds, cost FROM agentops.tasks WHERE agent = {agent:String} AND ended_at > now() - INTERVAL 1 DAY ORDER BY cost DESC NULLS LAST, tool_calls DESC LIMIT 10',
  },
] as const;

const LABELS = ['agent', 'measure', 'environment', 'department', 'owner', 'operator'] as const;
const HOW = `The latest day, or as many as hold ${UNUSUAL.leastTasks} tasks, against the median of such blocks in the ${UNUSUAL.days - 1} days before, of which there must be ${UNUSUAL.leastBlocks}; blocks of the same day of the week where there are ${UNUSUAL.leastSeason}. It counts when it is more than chance by the median absolute deviation of those blocks. Of a task at most ${UNUSUAL.mostErrors} failed tool calls count: a single storm of retries is a loop. It knows no holidays.`;

/** What an agent does against what it usually did: no objective is needed. */
export function historyAlerts(registry: RegistryDocument): AlertDefinition[] {
  return [
    {
      id: 'effort-up',
      title: 'Tasks take more effort for the same result',
      severity: 'ticket',
      domain: 'business',
      summary:
        'Of {{ $labels.agent }}: {{ $labels.measure }} up by a factor of {{ printf "%.1f" $value }} against its own weeks before, though results hold.',
      meaning: `It is the early sign of lost quality: the agent still arrives, by a longer way. ${HOW}`,
      firstSteps: [
        'Compare a dear task of today with one of the weeks before.',
        'Has the model, the prompt or a tool changed?',
      ],
      sql: unusualSql(registry, 'effort'),
      above: 1,
      timing: { pending: 1_800, keepFiring: 7_200 },
      questions: QUESTIONS,
      dashboard: 'agentops-agent',
      labels: LABELS,
      noData: 'ok',
    },
    {
      id: 'unusual',
      title: 'An agent does not do as it usually does',
      severity: 'ticket',
      domain: 'business',
      summary:
        'Of {{ $labels.agent }}: {{ $labels.measure }}, by a factor of {{ printf "%.1f" $value }} against its own weeks before.',
      meaning: `Nobody has set an objective for it: it is held against its own history. ${HOW}`,
      firstSteps: [
        'Is it meant: a new use, a campaign, an end? Then it will be usual in some weeks.',
        'Was it deployed, or its model, prompt or tools changed?',
        'Is it time for an objective? agentops slo suggest names a first one.',
      ],
      sql: unusualSql(registry, 'rest'),
      above: 1,
      timing: { pending: 1_800, keepFiring: 7_200 },
      questions: QUESTIONS,
      dashboard: 'agentops-agent',
      labels: LABELS,
      noData: 'ok',
    },
  ];
}
