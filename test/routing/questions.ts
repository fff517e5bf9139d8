import { type AlertDefinition, alertsOf } from '@agentops/alerts';
import type { RegistryDocument } from '@agentops/registry';
import type { Labels } from './site.ts';

/** What each alert of the catalogue says of each of whom it may be, by `alert/whom`. */
export function everyAlert(registry: RegistryDocument): Map<string, Labels> {
  return new Map(
    alertsOf(registry).flatMap((alert) =>
      whomOf(alert, registry).map(([whom, labels]) => [
        `${alert.id}/${whom}`,
        { product: 'agentops', alert: alert.id, severity: alert.severity, domain: alert.domain, ...labels },
      ]),
    ),
  );
}

/** Instances as the queries of the catalogue label them: agents, departments, users, and what is of none. */
function whomOf(alert: AlertDefinition, { agents, organisation }: RegistryDocument): [string, Labels][] {
  const ofAgents = agents.map(({ id, department }): [string, Labels] => [id, { agent: id, department }]);
  const { departments } = organisation;
  if (alert.labels.includes('kind') && alert.labels.includes('on_breach')) {
    return [
      ...ofAgents.map(([id, labels]): [string, Labels] => [id, { ...labels, kind: 'agent', subject: id }]),
      ...departments.map(({ id }): [string, Labels] => [
        `of ${id}`,
        { kind: 'department', subject: id, department: id },
      ]),
      ['a user', { kind: 'user', subject: 'ann@kitano.example' }],
    ];
  }
  if (!alert.labels.includes('agent')) return [['nobody', {}]];
  return [
    ...ofAgents,
    ['an unknown agent', { agent: 'unregistered:shadow' }],
    ...departments.map(({ id }): [string, Labels] => [
      `an unknown agent of ${id}`,
      { agent: 'unregistered:shadow', department: id },
    ]),
  ];
}

/** Who is told in the sample company, written down by hand. */
const OWNERS: Readonly<Record<string, string>> = {
  finance: 'finance-owners',
  'customer-care': 'care-owners',
  it: 'it-owners',
  marketing: 'marketing-owners',
};
const REVIEWERS: Readonly<Record<string, string>> = {
  'customer-support': 'care-reviews',
  'expense-reimbursement': 'expense-approvals',
  'inventory-reordering': 'expense-approvals',
  'invoice-matching': 'expense-approvals',
};
function intended({ alert, domain, agent = '', department = '' }: Labels): string {
  if (alert === 'watchdog') return 'dead-mans-switch';
  if (domain === 'security') return 'security-desk';
  if (domain === 'business') return OWNERS[department] ?? 'sre-pager';
  return (domain === 'reviewers' && REVIEWERS[agent]) || 'sre-pager';
}

/** Receivers of every question. */
export const intendedOf = (questions: ReadonlyMap<string, Labels>): Record<string, string[]> =>
  Object.fromEntries([...questions].map(([id, labels]) => [id, [`agentops-${intended(labels)}`]]));
