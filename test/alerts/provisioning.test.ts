import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';
import { RULES_FILE } from './provisioning.ts';

const TEXT = readFileSync(new URL('../../alerts/generated/grafana/rules.yaml', import.meta.url), 'utf8');
type RulesFile = z.infer<typeof RULES_FILE>;
type Rule = RulesFile['groups'][number]['rules'][number];

test('the generated rules are what Grafana reads, and nothing that it would ignore', () => {
  expect(RULES_FILE.safeParse(parse(TEXT)).error).toBeUndefined();
});

const inRule =
  (change: (rule: Rule) => unknown) =>
  (file: RulesFile): unknown =>
    change(file.groups[0]!.rules[0]!);

function breakSql({ data: [question] }: Rule, added: string): void {
  question.model.rawSql += added;
}

test.each<[string, (file: RulesFile) => unknown, string]>([
  ['a misspelt key', inRule((rule) => Object.assign(rule, { keep_firing_for: '5m' })), 'keep_firing_for'],
  ['an interval of 15 s', (file) => Object.assign(file.groups[0]!, { interval: '15s' }), 'multiple of 10 s'],
  ['a uid that is too long', inRule((rule) => Object.assign(rule, { uid: 'a'.repeat(41) })), '40'],
  [
    'the uid of another',
    (file) => Object.assign(file.groups[1]!.rules[0]!, { uid: file.groups[0]!.rules[0]!.uid }),
    'one uid',
  ],
  [
    'the title of another',
    (file) => Object.assign(file.groups[1]!.rules[0]!, { title: file.groups[0]!.rules[0]!.title }),
    'one title',
  ],
  ['a $ in a title', inRule((rule) => Object.assign(rule, { title: 'costs $HOME' })), 'not doubled'],
  [
    'a label that files would expand',
    inRule((rule) => Object.assign(rule.labels, { alert: '{{ $labels.agent }}' })),
    'not doubled',
  ],
  [
    'an escaped $ in an annotation',
    inRule((rule) => Object.assign(rule.annotations, { summary: '{{ $$labels.agent }}' })),
    'another language',
  ],
  [
    'a template that does not exist',
    inRule((rule) => Object.assign(rule.annotations, { summary: '{{ $label.agent }}' })),
    'does not know',
  ],
  ['a variable of a dashboard', inRule((rule) => breakSql(rule, ' AND agent IN ($agent)')), '$agent'],
  [
    'a macro of the browser',
    inRule((rule) => breakSql(rule, " AND $__adHocFilters('t')")),
    '$__adHocFilters',
  ],
  [
    'another data source',
    inRule((rule) => Object.assign(rule.data[0], { datasourceUid: 'mine' })),
    'datasourceUid',
  ],
  [
    'the format of a time series',
    inRule((rule) => Object.assign(rule.data[0].model, { format: 0 })),
    'format',
  ],
  [
    'a severity that no route knows',
    inRule((rule) => Object.assign(rule.labels, { severity: 'critical' })),
    'severity',
  ],
  ['no runbook', inRule((rule) => Object.assign(rule.annotations, { runbook_url: '' })), 'runbook_url'],
])('%s is caught', (_, sabotage, said) => {
  const file = parse(TEXT) as RulesFile;
  sabotage(file);
  const { error } = RULES_FILE.safeParse(file);
  expect(JSON.stringify(error?.issues)).toContain(said);
});
