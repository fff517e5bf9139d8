import { generateAlerts } from '@agentops/alerts';
import type { RegistryDocument } from '@agentops/registry';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { interpolated, RULES_FILE, rulesFileOf } from './provisioning.ts';
import { companyWith, EVERY_CHANNEL, THEIR_LABELS, WINDOWS } from './registries.ts';
import { CONTACT_POINTS_FILE, MUTE_TIMINGS_FILE, POLICIES_FILE, type Policy } from './routing-files.ts';

const SCHEMAS = {
  rules: RULES_FILE,
  'contact-points': CONTACT_POINTS_FILE,
  'mute-timings': MUTE_TIMINGS_FILE,
  policies: POLICIES_FILE,
} as const;
type Files = { [Name in keyof typeof SCHEMAS]?: unknown };
type RulesFile = z.infer<typeof RULES_FILE>;
type Rule = RulesFile['groups'][number]['rules'][number];

/** What Grafana's folder of alerting holds, read as YAML 1.1 as Grafana does. */
function filesOf(registry: RegistryDocument): Files {
  return Object.fromEntries(
    generateAlerts(registry).flatMap(({ path, text }) => {
      const [, name] = /^alerts\/generated\/grafana\/([\w-]+)\.yaml$/.exec(path) ?? [];
      return name === undefined ? [] : [[name, parse(text, { version: '1.1' })]];
    }),
  );
}

/** Everything that Grafana would ignore, refuse or not find. */
function problemsOf(files: Files, schemas: Readonly<Record<keyof Files, z.ZodType>> = SCHEMAS): string[] {
  const found: string[] = [];
  for (const [name, file] of Object.entries(files)) {
    const { error } = schemas[name as keyof Files].safeParse(file);
    found.push(
      ...(error?.issues ?? []).map((issue) => `${name} ${issue.path.join('.')}: ${JSON.stringify(issue)}`),
    );
  }
  const points = (files['contact-points'] as { contactPoints?: { name: string }[] })?.contactPoints ?? [];
  const times = (files['mute-timings'] as { muteTimes?: { name: string }[] })?.muteTimes ?? [];
  const [receivers, intervals] = [points, times].map((list) => new Set(list.map(({ name }) => name)));
  const settings = (files.rules as RulesFile).groups.flatMap(({ rules }) =>
    rules.flatMap((rule) => rule.notification_settings ?? []),
  );
  const tree = (files.policies as { policies: Policy[] } | undefined)?.policies ?? [];
  for (const { receiver, mute_time_intervals: muted = [] } of [...settings, ...tree.flatMap(branches)]) {
    if (receiver !== undefined && !receivers!.has(receiver)) found.push(`no contact point ${receiver}`);
    for (const name of muted) if (!intervals!.has(name)) found.push(`no mute timing ${name}`);
  }
  return found;
}

const branches = (policy: Policy): Policy[] => [policy, ...(policy.routes ?? []).flatMap(branches)];

const alerting = (change: object): { alerting: object } => ({
  alerting: { grafana: 'policies', watchdog: 'dead-mans-switch', ...change },
});

describe('what Grafana reads, and nothing that it would ignore', () => {
  test.each<[string, RegistryDocument, string[]]>([
    ['the sample company', companyWith(), ['contact-points', 'policies', 'rules']],
    [
      'a company that has asked for nothing: no tree is touched',
      companyWith({ alerting: undefined }),
      ['contact-points', 'mute-timings', 'rules'],
    ],
    [
      'labels only, for a tree that is there',
      companyWith({ alerting: { grafana: 'labels', watchdog: 'dead-mans-switch' } }),
      ['contact-points', 'rules'],
    ],
    [
      'every kind of channel',
      companyWith({ channels: EVERY_CHANNEL }),
      ['contact-points', 'policies', 'rules'],
    ],
    [
      'windows',
      companyWith(alerting({ maintenance: WINDOWS })),
      ['contact-points', 'mute-timings', 'policies', 'rules'],
    ],
    [
      'windows without a tree',
      companyWith({ alerting: { maintenance: WINDOWS } }),
      ['contact-points', 'mute-timings', 'rules'],
    ],
    [
      'links that lead somewhere, and a history that is told',
      companyWith(
        alerting({
          grafana_url: 'https://grafana.example/',
          runbooks_url: 'https://git.example/alerts',
          webhook_url: 'http://agentops.example:4319/',
        }),
      ),
      ['contact-points', 'policies', 'rules'],
    ],
    ['nobody to tell', companyWith({ channels: [], alerting: undefined }), ['rules']],
  ])('%s', (_, registry, names) => {
    const files = filesOf(registry);
    expect(Object.keys(files).sort()).toEqual(names);
    expect(problemsOf(files)).toEqual([]);
  });
});

