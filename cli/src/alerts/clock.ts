import type { AlertDefinition } from '@agentops/alerts';
import { renderSchema, type Store } from '@agentops/processor';

type SchemaOptions = Omit<Parameters<typeof renderSchema>[0], 'database'>;

/** The views of a store as they were at a time that has passed. Times are ms since the epoch. */
export interface Clock {
  /** From here on this is what views call now. */
  set(now: number): Promise<void>;
  /** To be called after something new came. */
  forget(): void;
  /** The very rule, over this store: what says the same at any time until something new comes is asked once, and kept. */
  rule(alert: AlertDefinition): Promise<AlertDefinition>;
}

/** Views of events with times of their own, which rules cut: until something new comes they say the same at any time. */
const KEPT: ReadonlySet<string> = new Set(['slo_events']);
const VIEW = /\bagentops\.(\w+)/g;
const NOW = /now64\(\d(?:, 'UTC')?\)|now\(\)/g;

/**
 * Replaces the views of a store by the same ones with a clock of ours. The store is for nothing else afterwards: an
 * evaluator and a dashboard would live in the past, too.
 */
export async function createClock(store: Store, schema: SchemaOptions, now: number): Promise<Clock> {
  const { database } = store;
  const kept = new Set<string>();
  async function keep(view: string): Promise<string> {
    const table = `${database}.${view}_kept`;
    if (kept.has(view)) return table;
    await store.command(`DROP TABLE IF EXISTS ${table} SYNC`);
    await store.command(
      `CREATE TABLE ${table} ENGINE = MergeTree ORDER BY at AS SELECT * FROM ${database}.${view}`,
    );
    kept.add(view);
    return table;
  }
  const clock: Clock = {
    async set(time) {
      await store.command(
        `INSERT INTO ${database}.clock (at) SELECT fromUnixTimestamp64Milli(toInt64(${time}))`,
      );
    },
    forget: () => kept.clear(),
    async rule(alert) {
      const tables = new Map<string, string>();
      for (const [, view] of alert.sql.matchAll(VIEW))
        tables.set(view!, KEPT.has(view!) ? await keep(view!) : `${database}.${view}`);
      return { ...alert, sql: alert.sql.replace(VIEW, (_, view: string) => tables.get(view)!) };
    },
  };
  await store.command(
    `CREATE TABLE ${database}.clock (at DateTime64(9, 'UTC'), set_at DateTime64(9) DEFAULT now64(9)) ENGINE = Memory SETTINGS max_rows_to_keep = 1`,
  );
  await clock.set(now);
  const asOf = `assumeNotNull((SELECT argMax(at, set_at) FROM ${database}.clock))`;
  for (const { sql } of renderSchema({ ...schema, database }).views) {
    for (const statement of sql.split(/;\s*$/m).filter((one) => one.trim() !== ''))
      await store.command(statement.replace(NOW, asOf));
  }
  return clock;
}
