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

/** The plan of replacing a text in the entry of one agent, as somebody does in an editor. */
function planOfEdit(from: string, to: string): Plan {
  const files = readRegistryFiles(COMPANY);
  const edited = new Map(
    [...files].map(([path, text]) => [
      path,
      path.endsWith('customer-support.yaml') ? text.replace(from, to) : text,
    ]),
  );
  return planOf(stateOf(files), stateOf(edited));
}

function stateOf(files: RegistryFiles): { document: RegistryDocument; files: GeneratedFile[] } {
  const { document, diagnostics } = loadRegistry(files);
  if (document === null) throw new Error(formatDiagnostics(diagnostics));
  return { document, files: generateFiles(document) };
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
  ['another name', 'name: Customer support', 'name: Support', null],
])('%s', (_, from, to, why) => {
  expect(planOfEdit(from, to).registry).toMatchObject([{ subject: 'customer-support', loosens: why }]);
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
  const plan = planOfEdit('', '');
  expect(plan).toEqual({ registry: [], files: [] });
  expect(planMarkdown(plan)).toBe('**Registry plan**: nothing changes.\n');
});

test('dashboards by their panels', () => {
  const plan = planOfEdit('stage: production', 'stage: retired');
  const fleet = plan.files.find(({ path }) => path.endsWith('agentops-fleet.json'));
  expect(fleet).toMatchObject({ what: 'changed' });
  expect(fleet!.parts).toContainEqual({
    name: 'Who is at work?',
    what: 'changed',
    fields: expect.arrayContaining(['query']),
  });
  expect(renderPlan(plan)).toContain('loosens: pages nobody any more');
  const markdown = planMarkdown(plan);
  expect(markdown).toContain(
    '| ⚠ | customer-support | stage<br>**loosens: pages nobody any more** | production | retired |',
  );
  expect(markdown).toContain('  - Who is at work?: ');
});
