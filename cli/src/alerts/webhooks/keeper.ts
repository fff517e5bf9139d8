import type { Store } from '@agentops/processor';
import { insertRows } from '../insert.ts';
import { createLabelReader } from '../registry.ts';
import type { EventKeeper } from './door.ts';
import type { AlertEvent } from './event.ts';

/** Keeps events in the store, each once: the first one of an id stays. */
export function createKeeper(store: Pick<Store, 'database' | 'query' | 'text'>): EventKeeper {
  const { database } = store;

  async function idsOf(events: readonly AlertEvent[]): Promise<ReadonlySet<string>> {
    const rows = await store.query<{ id: string }>(
      `SELECT concat(source, ' ', event_id) AS id FROM ${database}.alert_events
       WHERE (source, event_id) IN (SELECT arrayJoin(JSONExtract({ids:String}, 'Array(Tuple(String, String))')))`,
      { ids: JSON.stringify(events.map(({ source, eventId }) => [source, eventId])) },
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Of what is known only by its name or its group: those that nothing was said of. */
  async function unknownOf(events: readonly AlertEvent[]): Promise<AlertEvent[]> {
    const named = await known(
      'SELECT id FROM {}.alert_history',
      events.map(({ episode }) => episode),
    );
    const grouped = await known(
      "SELECT group_hash AS id FROM {}.alert_events WHERE alert != ''",
      events.map(({ groupHash }) => groupHash),
    );
    return events.filter(
      ({ alert, episode, groupHash }) => alert === '' && !named.has(episode) && !grouped.has(groupHash),
    );
  }

  async function known(from: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const asked = [...new Set(ids)].filter((id) => id !== '');
    if (asked.length === 0) return new Set();
    const rows = await store.query<{ id: string }>(
      `SELECT DISTINCT id FROM (${from.replace('{}', database)}) WHERE id IN (SELECT arrayJoin(JSONExtract({ids:String}, 'Array(String)')))`,
      { ids: JSON.stringify(asked) },
    );
    return new Set(rows.map(({ id }) => id));
  }

  return {
    labels: createLabelReader(store),
    async keep(events, now) {
      if (events.length === 0) return { added: 0, unknown: [] };
      const before = await idsOf(events);
      const key = ({ source, eventId }: AlertEvent): string => `${source} ${eventId}`;
      const fresh = [...new Map(events.map((one) => [key(one), one])).values()].filter(
        (one) => !before.has(key(one)),
      );
      await saveEvents(store, fresh, now);
      return { added: fresh.length, unknown: await unknownOf(events) };
    },
  };
}

/** Of two with one id the greater version stays: it counts down. */
const NEWEST = 1n << 63n;

async function saveEvents(
  store: Pick<Store, 'database' | 'text'>,
  events: readonly AlertEvent[],
  now: number,
): Promise<void> {
  await insertRows(
    store,
    `alert_events (source, event_id, kind, at, person, episode, group_hash, alert, instance, started_at, receiver,
       notification, note, received_at, version)
     SELECT r.1, r.2, r.3, fromUnixTimestamp64Milli(r.4), r.5, r.6, r.7, r.8, r.9, fromUnixTimestamp64Milli(r.10), r.11,
       r.12, r.13, fromUnixTimestamp64Milli({now:Int64}), {version:UInt64}`,
    `Array(Tuple(String, String, String, Int64, String, String, String, String, String, Nullable(Int64), String, String, String))`,
    events.map((one) => [
      one.source,
      one.eventId,
      one.kind,
      one.at,
      one.person,
      one.episode,
      one.groupHash,
      one.alert,
      one.instance,
      one.startedAt,
      one.receiver,
      one.notification,
      one.note,
    ]),
    { now, version: String(NEWEST - BigInt(now)) },
  );
}
