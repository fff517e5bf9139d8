import { type GeneratedFile, hashRegistry, type RegistryDocument } from '@agentops/registry';
import { alertsOf } from '../catalogue/index.ts';
import { destinations } from '../routing/channels.ts';
import { acknowledgeWithinMs, escalationChain } from '../routing/escalation.ts';

/** The page that everyone agrees on, one for each department: who watches what, who is called, who may do what. */
export function matrices(registry: RegistryDocument): GeneratedFile[] {
  return registry.organisation.departments
    .filter(({ id }) => registry.agents.some(({ department }) => department === id))
    .map(({ id, name }) => ({
      path: `alerts/generated/matrix/${id}.md`,
      text: `${matrix(id, name, registry)}\n`,
    }));
}

function matrix(department: string, name: string, registry: RegistryDocument): string {
  const { organisation } = registry;
  const agents = registry.agents.filter((agent) => agent.department === department);
  const teams = new Map(organisation.teams.map((team) => [team.id, team]));
  const team = (id: string): string => {
    const found = teams.get(id);
    return found === undefined ? id : `${found.name} (${found.members.join(', ')})`;
  };
  const updated = agents
    .map((agent) => agent.updated ?? '')
    .sort()
    .at(-1);
  const routes = destinations(registry);
  const told = (agent: string, domain: string): string =>
    routes.find((one) => one.agent === agent && one.domain === domain)?.channel.id ?? '–';
  const within = acknowledgeWithinMs(registry);
  const windows = (organisation.alerting?.maintenance ?? []).filter(
    ({ agents: of }) => of === undefined || agents.some(({ id }) => of.includes(id)),
  );
  const pages = alertsOf(registry).filter(({ severity }) => severity === 'page');
  return [
    `# Who answers for the agents of ${name}`,
    `${organisation.name} · registry version \`${hashRegistry(registry).slice(0, 12)}\`${updated ? ` · last change ${updated}` : ''}`,
    '## Agents',
    table(
      [
        'agent',
        'stage',
        'owner: answers for the result',
        'operator: is called',
        'how it is stopped',
        'who may',
        'last tried',
      ],
      agents.map((agent) => [
        agent.id,
        agent.stage,
        team(agent.owner),
        team(agent.operator),
        agent.stop?.how ?? 'nobody has said',
        agent.stop?.who.join(', ') ?? '–',
        agent.stop?.last_tried ?? 'never',
      ]),
    ),
    '## What each is held to',
    table(
      ['agent', 'objective', 'window', 'budget', 'at the hard amount', 'who may raise it'],
      agents.flatMap((agent) => [
        ...agent.slos.map((slo) => [
          agent.id,
          `${slo.sli}${slo.at_most === undefined ? '' : ` ≤ ${slo.at_most}`}: ${typeof slo.objective === 'number' ? `${slo.objective} %` : 'measured only'}`,
          slo.window,
          '',
          '',
          `${agent.owner}, with ${agent.operator}`,
        ]),
        ...agent.budgets.map((budget) => [
          agent.id,
          '',
          `a ${budget.per}`,
          [budget.soft && `soft ${budget.soft}`, budget.hard && `hard ${budget.hard}`]
            .filter(Boolean)
            .join(', '),
          `${budget.on_breach} (alert only, until something enforces it)`,
          budget.owner ?? agent.owner,
        ]),
      ]),
    ),
    '## Who decides in a task',
    table(
      ['agent', 'calls', 'rule', 'answer within', 'asked'],
      agents.flatMap((agent) =>
        agent.approvals.map((rule) => [
          agent.id,
          rule.tool ?? 'all',
          [
            rule.rule,
            rule.over && `over ${rule.over}`,
            rule.under && `up to ${rule.under}`,
            rule.percent && `${rule.percent} %`,
          ]
            .filter(Boolean)
            .join(' '),
          rule.sla,
          agent.reviewers.map((reviewer) => reviewer.team).join(', then ') || '–',
        ]),
      ),
    ),
    '## Who is called, and for what',
    table(
      ['what', 'fires', ...agents.map(({ id }) => id)],
      pages.map((alert) => [
        alert.title,
        alert.timing.pending === 0 ? 'at once' : `after ${alert.timing.pending / 60} min`,
        ...agents.map(({ id }) => (alert.domain === 'pipeline' ? 'pipeline' : told(id, alert.domain))),
      ]),
    ),
    ...(within === null
      ? []
      : [
          '## When nobody takes a page',
          `After ${organisation.acknowledge_within} it goes to the next, and so on, until somebody takes it.`,
          table(
            ['agent', 'of', 'called one after another'],
            agents.flatMap(({ id }) =>
              (['operations', 'business', 'reviewers', 'security'] as const).map((domain) => [
                id,
                domain,
                escalationChain(registry, { agent: id, domain, department: '' })
                  .map((channel) => channel.id)
                  .join(', then '),
              ]),
            ),
          ),
        ]),
    ...(windows.length === 0
      ? []
      : [
          '## When nobody is told',
          `Times of ${organisation.time_zone}. What concerns security is told at any time.`,
          table(
            ['window', 'on', 'from', 'to', 'of'],
            windows.map(({ id, days, date, from, to, agents: of }) => [
              id,
              days?.join(', ') ?? date,
              from,
              to,
              of?.join(', ') ?? 'everything',
            ]),
          ),
        ]),
    '## Agreed',
    table(
      ['role', 'name', 'date', 'signature'],
      [
        ['owner', '', '', ''],
        ['operator', '', '', ''],
        ['security', '', '', ''],
      ],
    ),
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  if (rows.length === 0) return 'Nothing is agreed on.';
  const line = (cells: readonly (string | undefined)[]): string =>
    `| ${cells.map((text) => (text ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
