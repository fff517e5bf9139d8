import type { IncomingHttpHeaders } from 'node:http';
import type { LabelMapping } from '@agentops/alerts';
import type { AlertEvent } from './event.ts';
import { readGeneric } from './generic.ts';
import { readGroup } from './groups.ts';
import { parseJson } from './json.ts';
import { readPagerDuty } from './pagerduty.ts';
import { SECRET_NAMES, SENDERS, type Secrets, type Sender } from './secrets.ts';
import {
  doubtAlertmanager,
  doubtGeneric,
  doubtGrafana,
  doubtPagerDuty,
  PAGERDUTY_AGE_MS,
  type Proof,
  SIGNED_TIME_MS,
} from './verify.ts';

export interface WebhookRequest {
  /** Without parameters. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WebhookAnswer {
  readonly status: 200 | 400 | 401 | 404 | 503;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Where events are kept. */
export interface EventKeeper {
  /** By which labels alerts are told now. */
  labels(now: number): Promise<LabelMapping>;
  /** How many of them were new, and which are of no alert that is known. Throws when it cannot keep them. */
  keep(events: readonly AlertEvent[], now: number): Promise<Kept>;
}

export interface Kept {
  readonly added: number;
  /** Of no alert that is known: kept all the same. */
  readonly unknown: readonly AlertEvent[];
}

export interface DoorOptions {
  readonly secrets: Secrets;
  readonly keeper: EventKeeper;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly onLog: (message: string) => void;
}

export const WEBHOOK_RESULTS = ['accepted', 'refused', 'malformed', 'failed'] as const;
export type WebhookResult = (typeof WEBHOOK_RESULTS)[number];

export interface Door {
  readonly maxBodyBytes: number;
  takes(path: string): boolean;
  answer(request: WebhookRequest): Promise<WebhookAnswer>;
  /** Requests since the start, by sender and what became of them. */
  counts(): Readonly<Record<Sender, Readonly<Record<WebhookResult, number>>>>;
}

const PREFIX = '/v1/alerts/';
const MAX_BODY_BYTES = 1 << 20;

const DOUBTS: Readonly<Record<Sender, (proof: Proof) => string | null>> = {
  grafana: doubtGrafana,
  alertmanager: doubtAlertmanager,
  pagerduty: doubtPagerDuty,
  generic: doubtGeneric,
};

type Reader = (posted: unknown, now: number, labels: LabelMapping) => AlertEvent[];

const READERS: Readonly<Record<Sender, Reader>> = {
  grafana: (posted, now, labels) => readGroup('grafana', posted, now, labels),
  alertmanager: (posted, now, labels) => readGroup('alertmanager', posted, now, labels),
  pagerduty: readPagerDuty,
  generic: readGeneric,
};

/**
 * `POST /v1/alerts/{grafana,alertmanager,pagerduty,generic}`: who was told of an alert, who took it, when it ended. Whoever
 * sends proves itself by a secret; what is sent again changes nothing.
 */
export function createDoor({ secrets, keeper, now, onLog }: DoorOptions): Door {
  const counts = Object.fromEntries(
    SENDERS.map((sender) => [sender, { accepted: 0, refused: 0, malformed: 0, failed: 0 }]),
  ) as Record<Sender, Record<WebhookResult, number>>;

  async function take(sender: Sender, request: WebhookRequest): Promise<[WebhookResult, WebhookAnswer]> {
    const at = now();
    const proof = { ...request, secrets: secrets[sender], now: at };
    const doubt = DOUBTS[sender](proof);
    if (doubt !== null) return ['refused', refusal(401, doubt)];
    let labels: LabelMapping;
    try {
      labels = await keeper.labels(at);
    } catch (error) {
      return ['failed', refusal(503, (error as Error).message)];
    }
    let events: AlertEvent[];
    try {
      events = READERS[sender](parseJson(request.body), at, labels);
    } catch (error) {
      return ['malformed', refusal(400, (error as Error).message)];
    }
    const stale = events.find((one) => isStale(one, at));
    if (stale !== undefined) return ['refused', refusal(401, `${stale.eventId} is too old or of the future`)];
    try {
      const { added, unknown } = await keeper.keep(events, at);
      for (const { kind, alert, groupHash, episode } of unknown)
        onLog(
          `${sender} says ${kind} of an alert that is not known here: ${alert || episode || groupHash || 'no name'}`,
        );
      return [
        'accepted',
        { status: 200, body: { events: events.length, new: added, unknown: unknown.length } },
      ];
    } catch (error) {
      return ['failed', refusal(503, (error as Error).message)];
    }
  }

  return {
    maxBodyBytes: MAX_BODY_BYTES,
    takes: (path) => path.startsWith(PREFIX),
    async answer(request) {
      const sender = SENDERS.find((name) => request.path === PREFIX + name);
      if (sender === undefined) return refusal(404, `${PREFIX}: ${SENDERS.join(', ')}`);
      if (secrets[sender].length === 0)
        return refusal(404, `nothing is taken from ${sender} without a secret: set ${SECRET_NAMES[sender]}`);
      const [result, answer] = await take(sender, request);
      counts[sender][result]++;
      if (result !== 'accepted') onLog(`${sender}, ${result}: ${String(answer.body['message'])}`);
      return answer;
    },
    counts: () => counts,
  };
}

const refusal = (status: WebhookAnswer['status'], message: string): WebhookAnswer => ({
  status,
  body: { message },
});

/** A signature without a time can be shown again for ever: what it signs has one. */
function isStale({ source, at }: AlertEvent, now: number): boolean {
  return source === 'pagerduty' && (at < now - PAGERDUTY_AGE_MS || at > now + SIGNED_TIME_MS);
}
