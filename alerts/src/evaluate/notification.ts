import type { AlertDefinition } from '../catalogue/types.ts';
import { dashboardOf, type LinkBases, runbookOf, worstTaskOf } from '../links.ts';
import type { LabelMapping } from '../routing/labels.ts';
import { episodeId } from './episode.ts';
import { ERROR_LABEL, type Instance, type Labels } from './instance.ts';
import { renderSummary } from './summary.ts';

/** An alert as Alertmanager's API v2 takes it (`POST /api/v2/alerts`). */
export interface PostableAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  /** RFC 3339. */
  readonly startsAt: string;
  /** When it ended; while it fires, when it counts as ended unless it is said again. */
  readonly endsAt: string;
  readonly generatorURL?: string;
}

/** Alerts are said again at every evaluation, but taken for ended no sooner than after four of these, ms. */
const RESEND_MS = 60_000;

/**
 * What is said of an instance: null for one that does not fire and never did. An alert that nobody repeats ends after
 * four evaluations, as Grafana's and Prometheus's do.
 */
export function notificationOf(
  alert: AlertDefinition,
  instance: Instance,
  at: {
    readonly now: number;
    readonly intervalMs: number;
    readonly links?: LinkBases;
    /** Of a page that shows dashboards and runbooks: they are linked there, where nobody has said where else they are. */
    readonly pageUrl?: string;
  },
): PostableAlert | null {
  const { firedAt, resolvedAt, labels, value } = instance;
  if (firedAt === null) return null;
  const until = resolvedAt ?? at.now + 4 * Math.max(at.intervalMs, RESEND_MS);
  const isFailure = ERROR_LABEL in labels;
  const { grafana = at.pageUrl, runbooks } = at.links ?? {};
  const agent = labels['agent'] ?? '';
  const dashboard = dashboardOf(alert, agent, { grafana });
  const runbook =
    runbooks === undefined && at.pageUrl !== undefined
      ? `${at.pageUrl}/runbooks/${alert.id}`
      : runbookOf(alert.id, { runbooks });
  return {
    labels: present({
      ...labels,
      product: 'agentops',
      alertname: alert.title,
      alert: alert.id,
      severity: isFailure ? 'ticket' : alert.severity,
      domain: isFailure ? 'pipeline' : alert.domain,
    }),
    annotations: {
      title: alert.title,
      summary: isFailure
        ? `The rule "${alert.title}" cannot be evaluated: while that lasts it calls nobody.`
        : renderSummary(alert.summary, labels, value),
      description: alert.meaning,
      runbook_url: runbook,
      dashboard,
      ...(agent !== '' && { task: worstTaskOf(agent, { grafana }) }),
      firing_id: episodeId(alert.id, labels, firedAt),
    },
    startsAt: new Date(firedAt).toISOString(),
    endsAt: new Date(until).toISOString(),
    ...(grafana !== undefined && { generatorURL: dashboard }),
  };
}

/** The same by the labels that the company’s own routes know. */
export function inTheirLabels(alert: PostableAlert, labels: LabelMapping): PostableAlert {
  return labels.isEmpty ? alert : { ...alert, labels: labels.toTheirs(alert.labels) };
}

/** Alertmanager takes an empty label for one that is not there. */
function present(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}
