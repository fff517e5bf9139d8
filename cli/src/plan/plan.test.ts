import { fileURLToPath } from 'node:url';
import {
  formatDiagnostics,
  type GeneratedFile,
  loadRegistry,
  type RegistryDocument,
  type RegistryFiles,
  readRegistryFiles,
} from '@agentops/registry';
import { expect, test } from 'vitest';
import { generateFiles } from '../generate/files.ts';
import { type Plan, planOf } from './plan.ts';
import { planMarkdown, renderPlan } from './render.ts';

const COMPANY = fileURLToPath(new URL('../../../registry/company', import.meta.url));

interface Edit {
  readonly file?: string;
  /** Also what is generated from it. */
  readonly generates?: boolean;
}

/** The plan of replacing a text in one file, as somebody does in an editor. */
function planOfEdit(from: string, to: string, { file, generates }: Edit = {}): Plan {
  return planOfEdits([[from, to]], { ...(file && { file }), ...(generates && { generates }) });
}

function planOfEdits(
  edits: readonly (readonly [string, string])[],
  { file = 'customer-support.yaml', generates = false }: Edit = {},
): Plan {
  const files = readRegistryFiles(COMPANY);
  const edited = new Map(
    [...files].map(([path, before]) => {
      if (!path.endsWith(file)) return [path, before];
      let text = before;
      for (const [from, to] of edits) {
        if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
        text = text.replace(from, to);
      }
      return [path, text];
    }),
  );
  return planOf(stateOf(files, generates), stateOf(edited, generates));
}

function stateOf(
  files: RegistryFiles,
  generates = true,
): { document: RegistryDocument; files: GeneratedFile[] } {
  const { document, diagnostics } = loadRegistry(files);
  if (document === null) throw new Error(formatDiagnostics(diagnostics));
  return { document, files: generates ? generateFiles(document) : [] };
}

const APPROVAL =
  'approvals:\n  - { rule: always, tool: issue_refund, sla: 30m, timeout: 4h, on_timeout: next-channel }';

test.each<[string, from: string, to: string, why: string | null]>([
  ['a lower objective', 'objective: 75', 'objective: 70', 'a lower objective'],
  ['a higher objective', 'objective: 75', 'objective: 80', null],
  ['only measured', 'objective: 75', 'objective: measure', 'a lower objective'],
  ['no objective', '  - { sli: loop_free, objective: 97, window: 28d }\n', '', 'an objective goes'],
  ['slower', 'at_most: 5m', 'at_most: 2h', 'a wider bound'],
  ['faster, in another unit', 'at_most: 5m', 'at_most: 299s', null],
  ['more money', 'hard: 15000 JPY', 'hard: 15001 JPY', 'more may be spent'],
  ['less money', 'hard: 15000 JPY', 'hard: 9000 JPY', null],
  ['no hard budget', ' hard: 15000 JPY,', '', 'more may be spent'],
  ['nobody asked', APPROVAL, 'approvals: []', 'an approval is not asked for any more'],
  ['asked later', 'timeout: 4h', 'timeout: 1d', 'a decision may take longer'],
  ['sampled', 'telemetry: complete', 'telemetry: sampled', 'less of it is seen'],
  ['a pilot again', 'stage: production', 'stage: pilot', 'pages nobody any more'],
  ['one more model', 'gpt-4.1-mini*]', 'gpt-4.1-mini*, gpt-5*]', 'may use one more model'],
  [
    'a tool that is said to read',
    'effect: external, risk: medium',
    'effect: read, risk: medium',
    'its calls count as reads',
  ],
  ['a lower risk', 'effect: external, risk: medium', 'effect: external, risk: low', 'a lower risk'],
  ['another name', 'name: Customer support', 'name: Support', null],
])('%s', (_, from, to, why) => {
  const { registry, reviewers } = planOfEdit(from, to);
  expect(registry).toMatchObject([
    { subject: 'customer-support', loosens: why, asks: why === null ? [] : ['care-leads', 'agent-sre'] },
  ]);
  expect(reviewers).toEqual(why === null ? [] : ['@kitano/care-leads', '@kitano/agent-sre']);
});

const FINANCE = '{ department: finance, per: month, soft: 120000 JPY, hard: 200000 JPY';
const WINDOW = '{ id: night, days: [sun], from: "02:00", to: "04:00" }';

