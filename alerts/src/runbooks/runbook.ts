import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { type AlertDefinition, alertsOf } from '../catalogue/index.ts';
import { destinations } from '../routing/channels.ts';

const CALLS = {
  page: 'somebody is called, at once',
  ticket: 'a ticket, for working hours',
  info: 'nobody',
} as const;

/** One runbook for every alert: what it means, what to ask first, how to stop the agent, whom to call. */
export function runbooks(registry: RegistryDocument): GeneratedFile[] {
  return alertsOf(registry).map((alert) => ({
    path: `alerts/generated/runbooks/${alert.id}.md`,
    text: `${runbook(alert, registry)}\n`,
  }));
}

function runbook(alert: AlertDefinition, registry: RegistryDocument): string {
  const { agents } = registry;
  const onAgents = alert.labels.includes('agent');
  return [
    `# ${alert.title}`,
    `\`${alert.id}\` · ${alert.severity}: ${CALLS[alert.severity]} · ${alert.domain}`,
    '## What it means',
    alert.meaning,
    '## First',
    alert.firstSteps.map((step, i) => `${i + 1}. ${step}`).join('\n'),
    '## Ask',
    `The dashboard: \`/d/${alert.dashboard}\`. By hand, with the labels of the alert as parameters:`,
    ...alert.questions.map(({ ask, sql }) => `**${ask}**\n\n\`\`\`sql\n${sql}\n\`\`\``),
    ...(onAgents && agents.length > 0 ? ['## Stop the agent', stops(registry)] : []),
    '## Whom to call',
    people(alert, registry),
    '## Afterwards',
    [
      '- When did it begin, when was it seen, when did it end?',
      '- What did it cost: tasks, money, trust?',
      '- Why was it not prevented, and why not seen sooner?',
      '- What changes: the agent, its entry in the registry, this alert?',
    ].join('\n'),
  ].join('\n\n');
}

/** How each agent is held today. Nothing here does it by itself. */
function stops({ agents }: RegistryDocument): string {
  const rows = agents
    .filter(({ stage }) => stage !== 'retired')
    .map(({ id, stop }) =>
      stop === undefined
        ? `| ${id} | nobody has said how: find out before it is needed | | |`
        : `| ${id} | ${cell(stop.how)} | ${stop.who.join(', ')} | ${stop.last_tried ?? 'never'} |`,
    );
  return [
    'Alert only: whatever the registry agrees on (`on_breach`, approval rules), nothing here holds an agent by itself.',
    '',
    '| agent | how | who may | last tried |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function people(alert: AlertDefinition, registry: RegistryDocument): string {
  const teams = new Map(registry.organisation.teams.map(({ id, name }) => [id, name]));
  const rows = destinations(registry)
    .filter(
      ({ domain, agent }) => domain === alert.domain && (alert.labels.includes('agent') || agent === ''),
    )
    .map(({ agent, department, channel }) => {
      const entry = registry.agents.find(({ id }) => id === agent);
      const escalate = entry === undefined ? '' : `${teams.get(entry.owner) ?? entry.owner} (owner)`;
      return `| ${agent || (department && `the rest of ${department}`) || 'everything else'} | ${channel.id} (${channel.type}: ${cell(channel.target)}) | ${escalate} |`;
    });
  return rows.length === 0
    ? 'The organisation file names no channel.'
    : ['| for | told | then |', '|---|---|---|', ...rows].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
