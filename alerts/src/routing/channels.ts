import {
  DOMAINS,
  type Domain,
  type Organisation,
  type RegistryDocument,
  type Severity,
} from '@agentops/registry';
import { platformTeam } from './platform.ts';

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
 * and the security channel, as the entries name them. An entry that names no owner's channel has that of its department, one
 * that names no security channel has that of the others. A domain for which nobody is named goes to the pager: an alert that
 * reaches nobody is worse than one that reaches the wrong person.
 */
export function destinations(registry: RegistryDocument): Destination[] {
  const { organisation, agents } = registry;
  // Nobody reads what the watchdog tells.
  const channels = organisation.channels.filter(({ id }) => id !== organisation.alerting?.watchdog);
  const fallback = pagerOf(channels, platformTeam(registry));
  if (fallback === undefined) return [];
  const named = (id: string | undefined): Channel | undefined =>
    id === undefined ? undefined : channels.find((channel) => channel.id === id);
  const security = agents.flatMap(({ escalation }) => named(escalation.security) ?? [])[0];
  const ofDepartment = (id: string): Channel | undefined =>
    agents.flatMap(({ department, escalation }) =>
      department === id ? (named(escalation.business) ?? []) : [],
    )[0];
  const found: Destination[] = [];
  for (const { id, department, operator, escalation, reviewers } of agents) {
    const pager = pagerOf(channels, operator) ?? fallback;
    const own: Readonly<Record<Exclude<Domain, 'pipeline'>, Channel>> = {
      operations: pager,
      business: named(escalation.business) ?? ofDepartment(department) ?? pager,
      reviewers: named(escalation.reviewers ?? reviewers[0]?.channel) ?? pager,
      security: named(escalation.security) ?? security ?? pager,
    };
    for (const domain of DOMAINS) {
      if (domain !== 'pipeline') found.push({ domain, agent: id, department, channel: own[domain] });
    }
  }
  for (const { id } of organisation.departments) {
    found.push({
      domain: 'business',
      agent: '',
      department: id,
      channel: ofDepartment(id) ?? fallback,
    });
  }
  for (const domain of DOMAINS) {
    const channel = domain === 'security' ? (security ?? fallback) : fallback;
    found.push({ domain, agent: '', department: '', channel });
  }
  return found;
}

/** How often a severity is told again while it lasts. */
export const REPEAT: Readonly<Record<Severity, string>> = { page: '1h', ticket: '24h', info: '5m' };
