import type { AgentHistories, DatedHistory } from '../loops/history.ts';
import { HISTORY_RUNS } from '../loops/patterns.ts';
import type { Store } from './client.ts';

const HOUR_MS = 3_600_000;
const HOUR_NS = 3_600_000_000_000n;
/** What every run of the last four weeks needed: weekday and weekend alike. */
const WINDOW_DAYS = 28;
/** Every processor has read a history by the time it becomes valid. */
const AHEAD_NS = 60_000_000_000n;
/** Histories are made anew a day after the last ones. */
const EVERY_NS = 24n * HOUR_NS;

/** Every published history. */
export async function publishedHistories(store: Store): Promise<DatedHistory[]> {
  const rows = await store.query<{ agent: string; from: string; runs: number; most_calls: number }>(
    `SELECT agent, toUnixTimestamp64Nano(valid_from) AS from, runs, most_calls
     FROM ${store.database}.agent_history FINAL`,
  );
  return rows.map(({ agent, from, runs, most_calls }) => ({
    agent,
    validFrom: BigInt(from),
    runs,
    mostCalls: most_calls,
  }));
}

/**
 * Publishes what the agents' settled runs needed, valid from shortly after `nowNs`, unless that was done within the
 * last day. A run that went in circles says nothing of what was needed, unless beyond_history is all that was found and
 * somebody says that it succeeded. Returns whether anything was published.
 */
export async function publishHistories(store: Store, nowNs: bigint): Promise<boolean> {
  const { database } = store;
  const [last] = await store.query<{ from: string }>(
    `SELECT toUnixTimestamp64Nano(max(valid_from)) AS from FROM ${database}.agent_history`,
  );
  if (last !== undefined && nowNs - BigInt(last.from) < EVERY_NS) return false;
  await store.query(
    `INSERT INTO ${database}.agent_history (valid_from, agent, runs, most_calls)
     SELECT fromUnixTimestamp64Nano({from:Int64}), agent, count(), max(model_calls + tool_calls)
     FROM ${database}.runs FINAL
     WHERE root_seen = 1 AND waiting = 0 AND model_calls + tool_calls > 0
       AND ended_at <= fromUnixTimestamp64Nano({now:Int64})
       AND ended_at > fromUnixTimestamp64Nano({now:Int64}) - INTERVAL ${WINDOW_DAYS} DAY
       AND run_id NOT IN (SELECT run_id FROM ${database}.loops FINAL WHERE pattern != 'beyond_history')
       AND (has(verdict_outcomes, 'success') OR run_id NOT IN (SELECT run_id FROM ${database}.loops FINAL))
     GROUP BY agent
     HAVING count() >= ${HISTORY_RUNS}`,
    { from: (nowNs + AHEAD_NS).toString(), now: nowNs.toString() },
  );
  return true;
}

export interface HistoryKeeper {
  close(): Promise<void>;
}

/**
 * Publishes histories as they fall due, and every `rereadMs` takes up what others published. `onError` hears of failures;
 * none ends it.
 */
export function keepHistories(
  store: Store,
  histories: AgentHistories,
  onError: (message: string) => void,
  rereadMs = HOUR_MS,
): HistoryKeeper {
  let triedAt = Number.NEGATIVE_INFINITY;
  async function keep(): Promise<void> {
    try {
      const now = Date.now();
      if (now - triedAt >= HOUR_MS) {
        triedAt = now;
        await publishHistories(store, BigInt(now) * 1_000_000n);
      }
      histories.replace(await publishedHistories(store));
    } catch (error) {
      onError(`histories of agents: ${(error as Error).message}`);
    }
  }
  let running = keep();
  const timer = setInterval(() => {
    running = running.then(keep);
  }, rereadMs);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