test.each<[string, from: string, to: string, why: string | null, asks: string[]]>([
  [
    'a department may spend more',
    FINANCE,
    FINANCE.replace('200000', '300000'),
    'more may be spent',
    ['finance-operations', 'agent-sre'],
  ],
  ['a department may spend less', FINANCE, FINANCE.replace('200000', '190000'), null, []],
  [
    'a window',
    '  watchdog: dead-mans-switch',
    `  watchdog: dead-mans-switch\n  maintenance: [${WINDOW}]`,
    'nobody is told in a window',
    ['agent-sre'],
  ],
  ['no watchdog', '  watchdog: dead-mans-switch\n', '', 'nobody hears when the alerts stop', ['agent-sre']],
  [
    'no word about alerts',
    'alerting:\n  grafana: policies\n  watchdog: dead-mans-switch\n  mail: { server: smtp.kitano.example:587, from: agents@kitano.example }\n',
    '',
    'nobody hears when the alerts stop',
    ['agent-sre'],
  ],
  [
    'a pager that is a mailbox',
    'id: sre-pager\n    type: pagerduty',
    'id: sre-pager\n    type: email',
    'wakes nobody any more',
    ['agent-sre'],
  ],
  [
    'a page may wait longer',
    'acknowledge_within: 15m',
    'acknowledge_within: 2h',
    'a page may wait longer',
    ['agent-sre'],
  ],
  ['a better rate', 'rate: 151.6', 'rate: 101.6', 'budgets last longer', ['agent-sre']],
  [
    'a price of one’s own',
    'human_review_minutes: 3',
    'human_review_minutes: 3\nprices: [{ model: gpt-4o*, currency: USD, input: 0, output: 0 }]',
    'a price of one’s own: budgets may last longer',
    ['agent-sre'],
  ],
])('of the organisation: %s', (_, from, to, why, asks) => {
  const { registry } = planOfEdit(from, to, { file: 'organisation.yaml' });
  expect(registry).toMatchObject([{ subject: 'organisation', loosens: why, asks }]);
});

test('who is replaced by a change is asked, too', () => {
  const plan = planOfEdit('owner: care-leads\noperator', 'owner: it-services\noperator');
  expect(plan.registry).toMatchObject([{ path: 'owner', loosens: null }]);
  const both = planOfEdits([
    ['owner: care-leads\noperator', 'owner: it-services\noperator'],
    ['objective: 75', 'objective: 60'],
  ]);
  expect(both.registry.find(({ loosens }) => loosens !== null)!.asks).toEqual(['care-leads', 'agent-sre']);
});

test('a change of what is agreed on reaches rules, routes, pages and CODEOWNERS', () => {
  const changed = (plan: Plan): string[] =>
    plan.files.map(({ path }) => path.replace(/^alerts\/generated\//, ''));
  expect(changed(planOfEdit('objective: 75', 'objective: 70', { generates: true }))).toEqual(
    expect.arrayContaining(['grafana/rules.yaml', 'matrix/customer-care.md']),
  );
  expect(changed(planOfEdit('business: care-owners', 'business: it-owners', { generates: true }))).toEqual(
    expect.arrayContaining([
      'alertmanager/alertmanager.yml',
      'alertmanager/parts.yml',
      'grafana/policies.yaml',
      'runbooks/budget-hard.md',
    ]),
  );
  expect(
    changed(planOfEdit('owner: care-leads\noperator', 'owner: it-services\noperator', { generates: true })),
  ).toEqual(expect.arrayContaining(['codeowners/github', 'codeowners/gitlab', 'grafana/rules.yaml']));
});

test('the order of a list is no change', () => {
  const [one, two] = [
    '{ sli: task_success, objective: 75, window: 28d }',
    '{ sli: loop_free, objective: 97, window: 28d }',
  ];
  expect(planOfEdit(`  - ${one}\n  - ${two}`, `  - ${two}\n  - ${one}`).registry).toEqual([]);
});

test('agents that come and go', () => {
  const state = stateOf(readRegistryFiles(COMPANY));
  const [gone, ...rest] = state.document.agents;
  const fewer = { ...state, document: { ...state.document, agents: rest } };
  expect(planOf(state, fewer).registry).toMatchObject([
    { subject: gone!.id, path: 'agent', loosens: 'nobody answers for it any more' },
  ]);
  expect(planOf(fewer, state).registry).toMatchObject([{ subject: gone!.id, path: 'agent', loosens: null }]);
});

test('nothing changes, nothing is said', () => {
  const plan = planOfEdit('', '', { generates: true });
  expect(plan).toEqual({ registry: [], reviewers: [], files: [] });
  expect(planMarkdown(plan)).toBe('**Registry plan**: nothing changes.\n');
});

test('dashboards by their panels', () => {
  const plan = planOfEdit('stage: production', 'stage: retired', { generates: true });
  const fleet = plan.files.find(({ path }) => path.endsWith('agentops-fleet.json'));
  expect(fleet).toMatchObject({ what: 'changed' });
  expect(fleet!.parts).toContainEqual({
    name: 'Who is at work?',
    what: 'changed',
    fields: expect.arrayContaining(['query']),
  });
  expect(renderPlan(plan)).toContain('loosens: pages nobody any more; asks care-leads and agent-sre');
  const markdown = planMarkdown(plan);
  expect(markdown).toContain(
    '| ⚠ | customer-support | stage<br>**loosens: pages nobody any more**<br>asks care-leads and agent-sre | production | retired |',
  );
  expect(markdown).toContain('  - Who is at work?: ');
});
