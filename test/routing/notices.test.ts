import { readFileSync } from 'node:fs';
import { alertsOf, isMuted, renderSummary } from '@agentops/alerts';
import { readRegistry } from '@agentops/processor';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { companyWith } from '../alerts/registries.ts';
import { buildAlertmanager, haveAlertmanager } from '../servers/alertmanager.ts';
import { testFile } from '../servers/tools.ts';
import { generated } from './generated.ts';
import { everyAlert } from './questions.ts';
import { asked, type Config, type Labels, startSite } from './site.ts';

const registry = readRegistry(testFile('../registry/company'));
const sample = (): Config =>
  parse(readFileSync(testFile('../alerts/generated/alertmanager/alertmanager.yml'), 'utf8')) as Config;

describe.runIf(haveAlertmanager())('the real Alertmanager', () => {
  beforeAll(() => buildAlertmanager(), 400_000);

  test('what a person reads, by mail and by a webhook, when it begins and when it is over', async () => {
    const site = await startSite(sample());
    try {
      const startsAt = new Date(Date.now() - 60_000).toISOString();
      /** As an evaluator says it; `ended` where it is over. */
      const said = (id: string, whom: string, labels: Labels, value: number, ended = false) => {
        const { title, summary } = alertsOf(registry).find((alert) => alert.id === id)!;
        const all = { ...everyAlert(registry).get(`${id}/${whom}`)!, ...labels };
        return {
          labels: all,
          annotations: {
            title,
            summary: renderSummary(summary, all, value),
            dashboard: 'https://grafana.example/d/agentops-cost',
            runbook_url: `https://git.example/alerts/runbooks/${id}.md`,
          },
          startsAt,
          ...(ended && { endsAt: new Date(Date.now() - 1_000).toISOString() }),
        };
      };
      const objective = { slo: 'task_success', objective: '75' };
      await site.post([
        said('budget-hard', 'of finance', { per: 'month', on_breach: 'alert' }, 104.2),
        said('slo-burn-page', 'customer-support', objective, 1.83),
      ]);
      await expect
        .poll(() => [site.mail.mails.length, site.told.length], { timeout: 20_000 })
        .toEqual([1, 1]);
      expect(site.mail.mails[0]).toEqual({
        from: 'alerts@test',
        to: ['finance-owners@kitano.example'],
        subject: '[FIRING 1] A budget is used up',
        text: [
          'The budget of finance per month is passed: 104 % of its hard amount is spent. Agreed: alert.',
          'Dashboard: https://grafana.example/d/agentops-cost',
          'Runbook: https://git.example/alerts/runbooks/budget-hard.md',
        ].join('\n'),
      });
      expect(site.told[0]).toMatchObject({
        receiver: 'agentops-sre-pager',
        status: 'firing',
        alerts: [
          {
            annotations: {
              summary:
                'customer-support misses task_success (objective 75 %): its errors stand at 1.8 times what pages.',
            },
          },
        ],
      });
      await site.post([said('budget-hard', 'of finance', { per: 'month', on_breach: 'alert' }, 61, true)]);
      await expect.poll(() => site.mail.mails.length, { timeout: 20_000 }).toBe(2);
      expect(site.mail.mails[1]).toMatchObject({
        subject: '[RESOLVED] A budget is used up',
        text: expect.stringMatching(/^Over: The budget of finance per month is passed: 61 % /),
      });
    } finally {
      await site.stop();
    }
  }, 60_000);

  test('a broken pipeline silences what it makes unreliable, a page the ticket beside it', async () => {
    const site = await startSite(sample());
    const all = everyAlert(registry);
    const one = (id: string): [string, Labels] => [id, all.get(id)!];
    try {
      await site.post(
        asked(
          new Map([
            one('slo-burn-page/it-helpdesk'),
            one('slo-burn-ticket/it-helpdesk'),
            one('slo-burn-ticket/code-review'),
            one('budget-hard/of it'),
            one('budget-forecast/of it'),
            one('budget-soft/of finance'),
          ]),
        ),
      );
      await expect
        .poll(() => site.inhibited(), { timeout: 20_000 })
        .toEqual(['budget-forecast/of it', 'slo-burn-ticket/it-helpdesk']);
      await site.post(
        asked(new Map([one('telemetry-stale/nobody'), one('watchdog/nobody'), one('dead-letters/nobody')])),
      );
      await expect
        .poll(() => site.inhibited(), { timeout: 20_000 })
        .toEqual([
          'budget-forecast/of it',
          'budget-hard/of it',
          'budget-soft/of finance',
          'slo-burn-page/it-helpdesk',
          'slo-burn-ticket/code-review',
          'slo-burn-ticket/it-helpdesk',
        ]);
    } finally {
      await site.stop();
    }
  }, 60_000);

  test('in a maintenance window nobody is told, but of security; what we say of it is what Alertmanager says', async () => {
    const windows = companyWith({
      time_zone: 'UTC',
      alerting: { watchdog: 'dead-mans-switch', maintenance: windowsAround(Date.now()) },
    });
    // What is silenced by another alert would not be known to be muted.
    const config = parse(generated(windows, 'alertmanager/alertmanager.yml')) as Config;
    const site = await startSite({ ...config, inhibit_rules: [] });
    const all = everyAlert(windows);
    try {
      await site.post(asked(all));
      await expect.poll(async () => (await site.muted()).size, { timeout: 20_000 }).toBe(all.size);
      await expect
        .poll(async () => [...(await site.muted()).values()].some((by) => by.length > 0), { timeout: 20_000 })
        .toBe(true);
      const told = await site.muted();
      for (const [id, { alert = '', domain = '', agent = '' }] of all) {
        const muted = isMuted(windows, { alert, domain, agent }, Date.now());
        expect({ id, muted: told.get(id)!.length > 0 }).toEqual({ id, muted });
      }
      const muted = [...told].filter(([, by]) => by.length > 0).map(([id]) => id);
      expect(muted).toEqual(
        expect.arrayContaining(['slo-burn-page/invoice-matching', 'budget-hard/invoice-matching']),
      );
      expect(muted).not.toContain('slo-burn-page/it-helpdesk');
      expect(muted).not.toContain('unapproved-call/invoice-matching');
      expect(muted).not.toContain('telemetry-stale/nobody');
    } finally {
      await site.stop();
    }
  }, 60_000);
});

/** One window that holds now and for hours, of one agent, and one that does not, of all; in UTC. */
function windowsAround(now: number): object[] {
  const clock = (hours: number): string =>
    `${String((new Date(now).getUTCHours() + hours + 24) % 24).padStart(2, '0')}:00`;
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  return [
    { id: 'now', days, from: clock(-2), to: clock(3), agents: ['invoice-matching'] },
    { id: 'later', days, from: clock(6), to: clock(8) },
  ];
}
