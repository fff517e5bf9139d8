import { createHash } from 'node:crypto';

/** Who says it. */
export const EVENT_SOURCES = [
  'grafana',
  'alertmanager',
  'pagerduty',
  'generic',
  'person',
  'evaluator',
] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

/**
 * notified: somebody was told that it fires. resolved: it has ended. acknowledged: somebody took it. unacknowledged: it was
 * given back. closed: a person called it done. reassigned: it went to another. escalated: the next one was called, because
 * nobody took it. stood_down: that one was told that it is over or taken.
 */
export const EVENT_KINDS = [
  'notified',
  'resolved',
  'acknowledged',
  'unacknowledged',
  'closed',
  'reassigned',
  'escalated',
  'stood_down',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What is said of an alert, or of a group of them. Times are ms since the epoch; texts are empty where nothing is known. */
export interface AlertEvent {
  readonly source: EventSource;
  /** The same when it is said again: of two, the first one stays. */
  readonly eventId: string;
  readonly kind: EventKind;
  readonly at: number;
  readonly person: string;
  /** Id of the firing in `alert_history`. */
  readonly episode: string;
  /** SHA-256 of the group key: what Alertmanager and Grafana call their incident in PagerDuty. */
  readonly groupHash: string;
  /** Rule; empty where it is none of ours, or not named. */
  readonly alert: string;
  readonly instance: string;
  readonly startedAt: number | null;
  readonly receiver: string;
  /** Labels and annotations as JSON. */
  readonly notification: string;
  readonly note: string;
}

const UNSAID = {
  person: '',
  episode: '',
  groupHash: '',
  alert: '',
  instance: '',
  startedAt: null,
  receiver: '',
  notification: '',
  note: '',
} as const;

/** An event of which only this much is known. */
export function event(
  known: Pick<AlertEvent, 'source' | 'eventId' | 'kind' | 'at'> & Partial<AlertEvent>,
): AlertEvent {
  return { ...UNSAID, ...known };
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
