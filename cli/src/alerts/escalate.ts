import {
  acknowledgeWithinMs,
  ESCALATED_LABEL,
  escalationChain,
  inTheirLabels,
  nextCall,
  type Page,
  type PostableAlert,
} from '@agentops/alerts';
import type { Store } from '@agentops/processor';
import type { RegistryDocument } from '@agentops/registry';
import type { Receiver } from './receiver.ts';
import { mannerOf } from './registry.ts';
import { type AlertEvent, event } from './webhooks/event.ts';
import { createKeeper } from './webhooks/keeper.ts';

export interface EscalateOptions {
  readonly store: Store;
  readonly receiver: Receiver;
  readonly onLog: (message: string) => void;
}

/** A page that fires, or whose escalation has not been told that it is over. */
interface OpenPage extends Page {
  readonly id: string;
  readonly isOver: boolean;
  readonly notification: PostableAlert;
}

/** Whoever is told takes it for ended when it is not said again for this long, ms. */
const HOLDS_MS = 4 * 60_000;

/**
 * Calls the next in the matrix for every page of ours that nobody has taken in time, and tells them when it is over or taken.
 * What was called stands in the store, so that whoever evaluates next goes on. `now`: ms since the epoch. `isOurs`: may we go
 * on? What the receiver does not take is said again at the next call.
 */
export async function escalate(
  { store, receiver, onLog }: EscalateOptions,
  registry: RegistryDocument,
  now: number,
  isOurs: () => Promise<boolean>,
): Promise<void> {
  const withinMs = acknowledgeWithinMs(registry);
  if (withinMs === null || receiver.kind === 'page') return;
  const { isMuted, labels } = mannerOf(registry);
  const said: PostableAlert[] = [];
  const events: AlertEvent[] = [];
  for (const page of await openPages(store)) {
    // While nobody is told, nobody can take it; nor at once when that ends.
    const untold = [now, now - withinMs].some((at) => isMuted(page.notification.labels, at));
    const next =
      page.isOver || untold ? null : nextCall(escalationChain(registry, page), page, withinMs, now);
    const again = page.isOver || receiver.repeats ? page.escalatedTo : [];
    for (const channel of next === null ? again : [...again, next.id])
      said.push(escalated(page, channel, withinMs, now));
    if (next !== null) {
      const step = { episode: page.id, receiver: next.id, at: now };
      events.push(
        event({ source: 'evaluator', eventId: `${page.id} ${next.id}`, kind: 'escalated', ...step }),
      );
      onLog(`nobody has taken ${page.notification.labels['alert']} (${page.id}): ${next.id} is called`);
    }
    if (page.isOver)
      events.push(
        event({
          source: 'evaluator',
          eventId: `${page.id} stood down ${now}`,
          kind: 'stood_down',
          episode: page.id,
          at: now,
        }),
      );
  }
  if (said.length === 0 || !(await isOurs())) return;
  try {
    await receiver.send(
      said.map((one) => inTheirLabels(one, labels)),
      now,
    );
  } catch (error) {
    onLog(`${said.length} escalations were not taken, and are said again: ${(error as Error).message}`);
    return;
  }
  await createKeeper(store).keep(events, now);
}

/** The same firing, for another channel. */
function escalated(page: OpenPage, channel: string, withinMs: number, now: number): PostableAlert {
  const { notification, isOver } = page;
  const summary = notification.annotations['summary'] ?? '';
  return {
    ...notification,
    labels: { ...notification.labels, [ESCALATED_LABEL]: channel },
    annotations: {
      ...notification.annotations,
      summary: `Nobody has taken this for ${Math.round(withinMs / 60_000)} min: ${summary}`,
    },
    endsAt: new Date(isOver ? now : now + HOLDS_MS).toISOString(),
  };
}

async function openPages({ database, query }: Store): Promise<OpenPage[]> {
  const rows = await query<Row>(
    `SELECT id, agent, domain, department, escalated_to, resolved_at IS NOT NULL OR in_hand = 1 AS over, notification,
       toUnixTimestamp64Milli(notified_at) AS notified_ms, toUnixTimestamp64Milli(escalated_at) AS escalated_ms,
       toUnixTimestamp64Milli(given_back_at) AS given_back_ms
     FROM ${database}.alert_history
     WHERE origin = 'evaluator' AND severity = 'page' AND started_at > now() - INTERVAL 30 DAY
       AND if(resolved_at IS NULL AND in_hand = 0, 1, notEmpty(escalated_to)
         AND (stood_down_at IS NULL OR stood_down_at < greatest(ifNull(escalated_at, started_at), ifNull(given_back_at, started_at))))`,
  );
  const time = (ms: string | null): number | null => (ms === null ? null : Number(ms));
  return rows.map((row) => ({
    id: row.id,
    agent: row.agent,
    domain: row.domain,
    department: row.department,
    escalatedTo: row.escalated_to,
    isOver: row.over === 1,
    notification: JSON.parse(row.notification) as PostableAlert,
    notifiedAt: time(row.notified_ms),
    escalatedAt: time(row.escalated_ms),
    givenBackAt: time(row.given_back_ms),
  }));
}

interface Row {
  readonly id: string;
  readonly agent: string;
  readonly domain: string;
  readonly department: string;
  readonly escalated_to: readonly string[];
  readonly over: 0 | 1;
  readonly notification: string;
  readonly notified_ms: string | null;
  readonly escalated_ms: string | null;
  readonly given_back_ms: string | null;
}
