import type { Store } from '@agentops/processor';
import type { CollectorLosses, Loss } from './losses.ts';

/**
 * Enters what a Collector lost into the ledger of conservation, as declared drops of a source of its own, in the minute
 * of `now`. A row is what its counters say beyond the minutes before: saying it twice changes nothing, nor do two that
 * watch the same Collector. Returns the items of this minute.
 */
export async function recordLosses(
  store: Store,
  name: string,
  { instance, losses }: CollectorLosses,
  now: Date,
): Promise<number> {
  const source = `collector:${name}/${instance.slice(0, 8)}`;
  const minute = Math.floor(now.getTime() / 60_000);
  let recorded = 0;
  for (const signal of ['spans', 'logs'] as const) {
    const own = losses.filter((loss) => loss.signal === signal);
    const total = sum(own);
    if (total === 0) continue;
    const before = await lossesBefore(store, source, signal, minute);
    const parts = own
      .map(({ reason, items }) => ({ reason, items: items - (before.get(reason) ?? 0) }))
      .filter(({ items }) => items > 0);
    const items = sum(parts);
    if (items === 0) continue;
    recorded += items;
    await store.text(
      `INSERT INTO ${store.database}.ingest_ledger
         (source, source_offset, signal, received_at, received, dropped, dropped_services, dropped_counts, version)
       SELECT {source:String}, {minute:UInt64}, {signal:String}, fromUnixTimestamp64Milli({at:Int64}), {items:UInt32},
         {items:UInt32}, {reasons:Array(String)}, {counts:Array(UInt32)}, {total:UInt64}`,
      'Null',
      {
        source,
        minute,
        signal,
        at: minute * 60_000,
        items,
        reasons: parts.map(({ reason }) => reason),
        counts: parts.map((part) => part.items),
        // Counters only grow: of two rows for a minute the later one counts.
        total,
      },
    );
  }
  return recorded;
}

/** By reason, what the rows of earlier minutes say. */
async function lossesBefore(
  store: Store,
  source: string,
  signal: Loss['signal'],
  minute: number,
): Promise<Map<string, number>> {
  const rows = await store.query<{ reason: string; items: string }>(
    `SELECT reason, sum(count) AS items FROM ${store.database}.ingest_ledger FINAL
     ARRAY JOIN dropped_services AS reason, dropped_counts AS count
     WHERE source = {source:String} AND signal = {signal:String} AND source_offset < {minute:UInt64} GROUP BY reason`,
    { source, signal, minute },
  );
  return new Map(rows.map(({ reason, items }) => [reason, Number(items)]));
}

function sum(losses: readonly { readonly items: number }[]): number {
  return losses.reduce((all, { items }) => all + items, 0);
}
