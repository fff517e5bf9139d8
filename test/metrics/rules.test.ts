import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BURN_LEVELS, burnThreshold, wilsonLow } from '@agentops/alerts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { companyWith, THEIR_LABELS } from '../alerts/registries.ts';
import { findPrometheus, havePrometheus, majorVersion, promtool } from '../servers/prometheus.ts';
import {
  AGENT,
  alertOf,
  type Fires,
  FRESH,
  PEOPLE,
  platform,
  registry,
  rulesOf,
  type Series,
  SUPPORT,
  tasks,
  textOf,
} from './expected.ts';

describe.runIf(havePrometheus())('promtool', () => {
  let bin: string;
  let dir: string;
  beforeAll(async () => {
    bin = await findPrometheus();
    dir = mkdtempSync(join(tmpdir(), 'agentops-promtool-'));
  }, 600_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** Runs tests in promtool’s own language over the rules of a registry, every `step` minutes. */
  function runTests(tests: readonly object[], of = registry, step = 1): void {
    const rules = join(dir, 'agentops.rules.yml');
    writeFileSync(rules, textOf(of).replaceAll('interval: 1m', `interval: ${step}m`));
    const interval = `${step}m`;
    const file = join(dir, 'tests.yml');
    writeFileSync(
      file,
      stringify({
        rule_files: [rules],
        evaluation_interval: interval,
        group_eval_order: ['agentops windows', 'agentops burn', 'agentops alerts'],
        tests: tests.map((one) => ({ interval, ...one })),
      }),
    );
    expect(promtool(bin, ['test', 'rules', file])).toContain('SUCCESS');
  }

  /** The rules of `alerts` that fire at minutes after the start, and no others of them, over these series. */
  function watching(
    series: readonly Series[],
    moments: Readonly<Record<number, readonly Fires[]>>,
    alerts?: readonly string[],
    of = registry,
  ): object {
    const known = rulesOf(of);
    const ids = alerts ?? [...new Set(known.map(({ labels }) => labels!['alert']!))];
    const expected = Object.entries(moments).flatMap(([minute, fires]) =>
      ids.map((id) => {
        const rule = known.find(({ labels }) => labels?.['alert'] === id)!;
        return {
          eval_time: `${minute}m`,
          alertname: rule.alert,
          exp_alerts: fires
            .filter((one) => one.id === id)
            .map(({ labels, summary }) => alertOf(rule, labels, summary)),
        };
      }),
    );
    return { input_series: [...PEOPLE, ...FRESH, ...series], alert_rule_test: expected };
  }

  test('takes the rules of the sample, and those by the labels of a company', () => {
    for (const of of [registry, companyWith({ alerting: { labels: THEIR_LABELS } })]) {
      const file = join(dir, 'checked.yml');
      writeFileSync(file, textOf(of));
      expect(promtool(bin, ['check', 'rules', '--lint-fatal', file])).toContain('SUCCESS');
    }
  });

  const missed = (id: string, summary: string): Fires => ({
    id,
    labels: { ...SUPPORT, slo: 'task_success', objective: '75', environment: 'production' },
    summary,
  });

  test('everything fails at an objective of 75 %: a page after a quarter of an hour, which ends with it', () => {
    // One task a minute: all well for an hour, then none, then all again.
    const series = tasks('0+1x220', '0+1x60 60+0x60 60+1x100');
    const page = missed(
      'slo-burn-page',
      `${AGENT} misses task_success (objective 75 %): its errors stand at 1.7 times what pages.`,
    );
    runTests([watching(series, { 60: [], 75: [], 115: [page], 200: [] }, ['slo-burn-page'])]);
  });

  test('what is usual, one failure at low traffic, and no traffic at all call nobody; a slow burn is a ticket', () => {
    const both = ['slo-burn-page', 'slo-burn-ticket'];
    const nobody = { 300: [], 1600: [] };
    const ticket = missed(
      'slo-burn-ticket',
      `${AGENT} will miss task_success (objective 75 %): over days its errors stand at 1.5 times what calls for a ticket.`,
    );
    runTests(
      [
        watching(tasks('0+10x160', '0+9.2x160'), nobody, both),
        watching(tasks('0+1x1 1+0x80 2+0x78', '0+0x1 0+0x80 1+0x78'), nobody, both),
        watching(tasks('7+0x160', '5+0x160'), nobody, both),
        // 60 % of 600 tasks a day succeed.
        watching(tasks('0+4x160', '0+2.4x160'), { 1600: [ticket] }, both),
      ],
      registry,
      10,
    );
  });

  test('the burn of a level is that of the plain computation', () => {
    // At 120 minutes an hour holds 59 events beyond the first sample in it; before version 3 a range held its begin, too.
    const events = majorVersion(bin) < 3 ? 60 : 59;
    const level = BURN_LEVELS.find(({ id }) => id === '1h')!;
    const threshold = Number(burnThreshold(level, 75, 28 * 86_400)!.toFixed(6));
    const burn = Math.min(wilsonLow(events / 2, events), 0.5) / threshold;
    const of = `{agent="${AGENT}", environment="production", level="1h", objective="75", slo="task_success"}`;
    runTests([
      {
        input_series: [...PEOPLE, ...FRESH, ...tasks('0+1x120', '0+0.5x120')],
        promql_expr_test: [
          {
            expr: `abs(agentops:slo_burn{level="1h"} - ${burn}) < bool 1e-9`,
            eval_time: '120m',
            exp_samples: [{ labels: of, value: 1 }],
          },
        ],
      },
    ]);
  });

  test('circles, silence, budgets, prices, approvals and offences: by whom they concern, with their numbers', () => {
    const limit = (amount: string, value: number, rest: string): Series => ({
      series: `agentops_budget_limit{kind="department",subject="finance",per="month",amount="${amount}",department="finance",on_breach="alert",owner="finance-operations",operator="agent-sre",currency="JPY"${rest}}`,
      values: `${value}x60`,
    });
    const of = (labels: string): string => `{agent="${AGENT}"${labels}}`;
    const series: Series[] = [
      { series: `agentops_loop_wasted_calls_total${of('')}`, values: '0x20 0+4x10 40x30' },
      { series: `agentops_agent_silent_seconds${of(',calendar="always"')}`, values: '0+120x60' },
      { series: `agentops_agent_expected_seconds${of(',calendar="always"')}`, values: '3600x60' },
      limit('soft', 120_000, ''),
      limit('hard', 200_000, ''),
      {
        series: 'agentops_budget_spent{kind="department",subject="finance",per="month",currency="JPY"}',
        values: '100000x30 125000x10 250000x20',
      },
      { series: 'agentops_unpriced_charges_last_day{agent="unregistered"}', values: '0x20 7x40' },
      { series: `agentops_approvals_overdue${of(',channel="care-reviews"')}`, values: '0x20 2x40' },
      { series: `agentops_violations_last_day${of(',kind="self_approved"')}`, values: '0x20 3x40' },
    ];
    const finance = {
      kind: 'department',
      subject: 'finance',
      per: 'month',
      department: 'finance',
      on_breach: 'alert',
      owner: 'finance-operations',
      operator: 'agent-sre',
    };
    const soft = (percent: number): Fires => ({
      id: 'budget-soft',
      labels: finance,
      summary: `The budget of finance per month has passed its soft amount: ${percent} % of it is spent.`,
    });
    const always: Fires[] = [
      {
        id: 'watchdog',
        labels: {},
        summary: 'This alert always fires. When it is missing, nobody would be called by any other.',
      },
    ];
    const loop: Fires = {
      id: 'loop-in-progress',
      labels: SUPPORT,
      summary: `${AGENT} runs in circles: 40 calls wasted in the last quarter of an hour.`,
    };
    const offences: Fires[] = [
      {
        id: 'approval-overdue',
        labels: { ...SUPPORT, channel: 'care-reviews' },
        summary: `2 requests of ${AGENT} on care-reviews wait beyond the time that was agreed.`,
      },
      {
        id: 'unapproved-call',
        labels: { ...SUPPORT, kind: 'self_approved' },
        summary: `${AGENT} made calls against its approval rules (self_approved), 3 times in the last day.`,
      },
      {
        id: 'unpriced',
        labels: { agent: 'unregistered', owner: platform, operator: platform },
        summary:
          '7 charges of unregistered in the last day have no known cost: budgets and reports are too low by what nobody knows.',
      },
    ];
    const moments = {
      15: always,
      33: [...always, ...offences, loop, soft(104)],
      55: [
        ...always,
        ...offences,
        soft(208),
        {
          id: 'budget-hard',
          labels: finance,
          summary:
            'The budget of finance per month is passed: 125 % of its hard amount is spent. Agreed: alert.',
        },
        {
          id: 'silent-agent',
          labels: { ...SUPPORT, calendar: 'always' },
          summary: `${AGENT} has been silent for 1.8 times as long as the registry expects.`,
        },
      ],
    };
    runTests([watching(series, moments)]);
  });

  test('metrics that are missing are a page about the pipeline', () => {
    const page = (minutes: number): Fires => ({
      id: 'telemetry-stale',
      labels: {},
      summary: `Metrics of agents have not been read for ${minutes} minutes.`,
    });
    const rule = rulesOf(registry).filter(({ labels }) => labels?.['alert'] === 'telemetry-stale')[1]!;
    const at = (minute: number, fires: readonly Fires[]) => ({
      eval_time: `${minute}m`,
      alertname: rule.alert,
      exp_alerts: fires.map(({ labels, summary }) => alertOf(rule, labels, summary)),
    });
    const group = (values: string | null, ...expected: object[]) => ({
      input_series: values === null ? [] : [{ series: 'agentops_metrics_success_timestamp_seconds', values }],
      alert_rule_test: expected,
    });
    runTests([
      group('0+60x60', at(59, [])),
      group('0x60', at(5, []), at(20, [page(20)])),
      group(null, at(20, [page(10)])),
    ]);
  });

  test('by the labels of a company', () => {
    const theirs = companyWith({ alerting: { labels: THEIR_LABELS } });
    const series = [
      { series: `agentops_approvals_overdue{agent="it-helpdesk",channel="desk"}`, values: '1x20' },
    ];
    const fires: Fires = {
      id: 'approval-overdue',
      labels: {
        bot: 'it-helpdesk',
        department: 'IT|EDP',
        team: 'it-services',
        owner: 'agent-sre',
        channel: 'desk',
      },
      summary: '1 requests of it-helpdesk on desk wait beyond the time that was agreed.',
    };
    runTests([watching(series, { 10: [fires] }, ['approval-overdue'], theirs)], theirs);
  });

  test('a broken rule is seen', () => {
    const file = join(dir, 'broken.yml');
    writeFileSync(
      file,
      textOf(registry).replace(
        'min_over_time(agentops_slo_events_total[5m])',
        'min_over_time(agentops_slo_events_total)',
      ),
    );
    expect(() => promtool(bin, ['check', 'rules', file])).toThrow('expected type range vector');
  });
});
