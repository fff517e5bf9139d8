import type { PostableAlert } from '@agentops/alerts';
import { usageError } from '../output/fail.ts';

/** Who is told. */
export interface Receiver {
  readonly kind: 'alertmanager' | 'webhook' | 'page';
  /** Wants what goes on said again and again, else takes it for ended. */
  readonly repeats: boolean;
  /** Throws when it does not take them. */
  send(alerts: readonly PostableAlert[], now: number): Promise<void>;
}

const ANSWER_MS = 10_000;

export interface ReceiverOptions {
  readonly alertmanager?: string;
  readonly webhook?: string;
  /** Evaluate, and show it on the page only, where nobody else is told. */
  readonly alerts?: boolean;
  readonly grafanaUrl?: string;
}

/** The one that was named; null without any. */
export function receiverOf({
  alertmanager: manager,
  webhook: hook,
  alerts,
}: ReceiverOptions): Receiver | null {
  if (manager !== undefined && hook !== undefined)
    throw usageError('name one receiver: --alertmanager or --webhook');
  for (const url of [manager, hook])
    if (url !== undefined && !URL.canParse(url)) throw usageError(`${url} is no URL`);
  if (manager !== undefined) return alertmanager(manager);
  if (hook !== undefined) return webhook(hook);
  return alerts ? { kind: 'page', repeats: false, send: async () => {} } : null;
}

/** An Alertmanager, by the address of its page: alerts go to its API v2. */
export function alertmanager(url: string): Receiver {
  const to = `${url.replace(/\/+$/, '')}/api/v2/alerts`;
  return { kind: 'alertmanager', repeats: true, send: (alerts) => post(to, alerts) };
}

/** Anything that takes what Alertmanager's webhook receiver sends (version 4). It is told once of a begin and an end. */
export function webhook(url: string): Receiver {
  return {
    kind: 'webhook',
    repeats: false,
    send: (alerts, now) => post(url, webhookBody(alerts, now)),
  };
}

/** One group of Alertmanager's webhook format: firing while one of its alerts is. */
export function webhookBody(alerts: readonly PostableAlert[], now: number): Record<string, unknown> {
  const told = alerts.map((alert) => {
    const status = Date.parse(alert.endsAt) > now ? 'firing' : 'resolved';
    return { ...alert, status, endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : alert.endsAt };
  });
  return {
    version: '4',
    receiver: 'agentops',
    status: told.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts: told,
  };
}

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (!answer.ok)
    throw new Error(`the receiver answers ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
}
