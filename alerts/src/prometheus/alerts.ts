import type { RegistryDocument } from '@agentops/registry';
import { type AlertDefinition, alertsOf } from '../catalogue/index.ts';
import { BURN_LEVELS } from '../slo/thresholds.ts';
import { countedIn, each } from './burn.ts';

/** A rule of the catalogue over metrics in place of tables. */
export interface MetricAlert {
  /** Of the catalogue: its title, severity, domain, runbook and timing. */
  readonly alert: AlertDefinition;
  /** PromQL: one series for each instance that fires. */
  readonly expr: string;
  /** Where metrics know less than tables do. */
  readonly summary?: string;
  /** Labels of the catalogue that the expression does not give. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Rules of the catalogue that metrics say nothing of: what they look at is no sum. */
export const NOT_OF_METRICS: readonly string[] = [
  'measured-drop',
  'effort-up',
  'unusual',
  'outcome-unknown',
  'unguarded-call',
];

/** The rules of the catalogue that can be asked of metrics. */
export function metricAlerts(registry: RegistryDocument, platform: string): MetricAlert[] {
  const all = new Map(alertsOf(registry).map((alert) => [alert.id, alert]));
  const people = { owner: platform, operator: platform };
  const burns = (severity: 'page' | 'ticket'): string => {
    const levels = BURN_LEVELS.filter((level) => level.severity === severity).map(({ id }) => id);
    const burn = each(
      'agent, slo, objective, environment',
      `agentops:slo_burn{level=~"${levels.join('|')}"}`,
    );
    return `${withPeople(burn)} > 1`;
  };
  const violations = (...kinds: readonly string[]): string =>
    `${withPeople(each('agent, kind', `agentops_violations_last_day{kind=~"${kinds.join('|')}"}`))} > 0`;
  const found: Readonly<Record<string, Omit<MetricAlert, 'alert'>>> = {
    'slo-burn-page': { expr: burns('page') },
    'slo-burn-ticket': { expr: burns('ticket') },
    'loop-in-progress': {
      expr: `${withPeople(each('agent', countedIn('agentops_loop_wasted_calls_total', '15m')), 'stage="production"')} > 10`,
    },
    'silent-agent': {
      expr: `${withPeople(each('agent, calendar', 'agentops_agent_silent_seconds / agentops_agent_expected_seconds'))} > 1`,
    },
    'approval-overdue': { expr: `${withPeople(each('agent, channel', 'agentops_approvals_overdue'))} > 0` },
    'budget-hard': { expr: budget('spent', 'hard') },
    'budget-soft': { expr: budget('spent', 'soft') },
    'budget-forecast': {
      expr: `${budget('forecast', 'hard')} or ${budget('forecast', 'soft')} unless on (kind, subject) agentops_budget_limit{per="month",amount="hard"}`,
    },
    unpriced: { expr: `${withPeople(each('agent', 'agentops_unpriced_charges_last_day'))} > 0` },
    'unapproved-call': {
      expr: violations('approval_missing', 'approval_late', 'self_approved'),
      summary:
        '{{ $labels.agent }} made calls against its approval rules ({{ $labels.kind }}), {{ printf "%.0f" $value }} times in the last day.',
    },
    'undeclared-use': {
      expr: violations(
        'undeclared_tool',
        'undeclared_model',
        'undeclared_data',
        'undeclared_version',
        'sample_short',
      ),
      summary:
        '{{ $labels.agent }} uses what its entry does not declare ({{ $labels.kind }}), in {{ printf "%.0f" $value }} runs or calls of the last day.',
    },
    'unregistered-agent': {
      expr: 'max(agentops_unregistered_agents_last_day) > 0',
      summary: '{{ printf "%.0f" $value }} agents were at work in the last day that stand in no registry.',
      labels: people,
    },
    'telemetry-stale': {
      expr: 'max(agentops_telemetry_age_seconds) / 60 > 30',
      labels: { scope: 'all', ...people },
    },
    'answers-stale': {
      expr: 'max(agentops_rollup_behind_seconds) / 60 > 10',
      labels: { scope: 'answers', ...people },
    },
    'conservation-broken': {
      expr: 'max(agentops_conservation_imbalance_items) > 0',
      summary:
        '{{ printf "%.0f" $value }} items of the last day were received and are neither stored nor accounted for.',
      labels: people,
    },
    'dead-letters': {
      expr: '100 * max(agentops_dead_letters_ratio) > 1',
      summary: '{{ printf "%.1f" $value }} % of what one source sent in the last hour could not be read.',
      labels: people,
    },
    watchdog: { expr: 'vector(1)', labels: { pipeline: 'agentops', ...people } },
  };
  const rules = Object.entries(found).map(([id, rule]) => ({ alert: all.get(id)!, ...rule }));
  return [
    ...rules,
    {
      // Where these metrics themselves are missing, none of the others says anything.
      alert: all.get('telemetry-stale')!,
      expr: '(time() - max(agentops_metrics_success_timestamp_seconds)) / 60 > 10 or absent(agentops_metrics_success_timestamp_seconds) * 10',
      summary: 'Metrics of agents have not been read for {{ printf "%.0f" $value }} minutes.',
      labels: { scope: 'metrics', ...people },
    },
  ];
}

/** Department, owner and operator of an agent; of one that nobody has registered, nobody’s. */
function withPeople(expr: string, condition = ''): string {
  const people = each(
    'agent, department, owner, operator',
    `agentops_agent_info${condition && `{${condition}}`}`,
  );
  return `${expr} * on (agent) group_left (department, owner, operator) ${people}`;
}

/** Percent of a budget, with the labels of the budget. */
function budget(what: 'spent' | 'forecast', amount: 'soft' | 'hard'): string {
  const spent = each('kind, subject, per', `agentops_budget_${what}`);
  const limit = each(
    'kind, subject, per, agent, department, on_breach, owner, operator',
    `agentops_budget_limit{amount="${amount}"}`,
  );
  return `100 * ${spent} / on (kind, subject, per) group_right () ${limit} > 100`;
}