test('labels by the names and values of a company: of rules, of their queries, of sentences and routes', () => {
  const files = filesOf(companyWith(alerting({ labels: THEIR_LABELS })));
  const rules = rulesFileOf(
    z.strictObject({
      product: z.literal('agentops'),
      alert: interpolated,
      prio: z.enum(['P$$1', 'P3', 'info']),
      domain: interpolated,
    }),
  );
  expect(problemsOf(files, { ...SCHEMAS, rules })).toEqual([]);
  const rule = (files.rules as RulesFile).groups
    .flatMap((group) => group.rules)
    .find(({ uid }) => uid === 'agentops-silent-agent')!;
  const { rawSql } = rule.data[0].model;
  expect(rawSql.split('\n')[0]).toBe(
    "SELECT * EXCEPT (agent, department, owner, operator), r.agent AS bot, transform(toString(r.department), ['it', 'finance'], ['IT|EDP', 'FIN.1'], toString(r.department)) AS department, transform(toString(r.owner), ['care-leads'], ['Care\\'s leads'], toString(r.owner)) AS team, r.operator AS owner",
  );
  expect(rule.annotations.summary).toMatch(/^\{\{ \$labels\.bot \}\} has been silent/);
  const matched = new Set(
    branches((files.policies as { policies: Policy[] }).policies[0]!).flatMap((one) =>
      (one.object_matchers ?? []).map((matcher) => matcher.join(' ')),
    ),
  );
  expect([...matched]).toEqual(
    expect.arrayContaining([
      'prio = P3',
      'department = IT|EDP',
      'department = FIN.1',
      'bot =~ code-review|it-helpdesk',
    ]),
  );
});

describe('whom a rule names for itself', () => {
  const settingsOf = (registry: RegistryDocument): Record<string, Rule['notification_settings']> =>
    Object.fromEntries(
      (filesOf(registry).rules as RulesFile).groups
        .flatMap(({ rules }) => rules)
        .map((rule) => [rule.labels.alert, rule.notification_settings]),
    );

  test('who is told of all its agents, else who gets the rest; the watchdog is for nobody who reads', () => {
    const named = settingsOf(companyWith({ alerting: { watchdog: 'dead-mans-switch' } }));
    const receivers = Object.fromEntries(Object.entries(named).map(([id, one]) => [id, one?.receiver]));
    expect(receivers).toMatchObject({
      'slo-burn-page': 'agentops-sre-pager',
      'slo-burn-ticket': 'agentops-sre-pager',
      'unapproved-call': 'agentops-security-desk',
      'telemetry-stale': 'agentops-sre-pager',
      watchdog: 'agentops-dead-mans-switch',
    });
    expect(named['slo-burn-ticket']).toMatchObject({ repeat_interval: '24h' });
    const unheard = settingsOf(companyWith({ alerting: undefined }));
    expect(unheard['watchdog']).toMatchObject({ mute_time_intervals: ['agentops-always'] });
  });

  test('nobody, where a tree tells', () => {
    for (const grafana of ['labels', 'policies'])
      expect(Object.values(settingsOf(companyWith(alerting({ grafana }))))).not.toContainEqual(
        expect.anything(),
      );
  });

  test('windows of all agents hold for each rule but those of security', () => {
    const named = settingsOf(companyWith({ alerting: { maintenance: WINDOWS } }));
    expect(named['loop-in-progress']?.mute_time_intervals).toEqual(['agentops-updates']);
    expect(named['unapproved-call']?.mute_time_intervals).toBeUndefined();
  });
});

/** All four files, to be broken. */
interface All {
  readonly rules: RulesFile;
  readonly 'contact-points': z.input<typeof CONTACT_POINTS_FILE>;
  readonly 'mute-timings': z.input<typeof MUTE_TIMINGS_FILE>;
  readonly policies: z.input<typeof POLICIES_FILE>;
}
type Change = (files: All) => unknown;

const first = ({ rules }: All): Rule => rules.groups[0]!.rules[0]!;
const second = ({ rules }: All): Rule => rules.groups[1]!.rules[0]!;
const points = (files: All) => files['contact-points'].contactPoints;
const receiver = (files: All, type: string): Record<string, unknown> =>
  points(files)
    .flatMap(({ receivers }) => receivers)
    .find((one) => one['type'] === type)!;
const settings = (files: All, type: string): Record<string, unknown> =>
  receiver(files, type)['settings'] as Record<string, unknown>;
const time = (files: All) => files['mute-timings'].muteTimes[0]!.time_intervals[0]!.times[0]!;
const branch = ({ policies }: All): Policy => policies.policies[0].routes[0]! as Policy;
const matchers = (files: All) => branch(files).routes![0]!.object_matchers as unknown as unknown[][];

/** Every file with something in it. */
const FULL = companyWith({ channels: EVERY_CHANNEL, ...alerting({ maintenance: WINDOWS }) });

