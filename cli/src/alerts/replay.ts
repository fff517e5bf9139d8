import {
  type AlertDefinition,
  evaluateRule,
  type Instance,
  instanceKey,
  notificationOf,
  type Observation,
  type PostableAlert,
} from '@agentops/alerts';

export interface Fired {
  readonly alert: string;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** null: it still fired at the end. */
  readonly resolvedAt: number | null;
  /** As it was said first. */
  readonly notification: PostableAlert;
}

export interface ReplayRange {
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Between two evaluations of a rule; or what says it, by how its instances stand after the first, which was `now`. */
  readonly stepMs: number | ((alert: AlertDefinition, instances: readonly Instance[], now: number) => number);
}

/** These views know when telemetry came to us: what is replayed comes all at once. */
const RECEIPT = /\bagentops\.(?:conservation|balance|dead_letters|rollup_state)\b/;

/** Can it be asked of a file, as of a time that has passed? */
export function isReplayable({ sql, severity }: AlertDefinition): boolean {
  return severity !== 'info' && !RECEIPT.test(sql);
}

/** What rules would have said, evaluated step by step. In the order in which it fires. */
export async function replay(
  alerts: readonly AlertDefinition[],
  { from, to, stepMs }: ReplayRange,
  observe: (alert: AlertDefinition, now: number) => Promise<Observation>,
): Promise<Fired[]> {
  const known = new Map<string, readonly Instance[]>();
  const fired = new Map<string, Fired>();
  const due = new Map(alerts.map(({ id }) => [id, from]));
  for (let now = from; now <= to; now = Math.min(...due.values())) {
    for (const alert of alerts) {
      if (due.get(alert.id)! > now) continue;
      const after = evaluateRule(alert, known.get(alert.id) ?? [], await observe(alert, now), now);
      known.set(alert.id, after);
      const intervalMs = typeof stepMs === 'number' ? stepMs : stepMs(alert, after, now);
      due.set(alert.id, now + intervalMs);
      for (const instance of after) {
        const notification = notificationOf(alert, instance, { now, intervalMs });
        if (notification === null) continue;
        const key = `${alert.id} ${instanceKey(instance.labels)} ${instance.firedAt}`;
        const first = fired.get(key)?.notification ?? notification;
        fired.set(key, {
          alert: alert.id,
          startedAt: instance.firedAt!,
          resolvedAt: instance.resolvedAt,
          notification: first,
        });
      }
    }
  }
  return [...fired.values()].sort((a, b) => a.startedAt - b.startedAt);
}

/** Whom it is for: the team on call, the owner, or the domain where the alert is nobody's. */
export function recipientOf({ labels }: PostableAlert): string {
  const { domain, operator, owner } = labels;
  const person = domain === 'operations' ? operator : domain === 'business' ? owner : undefined;
  return person ?? domain ?? '';
}
