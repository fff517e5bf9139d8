import type { RegistryDocument } from '@agentops/registry';
import { platformTeam } from '../routing/platform.ts';
import { literal } from './sql.ts';
import type { AlertDefinition } from './types.ts';

const QUESTIONS = [
  {
    ask: 'Which minutes and sources?',
    sql: 'SELECT minute, source, signal, received, stored, duplicates, dead_letters, dropped, pending, balance FROM agentops.balance WHERE balance != 0 OR dead_letters > 0 ORDER BY minute DESC LIMIT 50',
  },
  {
    ask: 'Does anything arrive?',
    sql: 'SELECT minute, sum(received) AS received, sum(stored) AS stored FROM agentops.balance WHERE minute > now() - INTERVAL 2 HOUR GROUP BY minute ORDER BY minute DESC LIMIT 30',
  },
  {
    ask: 'What could not be read, and why?',
    sql: 'SELECT reason, count() AS items, max(received_at) AS latest FROM agentops.dead_letters GROUP BY reason ORDER BY items DESC LIMIT 20',
  },
] as const;

/** Minutes of silence that count, and minutes in which telemetry came in as long a time of the weeks before. */
const STALE = { minutes: 30, usual: 12, weeks: 4 } as const;
/** Minutes. */
const WEEK = 7 * 24 * 60;

/** Whether the numbers can be trusted: these silence what they make unreliable. */
export function pipelineAlerts(registry: RegistryDocument): AlertDefinition[] {
  const team = literal(platformTeam(registry));
  const people = `${team} AS owner, ${team} AS operator`;
  return [
    {
      id: 'watchdog',
      title: 'The alerts themselves work',
      severity: 'info',
      domain: 'pipeline',
      summary: 'This alert always fires. When it is missing, nobody would be called by any other.',
      meaning: 'A dead man’s switch: whatever receives it must complain when it stops coming.',
      firstSteps: ['When it is missing: is the evaluator up, does it reach ClickHouse and the receivers?'],
      sql: `SELECT 'agentops' AS pipeline, ${people}, toFloat64(1) AS alive`,
      above: 0,
      timing: { pending: 0, keepFiring: 0 },
      questions: QUESTIONS,
      dashboard: 'agentops-pipeline',
      labels: ['pipeline', 'owner', 'operator'],
      noData: 'alerting',
    },
    {
      id: 'conservation-broken',
      title: 'Telemetry is lost, and we do not know why',
      severity: 'page',
      domain: 'pipeline',
      summary:
        '{{ printf "%.0f" $value }} items of {{ $labels.source }} were received and are neither stored nor accounted for.',
      meaning:
        'received = stored + duplicates + dead letters + dropped + pending does not hold, from three independent counts. It is a fault of this pipeline. Minutes of the last ten are left out: they may still be under way.',
      firstSteps: [
        'Note source and minutes; the requests are in the log or in Kafka still.',
        'Rates and costs of this time are not to be trusted.',
      ],
      sql: `
        SELECT source, ${people}, toFloat64(sum(abs(balance))) AS items FROM agentops.balance
        WHERE minute <= $__toTime - INTERVAL 10 MINUTE AND minute > $__toTime - INTERVAL 1 DAY
          AND minute < (SELECT min(counted_until) - INTERVAL 2 MINUTE FROM agentops.rollup_state)
        GROUP BY source`,
      above: 0,
      timing: { pending: 300, keepFiring: 0 },
      questions: QUESTIONS,
      dashboard: 'agentops-pipeline',
      labels: ['source', 'owner', 'operator'],
      noData: 'ok',
    },
    {
      id: 'telemetry-stale',
      title: 'No telemetry arrives',
      severity: 'page',
      domain: 'pipeline',
      summary: 'Nothing has been received for {{ printf "%.0f" $value }} minutes.',
      meaning:
        'The way to us is broken: Collector, Kafka or processor. Or all agents rest that did not in the weeks before: in as long a time, at this hour of this day of the week, telemetry came in at least a dozen different minutes. (Of up to four weeks the second quietest counts; where there is none to compare with, half an hour of silence is enough.) Until it is mended, no other alert of agents means anything.',
      firstSteps: ['Are the Collector and the processors up? See their /readyz and their lag.'],
      sql: `
        SELECT 'all' AS scope, ${people},
          -- As quiet as in other weeks is no silence.
          toFloat64(if(length(usual) > 0 AND usual[least(2, greatest(1, length(usual) - 1))] < ${STALE.usual}, least(silent, ${STALE.minutes}), silent)) AS minutes
        FROM
        (
          SELECT now, heard, if(empty(heard), 0, now - arrayMax(heard)) AS silent,
            arrayFilter(week -> arrayMin(heard) < now - week * ${WEEK} - silent, range(1, ${STALE.weeks} + 1)) AS weeks,
            arraySort(arrayMap(week -> arrayCount(one -> one > now - week * ${WEEK} - silent AND one <= now - week * ${WEEK}, heard), weeks)) AS usual
          FROM
          (
            SELECT toInt64(toRelativeMinuteNum($__toTime)) AS now, groupUniqArray(toInt64(toRelativeMinuteNum(minute))) AS heard
            FROM agentops.balance
            WHERE received > 0 AND minute <= $__toTime AND minute > $__toTime - INTERVAL ${STALE.weeks + 1} WEEK
          )
        )`,
      above: STALE.minutes,
      timing: { pending: 300, keepFiring: 0 },
      questions: QUESTIONS,
      dashboard: 'agentops-pipeline',
      labels: ['scope', 'owner', 'operator'],
      noData: 'alerting',
    },
    {
      id: 'answers-stale',
      title: 'What is asked is behind what is stored',
      severity: 'page',
      domain: 'pipeline',
      summary: 'Dashboards and rules are {{ printf "%.0f" $value }} minutes behind what has been stored.',
      meaning:
        'Telemetry is stored, but the sums and states that dashboards and rules ask are not kept in step: a processor does that. Rules that find nothing may only not have seen it yet.',
      firstSteps: [
        'Is a processor up, and does it say "rollups fall behind"?',
        'Has much been imported at once? Then it catches up by itself.',
      ],
      sql: `SELECT 'answers' AS scope, ${people}, toFloat64(max(behind_s)) / 60 AS minutes FROM agentops.rollup_state`,
      above: 10,
      timing: { pending: 300, keepFiring: 0 },
      questions: [
        {
          ask: 'How far behind, and how long does a round take?',
          sql: 'SELECT counted_until, behind_s, traces, duration_ms FROM agentops.rollup_state',
        },
        ...QUESTIONS.slice(1),
      ],
      dashboard: 'agentops-pipeline',
      labels: ['scope', 'owner', 'operator'],
      noData: 'ok',
    },
    {
      id: 'dead-letters',
      title: 'Telemetry cannot be read',
      severity: 'ticket',
      domain: 'pipeline',
      summary:
        '{{ printf "%.1f" $value }} % of what {{ $labels.source }} sent in the last hour could not be read.',
      meaning: 'The items are kept, masked, with the reason. What they would have said is in no number.',
      firstSteps: ['Read the reasons; most often an exporter was changed.'],
      sql: `
        SELECT source, ${people}, 100 * sum(dead_letters) / greatest(sum(received), 1) AS percent FROM agentops.balance
        WHERE minute <= $__toTime AND minute > $__toTime - INTERVAL 1 HOUR GROUP BY source`,
      above: 1,
      timing: { pending: 300, keepFiring: 1_800 },
      questions: QUESTIONS,
      dashboard: 'agentops-pipeline',
      labels: ['source', 'owner', 'operator'],
      noData: 'ok',
    },
  ];
}
