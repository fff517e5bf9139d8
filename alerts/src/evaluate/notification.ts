import type { AlertDefinition } from '../catalogue/types.ts';
import { runbookOf } from '../grafana/rules.ts';
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
    readonly grafanaUrl?: string;
    /** Of a page that shows dashboards and runbooks: they are linked there, where no Grafana is named. */
    readonly pageUrl?: string;
  },
): PostableAlert | null {
  const { firedAt, resolvedAt, labels, value } = instance;
  if (firedAt === null) return null;
  const until = resolvedAt ?? at.now + 4 * Math.max(at.intervalMs, RESEND_MS);
  const isFailure = ERROR_LABEL in labels;
  const grafana = at.grafanaUrl ?? at.pageUrl;
  const dashboard = `${(grafana ?? '').replace(/\/+$/, '')}/d/${alert.dashboard}`;
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
      runbook_url: at.pageUrl === undefined ? runbookOf(alert.id) : `${at.pageUrl}/runbooks/${alert.id}`,
      dashboard,
      firing_id: episodeId(alert.id, labels, firedAt),
    },
    startsAt: new Date(firedAt).toISOString(),
    endsAt: new Date(until).toISOString(),
    ...(grafana !== undefined && { generatorURL: dashboard }),
  };
}

/** Alertmanager takes an empty label for one that is not there. */
function present(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}
