import type { Store } from '../store/client.ts';
import { renderSchema, type SchemaOptions } from '../store/migrate.ts';
import { viewTexts } from './scoped-view.ts';
import { roundStatements, STEPS, WHOLE } from './statements.ts';
import { sumStatements, type Touched, touchedSince } from './sums.ts';

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
 * `evaluation_scores` and `cost_entries`, and `balance` (`stored_sums`) to `conservation`: what came in since the last
 * round, and all that is tied to it, is counted anew by the very queries of those views. What those sum to over all traces
 * (`task_totals`, `cost_totals`, `tool_totals`, `slo_totals`) is then counted anew for the quarters of an hour in which
 * anything has changed. Times are the store's.
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

  async function counted(): Promise<Counted> {
    const [row] = await store.query<{ round: string; slos: string; calendar: string }>(
      `SELECT round, slos, calendar FROM ${database}.rollup_rounds FINAL WHERE name = '${NAME}'`,
    );
    const [hours] = await store.query<{ calendar: string }>(
      `SELECT toString(cityHash64('${options.timeZone}', JSONExtractRaw(argMax(document, (valid_from, published_at)), 'organisation', 'channels'))) AS calendar
       FROM ${database}.registry_versions FINAL WHERE valid_from <= now64(9, 'UTC')`,
    );
    const { calendar } = hours!;
    if (row === undefined) return { until: null, slos: '', calendar, isNewCalendar: true };
    return { until: Number(row.round), slos: row.slos, calendar, isNewCalendar: row.calendar !== calendar };
  }

  /** What the states of all traces sum to; `last` null counts all of it. Returns the objectives that it was counted for. */
  async function sum(last: number | null, round: number, before: Counted): Promise<string> {
    const since = touchedSince(last ?? round, round);
    const [touched] = await store.query<Touched>(since.replaceAll('$DATABASE', database));
    const days = before.isNewCalendar;
    const renewed = { events: days || touched!.slos !== before.slos, days };
    for (const statement of sumStatements(round, last === null ? null : touched!, renewed))
      await send(statement);
    return touched!.slos;
  }

  return {
    async round() {
      const begun = performance.now();
      const [clock] = await store.query<{ now: string }>('SELECT toUnixTimestamp64Milli(now64(3)) AS now');
      const round = Number(clock!.now);
      const before = await counted();
      const last = before.until;
      const sweeps = Math.floor(round / sweepMs) !== Math.floor((last ?? 0) / sweepMs);
      const since = last === null ? null : last - (sweeps ? 3 * sweepMs : underWayMs);
      const { changed, tied, moved, ...some } = roundStatements(texts, round, since);
      const whole = roundStatements(texts, round, null);
      await send(changed);
      const traces = await scopeSize(store, round);
      const isWhole = since === null || traces > WHOLE;
      if (traces > 0 || isWhole) {
        if (!isWhole) {
          await tieTogether(store, round, traces, (step) => send(tied(step)));
          await send(moved);
        }
        const { reviews, policy, tasks, charges, tools, violations, scores, stored, superseded, needed } =
          isWhole ? whole : some;
        const [need] = await store.query<Readonly<Record<string, number>>>(
          needed.replaceAll('$DATABASE', database),
        );
        if (need!['reviews']) await send(reviews);
        if (need!['policy']) await send(policy);
        for (const statement of [violations, tasks, charges, tools, stored]) await send(statement);
        if (need!['scores']) await send(scores);
        if (need!['superseded']) await send(superseded);
      }
      if (!isWhole && before.isNewCalendar) await send(whole.reviews);
      // What a round wrote that was broken off bears a later version than the last one's, too.
      const slos = await sum(isWhole ? null : last, round, before);
      const durationMs = Math.round(performance.now() - begun);
      await send(
        `INSERT INTO $DATABASE.rollup_rounds (name, round, traces, duration_ms, slos, calendar)
         VALUES ('${NAME}', ${round}, ${traces}, ${durationMs}, '${slos}', '${before.calendar}')`,
      );
      return { traces, durationMs };
    },
  };
}

const NAME = 'rollups';

/** How far the rounds before have come, and by what they counted. */
interface Counted {
  /** null: nothing is counted yet. */
  readonly until: number | null;
  readonly slos: string;
  /** Fingerprint of the working hours by which requests are late, and of the time zone, as they are now. */
  readonly calendar: string;
  readonly isNewCalendar: boolean;
}

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
