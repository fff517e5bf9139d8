import type { RegistryDocument } from '@agentops/registry';
import { everyAgent, literal, notATest, paged, people } from './sql.ts';
import type { AlertDefinition } from './types.ts';

const QUESTIONS = [
  {
    ask: 'What happened, how often, and when last?',
    sql: 'SELECT kind, subject, count, first_seen, last_seen, run_id FROM agentops.violations WHERE agent = {agent:String} ORDER BY last_seen DESC LIMIT 20',
  },
  {
    ask: 'Which calls with an effect did it make?',
    sql: "SELECT started_at, tool, effect, risk, amount, amount_currency, task_id FROM agentops.run_steps WHERE agent = {agent:String} AND kind = 'tool' AND counted = 1 AND effect != 'read' ORDER BY started_at DESC LIMIT 20",
  },
  {
    ask: 'For whom does it work?',
    sql: 'SELECT department, user_id, count() AS tasks, sum(cost) AS cost FROM agentops.task_outcomes WHERE agent = {agent:String} GROUP BY department, user_id ORDER BY tasks DESC LIMIT 20',
  },
] as const;

/** SQL: tools of high risk, each with its agent, that no approval rule concerns. */
function unguardedTools({ agents }: RegistryDocument): string {
  const pairs = agents.flatMap(({ id, stage, tools, approvals }) =>
    stage === 'retired'
      ? []
      : tools
          .filter(({ risk, effect }) => risk === 'high' && effect !== 'read')
          .filter(({ name }) => !approvals.some(({ tool }) => tool === undefined || tool === name))
          .map(({ name }) => `(${literal(id)}, ${literal(name)})`),
  );
  return `(SELECT arrayJoin(CAST([${pairs.join(', ')}], 'Array(Tuple(String, String))')) AS r)`;
}

/** A sample is counted by the month, not by when its calls were made. */
const SEEN_OR_SHORT = `
      (
        SELECT agent, environment, kind, subject, count, last_seen FROM agentops.violation_totals
        UNION ALL
        SELECT agent, environment, kind, subject, count, last_seen FROM agentops.violations WHERE kind = 'sample_short'
      )`;

/** What the registry does not know or does not allow. */
export function governanceAlerts(registry: RegistryDocument): AlertDefinition[] {
  const all = registry.agents.map(({ id }) => id);
  const violations = (kinds: readonly string[], hours: number): string => `
    SELECT agent, kind, subject, ${people(registry)}, toFloat64(sum(found)) AS times
    FROM
    (
      SELECT agent, kind, subject, v.count AS found
      FROM ${kinds.includes('sample_short') ? SEEN_OR_SHORT : 'agentops.violation_totals'} AS v
      WHERE kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')}) AND ${notATest(registry)}
        AND last_seen <= $__toTime AND last_seen > $__toTime - INTERVAL ${hours} HOUR
      UNION ALL
      SELECT agent, '' AS kind, '' AS subject, toUInt64(0) AS found FROM ${everyAgent(all)}
    )
    GROUP BY agent, kind, subject`;
  return [
    {
      id: 'unapproved-call',
      title: 'A call went without its approval',
      severity: 'page',
      domain: 'security',
      summary:
        '{{ $labels.agent }} called {{ $labels.subject }} against its approval rule ({{ $labels.kind }}), {{ printf "%.0f" $value }} times in 24 hours.',
      meaning:
        'The registry asks for a person’s decision before such a call. There was none, it came afterwards, or from whoever asked.',
      firstSteps: [
        'Look at what the call did; undo it if that is possible.',
        'Hold the agent by its own stop until it is understood.',
      ],
      sql: violations(['approval_missing', 'approval_late', 'self_approved'], 24),
      above: 0,
      timing: { pending: 0, keepFiring: 0 },
      questions: QUESTIONS,
      dashboard: 'agentops-governance',
      labels: ['agent', 'kind', 'subject', 'department', 'owner', 'operator'],
      noData: 'ok',
    },
    {
      id: 'unregistered-agent',
      title: 'An agent works that nobody has registered',
      severity: 'ticket',
      domain: 'security',
      summary:
        '{{ $labels.agent }} is at work and stands in no registry ({{ $labels.kind }}): {{ printf "%.0f" $value }} runs in 24 hours.',
      meaning:
        'Nobody owns it, nobody is on call for it, nobody knows how it is stopped. Or it was retired, and works on.',
      firstSteps: [
        'Find out whose it is: service and user stand in its runs.',
        'agentops registry adopt writes its first entry.',
      ],
      sql: violations(['unregistered_agent', 'retired_agent'], 24),
      above: 0,
      timing: { pending: 300, keepFiring: 3_600 },
      questions: QUESTIONS,
      dashboard: 'agentops-governance',
      labels: ['agent', 'kind', 'subject', 'department', 'owner', 'operator'],
      noData: 'ok',
    },
    {
      id: 'undeclared-use',
      title: 'An agent uses what it has not declared',
      severity: 'ticket',
      domain: 'security',
      summary:
        '{{ $labels.agent }} uses {{ $labels.subject }}, which its entry does not declare ({{ $labels.kind }}), in {{ printf "%.0f" $value }} runs or calls of 24 hours.',
      meaning:
        'A tool, model, data or version beside the registry. Perhaps only the entry is old; perhaps a prompt made it do so.',
      firstSteps: ['Is it meant? Then declare it, by a pull request.', 'If not: what led to it?'],
      sql: violations(
        ['undeclared_tool', 'undeclared_model', 'undeclared_data', 'undeclared_version', 'sample_short'],
        24,
      ),
      above: 0,
      timing: { pending: 300, keepFiring: 3_600 },
      questions: QUESTIONS,
      dashboard: 'agentops-governance',
      labels: ['agent', 'kind', 'subject', 'department', 'owner', 'operator'],
      noData: 'ok',
    },
    {
      id: 'unguarded-call',
      title: 'An agent makes calls of high risk, and nobody is asked',
      severity: 'ticket',
      domain: 'security',
      summary:
        '{{ $labels.agent }} called {{ $labels.subject }} {{ printf "%.0f" $value }} times in the last day: it is of high risk, and no approval rule concerns it.',
      meaning:
        'The entry says that a wrong call of this tool may cost much, and that the agent may make it alone. Either is to be thought over.',
      firstSteps: [
        'Look at what the calls did.',
        'Agree on an approval rule with its owner, at least a sample, or on a lower risk: by a pull request.',
      ],
      sql: `
        SELECT p.agent AS agent, p.subject AS subject, ${people(registry, 'p.agent')}, toFloat64(ifNull(c.calls, 0)) AS times
        FROM (SELECT r.1 AS agent, r.2 AS subject FROM ${unguardedTools(registry)}) AS p
        LEFT JOIN
        (
          SELECT toString(agent) AS agent, toString(tool) AS subject, sum(t.calls) AS calls FROM agentops.tool_totals AS t
          WHERE at <= $__toTime AND at > $__toTime - INTERVAL 1 DAY AND ${paged(registry)}
          GROUP BY agent, subject
        ) AS c ON c.agent = p.agent AND c.subject = p.subject`,
      above: 0,
      timing: { pending: 300, keepFiring: 3_600 },
      questions: QUESTIONS,
      dashboard: 'agentops-governance',
      labels: ['agent', 'subject', 'department', 'owner', 'operator'],
      noData: 'ok',
    },
  ];
}
