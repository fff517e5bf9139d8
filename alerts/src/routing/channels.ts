import type { Organisation, RegistryDocument } from '@agentops/registry';
import { DOMAINS, type Domain, type Severity } from '../catalogue/index.ts';

export type Channel = Organisation['channels'][number];

/** Who is told of an alert of this domain on this agent. */
export interface Destination {
  readonly domain: Domain;
  /** '' for what concerns no single agent. */
  readonly agent: string;
  readonly department: string;
  readonly channel: Channel;
}

const PAGERS: readonly Channel['type'][] = ['pagerduty', 'opsgenie', 'alertmanager'];

/** The channel that wakes the team: the pager whose target is the team, else any pager, else any channel. */
function pagerOf(channels: readonly Channel[], team: string): Channel | undefined {
  const pagers = channels.filter(({ type }) => PAGERS.includes(type));
  return pagers.find(({ target }) => target === team) ?? pagers[0] ?? channels[0];
}

/**
 * Where the alerts of each domain go, agent by agent and then for the rest: the operator's pager, the owner's, the reviewers'
 * and the security channel, as the entries name them. A domain for which nobody is named goes to the pager: an alert that
 * reaches nobody is worse than one that reaches the wrong person.
 */
export function destinations({ organisation, agents }: RegistryDocument): Destination[] {
  const { channels } = organisation;
  const byId = new Map(channels.map((channel) => [channel.id, channel]));
  const fallback = pagerOf(channels, '');
  if (fallback === undefined) return [];
  const found: Destination[] = [];
  for (const { id, department, operator, escalation, reviewers } of agents) {
    const pager = pagerOf(channels, operator) ?? fallback;
    const named: Readonly<Record<Domain, Channel>> = {
      operations: pager,
      business: byId.get(escalation.business ?? '') ?? pager,
      reviewers: byId.get(escalation.reviewers ?? reviewers[0]?.channel ?? '') ?? pager,
      security: byId.get(escalation.security ?? '') ?? pager,
      pipeline: fallback,
    };
    for (const domain of DOMAINS) {
      if (domain !== 'pipeline') found.push({ domain, agent: id, department, channel: named[domain] });
    }
  }
  for (const { id } of organisation.departments) {
    const channel =
      found.find((one) => one.domain === 'business' && one.department === id)?.channel ?? fallback;
    found.push({ domain: 'business', agent: '', department: id, channel });
  }
  const security = found.find(({ domain }) => domain === 'security')?.channel ?? fallback;
  for (const domain of DOMAINS) {
    found.push({ domain, agent: '', department: '', channel: domain === 'security' ? security : fallback });
  }
  return found;
}

/** How often a severity is told again while it lasts. */
export const REPEAT: Readonly<Record<Severity, string>> = { page: '1h', ticket: '24h', info: '5m' };
