import type { RegistryDocument } from '@agentops/registry';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { branches, filesOf, problemsOf, type Rule, type RulesFile, SCHEMAS } from './grafana-files.ts';
import { interpolated, rulesFileOf } from './provisioning.ts';
import { companyWith, EVERY_CHANNEL, THEIR_LABELS, WINDOWS } from './registries.ts';
import type { Policy } from './routing-files.ts';

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
