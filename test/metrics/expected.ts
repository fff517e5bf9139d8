import { BURN_LEVELS, burnThreshold, generateAlerts, platformTeam } from '@agentops/alerts';
import type { RegistryDocument } from '@agentops/registry';
import { parse } from 'yaml';
import { companyWith } from '../alerts/registries.ts';

export interface Rule {
  readonly alert?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
export interface Series {
  readonly series: string;
  readonly values: string;
}
/** An alert that fires: what its series says of it, and its sentence. */
export interface Fires {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
}

export const AGENT = 'customer-support';
export const SUPPORT = {
  agent: AGENT,
  department: 'customer-care',
  owner: 'care-leads',
  operator: 'agent-sre',
};
export const registry = companyWith();
export const platform = platformTeam(registry);

export const textOf = (of: RegistryDocument): string =>
  generateAlerts(of).find(({ path }) => path.endsWith('agentops.rules.yml'))!.text;

export const rulesOf = (of: RegistryDocument): Rule[] =>
  (parse(textOf(of)) as { groups: { rules: Rule[] }[] }).groups
    .flatMap(({ rules }) => rules)
    .filter(({ alert }) => alert !== undefined);

/** An alert as promtool describes it: the rule’s own words beside those of the instance. */
export function alertOf(
  { labels: own, annotations }: Rule,
  labels: Fires['labels'],
  summary: string,
): object {
  const agent = labels['agent'] ?? labels['bot'];
  const parameter = agent === undefined ? '' : `?var-agent=${agent}`;
  const dashboard = annotations!['dashboard']!.replace(/\{\{.*\}\}/, parameter);
  const task = agent === undefined ? '' : `/d/agentops-run${parameter}`;
  const fixed = Object.fromEntries(
    Object.entries(own!).filter(([, value]) => value !== '' && !value.includes('{{')),
  );
  return {
    exp_labels: { ...fixed, ...labels },
    exp_annotations: {
      ...annotations,
      summary,
      dashboard,
      ...(annotations!['task'] !== undefined && { task }),
    },
  };
}

/** Who answers for the agents, as the exporter says it. */
export const PEOPLE: readonly Series[] = [
  ...registry.agents.map(({ id, department, owner, operator, stage }) => ({
    id,
    department,
    owner,
    operator,
    stage,
  })),
  { id: 'unregistered', department: '', owner: platform, operator: platform, stage: '' },
].map(({ id, department, owner, operator, stage }) => ({
  series: `agentops_agent_info{agent="${id}",department="${department}",owner="${owner}",operator="${operator}",stage="${stage}"}`,
  values: '1x500',
}));

export const FRESH: readonly Series[] = [
  { series: 'agentops_metrics_success_timestamp_seconds', values: '0+60x500' },
  { series: 'agentops_telemetry_age_seconds', values: '30x500' },
  { series: 'agentops_rollup_behind_seconds', values: '3x500' },
  ...BURN_LEVELS.map((level) => ({
    series: `agentops_slo_threshold_ratio{agent="${AGENT}",slo="task_success",objective="75",level="${level.id}"}`,
    values: `${burnThreshold(level, 75, 28 * 86_400)!.toFixed(6)}x500`,
  })),
];

/** Counters of an objective of 75 %, as two processes serve them. */
export function tasks(events: string, good: string): Series[] {
  return ['a', 'b'].flatMap((instance) => {
    const labels = `{agent="${AGENT}",slo="task_success",environment="production",instance="${instance}"}`;
    return [
      { series: `agentops_slo_events_total${labels}`, values: events },
      { series: `agentops_slo_good_events_total${labels}`, values: good },
    ];
  });
}
