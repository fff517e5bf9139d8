import { readRegistry } from '@agentops/processor';
import { organisationSchema, type RegistryDocument } from '@agentops/registry';
import { testFile } from '../servers/tools.ts';

/** The sample company with something of its organisation file changed. */
export function companyWith(change: Record<string, unknown> = {}): RegistryDocument {
  const { organisation, agents } = readRegistry(testFile('../registry/company'));
  return { organisation: organisationSchema.parse({ ...organisation, ...change }), agents };
}

/** A channel of every kind, with what is awkward in files that are interpolated. */
export const EVERY_CHANNEL = [
  { id: 'sre-pager', type: 'pagerduty', target: 'agent-sre' },
  { id: 'care-reviews', type: 'opsgenie', target: 'Care & reviews' },
  {
    id: 'care-owners',
    type: 'jira',
    target: 'CARE',
    url: 'https://kitano.atlassian.net',
    user: 'bot@kitano.example',
  },
  { id: 'finance-owners', type: 'jira', target: 'FIN', url: 'https://jira.kitano.example/jira' },
  { id: 'it-owners', type: 'alertmanager', target: 'IT', url: 'http://alertmanager.it.example:9093' },
  { id: 'marketing-owners', type: 'webhook', target: 'the $HOME of marketing' },
  { id: 'expense-approvals', type: 'slack', target: '#approvals-over-$100' },
  { id: 'security-desk', type: 'teams', target: 'Security' },
  { id: 'dead-mans-switch', type: 'email', target: 'a@kitano.example;b@kitano.example' },
] as const;

/** Windows by day and by date, of all and of one agent, over midnight and not. */
export const WINDOWS = [
  { id: 'updates', days: ['sun', 'mon'], from: '22:00', to: '02:00' },
  { id: 'close', date: '2026-12-31', from: '23:00', to: '01:00', agents: ['invoice-matching'] },
  { id: 'noon', days: ['wed'], from: '12:00', to: '13:00', agents: ['it-helpdesk', 'code-review'] },
] as const;

/** Labels by the names and values of a company that has routes already. */
export const THEIR_LABELS = {
  severity: { name: 'prio', values: { page: 'P$1', ticket: 'P3' } },
  owner: { name: 'team', values: { 'care-leads': "Care's leads" } },
  operator: { name: 'owner' },
  department: { values: { it: 'IT|EDP', finance: 'FIN.1' } },
  agent: { name: 'bot' },
} as const;
