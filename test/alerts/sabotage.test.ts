import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { filesOf, problemsOf, type Rule, type RulesFile } from './grafana-files.ts';
import { companyWith, EVERY_CHANNEL, WINDOWS } from './registries.ts';
import type { CONTACT_POINTS_FILE, MUTE_TIMINGS_FILE, POLICIES_FILE, Policy } from './routing-files.ts';

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
const FULL = companyWith({
  channels: EVERY_CHANNEL,
  alerting: { grafana: 'policies', watchdog: 'dead-mans-switch', maintenance: WINDOWS },
});

const SOUND = filesOf(FULL);

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
    const files = structuredClone(SOUND);
    expect(problemsOf(files)).toEqual([]);
    sabotage(files as unknown as All);
    expect(problemsOf(files).join('\n')).toContain(said);
  });
});

function breakSql({ data: [question] }: Rule, added: string): void {
  question.model.rawSql += added;
}
