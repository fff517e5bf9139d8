import type { GeneratedFile, RegistryDocument } from '@agentops/registry';
import { receiverName } from '../alertmanager/receiver.ts';
import { type AlertDefinition, alertsOf } from '../catalogue/index.ts';
import { AGENT_OF_LABELS, dashboardOf, linkBases, runbookOf, worstTaskTemplate } from '../links.ts';
import { type Channel, destinations, REPEAT } from '../routing/channels.ts';
import { type LabelMapping, labelMapping } from '../routing/labels.ts';
import { ALWAYS, windowNames } from '../routing/maintenance.ts';
import { GROUP_INTERVAL, GROUP_WAIT, watchdogOf } from '../routing/tree.ts';
import { literalText, provisioningFile } from './file.ts';
import { mappedSql, mappedTemplate } from './mapped.ts';
import { grafanaRouting } from './policies.ts';

const DATA_SOURCE_UID = 'agentops-clickhouse';
const FOLDER = 'agentops alerts';
/** Seconds between two evaluations. Tickets rest on days: they are asked less often. */
export const EVALUATION_SECONDS = { page: 60, ticket: 300, info: 60 } as const;

/**
 * Grafana's provisioning file of alert rules. Rules go through file interpolation: in labels and titles a `$` is doubled;
 * annotations and queries are not expanded.
 */
export function grafanaRules(registry: RegistryDocument): GeneratedFile {
  const alerts = alertsOf(registry);
  const groups = new Map<string, AlertDefinition[]>();
  for (const alert of alerts) {
    const name = `${alert.domain} ${alert.severity}`;
    groups.set(name, [...(groups.get(name) ?? []), alert]);
  }
  return provisioningFile('rules', {
    groups: [...groups].map(([name, rules]) => ({
      orgId: 1,
      name: `agentops ${name}`,
      folder: FOLDER,
      interval: `${EVALUATION_SECONDS[rules[0]!.severity]}s`,
      rules: rules.map((alert) => grafanaRule(alert, registry)),
    })),
  });
}

/**
 * The contact point that a rule names for itself. A rule is one for all agents and names one contact point: that of them all,
 * else of whoever gets the rest of its domain. By agent and department only a tree of policies tells.
 */
function receiverOfRule({ agents, ...registry }: RegistryDocument, alert: AlertDefinition): Channel | null {
  const atWork = agents.filter(({ stage }) => stage !== 'retired');
  const all = destinations({ ...registry, agents: atWork }).filter(({ domain }) => domain === alert.domain);
  const rest = all.find(({ agent, department }) => agent === '' && department === '');
  const named = all.filter(({ agent }) => alert.labels.includes('agent') && agent !== '');
  const [first, ...others] = named;
  return first !== undefined && others.every(({ channel }) => channel === first.channel)
    ? first.channel
    : (rest?.channel ?? null);
}

function notificationSettings(
  alert: AlertDefinition,
  registry: RegistryDocument,
  { name }: LabelMapping,
): object | undefined {
  if (grafanaRouting(registry) !== 'contact-points') return undefined;
  const watchdog = alert.id === 'watchdog' ? watchdogOf(registry) : undefined;
  const channel = watchdog ?? receiverOfRule(registry, alert);
  if (channel === null) return undefined;
  // Windows of single agents have no place here: a rule is one for all.
  const windows = alert.id === 'watchdog' ? [] : windowNames(registry, alert.domain, '');
  const mute = alert.id === 'watchdog' && watchdog === undefined ? [ALWAYS] : windows;
  return {
    receiver: receiverName(channel),
    group_by: ['grafana_folder', 'alertname', name('agent'), name('subject')],
    group_wait: GROUP_WAIT,
    group_interval: GROUP_INTERVAL,
    repeat_interval: REPEAT[alert.severity],
    ...(mute.length > 0 && { mute_time_intervals: mute }),
  };
}

function grafanaRule(alert: AlertDefinition, registry: RegistryDocument): Record<string, unknown> {
  const labels = labelMapping(registry);
  const bases = linkBases(registry);
  const { product, ...own } = {
    product: 'agentops',
    alert: alert.id,
    severity: alert.severity,
    domain: alert.domain,
  };
  const isOfAgent = alert.labels.includes('agent');
  const template = (text: string): string =>
    mappedTemplate(text.replaceAll('$value', '$values.A.Value'), labels);
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
    labels: Object.fromEntries(
      Object.entries({ product, ...labels.toTheirs(own) }).map(([key, value]) => [key, literalText(value)]),
    ),
    annotations: {
      title: alert.title,
      summary: template(alert.summary),
      description: alert.meaning,
      runbook_url: runbookOf(alert.id, bases),
      dashboard: template(`${dashboardOf(alert, '', bases)}${isOfAgent ? AGENT_OF_LABELS : ''}`),
      ...(isOfAgent && { task: template(worstTaskTemplate(bases)) }),
    },
    notification_settings: notificationSettings(alert, registry, labels),
    data: [
      {
        refId: 'A',
        datasourceUid: DATA_SOURCE_UID,
        relativeTimeRange: { from: 3_600, to: 0 },
        model: {
          refId: 'A',
          datasource: { type: 'grafana-clickhouse-datasource', uid: DATA_SOURCE_UID },
          editorType: 'sql',
          rawSql: mappedSql(dedent(alert.sql), alert.labels, labels),
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

function dedent(text: string): string {
  const lines = text.replace(/^\n+|\s+$/g, '').split('\n');
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length);
  const common = Math.min(...indents);
  return lines.map((line) => line.slice(common)).join('\n');
}
