import { type Organisation, organisationSchema, type RegistryDocument } from '@agentops/registry';
import { describe, expect, test } from 'vitest';
import { destinations } from './channels.ts';
import { acknowledgeWithinMs, escalationChain, nextCall, type Page } from './escalation.ts';

const MINUTE = 60_000;
const channel = (id: string, type: string, target = id) => ({ id, type, target });
const organisation = (extra: object = {}): Organisation =>
  organisationSchema.parse({
    name: 'Kitano',
    departments: [{ id: 'care', name: 'Care' }],
    teams: [
      { id: 'sre', name: 'SRE', members: ['minato'] },
      { id: 'leads', name: 'Leads', members: ['rin'] },
    ],
    channels: [
      channel('pager', 'pagerduty', 'sre'),
      channel('owners', 'email'),
      channel('reviews', 'slack'),
      channel('guards', 'pagerduty'),
    ],
    ...extra,
  });
const registry = (extra: object = {}): RegistryDocument => ({
  organisation: organisation(extra),
  agents: [
    {
      id: 'support',
      department: 'care',
      owner: 'leads',
      operator: 'sre',
      reviewers: [],
      escalation: { reviewers: 'reviews', business: 'owners', security: 'guards' },
    } as unknown as RegistryDocument['agents'][number],
  ],
});
const ids = (agent: string, domain: string, department = ''): string[] =>
  escalationChain(registry(), { agent, domain, department }).map(({ id }) => id);

describe('who is called one after another', () => {
  test('first whose domain it is, then owner, operator, security; each once', () => {
    expect(ids('support', 'operations')).toEqual(['pager', 'owners', 'guards']);
    expect(ids('support', 'business')).toEqual(['owners', 'pager', 'guards']);
    expect(ids('support', 'reviewers')).toEqual(['reviews', 'owners', 'pager', 'guards']);
    expect(ids('support', 'security')).toEqual(['guards', 'owners', 'pager']);
  });

  test('of no agent, of a department, of an agent that nobody has registered', () => {
    expect(ids('', 'pipeline')).toEqual(['pager', 'guards']);
    expect(ids('', 'business', 'care')).toEqual(['owners', 'pager', 'guards']);
    expect(ids('unregistered:x', 'security')).toEqual(['guards', 'pager']);
  });

  test('the first one is whom the routes name', () => {
    for (const { agent, domain, department, channel: routed } of destinations(registry()))
      expect(ids(agent, domain, department)[0]).toBe(routed.id);
  });
});

describe('when', () => {
  const chain = escalationChain(registry(), { agent: 'support', domain: 'operations', department: '' });
  const page = (extra: Partial<Page> = {}): Page => ({
    agent: 'support',
    domain: 'operations',
    department: '',
    notifiedAt: 0,
    escalatedTo: [],
    escalatedAt: null,
    givenBackAt: null,
    ...extra,
  });
  const next = (one: Page, minute: number): string | undefined =>
    nextCall(chain, one, 15 * MINUTE, minute * MINUTE)?.id;

  test('the time that the registry says; where it says none, no page goes on', () => {
    expect(acknowledgeWithinMs(registry({ acknowledge_within: '15m' }))).toBe(15 * MINUTE);
    expect(acknowledgeWithinMs(registry())).toBeNull();
  });

  test('so long after the one before was told, until nobody is left', () => {
    expect([14.9, 15, 100].map((minute) => next(page(), minute))).toEqual([undefined, 'owners', 'owners']);
    const once = page({ escalatedTo: ['owners'], escalatedAt: 15 * MINUTE });
    expect([29, 30].map((minute) => next(once, minute))).toEqual([undefined, 'guards']);
    const twice = page({ escalatedTo: ['owners', 'guards'], escalatedAt: 30 * MINUTE });
    expect(next(twice, 1_000)).toBeUndefined();
  });

  test('nobody was told yet; who gave it back had it until then', () => {
    expect(next(page({ notifiedAt: null }), 100)).toBeUndefined();
    const given = page({ givenBackAt: 60 * MINUTE });
    expect([74, 75].map((minute) => next(given, minute))).toEqual([undefined, 'owners']);
  });
});
