import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { stringify } from 'yaml';
import { YAML } from '../grafana/file.ts';
import { AGENT_OF_LABELS, dashboardOf, linkBases, runbookOf, worstTaskTemplate } from '../links.ts';
import { type LabelMapping, labelMapping } from '../routing/labels.ts';
import { platformTeam } from '../routing/platform.ts';
import { type MetricAlert, metricAlerts, NOT_OF_METRICS } from './alerts.ts';
import { burnRules, windowRules } from './burn.ts';

const SAID = [
  'Rules for a Prometheus that scrapes agentops (agentops up, agentops metrics): the same alerts by the same thresholds as those',
  'of Grafana and of agentops alerts run. Take one of the three, else people are called twice.',
  `Not here, since metrics do not show it: ${NOT_OF_METRICS.join(', ')}, of slo-burn-page the sudden drop and what has been usual, and of slo-burn-ticket the evidence of a slow burn.`,
] as const;

/** Prometheus’s file of recording and alerting rules. */
export function prometheusRules(registry: RegistryDocument): GeneratedFile {
  const platform = platformTeam(registry);
  const file = {
    groups: [
      { name: 'agentops windows', interval: '1m', rules: windowRules() },
      { name: 'agentops burn', interval: '1m', rules: burnRules() },
      {
        name: 'agentops alerts',
        interval: '1m',
        rules: metricAlerts(registry, platform).map((one) => alertingRule(one, registry)),
      },
    ],
  };
  return {
    path: 'alerts/generated/prometheus/agentops.rules.yml',
    text: `${SAID.map((line) => `# ${line}\n`).join('')}${stringify(file, YAML)}`,
  };
}

function alertingRule(
  { alert, expr, summary, labels: given = {} }: MetricAlert,
  registry: RegistryDocument,
): object {
  const labels = labelMapping(registry);
  const bases = linkBases(registry);
  const { pending, keepFiring } = alert.timing;
  const own = {
    alert: alert.id,
    severity: alert.severity,
    domain: alert.domain,
    ...given,
  };
  const ofSeries = alert.labels.filter((label) => !(label in given));
  const isOfAgent = alert.labels.includes('agent');
  return {
    alert: alert.title,
    expr,
    ...(pending > 0 && { for: `${pending}s` }),
    ...(keepFiring > 0 && { keep_firing_for: `${keepFiring}s` }),
    labels: { product: 'agentops', ...labels.toTheirs(own), ...renamed(ofSeries, labels) },
    annotations: {
      title: alert.title,
      summary: summary ?? alert.summary,
      description: alert.meaning,
      runbook_url: runbookOf(alert.id, bases),
      dashboard: `${dashboardOf(alert, '', bases)}${isOfAgent ? AGENT_OF_LABELS : ''}`,
      ...(isOfAgent && { task: worstTaskTemplate(bases) }),
    },
  };
}

/** Labels of series by the names and values that the company knows: a label that is set to nothing is not there. */
function renamed(series: readonly string[], labels: LabelMapping): Record<string, string> {
  const changed = series.filter((label) => labels.name(label) !== label || labels.values(label).length > 0);
  const gone = changed.filter((label) => !changed.some((other) => labels.name(other) === label));
  return {
    ...Object.fromEntries(gone.map((label) => [label, ''])),
    ...Object.fromEntries(changed.map((label) => [labels.name(label), valueTemplate(label, labels)])),
  };
}

function valueTemplate(label: string, labels: LabelMapping): string {
  const [first, ...others] = labels.values(label);
  if (first === undefined) return `{{ $labels.${label} }}`;
  const branch = ([ours, theirs]: readonly [string, string]): string =>
    `eq $labels.${label} ${JSON.stringify(ours)} }}{{ ${JSON.stringify(theirs)} }}`;
  return `{{ if ${branch(first)}${others.map((pair) => `{{ else if ${branch(pair)}`).join('')}{{ else }}{{ $labels.${label} }}{{ end }}`;
}