describe('sabotage', () => {
  test.each<[string, Change, string]>([
    ['a misspelt key', (f) => Object.assign(first(f), { keep_firing_for: '5m' }), 'keep_firing_for'],
    [
      'an interval of 15 s',
      ({ rules }) => Object.assign(rules.groups[0]!, { interval: '15s' }),
      'multiple of 10 s',
    ],
    ['a uid that is too long', (f) => Object.assign(first(f), { uid: 'a'.repeat(41) }), '40'],
    ['the uid of another', (f) => Object.assign(second(f), { uid: first(f).uid }), 'one uid'],
    ['the title of another', (f) => Object.assign(second(f), { title: first(f).title }), 'one title'],
    ['a $ in a title', (f) => Object.assign(first(f), { title: 'costs $HOME' }), 'not doubled'],
    [
      'a label that files would expand',
      (f) => Object.assign(first(f).labels, { alert: '{{ $labels.agent }}' }),
      'not doubled',
    ],
    [
      'an escaped $ in an annotation',
      (f) => Object.assign(first(f).annotations, { summary: '{{ $$labels.agent }}' }),
      'another language',
    ],
    [
      'a template that does not exist',
      (f) => Object.assign(first(f).annotations, { summary: '{{ $label.agent }}' }),
      'does not know',
    ],
    ['a variable of a dashboard', (f) => breakSql(first(f), ' AND agent IN ($agent)'), '$agent'],
    ['a macro of the browser', (f) => breakSql(first(f), " AND $__adHocFilters('t')"), '$__adHocFilters'],
    [
      'another data source',
      (f) => Object.assign(first(f).data[0], { datasourceUid: 'mine' }),
      'datasourceUid',
    ],
    ['the format of a time series', (f) => Object.assign(first(f).data[0].model, { format: 0 }), 'format'],
    [
      'a severity that no route knows',
      (f) => Object.assign(first(f).labels, { severity: 'critical' }),
      'severity',
    ],
    ['no runbook', (f) => Object.assign(first(f).annotations, { runbook_url: '' }), 'runbook_url'],
    [
      'a rule that tells nobody',
      (f) => Object.assign(first(f), { notification_settings: { receiver: 'agentops-nobody' } }),
      'group_by',
    ],
    [
      'a secret in plain text',
      (f) => Object.assign(settings(f, 'pagerduty'), { integrationKey: 'R0UT1NG' }),
      'no variable',
    ],
    [
      'a secret whose $ is escaped',
      (f) => Object.assign(settings(f, 'slack'), { url: '$$AGENTOPS_CHANNEL_X' }),
      'no variable',
    ],
    [
      'a $ in a target',
      (f) => Object.assign(settings(f, 'slack'), { recipient: '#over-$100' }),
      'not doubled',
    ],
    [
      'a misspelt setting',
      (f) => Object.assign(settings(f, 'pagerduty'), { integration_key: '$AGENTOPS_X' }),
      'integration_key',
    ],
    [
      'a kind that Grafana does not know',
      (f) => Object.assign(receiver(f, 'prometheus-alertmanager'), { type: 'alertmanager' }),
      'discriminator',
    ],
    [
      'the API of an Alertmanager',
      (f) =>
        Object.assign(settings(f, 'prometheus-alertmanager'), {
          url: 'http://a:9093/api/v2/alerts',
        }),
      'is the API',
    ],
    ['a Jira without a secret', (f) => delete settings(f, 'jira')['password'], 'needs a token'],
    ['no address', (f) => Object.assign(settings(f, 'email'), { addresses: 'the desk' }), 'no addresses'],
    ['a contact point that is gone', (f) => points(f).shift(), 'no contact point'],
    ['a contact point twice', (f) => points(f).push(points(f)[0]!), 'one name'],
    ['a mute timing that is gone', (f) => f['mute-timings'].muteTimes.shift(), 'no mute timing'],
    [
      'a window that ends before it begins',
      (f) => Object.assign(time(f), { end_time: '01:00' }),
      'ends before',
    ],
    ['a time of day without quotes', (f) => Object.assign(time(f), { end_time: 1440 }), 'end_time'],
    [
      'a root that is muted',
      ({ policies }) => Object.assign(policies.policies[0], { mute_time_intervals: ['agentops-updates'] }),
      'mute_time_intervals',
    ],
    [
      'a branch that takes everything',
      (f) => delete (branch(f) as { object_matchers?: unknown }).object_matchers,
      'object_matchers',
    ],
    ['a label that is none', (f) => matchers(f).push(['a-b', '=', 'c']), 'no label'],
    ['a comparison that is none', (f) => matchers(f).push(['a', '==', 'c']), 'object_matchers'],
    ['a $ in a route', (f) => matchers(f).push(['a', '=', '$c']), 'not doubled'],
    ['a misspelt timing', (f) => Object.assign(branch(f), { groupWait: '30s' }), 'groupWait'],
    ['two trees', ({ policies }) => (policies.policies as unknown[]).push(policies.policies[0]), 'policies'],
  ])('%s is caught', (_, sabotage, said) => {
    const files = structuredClone(filesOf(FULL));
    expect(problemsOf(files)).toEqual([]);
    sabotage(files as unknown as All);
    expect(problemsOf(files).join('\n')).toContain(said);
  });
});

function breakSql({ data: [question] }: Rule, added: string): void {
  question.model.rawSql += added;
}
