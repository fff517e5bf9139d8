import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { stringify } from 'yaml';
import { type AlertDefinition, alertsOf } from '../catalogue/index.ts';

const DATA_SOURCE_UID = 'agentops-clickhouse';
const FOLDER = 'agentops alerts';
/** Seconds between two evaluations. Tickets rest on days: they are asked less often. */
export const EVALUATION_SECONDS = { page: 60, ticket: 300, info: 60 } as const;

/**
 * Grafana's provisioning file of alert rules. Rules go through file interpolation: in labels and titles `$` would be
 * expanded, so none has one; annotations and queries are not expanded.
 */
export function grafanaRules(registry: RegistryDocument): GeneratedFile {
  const alerts = alertsOf(registry);
  const groups = new Map<string, AlertDefinition[]>();
  for (const alert of alerts) {
    const name = `${alert.domain} ${alert.severity}`;
    groups.set(name, [...(groups.get(name) ?? []), alert]);
  }
  const file = {
    apiVersion: 1,
    groups: [...groups].map(([name, rules]) => ({
      orgId: 1,
      name: `agentops ${name}`,
      folder: FOLDER,
      interval: `${EVALUATION_SECONDS[rules[0]!.severity]}s`,
      rules: rules.map(grafanaRule),
    })),
  };
  return {
    path: 'alerts/generated/grafana/rules.yaml',
    text: stringify(file, { lineWidth: 0, aliasDuplicateObjects: false }),
  };
}

function grafanaRule(alert: AlertDefinition): Record<string, unknown> {
  return {
    uid: `agentops-${alert.id}`,
    title: alert.title,
    condition: 'B',
    for: `${alert.timing.pending}s`,
    keepFiringFor: `${alert.timing.keepFiring}s`,
    noDataState: alert.noData === 'ok' ? 'OK' : 'Alerting',
    execErrState: 'Error',
    missing_series_evals_to_resolve: 2,
    isPaused: false,
    labels: { product: 'agentops', alert: alert.id, severity: alert.severity, domain: alert.domain },
    annotations: {
      title: alert.title,
      summary: alert.summary.replaceAll('$value', '$values.A.Value'),
      description: alert.meaning,
      runbook_url: runbookOf(alert.id),
      dashboard: `/d/${alert.dashboard}`,
    },
    data: [
      {
        refId: 'A',
        datasourceUid: DATA_SOURCE_UID,
        relativeTimeRange: { from: 3_600, to: 0 },
        model: {
          refId: 'A',
          datasource: { type: 'grafana-clickhouse-datasource', uid: DATA_SOURCE_UID },
          editorType: 'sql',
          rawSql: dedent(alert.sql),
          format: 1,
          queryType: 'table',
          pluginVersion: '4.20.0',
          meta: {},
        },
      },
      {
        refId: 'B',
        datasourceUid: '__expr__',
        relativeTimeRange: { from: 3_600, to: 0 },
        model: {
          refId: 'B',
          type: 'threshold',
          datasource: { type: '__expr__', uid: '__expr__' },
          expression: 'A',
          conditions: [{ evaluator: { type: 'gt', params: [alert.above] } }],
        },
      },
    ],
  };
}

/** Where the runbook of an alert stands, relative to the folder of generated alerts. */
export function runbookOf(id: string): string {
  return `runbooks/${id}.md`;
}

function dedent(text: string): string {
  const lines = text.replace(/^\n+|\s+$/g, '').split('\n');
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length);
  const common = Math.min(...indents);
  return lines.map((line) => line.slice(common)).join('\n');
}
