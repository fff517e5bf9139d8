import {
  type Instance,
  type InstanceState,
  instanceKey,
  type Labels,
  type PostableAlert,
} from '@agentops/alerts';
import type { Store } from '@agentops/processor';
import { insertRows } from './insert.ts';

/** An alert from when it fires to when it ends. Times are ms since the epoch. */
export interface Episode {
  readonly alert: string;
  readonly labels: Labels;
  readonly startedAt: number;
  readonly resolvedAt: number | null;
  /** When the receiver took that it fires, and that it has ended. */
  readonly notifiedAt: number | null;
  readonly resolvedNotifiedAt: number | null;
  readonly notification: PostableAlert;
}

/** By alert. */
export type Instances = ReadonlyMap<string, readonly Instance[]>;

export async function loadInstances(store: Store): Promise<Instances> {
  const rows = await store.query<Row>(
    `SELECT alert, instance, state, toUnixTimestamp64Milli(since) AS since, toUnixTimestamp64Milli(fired_at) AS fired_at,
       toUnixTimestamp64Milli(resolved_at) AS resolved_at, value, missing FROM ${store.database}.alert_instances FINAL`,
  );
  const all = new Map<string, Instance[]>();
  for (const row of rows) {
    const instance: Instance = {
      labels: labelsOf(row.instance),
      state: row.state,
      since: Number(row.since),
      firedAt: time(row.fired_at),
      resolvedAt: time(row.resolved_at),
      value: row.value,
      missing: row.missing,
    };
    all.set(row.alert, [...(all.get(row.alert) ?? []), instance]);
  }
  return all;
}

interface Row {
  readonly alert: string;
  readonly instance: string;
  readonly state: InstanceState;
  readonly since: string;
  readonly fired_at: string | null;
  readonly resolved_at: string | null;
  readonly value: number | null;
  readonly missing: number;
}

/** Writes the instances of an alert as they stand at `now`, and forgets those of `before` that are no more. */
export async function saveInstances(
  store: Store,
  alert: string,
  before: readonly Instance[],
  after: readonly Instance[],
  now: number,
): Promise<void> {
  const kept = new Set(after.map(({ labels }) => instanceKey(labels)));
  const gone = before.filter(({ labels }) => !kept.has(instanceKey(labels)));
  const rows = [...after.map((one) => row(one, 0)), ...gone.map((one) => row(one, 1))];
  await insertRows(
    store,
    `alert_instances (alert, instance, state, since, fired_at, resolved_at, value, missing, version, deleted)
     SELECT {alert:String}, r.1, r.2, fromUnixTimestamp64Milli(r.3), fromUnixTimestamp64Milli(r.4),
       fromUnixTimestamp64Milli(r.5), r.6, r.7, {now:UInt64}, r.8`,
    'Array(Tuple(String, String, Int64, Nullable(Int64), Nullable(Int64), Nullable(Float64), UInt8, UInt8))',
    rows,
    { alert, now },
  );
}

function row(
  { labels, state, since, firedAt, resolvedAt, value, missing }: Instance,
  deleted: 0 | 1,
): unknown[] {
  return [instanceKey(labels), state, since, firedAt, resolvedAt, value, missing, deleted];
}

/** Episodes that have not ended, or of whose begin or end nobody was told. */
export async function loadEpisodes(store: Store): Promise<Episode[]> {
  const rows = await store.query<Record<string, string | null>>(
    `SELECT alert, instance, notification, toUnixTimestamp64Milli(started_at) AS started_at,
       toUnixTimestamp64Milli(resolved_at) AS resolved_at, toUnixTimestamp64Milli(notified_at) AS notified_at
     FROM ${store.database}.alert_episodes FINAL WHERE resolved_at IS NULL OR resolved_notified_at IS NULL`,
  );
  return rows.map((row) => ({
    alert: row['alert']!,
    labels: labelsOf(row['instance']!),
    startedAt: Number(row['started_at']),
    resolvedAt: time(row['resolved_at']!),
    notifiedAt: time(row['notified_at']!),
    resolvedNotifiedAt: null,
    notification: JSON.parse(row['notification']!) as PostableAlert,
  }));
}

export async function saveEpisodes(
  store: Store,
  receiver: string,
  episodes: readonly Episode[],
  now: number,
): Promise<void> {
  await insertRows(
    store,
    `alert_episodes (alert, instance, started_at, resolved_at, notified_at, resolved_notified_at, notification, receiver, version)
     SELECT r.1, r.2, fromUnixTimestamp64Milli(r.3), fromUnixTimestamp64Milli(r.4), fromUnixTimestamp64Milli(r.5),
       fromUnixTimestamp64Milli(r.6), r.7, {receiver:String}, {now:UInt64}`,
    'Array(Tuple(String, String, Int64, Nullable(Int64), Nullable(Int64), Nullable(Int64), String))',
    episodes.map((one) => [
      one.alert,
      instanceKey(one.labels),
      one.startedAt,
      one.resolvedAt,
      one.notifiedAt,
      one.resolvedNotifiedAt,
      JSON.stringify(one.notification),
    ]),
    { receiver, now },
  );
}

const time = (ms: string | null): number | null => (ms === null ? null : Number(ms));
const labelsOf = (instance: string): Labels =>
  Object.fromEntries(JSON.parse(instance) as readonly [string, string][]);
