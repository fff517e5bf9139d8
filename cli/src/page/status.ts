import type { Embedded, EmbeddedStats, Store } from '@agentops/processor';
import { describeError } from '../output/fail.ts';

/** What the start page shows: the process as it is now, the store as it was asked last. */
export interface Status {
  readonly process: EmbeddedStats;
  /** null while it does not answer; then `storeError` says why. */
  readonly store: StoreStatus | null;
  readonly storeError: string | null;
}

/** Counts are numbers, amounts exact decimal texts. */
export interface StoreStatus {
  /** Of the whole store; `unaccounted` is what conservation cannot explain. */
  readonly items: {
    readonly received: number;
    readonly stored: number;
    readonly duplicates: number;
    readonly deadLetters: number;
    readonly dropped: number;
    readonly unaccounted: number;
  };
  readonly currency: string;
  readonly timeZone: string;
  /** The registry's published version in force; null without a registry. */
  readonly registry: { readonly hash: string; readonly validFrom: string } | null;
  readonly outcomes: readonly { readonly outcome: string; readonly tasks: number }[];
  readonly agents: readonly {
    readonly agent: string;
    readonly registered: boolean;
    readonly stage: string;
    readonly tasks: number;
    readonly success: number;
    readonly judged: number;
    readonly cost: string | null;
  }[];
  readonly departments: readonly {
    readonly department: string;
    /** On the business's present day, and in all. */
    readonly today: string;
    readonly cost: string;
    readonly unpriced: number;
  }[];
  /** How long these questions took, in milliseconds: the page asks no faster than it is answered. */
  readonly tookMs: number;
}

const OUTCOMES = [
  'success',
  'failure',
  'escalated',
  'stopped',
  'cancelled',
  'abandoned',
  'unknown',
  'open',
] as const;

/** However many pages are open, the store is asked once at a time, and rests twice as long as it worked. */
export function createStatus({ reader, stats }: Embedded): () => Promise<Status> {
  let latest: Promise<StoreStatus> | null = null;
  let freshUntil = 0;
  async function reread(): Promise<StoreStatus> {
    freshUntil = Number.POSITIVE_INFINITY;
    try {
      const status = await readStore(reader);
      freshUntil = performance.now() + Math.max(1000, 2 * status.tookMs);
      return status;
    } catch (error) {
      freshUntil = 0;
      throw error;
    }
  }
  return async () => {
    if (latest === null || performance.now() >= freshUntil) latest = reread();
    try {
      const store = await latest;
      return { process: stats(), store, storeError: null };
    } catch (error) {
      return { process: stats(), store: null, storeError: describeError(error).message };
    }
  };
}

async function readStore(reader: Store): Promise<StoreStatus> {
  const begun = performance.now();
  const [version] = await reader.query<{ hash: string; valid_from: string; zone: string; currency: string }>(
    `SELECT hash, valid_from, JSONExtractString(document, 'organisation', 'time_zone') AS zone,
       JSONExtractString(document, 'organisation', 'currency') AS currency
     FROM agentops.registry_versions FINAL WHERE valid_from <= now64(9) ORDER BY valid_from DESC LIMIT 1`,
  );
  const timeZone = version?.zone || 'UTC';
  const agents = await reader.query<Record<string, string>>(
    `SELECT agent, any(registered) AS registered, argMax(stage, started_at) AS stage_now, count() AS tasks,
       ${OUTCOMES.map((outcome) => `countIf(outcome = '${outcome}') AS ${outcome}`).join(', ')}, sum(cost) AS total
     FROM agentops.task_outcomes GROUP BY agent ORDER BY tasks DESC, agent`,
  );
  const tasksOf = (row: Record<string, string>, outcome: string): number => Number(row[outcome]);
  const departments = await reader.query<{
    department: string;
    today: string;
    total: string;
    unpriced: string;
  }>(
    `SELECT department, sumIf(cost, day = toDate(now(), {zone:String})) AS today, sum(cost) AS total, sum(unpriced_calls) AS unpriced
     FROM agentops.cost_by_department GROUP BY department ORDER BY total DESC, department`,
    { zone: timeZone },
  );
  const [items] = await reader.query<Record<string, string>>(
    `SELECT sum(received) AS got, sum(stored) AS kept, sum(duplicates) AS twice, sum(dead_letters) AS dead,
       sum(dropped) AS foreign, sum(abs(balance)) AS off
     FROM agentops.conservation`,
  );
  return {
    items: {
      received: Number(items?.['got']),
      stored: Number(items?.['kept']),
      duplicates: Number(items?.['twice']),
      deadLetters: Number(items?.['dead']),
      dropped: Number(items?.['foreign']),
      unaccounted: Number(items?.['off']),
    },
    currency: version?.currency || 'USD',
    timeZone,
    registry: version === undefined ? null : { hash: version.hash, validFrom: version.valid_from },
    outcomes: OUTCOMES.map((outcome) => ({
      outcome,
      tasks: agents.reduce((sum, row) => sum + tasksOf(row, outcome), 0),
    })),
    agents: agents.map((row) => ({
      agent: row['agent']!,
      registered: Number(row['registered']) === 1,
      stage: row['stage_now']!,
      tasks: Number(row['tasks']),
      success: tasksOf(row, 'success'),
      judged: Number(row['tasks']) - tasksOf(row, 'open') - tasksOf(row, 'unknown'),
      cost: row['total'] ?? null,
    })),
    departments: departments.map((row) => ({
      department: row.department,
      today: row.today,
      cost: row.total,
      unpriced: Number(row.unpriced),
    })),
    tookMs: performance.now() - begun,
  };
}
