import type { Store } from '../store/client.ts';
import { renderSchema, type SchemaOptions } from '../store/migrate.ts';
import { viewTexts } from './scoped-view.ts';
import { roundStatements, STEPS, WHOLE } from './statements.ts';

export interface Round {
  /** Traces that were counted anew. */
  readonly traces: number;
  readonly durationMs: number;
}

export interface Maintainer {
  /** Brings the rollups to what has come in so far. Safe to break off, to repeat, and beside another maintainer. */
  round(): Promise<Round>;
}

/** How far rounds look back beyond the last one, ms. */
export interface Reach {
  /** How long an insert is under way: its rows bear the time at which it began, and are seen when it ends. */
  readonly underWayMs: number;
  /** Every so often a round looks three times as far back, for an insert that took longer. */
  readonly sweepMs: number;
}

const REACH: Reach = { underWayMs: 5_000, sweepMs: 300_000 };

/**
 * Keeps `tasks`, `reviews`, `policy_checks`, `scores` and `cost_15m` (views over `task_states`, `review_states`,
 * `policy_states`, `score_states` and `charge_sums`) equal to `task_outcomes`, `approvals`, `step_policy`,
 * `evaluation_scores` and `cost_entries`, `cost_totals` (`cost_sums`) to the sums of `cost_15m`, and `balance` (`stored_sums`) to `conservation`: what came in since the last round, and all that is tied to it, is counted anew
 * by the very queries of those views. Times are the store's.
 */
export function createMaintainer(
  store: Store,
  options: Omit<SchemaOptions, 'database'>,
  { underWayMs, sweepMs }: Reach = REACH,
): Maintainer {
  const { database } = store;
  const { views } = renderSchema({ ...options, database: '$DATABASE' });
  const texts = viewTexts(views.map(({ sql }) => sql));
  const send = (sql: string): Promise<void> => store.command(sql.replaceAll('$DATABASE', database));

  async function countedUntil(): Promise<number | null> {
    const [row] = await store.query<{ round: string }>(
      `SELECT round FROM ${database}.rollup_rounds FINAL WHERE name = '${NAME}'`,
    );
    return row === undefined ? null : Number(row.round);
  }

  return {
    async round() {
      const begun = performance.now();
      const [clock] = await store.query<{ now: string }>('SELECT toUnixTimestamp64Milli(now64(3)) AS now');
      const round = Number(clock!.now);
      const last = await countedUntil();
      const sweeps = Math.floor(round / sweepMs) !== Math.floor((last ?? 0) / sweepMs);
      const since = last === null ? null : last - (sweeps ? 3 * sweepMs : underWayMs);
      const { changed, tied, ...some } = roundStatements(texts, round, since, last);
      await send(changed);
      const traces = await scopeSize(store, round);
      const isWhole = since === null || traces > WHOLE;
      if (traces > 0 || isWhole) {
        if (!isWhole) await tieTogether(store, round, traces, (step) => send(tied(step)));
        const { reviews, policy, tasks, charges, totals, scores, stored, superseded, needed } = isWhole
          ? roundStatements(texts, round, null)
          : some;
        const [need] = await store.query<Readonly<Record<string, number>>>(
          needed.replaceAll('$DATABASE', database),
        );
        if (need!['reviews']) await send(reviews);
        if (need!['policy']) await send(policy);
        for (const statement of [tasks, charges, totals, stored]) await send(statement);
        if (need!['scores']) await send(scores);
        if (need!['superseded']) await send(superseded);
      }
      const durationMs = Math.round(performance.now() - begun);
      await send(
        `INSERT INTO $DATABASE.rollup_rounds VALUES ('${NAME}', ${round}, ${traces}, ${durationMs})`,
      );
      return { traces, durationMs };
    },
  };
}

const NAME = 'rollups';

/** Step by step outwards, until a step meets no other trace. */
async function tieTogether(
  store: Store,
  round: number,
  traces: number,
  tie: (step: number) => Promise<void>,
): Promise<void> {
  let known = traces;
  for (let step = 1; step <= STEPS; step++) {
    await tie(step);
    const met = await scopeSize(store, round);
    if (met === known) return;
    known = met;
  }
}

async function scopeSize({ database, query }: Store, round: number): Promise<number> {
  const [row] = await query<{ traces: string }>(
    `SELECT uniqExact(trace_id) AS traces FROM ${database}.rollup_scope WHERE round = ${round}`,
  );
  return Number(row!.traces);
}
