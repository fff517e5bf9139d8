import type { RegistryDocument } from '@agentops/registry';
import { measuredDropSql } from '../slo/measured.ts';
import { burnSql } from '../slo/rules.ts';
import type { AlertDefinition } from './types.ts';

const QUESTIONS = [
  {
    ask: 'Where does each of its objectives stand?',
    sql: 'SELECT slo, environment, objective, value, denominator, coverage, budget_left, exhausted_at FROM agentops.slo_status WHERE agent = {agent:String}',
  },
  {
    ask: 'Which tasks failed last, and on what evidence?',
    sql: "SELECT task_id, ended_at, outcome, outcome_source, outcome_evidence, tool_errors, loops FROM agentops.task_outcomes WHERE agent = {agent:String} AND outcome NOT IN ('success', 'open', 'unknown') ORDER BY ended_at DESC LIMIT 20",
  },
  {
    ask: 'Which tools fail?',
    sql: "SELECT tool, count() AS calls, countIf(failed = 1) AS errors FROM agentops.run_steps WHERE agent = {agent:String} AND kind = 'tool' AND counted = 1 AND started_at > now() - INTERVAL 1 DAY GROUP BY tool ORDER BY errors DESC",
  },
] as const;

const LABELS = ['agent', 'slo', 'objective', 'environment', 'department', 'owner', 'operator'] as const;

/** Objectives that are being missed. */
export function objectiveAlerts(registry: RegistryDocument): AlertDefinition[] {
  return [
    {
      id: 'slo-burn-page',
      title: 'An objective is being missed fast',
      severity: 'page',
      domain: 'operations',
      summary:
        '{{ $labels.agent }} misses {{ $labels.slo }} (objective {{ $labels.objective }} %): its errors stand at {{ printf "%.1f" $value }} times what pages.',
      meaning:
        'The error ratio of the last hour and of the last five minutes, or of the last six hours and half an hour, is so high that the error budget would soon be gone; the lower end of the interval is taken, so that a few events call nobody. Where more than the objective allows was usual in the weeks before, the ratio is held against that: what has been so for weeks is for a ticket. Or the latest tasks fail so much more often than usual (than allowed, or than measured in the weeks before where that is more) that chance does not explain it. It says nothing of tasks whose outcome is unknown.',
      firstSteps: [
        'Look at the agent: which outcome, which tool, since when.',
        'If it does harm, hold it by its own stop.',
        'Was it deployed, or its model or prompt changed? Go back.',
      ],
      sql: burnSql(registry, 'page'),
      above: 1,
      timing: { pending: 120, keepFiring: 600 },
      questions: QUESTIONS,
      dashboard: 'agentops-slo',
      labels: LABELS,
      noData: 'ok',
    },
    {
      id: 'slo-burn-ticket',
      title: 'An objective is being missed slowly',
      severity: 'ticket',
      domain: 'business',
      summary:
        '{{ $labels.agent }} will miss {{ $labels.slo }} (objective {{ $labels.objective }} %): over days its errors stand at {{ printf "%.1f" $value }} times what calls for a ticket.',
      meaning:
        'Over one day and two hours, or three days and six hours, more fails than the objective allows; or within three days so much that twice the odds of a failure explain it far better than what is allowed. Nobody has to get up; the error budget will not last.',
      firstSteps: [
        'Look at the failures of the last days together.',
        'Decide: mend it, or agree on another objective.',
      ],
      sql: burnSql(registry, 'ticket'),
      above: 1,
      // Nights are quiet: what has lasted for days has not ended with them.
      timing: { pending: 600, keepFiring: 43_200 },
      questions: QUESTIONS,
      dashboard: 'agentops-slo',
      labels: LABELS,
      noData: 'ok',
    },
    {
      id: 'measured-drop',
      title: 'An agent without an objective does worse than it did',
      severity: 'ticket',
      domain: 'business',
      summary:
        'The latest events of {{ $labels.agent }} are worse in {{ $labels.slo }} than the weeks before: the evidence is {{ printf "%.1f" $value }} times what chance explains.',
      meaning:
        'Nobody has set an objective: the registry says "measure". The latest 60 events of three days are compared with those before them, of which there must be 60. It says nothing of whether what was usual is good enough.',
      firstSteps: [
        'Look at the latest failures together: what do they share?',
        'Was it deployed, or its model or prompt changed?',
        'Is it time for an objective? agentops slo suggest names a first one.',
      ],
      sql: measuredDropSql(registry),
      above: 1,
      // Nights are quiet: what has lasted for days has not ended with them.
      timing: { pending: 600, keepFiring: 43_200 },
      questions: QUESTIONS,
      dashboard: 'agentops-slo',
      labels: LABELS.filter((label) => label !== 'objective'),
      noData: 'ok',
    },
  ];
}
