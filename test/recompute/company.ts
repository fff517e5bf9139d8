import { agentSchema, organisationSchema, type RegistryDocument } from '@agentops/registry';

const owned = { purpose: 'for tests', stage: 'production', owner: 'payers', operator: 'sre' } as const;

/** A company whose registry changes: other owners, prices and rates, an agent that retires, a sample that grows. */
export function company(timeZone: string, changed: boolean): RegistryDocument {
  const organisation = organisationSchema.parse({
    name: 'Test',
    currency: 'JPY',
    time_zone: timeZone,
    fiscal_year_starts: 4,
    departments: [
      { id: 'finance', name: 'Finance', cost_centers: ['FIN-1', 'FIN-2'] },
      { id: 'sales', name: 'Sales', cost_centers: ['SAL-1'] },
    ],
    teams: [
      { id: 'payers', name: 'Payers', members: ['a'] },
      { id: 'buyers', name: 'Buyers', members: ['b'] },
      { id: 'sre', name: 'SRE', members: ['c'] },
    ],
    channels: [
      {
        id: 'office',
        type: 'slack',
        target: '#o',
        working_hours: {
          days: ['mon', 'tue', 'wed', 'thu', 'fri'],
          from: '09:00',
          to: changed ? '17:30' : '18:00',
        },
      },
      {
        id: 'night',
        type: 'slack',
        target: '#n',
        working_hours: { days: ['fri', 'sat', 'sun'], from: '22:00', to: '06:00' },
      },
      { id: 'always', type: 'pagerduty', target: 'p' },
    ],
    budgets: [
      { department: 'finance', per: 'month', soft: '50 JPY', hard: '90000 JPY' },
      { department: 'sales', per: 'day', soft: '1 USD', hard: '2 USD' },
      { user: 'u-1', per: 'month', hard: '10 JPY' },
    ],
    exchange_rates: [
      { from: 'USD', to: 'JPY', rate: 148.2, valid_from: '2026-01-01' },
      { from: 'USD', to: 'JPY', rate: 151.63, valid_from: '2026-10-31' },
      ...(changed ? [{ from: 'USD', to: 'JPY', rate: 155, valid_from: '2026-11-01' }] : []),
    ],
    prices: [{ model: 'own-*', currency: 'JPY', input: 40, output: 80, valid_from: '2026-11-01' }],
    human_review_hourly_cost: changed ? '30 USD' : '4200 JPY',
    ...(changed && { human_review_minutes: 3 }),
  });
  const agents = [
    {
      ...owned,
      id: 'payer',
      name: 'Payer',
      department: changed ? 'sales' : 'finance',
      cost_center: changed ? 'SAL-1' : 'FIN-1',
      owner: changed ? 'buyers' : 'payers',
      match: [{ service: 'claims' }],
      models: ['gpt-4o*', 'own-*', 'ours'],
      tools: [
        { name: 'look', effect: 'read', resource: 'claims' },
        { name: 'pay', effect: 'external', risk: 'high', resource: 'payments' },
        { name: 'priced', effect: 'read', price: '5 JPY' },
        { name: 'in-dollars', effect: 'read', price: '0.013 USD' },
        { name: 'in-pounds', effect: 'read', price: '1 GBP' },
      ],
      data: { read: ['claims'], write: ['payments'] },
      approvals: [
        { rule: 'threshold', tool: 'pay', over: '100000 JPY', sla: '4h' },
        {
          rule: 'sample',
          tool: 'pay',
          over: '10000 JPY',
          under: '100000 JPY',
          percent: changed ? 99 : 60,
          sla: '4h',
        },
      ],
      slos: [
        { sli: 'task_success', objective: 90, window: '28d' },
        { sli: 'loop_free', objective: 98, window: '7d' },
        { sli: 'cost_per_task', objective: 95, at_most: '1 JPY', window: '28d' },
        { sli: 'cost_per_task', objective: 'measure', window: '28d' },
        { sli: 'task_latency', objective: 50, at_most: '10s', window: '28d' },
        { sli: 'tool_calls_per_task', objective: 80, at_most: 3, window: '28d' },
        { sli: 'tool_success', objective: 99, window: '1d' },
        { sli: 'reviewer_response', objective: 70, window: '28d' },
        { sli: 'policy_clean', objective: 60, window: '28d' },
        { sli: 'evaluation_score', objective: 'measure', window: '28d' },
      ],
      budgets: [
        { per: 'task', soft: '0.5 JPY', hard: '1 JPY' },
        { per: 'day', hard: '40 JPY' },
        { per: 'month', soft: '1 GBP', hard: '2 GBP' },
      ],
      telemetry: 'complete',
      version: '1.0.0',
      ...(changed && {
        prices: [{ model: 'own-7b', currency: 'USD', input: 0.7, cached_input: 0.1, output: 1.1 }],
      }),
    },
    {
      ...owned,
      id: 'researcher',
      name: 'Researcher',
      department: 'sales',
      cost_center: 'SAL-1',
      match: [{ service: 'research' }],
      models: ['gpt-4o*'],
      tools: [{ name: 'look', effect: 'read' }],
      slos: [{ sli: 'task_success', objective: 90, window: '28d' }],
    },
    {
      ...owned,
      id: 'buyer',
      name: 'Buyer',
      department: 'sales',
      match: [{ agent: 'buyer' }],
      models: ['gpt-4o*'],
      tools: [{ name: 'order', effect: 'external' }],
      approvals: [{ rule: 'always', tool: 'order', sla: '1h' }],
    },
    {
      ...owned,
      id: 'drafter',
      name: 'Drafter',
      stage: 'pilot',
      department: 'sales',
      match: [{ service: 'drafts' }],
      models: ['gpt-4o*'],
      success_without_verdict: true,
      telemetry: 'sampled',
      budgets: [{ per: 'month', hard: '9000 JPY' }],
    },
    {
      ...owned,
      id: 'retiree',
      name: 'Retiree',
      stage: changed ? 'retired' : 'production',
      department: 'sales',
      match: [{ service: 'old' }],
      tools: [{ name: 'look', effect: 'read' }],
    },
  ].map((agent) => agentSchema.parse(agent));
  return { organisation, agents };
}
