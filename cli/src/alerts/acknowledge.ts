import type { Store } from '@agentops/processor';
import { type AlertEvent, type EventKind, event, sha256 } from './webhooks/event.ts';
import { fields, requiredText, text } from './webhooks/json.ts';
import { createKeeper } from './webhooks/keeper.ts';

/** What a person may say of an alert. */
export const ACTS = ['acknowledged', 'unacknowledged', 'closed'] as const satisfies readonly EventKind[];
export type Act = (typeof ACTS)[number];

export interface PersonalAct {
  /** Of the firing, in `alert_history`. */
  readonly id: string;
  readonly act: Act;
  readonly person: string;
  readonly note: string;
}

/** What another process posted. Throws what is wrong with it. */
export function readAct(posted: unknown): PersonalAct {
  const said = fields(posted, 'the body');
  const act = requiredText(said['act'], 'act') as Act;
  if (!ACTS.includes(act)) throw new Error(`act: one of ${ACTS.join(', ')}`);
  return {
    id: requiredText(said['id'], 'id'),
    act,
    person: requiredText(said['person'], 'person'),
    note: text(said['note'], 'note'),
  };
}

/** The event of it. Said again by the same person at the same time it is one. `now`: ms since the epoch. */
export function actOf({ id, act, person, note }: PersonalAct, now: number): AlertEvent {
  const eventId = sha256([id, act, person, now].join('\n'));
  return event({ source: 'person', eventId, kind: act, at: now, person, episode: id, note });
}

/** Keeps it, where there is such an alert: was there? */
export async function keepAct(
  store: Pick<Store, 'database' | 'query' | 'text'>,
  said: PersonalAct,
  now: number,
): Promise<boolean> {
  const known = await store.query(
    `SELECT 1 FROM ${store.database}.alert_history WHERE id = {id:String} LIMIT 1`,
    {
      id: said.id,
    },
  );
  if (known.length > 0) await createKeeper(store).keep([actOf(said, now)], now);
  return known.length > 0;
}
